//! Zones.

use super::Store;
use super::queries::Query;
use super::rowids::ById;
use crate::engine::Zones;
use crate::engine::constraint_facts::about_new;
use crate::engine::new_row::push_new;
use crate::error::Result;
use crate::model::entity::Edit;
use crate::model::{Field, Given, ZONE, rules};
use crate::rows::Batch;

impl Zones for Store {
    fn create_zone(&self, given: &[Given<'_>], now: &str, batch: &mut Batch) -> Result<()> {
        self.connection.check_idle()?;
        let stored = ZONE.stored("createZone", given, &[], now)?;
        self.write(Query::InsertZone, &stored).map_err(|error| about_new(error, &ZONE, "createZone"))?;
        push_new(batch, &stored);
        Ok(())
    }

    fn get_zone(&self, id: Given<'_>, batch: &mut Batch) -> Result<()> {
        self.connection.check_idle()?;
        match rules::lookup(Field::new("getZone", "id"), id)? {
            Some(id) => self.get_by_id(ById::Zone, id, batch),
            None => Ok(()),
        }
    }

    fn list_zones(&self, batch: &mut Batch) -> Result<bool> {
        self.list(Query::ListZones, &[], batch)
    }

    fn update_zone(&self, id: Given<'_>, given: &[Given<'_>], now: &str, batch: &mut Batch) -> Result<()> {
        self.edit(&ZONE, Edit::Update, "updateZone", id, given, now, batch)
    }

    fn delete_zone(&self, id: Given<'_>) -> Result<()> {
        self.connection.check_idle()?;
        self.delete(Query::DeleteZone, &ZONE, Field::new("deleteZone", "id"), id)
    }
}

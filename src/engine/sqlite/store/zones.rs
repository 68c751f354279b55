//! Zones.

use super::places::ById;
use super::queries::Query;
use super::refusals::about_new;
use super::{Store, push_new};
use crate::engine::Zones;
use crate::error::Result;
use crate::model::entity::Edit;
use crate::model::{Field, Given, ZONE, rules};
use crate::rows::Frame;

impl Zones for Store {
    fn create_zone(&self, given: &[Given<'_>], now: &str, frame: &mut Frame) -> Result<()> {
        self.connection.check_idle()?;
        let stored = ZONE.stored("createZone", given, &[], now)?;
        self.write(Query::InsertZone, &stored).map_err(|error| about_new(error, &ZONE, "createZone"))?;
        push_new(frame, &stored);
        Ok(())
    }

    fn get_zone(&self, id: Given<'_>, frame: &mut Frame) -> Result<()> {
        self.connection.check_idle()?;
        match rules::lookup(Field::new("getZone", "id"), id)? {
            Some(id) => self.get_by_id(ById::Zone, id, frame),
            None => Ok(()),
        }
    }

    fn list_zones(&self, frame: &mut Frame) -> Result<bool> {
        self.list(Query::ListZones, &[], frame)
    }

    fn update_zone(&self, id: Given<'_>, given: &[Given<'_>], now: &str, frame: &mut Frame) -> Result<()> {
        self.edit(&ZONE, Edit::Update, "updateZone", id, given, now, frame)
    }

    fn delete_zone(&self, id: Given<'_>) -> Result<()> {
        self.connection.check_idle()?;
        self.delete(Query::DeleteZone, &ZONE, Field::new("deleteZone", "id"), id)
    }
}

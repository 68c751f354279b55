//! Zones.

use super::places::ById;
use super::queries::Query;
use super::refusals::{about_change, about_new};
use super::{Store, push_new};
use crate::engine::Zones;
use crate::error::{Error, Result};
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
        self.connection.check_idle()?;
        let id = rules::lookup(Field::new("updateZone", "id"), id)?;
        let set = ZONE.changes("updateZone", given)?;
        match id {
            None => Ok(()),
            Some(id) if set.is_empty() => self.get_by_id(ById::Zone, id, frame),
            Some(id) => {
                self.update(&ZONE, id, now, set, frame).map_err(|error| about_change(error, &ZONE, "updateZone"))
            }
        }
    }

    fn delete_zone(&self, id: Given<'_>) -> Result<()> {
        self.connection.check_idle()?;
        let not_found = |id: &str| Error::Coded { code: "ERR_NOT_FOUND", message: format!("Zone not found: {id}") };
        self.delete(Query::DeleteZone, Field::new("deleteZone", "id"), id, not_found)
    }
}

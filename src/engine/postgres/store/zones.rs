//! Zones.

use super::Store;
use super::edits::Call;
use crate::engine::Zones;
use crate::error::Result;
use crate::model::entity::Edit;
use crate::model::{Field, Given, ZONE, rules};
use crate::rows::Batch;

const GET: &str = "SELECT {zone} FROM {s}.zones WHERE id = $1";
const LIST: &str = "SELECT {zone} FROM {s}.zones ORDER BY created_at DESC, seq";
const INSERT: &str = "INSERT INTO {s}.zones {new zone}";
const DELETE: &str = "DELETE FROM {s}.zones WHERE id = $1 RETURNING 1";

impl Zones for Store {
    fn create_zone(&self, given: &[Given<'_>], now: &str, batch: &mut Batch) -> Result<()> {
        self.check_open()?;
        let stored = ZONE.stored("createZone", given, &[], now)?;
        self.create(&ZONE, "createZone", INSERT, &stored, batch)
    }

    fn get_zone(&self, id: Given<'_>, batch: &mut Batch) -> Result<()> {
        self.check_open()?;
        match rules::lookup(Field::new("getZone", "id"), id)? {
            Some(id) => self.get(GET, &[id.into()], batch),
            None => Ok(()),
        }
    }

    fn list_zones(&self, batch: &mut Batch) -> Result<bool> {
        self.list(LIST, &[], batch)
    }

    fn update_zone(&self, id: Given<'_>, given: &[Given<'_>], now: &str, batch: &mut Batch) -> Result<()> {
        let call = Call { entity: &ZONE, edit: Edit::Update, method: "updateZone", get: GET };
        self.edit(call, id, given, now, batch)
    }

    fn delete_zone(&self, id: Given<'_>) -> Result<()> {
        self.delete(DELETE, &ZONE, Field::new("deleteZone", "id"), id)
    }
}

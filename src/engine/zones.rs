//! Zones.

use crate::error::Result;
use crate::model::Given;
use crate::rows::Batch;

/// What an engine does with zones.
pub trait Zones {
    /// Stores a new zone and returns its row.
    ///
    /// # Errors
    /// The model's for a value, the engine's for a constraint.
    fn create_zone(&self, given: &[Given<'_>], now: &str, batch: &mut Batch) -> Result<()>;

    /// The zone with this id, or no row.
    ///
    /// # Errors
    /// A `TypeError` for an id that is no string.
    fn get_zone(&self, id: Given<'_>, batch: &mut Batch) -> Result<()>;

    /// All zones, newest first; `true` where there are more.
    ///
    /// # Errors
    /// The engine's error.
    fn list_zones(&self, batch: &mut Batch) -> Result<bool>;

    /// Changes a zone and returns its row, or no row where there is none.
    ///
    /// # Errors
    /// The model's for a value.
    fn update_zone(&self, id: Given<'_>, given: &[Given<'_>], now: &str, batch: &mut Batch) -> Result<()>;

    /// Deletes a zone, its assignments and executions.
    ///
    /// # Errors
    /// `Error('Zone not found: …')`, a `TypeError` for an id that is no string.
    fn delete_zone(&self, id: Given<'_>) -> Result<()>;
}

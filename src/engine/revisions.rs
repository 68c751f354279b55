//! Changes to what nobody else has changed meanwhile.

use crate::error::Result;
use crate::model::Given;
use crate::rows::Batch;

/// What an engine does with revisions: texts that tell a row and its metadata from what they were.
pub trait Revisions {
    /// Changes a worktree where its revision is still the one that is given: id, changes, revision. One row, or none where there
    /// is no such worktree: 0 and the row as it is now, or 1 where the revision is another, the row as it is, its revision and
    /// its metadata.
    ///
    /// # Errors
    /// The model's for a value.
    fn update_worktree_if(&self, given: &[Given<'_>], now: &str, batch: &mut Batch) -> Result<()>;

    /// The same of a zone.
    ///
    /// # Errors
    /// The model's for a value.
    fn update_zone_if(&self, given: &[Given<'_>], now: &str, batch: &mut Batch) -> Result<()>;
}

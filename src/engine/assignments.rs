//! Which worktree is in which zone.

use crate::error::Result;
use crate::model::Given;
use crate::rows::Batch;

/// What an engine does with assignments.
pub trait Assignments {
    /// Puts a worktree into a zone, out of the one it was in.
    ///
    /// # Errors
    /// A `TypeError` for a missing id, the engine's foreign key error for an unknown one.
    fn assign_worktree(&self, method: &'static str, worktree: Given<'_>, zone: Given<'_>, now: &str) -> Result<()>;

    /// Takes a worktree out of its zone, if it is in one.
    ///
    /// # Errors
    /// A `TypeError` for an id that is no string.
    fn remove_assignment(&self, worktree: Given<'_>) -> Result<()>;

    /// The id of the zone that a worktree is in, or no row.
    ///
    /// # Errors
    /// A `TypeError` for an id that is no string.
    fn get_worktree_zone(&self, worktree: Given<'_>, batch: &mut Batch) -> Result<()>;

    /// The worktrees in a zone, in the order in which they were assigned; `true` where there are more.
    ///
    /// # Errors
    /// A `TypeError` for an id that is no string.
    fn list_worktrees_in_zone(&self, zone: Given<'_>, batch: &mut Batch) -> Result<bool>;

    /// Every assignment: worktree and zone, a zone's in their order; `true` where there are more.
    ///
    /// # Errors
    /// The engine's error.
    fn list_assignments(&self, batch: &mut Batch) -> Result<bool>;
}

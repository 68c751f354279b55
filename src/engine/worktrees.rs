//! Worktrees.

use crate::error::Result;
use crate::model::Given;
use crate::rows::Batch;

/// What an engine does with worktrees.
pub trait Worktrees {
    /// Stores a new worktree and returns its row. For the port `auto` that is the lowest one that no worktree has.
    ///
    /// # Errors
    /// The model's for a value, the engine's for a constraint, `ERR_NO_PORT`.
    fn create_worktree(&self, method: &'static str, given: &[Given<'_>], now: &str, batch: &mut Batch) -> Result<()>;

    /// The lowest port of a range that no worktree has.
    ///
    /// # Errors
    /// The engine's error.
    fn free_port(&self, from: i64, to: i64) -> Result<Option<i64>>;

    /// The worktree with this id, or no row.
    ///
    /// # Errors
    /// A `TypeError` for an id that is no string.
    fn get_worktree(&self, id: Given<'_>, batch: &mut Batch) -> Result<()>;

    /// All worktrees, or those of a status, newest first; `true` where there are more.
    ///
    /// # Errors
    /// A `TypeError` for a status that is no text.
    fn list_worktrees(&self, status: Given<'_>, batch: &mut Batch) -> Result<bool>;

    /// Changes a worktree and returns its row, or no row where there is none.
    ///
    /// # Errors
    /// The model's for a value.
    fn update_worktree(&self, id: Given<'_>, given: &[Given<'_>], now: &str, batch: &mut Batch) -> Result<()>;

    /// Changes where a worktree is (path, port, branch) and returns its row.
    ///
    /// # Errors
    /// `Error('Worktree not found: …')`, the model's for a value, the engine's for a constraint.
    fn relocate_worktree(&self, id: Given<'_>, given: &[Given<'_>], now: &str, batch: &mut Batch) -> Result<()>;

    /// Deletes a worktree, its assignment and executions.
    ///
    /// # Errors
    /// `Error('Worktree not found: …')`, a `TypeError` for an id that is no string.
    fn delete_worktree(&self, id: Given<'_>) -> Result<()>;
}

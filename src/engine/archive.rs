//! The archive: worktrees off the board, with their history.

use crate::error::Result;
use crate::model::Given;
use crate::rows::Batch;

/// What an engine does with its archive.
pub trait Archive {
    /// Takes a worktree off the board, with its assignment, its executions, its metadata and what its runs cost; its open runs
    /// are cancelled. Given are its id and a reason. Appends its row: the cells of the worktree, key, zone, when, by
    /// whom, why, how many executions, what they cost, metadata.
    ///
    /// # Errors
    /// `ERR_NOT_FOUND`, the model's for a value.
    fn archive_worktree(&self, given: &[Given<'_>], now: f64, batch: &mut Batch) -> Result<()>;

    /// Brings back the worktree that was archived last under an id, and appends its row. Given are the id, a port or `auto`, and
    /// the key of the one that is meant where it isn't the last.
    ///
    /// # Errors
    /// `ERR_NOT_FOUND`; `ERR_CONFLICT` where the id, the port or the branch is another's; `ERR_NO_PORT`; the model's for a value.
    fn restore_worktree(&self, given: &[Given<'_>], now: f64, batch: &mut Batch) -> Result<()>;

    /// The worktrees that were archived last, before a key, at most `most`, each row as `archive_worktree` appends it.
    ///
    /// # Errors
    /// The engine's error.
    fn list_archived(&self, before: i64, most: usize, batch: &mut Batch) -> Result<()>;
}

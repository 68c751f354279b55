//! What is counted.

use crate::error::Result;
use crate::model::Given;
use crate::rows::Batch;

/// Counts that another program had left wrong.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Mended {
    /// How many counts.
    pub counts: usize,
    /// Which of the tables and triggers that keep them were missing or had been changed.
    pub restored: Vec<String>,
}

/// What an engine does with statistics.
pub trait Statistics {
    /// One row: total, successful, failed, agents; of all executions, a zone's, a worktree's or both's.
    ///
    /// # Errors
    /// A `TypeError` for an id that is no string.
    fn execution_stats(&self, zone: Given<'_>, worktree: Given<'_>, batch: &mut Batch) -> Result<()>;

    /// One row: worktrees, zones, assignments, executions.
    ///
    /// # Errors
    /// The engine's error.
    fn stats(&self, batch: &mut Batch) -> Result<()>;

    /// What was mended since this was last asked.
    fn take_mended(&self) -> Option<Mended>;
}

//! Executions: what was recorded of agents' runs.

use crate::error::Result;
use crate::model::Given;
use crate::rows::Batch;

/// What an engine does with executions.
pub trait Executions {
    /// Records an execution and returns its id.
    ///
    /// # Errors
    /// The model's for a value, the engine's for a constraint.
    fn record_execution(
        &self,
        method: &'static str,
        given: &[Given<'_>],
        milliseconds: f64,
        now: &str,
    ) -> Result<String>;

    /// The execution with this id, or no row.
    ///
    /// # Errors
    /// A `TypeError` for an id that is no string.
    fn get_execution(&self, id: Given<'_>, batch: &mut Batch) -> Result<()>;

    /// The latest executions in a zone; `true` where there are more.
    ///
    /// # Errors
    /// A `TypeError` for an id that is no string, the model's for the limit.
    fn list_executions_of_zone(&self, zone: Given<'_>, limit: Given<'_>, batch: &mut Batch) -> Result<bool>;

    /// The latest executions in a worktree; `true` where there are more.
    ///
    /// # Errors
    /// A `TypeError` for an id that is no string, the model's for the limit.
    fn list_executions_of_worktree(&self, worktree: Given<'_>, limit: Given<'_>, batch: &mut Batch) -> Result<bool>;
}

//! The history: every run of an agent.

use super::Store;
use super::places::ById;
use super::queries::Query;
use super::refusals::about_new;
use crate::engine::sqlite::driver::Bind;
use crate::error::Result;
use crate::model::{EXECUTION, Field, Given, execution, rules};
use crate::rows::Frame;

impl Store {
    /// Records a run and returns its id.
    ///
    /// # Errors
    /// The model's for a value, SQLite's for a constraint.
    pub fn record_execution(
        &self,
        method: &'static str,
        given: &[Given<'_>],
        milliseconds: f64,
        now: &str,
    ) -> Result<String> {
        self.connection.check_idle()?;
        let id = execution::new_id(milliseconds);
        let stored = EXECUTION.stored(method, given, &[&id, now], now)?;
        self.write(Query::InsertExecution, &stored).map_err(|error| match given {
            [Given::Text(zone), Given::Text(worktree), ..] => {
                let error = about_new(error, &EXECUTION, method);
                let worktree_field = Field::new(method, "worktreeId").behind(1);
                self.about_link(error, (Field::new(method, "zoneId"), zone), (worktree_field, worktree))
            }
            _ => error,
        })?;
        Ok(id)
    }

    /// The run with this id, or no row.
    ///
    /// # Errors
    /// A `TypeError` for an id that is no string.
    pub fn get_execution(&self, id: Given<'_>, frame: &mut Frame) -> Result<()> {
        self.connection.check_idle()?;
        match rules::lookup(Field::new("getExecution", "id"), id)? {
            Some(id) => self.get_by_id(ById::Execution, id, frame),
            None => Ok(()),
        }
    }

    /// The latest runs in a zone; `true` where there are more.
    ///
    /// # Errors
    /// A `TypeError` for an id that is no string, the model's for the limit.
    pub fn list_executions_of_zone(&self, zone: Given<'_>, limit: Given<'_>, frame: &mut Frame) -> Result<bool> {
        self.history("getExecutionHistory", "zoneId", Query::ListExecutionsOfZone, zone, limit, frame)
    }

    /// The latest runs in a worktree; `true` where there are more.
    ///
    /// # Errors
    /// A `TypeError` for an id that is no string, the model's for the limit.
    pub fn list_executions_of_worktree(
        &self,
        worktree: Given<'_>,
        limit: Given<'_>,
        frame: &mut Frame,
    ) -> Result<bool> {
        self.history("getWorktreeExecutions", "worktreeId", Query::ListExecutionsOfWorktree, worktree, limit, frame)
    }

    fn history(
        &self,
        method: &'static str,
        argument: &'static str,
        query: Query,
        id: Given<'_>,
        limit: Given<'_>,
        frame: &mut Frame,
    ) -> Result<bool> {
        self.connection.check_idle()?;
        let id = rules::lookup(Field::new(method, argument), id)?;
        let limit = rules::limit(Field::new(method, "limit").behind(1), limit)?;
        id.map_or(Ok(false), |id| self.list(query, &[Bind::Text(id), Bind::Integer(limit)], frame))
    }
}

//! The history: every run of an agent.

use super::Store;
use super::queries::Query;
use super::refusals::about_new;
use super::rowids::ById;
use crate::engine::Executions;
use crate::engine::sqlite::driver::Bind;
use crate::error::Result;
use crate::model::{EXECUTION, Field, Given, execution, rules};
use crate::rows::Batch;

impl Executions for Store {
    fn record_execution(
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

    fn get_execution(&self, id: Given<'_>, batch: &mut Batch) -> Result<()> {
        self.connection.check_idle()?;
        match rules::lookup(Field::new("getExecution", "id"), id)? {
            Some(id) => self.get_by_id(ById::Execution, id, batch),
            None => Ok(()),
        }
    }

    fn list_executions_of_zone(&self, zone: Given<'_>, limit: Given<'_>, batch: &mut Batch) -> Result<bool> {
        self.history("getExecutionHistory", "zoneId", Query::ListExecutionsOfZone, zone, limit, batch)
    }

    fn list_executions_of_worktree(&self, worktree: Given<'_>, limit: Given<'_>, batch: &mut Batch) -> Result<bool> {
        self.history("getWorktreeExecutions", "worktreeId", Query::ListExecutionsOfWorktree, worktree, limit, batch)
    }
}

impl Store {
    fn history(
        &self,
        method: &'static str,
        argument: &'static str,
        query: Query,
        id: Given<'_>,
        limit: Given<'_>,
        batch: &mut Batch,
    ) -> Result<bool> {
        self.connection.check_idle()?;
        let id = rules::lookup(Field::new(method, argument), id)?;
        let limit = rules::limit(Field::new(method, "limit").behind(1), limit)?;
        id.map_or(Ok(false), |id| self.list(query, &[Bind::Text(id), Bind::Integer(limit)], batch))
    }
}

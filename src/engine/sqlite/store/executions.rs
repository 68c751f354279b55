//! Executions: every run of an agent.

use super::queries::Query;
use super::rowids::ById;
use super::{Store, archive};
use crate::engine::Executions;
use crate::engine::constraint_facts::about_new_execution;
use crate::engine::sqlite::driver::{Bind, Statement};
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
        self.write(Query::InsertExecution, &stored).map_err(|error| {
            about_new_execution(error, method, given, |error, zone, worktree| self.about_link(error, zone, worktree))
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
        let Some((zone, limit)) = page("getExecutionHistory", "zoneId", zone, limit)? else { return Ok(false) };
        let values = [Bind::Text(zone), Bind::Integer(limit)];
        let archived = self.reading_beside(Query::ArchiveHasZone, &values[..1])?;
        let has_archived = archived.as_ref().is_some_and(|row| row.0.integer(0) != 0);
        self.list(if has_archived { Query::ListAllOfZone } else { Query::ListExecutionsOfZone }, &values, batch)
    }

    fn list_executions_of_worktree(&self, worktree: Given<'_>, limit: Given<'_>, batch: &mut Batch) -> Result<bool> {
        let Some((worktree, limit)) = page("getWorktreeExecutions", "worktreeId", worktree, limit)? else {
            return Ok(false);
        };
        let (worktree, limit) = (Bind::Text(worktree), Bind::Integer(limit));
        let archived = self.reading_beside(Query::ArchivedWorktree, &[worktree])?;
        match archived.as_ref().and_then(|row| row.0.integer_or_null(0)) {
            Some(key) => self.list(Query::ListArchivedOfWorktree, &[Bind::Integer(key), limit], batch),
            None => self.list(Query::ListExecutionsOfWorktree, &[worktree, limit], batch),
        }
    }
}

/// The id and the limit of a page of executions; `None` without an id, for which there are none.
fn page<'a>(
    method: &'static str,
    argument: &'static str,
    id: Given<'a>,
    limit: Given<'_>,
) -> Result<Option<(&'a str, i64)>> {
    let id = rules::lookup(Field::new(method, argument), id)?;
    let limit = rules::limit(Field::new(method, "limit").behind(1), limit)?;
    Ok(id.map(|id| (id, limit)))
}

/// A statement that stays on its row. As long as this lives, the connection reads one snapshot.
struct Beside<'a>(&'a Statement);

impl Drop for Beside<'_> {
    fn drop(&mut self) {
        self.0.reset();
    }
}

impl Store {
    /// The one row of a query about the archive that precedes a list of executions; `None` where the file has no archive.
    fn reading_beside(&self, query: Query, values: &[Bind<'_>]) -> Result<Option<Beside<'_>>> {
        self.connection.check_idle()?;
        if self.version < archive::VERSION {
            return Ok(None);
        }
        self.abandon_list();
        let statement = self.statement(query)?;
        statement.bind_all(values.iter().copied())?;
        let row = Beside(statement);
        let _busy = self.connection.enter();
        Ok(row.0.step()?.then_some(row))
    }
}

//! The history of executions: what agents have done, on the board and in the archive.

use super::Store;
use super::sql::values_of;
use crate::engine::Executions;
use crate::engine::constraint_facts::about_new_execution;
use crate::error::Result;
use crate::model::{EXECUTION, Field, Given, execution, rules};
use crate::rows::Batch;

const INSERT: &str = "INSERT INTO {s}.zone_executions {new execution}";
/// From the board, else from the archive.
const GET: &str = "SELECT {execution} FROM (SELECT {execution}, NULL::bigint AS archive FROM {s}.zone_executions WHERE id = $1 \
     UNION ALL SELECT {execution}, archive FROM {s}.archived_executions WHERE id = $1) AS e ORDER BY archive DESC NULLS FIRST LIMIT 1";
/// The latest of the board and of the archive, each along its own index.
macro_rules! latest {
    ($of_board:literal, $archived:literal) => {
        concat!(
            "SELECT {execution} FROM ((SELECT {execution}, seq FROM {s}.zone_executions WHERE ",
            $of_board,
            " ORDER BY executed_at DESC, seq DESC LIMIT $2) UNION ALL (SELECT {execution}, seq FROM {s}.archived_executions WHERE ",
            $archived,
            " ORDER BY executed_at DESC, seq DESC LIMIT $2)) AS e ORDER BY executed_at DESC, seq DESC LIMIT $2"
        )
    };
}
const LIST_OF_ZONE: &str = latest!("zone_id = $1", "zone_id = $1");
/// Those of the worktree that the id stands for: of the board, or archived.
const LIST_OF_WORKTREE: &str =
    latest!("worktree_id = $1", "archive = (SELECT m.key FROM {s}.archived(ARRAY[$1]) AS m)");

impl Executions for Store {
    fn record_execution(
        &self,
        method: &'static str,
        given: &[Given<'_>],
        milliseconds: f64,
        now: &str,
    ) -> Result<String> {
        self.check_open()?;
        let id = execution::new_id(milliseconds);
        let stored = EXECUTION.stored(method, given, &[&id, now], now)?;
        Self::check_new(&EXECUTION, method, &stored)?;
        self.write(INSERT, &values_of(&EXECUTION, &stored)).map_err(|error| {
            about_new_execution(error, method, given, |error, zone, worktree| self.about_link(error, zone, worktree))
        })?;
        Ok(id)
    }

    fn get_execution(&self, id: Given<'_>, batch: &mut Batch) -> Result<()> {
        self.check_open()?;
        match rules::lookup(Field::new("getExecution", "id"), id)? {
            Some(id) => self.get(GET, &[id.into()], batch),
            None => Ok(()),
        }
    }

    fn list_executions_of_zone(&self, zone: Given<'_>, limit: Given<'_>, batch: &mut Batch) -> Result<bool> {
        self.page(LIST_OF_ZONE, Field::new("getExecutionHistory", "zoneId"), zone, limit, batch)
    }

    fn list_executions_of_worktree(&self, worktree: Given<'_>, limit: Given<'_>, batch: &mut Batch) -> Result<bool> {
        self.page(LIST_OF_WORKTREE, Field::new("getWorktreeExecutions", "worktreeId"), worktree, limit, batch)
    }
}

impl Store {
    fn page(&self, sql: &str, field: Field, id: Given<'_>, limit: Given<'_>, batch: &mut Batch) -> Result<bool> {
        self.check_open()?;
        let id = rules::lookup(field, id)?;
        let limit = rules::limit(Field::new(field.method, "limit").behind(1), limit)?;
        // A negative limit stands for none.
        let limit = (limit >= 0).then_some(limit);
        id.map_or(Ok(false), |id| self.list(sql, &[id.into(), limit.into()], batch))
    }
}

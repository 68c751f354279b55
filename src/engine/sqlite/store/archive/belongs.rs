//! Which worktree a run is of: ids are used again, and what is archived stays with the worktree that it was of.

use super::VERSION;
use super::sql::Sql;
use crate::engine::sqlite::driver::Bind;
use crate::engine::sqlite::store::Store;
use crate::engine::sqlite::store::queries::Query;
use crate::error::Result;

impl Store {
    /// The archived worktree that an id means; `None` where it means one of the board, or nothing.
    pub(in crate::engine::sqlite::store) fn archived_worktree(&self, id: &str) -> Result<Option<i64>> {
        if self.version < VERSION {
            return Ok(None);
        }
        Ok(self.first(Query::ArchivedWorktree, &[Bind::Text(id)], |row| row.integer_or_null(0))?.flatten())
    }

    /// The archived worktree of a run that has ended, by the run's key and its id.
    pub(in crate::engine::sqlite::store) fn archive_of_run(&self, run: i64, id: &str) -> Result<Option<i64>> {
        if self.version < VERSION {
            return Ok(None);
        }
        let of = [Bind::Integer(run), Bind::Text(id)];
        Ok(self.first(Sql::OwnerOfRun, &of, |row| row.integer_or_null(0))?.flatten())
    }

    /// Adds to what the runs of an archived worktree cost.
    pub(in crate::engine::sqlite::store) fn add_archived_cost(&self, key: i64, micros: i64) -> Result<()> {
        self.write_run(Sql::AddCost, &[Bind::Integer(key), Bind::Integer(micros)]).map(drop)
    }
}

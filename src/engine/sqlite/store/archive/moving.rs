//! Taking executions from the board to the archive, and back.
//!
//! Triggers log every execution that is deleted or made, but these are neither. For a few, the log's rows are corrected afterwards.
//! Many would fill the log with rows that say nothing: for them the connection's triggers are off meanwhile, which takes a
//! millisecond, since SQLite recompiles each of its statements at the next use.

use rusqlite::ffi;

use super::sql::Sql;
use crate::engine::sqlite::driver::{Bind, Statement};
use crate::engine::sqlite::store::Store;
use crate::error::Result;

/// How many are many: to log as many takes longer than recompiling does.
pub(super) const MANY: i64 = 128;

/// A worktree's executions on their way.
pub(super) struct Moving<'a> {
    /// The worktree's key in the archive.
    pub key: i64,
    /// The names that counts know them by, on the board and in the archive.
    pub names: (&'a str, &'a str),
    /// Whether there are [`MANY`].
    pub are_many: bool,
    /// Whether they go into the archive, or come out of it.
    pub into_archive: bool,
    pub now: i64,
}

impl Store {
    /// Takes them there by these statements, each of which is given the key and, if it takes that, the worktree's id.
    /// [`Store::move_counts`] counts them in the archive: after this where they go into it, before this where they come out.
    pub(super) fn move_executions(&self, of: &Moving<'_>, steps: &[Sql]) -> Result<()> {
        let values = [Bind::Integer(of.key), Bind::Text(of.names.0)];
        if of.are_many {
            self.silently(steps, &values)?;
        } else {
            let before = self.log_end()?.map_or(-1, |(seq, _)| seq);
            for sql in steps {
                let taken = values_of(*sql, &values);
                self.write_run(*sql, taken)?;
            }
            self.write_run(Sql::Untell, &[Bind::Integer(before)])?;
        }
        Ok(())
    }

    /// Takes what they count from one name to the other; where triggers were on, these have counted for the board's.
    pub(super) fn move_counts(&self, of: &Moving<'_>) -> Result<()> {
        let sign = if of.into_archive { 1 } else { -1 };
        let count = |name: &str, sign: i64| {
            let values = [Bind::Integer(of.key), Bind::Text(name), Bind::Integer(sign), Bind::Integer(of.now)];
            self.write_run(Sql::CountFor, &values).map(drop)
        };
        if of.are_many {
            count(of.names.0, -sign)?;
        }
        count(of.names.1, sign)
    }

    /// The same for what was pruned of the worktree.
    pub(super) fn move_pruned(&self, from: &str, to: &str, now: i64) -> Result<()> {
        let names = [Bind::Text(from), Bind::Text(to)];
        for (name, sign) in [(names[0], -1), (names[1], 1)] {
            self.write_run(Sql::CountPruned, &[names[0], name, Bind::Integer(sign), Bind::Integer(now)])?;
        }
        self.write_run(Sql::RenamePruned, &names).map(drop)
    }

    fn silently(&self, steps: &[Sql], values: &[Bind<'_>]) -> Result<()> {
        self.connection.set_config(ffi::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
        let run = |sql: &Sql| {
            let statement = Statement::prepare(&self.connection, &sql.sql(), false)?;
            statement.with_bound(values_of(*sql, values), Statement::run).map(drop)
        };
        let ran = steps.iter().try_for_each(run);
        let on_again = self.connection.set_config(ffi::SQLITE_DBCONFIG_ENABLE_TRIGGER, true);
        ran.and(on_again)
    }
}

/// As many of the values as a step takes.
fn values_of<'a, 'b>(sql: Sql, values: &'a [Bind<'b>]) -> &'a [Bind<'b>] {
    if matches!(sql, Sql::RestoreExecutions | Sql::RestoreOthers) { &values[..1] } else { values }
}

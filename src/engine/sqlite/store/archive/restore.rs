//! A worktree comes back from the archive.

use rusqlite::ffi;

use super::moving::{MANY, Moving};
use super::sql::Sql;
use crate::engine::archiving::{Taken, execution_is_taken, is_taken, none_has_key, zone_is_missing};
use crate::engine::sqlite::driver::Bind;
use crate::engine::sqlite::store::Store;
use crate::error::{Error, Result};
use crate::model::time;

impl Store {
    /// Brings a worktree back onto the board, within a transaction of the call, at its port or another one; returns its id.
    /// Fails, and does nothing, where another worktree has its id, its port or its branch now.
    pub(in crate::engine::sqlite::store) fn restore(
        &self,
        method: &'static str,
        key: i64,
        port: Option<i64>,
        now: i64,
    ) -> Result<String> {
        let at = [Bind::Integer(key)];
        let takes =
            self.first(Sql::Takes, &at, |row| (row.text(0), row.integer(1), row.text(2), row.text(3), row.integer(4)))?;
        let Some((id, its_port, branch, history, executions)) = takes else { return Err(none_has_key(method, key)) };
        let at_port = port.unwrap_or(its_port);
        for (sql, bind, taken) in [
            (Sql::TakenId, Bind::Text(&id), Taken::Id(&id)),
            (Sql::TakenPort, Bind::Integer(at_port), Taken::Port(at_port)),
            (Sql::TakenBranch, Bind::Text(&branch), Taken::Branch(&branch)),
        ] {
            if let Some(by) = self.first(sql, &[bind], |row| row.text(0))? {
                return Err(is_taken(method, taken, by));
            }
        }
        if let Some(zone) = self.first(Sql::MissingZone, &at, |row| row.text(0))? {
            return Err(zone_is_missing(method, &zone));
        }
        self.sign(|| {
            let before = self.log_end()?.map_or(-1, |(seq, _)| seq);
            let (when, key_text) = (time::iso(now as f64), key.to_string());
            self.write_run(Sql::RestoreWorktree, &[at[0], port.into(), Bind::Text(&when)])?;
            let told = [Bind::Integer(before), Bind::Text(&id), Bind::Text(&key_text)];
            self.write_run(Sql::TellRestored, &told)?;
            self.write_run(Sql::TellUnreadRestored, &told[..2])?;
            self.write_run(Sql::RestoreAssignment, &at)?;
            self.write_run(Sql::RestoreCost, &at)?;
            self.write_run(Sql::RestoreMetadata, &at)?;
            let actor = self.actor();
            self.write_run(Sql::TellMetadata, &[at[0], Bind::Integer(now), actor.as_deref().into()])?;
            if executions > 0 {
                let are_many = executions >= MANY;
                let moving = Moving { key, names: (&id, &history), are_many, into_archive: false, now };
                self.move_counts(&moving)?;
                self.write_run(Sql::LoseRowids, &at)?;
                let moved = self.move_executions(&moving, &[Sql::RestoreExecutions, Sql::RestoreOthers]);
                moved.map_err(|error| about_executions(error, method))?;
                self.write_run(Sql::DropExecutions, &at)?;
            }
            self.move_kept(&id, key, false)?;
            self.move_pruned(&history, &id, now)?;
            self.write_run(Sql::DropRuns, &at)?;
            self.write_run(Sql::SetRestored, &[at[0], Bind::Integer(now)])?;
            Ok(())
        })?;
        Ok(id)
    }
}

/// Somebody may have recorded an execution under an id that one of the archive has.
fn about_executions(error: Error, method: &'static str) -> Error {
    match error {
        Error::Engine { number: ffi::SQLITE_CONSTRAINT_PRIMARYKEY | ffi::SQLITE_CONSTRAINT_UNIQUE, .. } => {
            execution_is_taken(method)
        }
        error => error,
    }
}

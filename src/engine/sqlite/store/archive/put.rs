//! A worktree goes into the archive.

use super::moving::{MANY, Moving};
use super::sql::Sql;
use crate::engine::sqlite::driver::Bind;
use crate::engine::sqlite::store::Store;
use crate::engine::sqlite::store::queries::Query;
use crate::error::Result;

impl Store {
    /// Takes a worktree off the board, with all that belongs to it, within a transaction of the call; returns its key in the
    /// archive, or `None` where there is no such worktree.
    ///
    /// What its executions count goes to a name that no worktree has, so that a worktree that gets its id begins with nothing.
    pub(in crate::engine::sqlite::store) fn archive(
        &self,
        id: &str,
        reason: Option<&str>,
        now: i64,
    ) -> Result<Option<i64>> {
        self.sign(|| {
            let before = self.log_end()?.map_or(-1, |(seq, _)| seq);
            let actor = self.actor();
            let put = [Bind::Text(id), Bind::Integer(now), actor.as_deref().into(), reason.into()];
            let (1, key) = self.write_run(Sql::PutWorktree, &put)? else { return Ok(None) };
            let (name, key_text) = ([Bind::Integer(key), Bind::Text(id)], key.to_string());
            let has = [Bind::Text(id), Bind::Integer(MANY - 1)];
            let has = self.first(Sql::HasExecutions, &has, |row| [0, 1].map(|column| row.integer(column) == 1))?;
            if let Some([true, are_many]) = has {
                let history = self.history_of(key)?;
                let moving = Moving { key, names: (id, &history), are_many, into_archive: true, now };
                self.move_executions(&moving, &[Sql::PutExecutions, Sql::TakeExecutions])?;
                self.write_run(Sql::CountExecutions, &name[..1])?;
                self.move_counts(&moving)?;
            }
            self.move_kept(id, key, true)?;
            self.move_pruned(id, &self.history_of(key)?, now)?;
            self.write_run(Sql::PutOpenRuns, &name)?;
            self.write_run(Query::DeleteWorktree, &name[1..])?;
            self.write_run(Sql::SayArchived, &name[..1])?;
            self.write_run(Sql::PutEndedRuns, &name)?;
            let told = [Bind::Integer(before), Bind::Text(id), Bind::Text(&key_text), reason.into()];
            self.write_run(Sql::TellArchived, &told)?;
            self.write_run(Sql::TellUnreadArchived, &[told[0], told[1], told[3]])?;
            Ok(Some(key))
        })
    }

    /// The name by which counts know an archived worktree.
    pub(in crate::engine::sqlite::store) fn history_of(&self, key: i64) -> Result<String> {
        Ok(self.first(Query::HistoryOf, &[Bind::Integer(key)], |row| row.text(0))?.unwrap_or_default())
    }
}

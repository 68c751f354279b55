//! What stays of runs that are pruned: what they come to.
//!
//! Who prunes calls [`Store::keep_totals`] with some ids in the transaction that deletes these runs and executions, before it does.
//! Their rows leave the history, and what they came to goes from `rollups` to `rollups_kept`, so that a trend of one dimension is the
//! same before and after, to the digit, also once the history is built anew. What the log says of the deleted rows then changes nothing: there
//! is nothing under these ids, neither in the tables nor in the history. What is counted row by row (a trend of several dimensions,
//! and the quarter of an hour that `since` or `until` cuts) has pruned runs no more.

use super::line::{archived_name, place};
use super::log::Read;
use super::rollups::{DayOf, Dimension, Of, Rollups, Turn};
use super::sql::Sql;
use crate::engine::sqlite::driver::Bind;
use crate::engine::sqlite::store::Store;
use crate::error::Result;
use crate::model::trend::Day;

impl Store {
    /// Reads some more of the log, or of what was never read, within a transaction; `false` where the history knows of all there is.
    pub(in crate::engine::sqlite::store) fn read_on(&self) -> Result<bool> {
        if self.catch_up()? { Ok(false) } else { self.fold_step() }
    }

    /// Takes runs out of the history, and keeps what they came to. `false`, and nothing is done, where the history has still much to
    /// read: [`Store::fold_runs`] reads that, outside of transactions.
    pub(in crate::engine::sqlite::store) fn keep_totals(&self, ids: &[&str]) -> Result<bool> {
        if !self.catch_up()? {
            return Ok(false);
        }
        let (mut left, mut kept) = (Rollups::default(), Rollups::of(Of::Pruned));
        for id in ids {
            let of_run = self.first(Sql::PlaceOfRun, &[Bind::Text(id)], place)?;
            let recorded = self.first(Sql::PlaceOf, &[Bind::Text(id)], place)?;
            for at in of_run.into_iter().chain(recorded) {
                let Some(line) = self.line_at(at)? else { continue };
                self.roll(&mut left, &line, Turn::Off)?;
                self.roll(&mut kept, &line, Turn::On)?;
                self.remove_line(at)?;
            }
        }
        let is_right = self.write_rollups(&mut left)?;
        self.write_rollups(&mut kept)?;
        if !is_right {
            self.write_run(Sql::Forget, &[])?;
        }
        Ok(true)
    }

    /// Reads the rest of the log, if it is little; `false` where it is not.
    fn catch_up(&self) -> Result<bool> {
        match (self.history_read()?, self.log_mark()?) {
            (Some(Read { mark, building: false }), Some(end)) => Ok(mark == end || !self.fold_step()?),
            _ => Ok(false),
        }
    }
}

impl Store {
    /// What was pruned of a worktree goes along with it to the archive, under this key, or back from there.
    pub(in crate::engine::sqlite::store) fn move_kept(&self, id: &str, key: i64, into_archive: bool) -> Result<()> {
        if self.version < super::VERSION {
            return Ok(());
        }
        let archived = archived_name(key);
        let (from, to) = if into_archive { (id, archived.as_str()) } else { (archived.as_str(), id) };
        let mut rollups = Rollups::of(Of::Pruned);
        let of = |day, key: &str| DayOf { dimension: Dimension::Worktree, day, key: key.to_owned() };
        self.each_row(Sql::KeptOfWorktree, &[Bind::Text(from)], |row| {
            let number = row.integer(0);
            let Some(day) = row.with_blob(1, Day::read) else { return Ok(true) };
            self.join_day(&mut rollups, &of(number, to), &day)?;
            rollups.days.insert(of(number, from), Day::default());
            Ok(true)
        })?;
        self.write_rollups(&mut rollups).map(drop)
    }
}

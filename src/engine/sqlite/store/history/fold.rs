//! Writing the history: what the log has, and, where the history has to be built, every run and execution. In steps of a few
//! milliseconds, so that nobody waits long for the lock; after each, the next can continue.

use super::line::{Place, RECORDED, Used};
use super::log::Read;
use super::rollups::{Rollups, Turn};
use super::sql::Sql;
use super::truth::{Truth, key_of};
use crate::engine::Place as LogPlace;
use crate::engine::sqlite::driver::Bind;
use crate::engine::sqlite::store::{Store, archive};
use crate::error::Result;

/// Up to so many rows of the log are read again by each list; more are written.
const MUCH: usize = 100;
/// How many rows of the log one step writes, and how many runs or executions.
const STEP: usize = 1_000;
/// The first key of an execution that the log knows nothing of.
const FIRST_KEY: i64 = RECORDED / 2;

/// How far the history is built.
struct Building {
    run: i64,
    execution: i64,
    next_key: i64,
}

impl Store {
    /// Writes what the log has, if it is much and the lock is free.
    pub(in crate::engine::sqlite::store) fn fold_runs(&self) -> Result<()> {
        // Nobody has committed since there was nothing to fold: page after page of a list only reads.
        let generation = self.connection.generation();
        if generation != 0 && self.history.nothing_to_fold.get() == generation {
            return Ok(());
        }
        // What the log wasn't told, such as a table that was created again without some of its rows, shows as wrong counts:
        // mending them deletes the history's place in the log. A connection that can't mend them has to read everything.
        if self.version >= super::VERSION && !self.connection.in_transaction() {
            self.history.doubtful.set(self.read_counts(|_| Ok(Some(())))?.is_none());
        }
        if self.may_fold() && self.is_much()? {
            // No need to wait for the lock: the next list folds, too, and this one reads what isn't folded.
            while self.connection.without_waiting(|| self.atomically(|| self.fold_step())).is_ok_and(|more| more) {}
        } else if !self.history.doubtful.get() {
            self.history.nothing_to_fold.set(generation);
        }
        Ok(())
    }

    /// Whether the log has much that the history hasn't. Its rows are read without a snapshot here, and again under the lock.
    fn is_much(&self) -> Result<bool> {
        let _busy = self.connection.enter();
        match (self.history_read()?, self.log_place()?) {
            (Some(Read { to, building: false }), Some(end)) => {
                Ok(end.seq.saturating_sub(to.seq) >= MUCH as i64 && self.touched(to.seq, MUCH)?.rows >= MUCH)
            }
            _ => Ok(true),
        }
    }

    /// Whether this connection may write the history now.
    pub(super) fn may_fold(&self) -> bool {
        let has_it = self.version >= super::VERSION && !self.newer;
        has_it && !self.connection.in_transaction() && self.connection.check_writable().is_ok()
    }

    /// Writes a part; `true` where there is more.
    pub(super) fn fold_step(&self) -> Result<bool> {
        let Some(end) = self.log_place()? else { return Ok(false) };
        let Some(read) = self.history_read()? else {
            for sql in [Sql::Empty, Sql::EmptyModels, Sql::EmptyRollups] {
                self.write_run(sql, &[])?;
            }
            self.set_building(&Building { run: 0, execution: i64::MIN, next_key: FIRST_KEY })?;
            self.set_read(end)?;
            return Ok(true);
        };
        let mut rollups = Rollups::default();
        let stretch = self.touched(read.to.seq, STEP)?;
        for (id, touch) in &stretch.touched {
            let key = key_of(touch.made.unwrap_or(touch.seq));
            self.write_truth(&self.truth(id, key, touch.made.is_some())?, &mut rollups)?;
        }
        for id in self.also_touched(&stretch)? {
            self.write_truth(&self.truth(&id, FIRST_KEY, false)?, &mut rollups)?;
        }
        let is_all = stretch.rows < STEP;
        if let Some(last) = if is_all { Some(end) } else { stretch.last }
            && last != read.to
        {
            self.set_read(last)?;
        }
        let more = read.building && self.build_step(&mut rollups)?;
        if !self.write_rollups(&mut rollups)? {
            // Somebody else wrote into the rollups.
            self.write_run(Sql::Forget, &[])?;
            return Ok(true);
        }
        Ok(more || !is_all)
    }

    fn set_read(&self, to: LogPlace) -> Result<()> {
        self.write_run(Sql::SetRead, &[Bind::Integer(to.seq), Bind::Integer(to.stamp)]).map(drop)
    }

    fn set_building(&self, to: &Building) -> Result<()> {
        let values = [to.run, to.execution, to.next_key].map(Bind::Integer);
        self.write_run(Sql::SetBuilding, &values).map(drop)
    }

    /// Reads some runs or executions that were never read; `false` where there are no more.
    fn build_step(&self, rollups: &mut Rollups) -> Result<bool> {
        let building = self.first(Sql::Building, &[], |row| Building {
            run: row.integer(0),
            execution: row.integer(1),
            next_key: row.integer(2),
        })?;
        let Some(mut building) = building else { return Ok(false) };
        let runs = self.ids(Sql::NextRuns, building.run)?;
        if let Some((last, _)) = runs.last() {
            building.run = *last;
            for (_, id) in &runs {
                self.write_truth(&self.truth(id, building.next_key, false)?, rollups)?;
            }
            return self.set_building(&building).map(|()| true);
        }
        let executions = self.ids(Sql::NextExecutions, building.execution)?;
        let Some((last, _)) = executions.last() else {
            return self.build_archived(building.next_key, rollups).map(|()| false);
        };
        building.execution = *last;
        for (_, id) in &executions {
            self.write_truth(&self.truth(id, building.next_key, false)?, rollups)?;
            building.next_key += 1;
        }
        self.set_building(&building).map(|()| true)
    }

    /// Reads all of the archive, which ends the building.
    fn build_archived(&self, mut next_key: i64, rollups: &mut Rollups) -> Result<()> {
        if self.version >= archive::VERSION {
            self.each_id(Sql::NextArchived, i64::MIN, |id| {
                next_key += 1;
                self.write_truth(&self.truth(&id, next_key, false)?, rollups)
            })?;
        }
        self.write_run(Sql::Built, &[]).map(drop)
    }

    /// Some rows after one: number and id of each.
    pub(super) fn ids(&self, sql: Sql, after: i64) -> Result<Vec<(i64, String)>> {
        let mut found = Vec::new();
        self.each_row(sql, &[Bind::Integer(after), Bind::Integer(STEP as i64)], |row| {
            found.push((row.integer(0), row.text(1)));
            Ok(true)
        })?;
        Ok(found)
    }

    fn write_truth(&self, truth: &Truth, rollups: &mut Rollups) -> Result<()> {
        let mut line = truth.line.as_ref();
        for old in &truth.old {
            let Some(before) = self.line_at(*old)? else { continue };
            if line == Some(&before) {
                // The log names the run, but it has not changed.
                line = None;
                continue;
            }
            self.roll(rollups, &before, Turn::Off)?;
            // A run's row is updated in place: most of its indexes do not change.
            if truth.line.as_ref().is_none_or(|line| line.place != *old || line.recorded.is_some()) {
                self.remove_line(*old)?;
            }
        }
        let Some(line) = line else { return Ok(()) };
        self.write_run(Sql::Put, &line.values())?;
        let [at, key] = [line.place.at, line.place.key].map(Bind::Integer);
        for Used { model, amounts } in &line.models {
            let [input, output, cost] = amounts.map(Bind::from);
            self.write_run(Sql::PutModel, &[at, key, Bind::Text(model), input, output, cost])?;
        }
        self.roll(rollups, line, Turn::On)
    }

    pub(super) fn remove_line(&self, place: Place) -> Result<()> {
        let at = [place.at, place.key].map(Bind::Integer);
        self.write_run(Sql::Remove, &at)?;
        self.write_run(Sql::RemoveModels, &at).map(drop)
    }
}

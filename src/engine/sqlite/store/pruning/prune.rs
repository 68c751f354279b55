//! Pruning, in steps: each is a transaction of a few milliseconds, of as many runs as fit.

use std::time::Instant;

use rusqlite::params;

use super::choose::{self, ALL, HAS_BODIES, START, Stretch};
use super::quiet::Quiet;
use super::rounds::{self, Round};
use super::{bodies, disk};
use crate::engine::pruning::{Of, Work};
use crate::engine::sqlite::store::Store;
use crate::engine::sqlite::store::history::Place;
use crate::engine::sqlite::store::runs::floor;
use crate::engine::{Policy, Pruned, Pruning};
use crate::error::{Error, Result};

/// Frames, 16 MB at 4 KiB a page: so long a WAL should have been reset.
const LONG_LOG: i32 = 4_000;

impl Pruning for Store {
    fn prune(&self, policy: &Policy, now: i64, budget_ms: f64) -> Result<Pruned> {
        self.check_pruning("prune")?;
        let mut work = Work::begin(now, budget_ms, self.step_sizes.get());
        let before = self.connection.with(disk::sizes)?.0;
        self.read_history(&mut work)?;
        if !work.done.more {
            let _quiet = Quiet::begin(&self.connection)?;
            self.prune_all(policy, &mut work)?;
        }
        let after = self.connection.with(disk::sizes)?.0;
        work.done.disk_bytes = (before - after).max(0);
        // The next call begins with steps as long as these were.
        self.step_sizes.set(work.sizes);
        Ok(work.done)
    }

    fn would_prune(&self, policy: &Policy, now: i64) -> Result<Pruned> {
        self.check_version(super::VERSION, "pruning comes")?;
        // What can't be written into the history, by a connection that may only read or is in a transaction, is counted from the
        // tail.
        self.fold_runs()?;
        self.in_snapshot(|| self.count_all(policy, now))
    }

    fn retention(&self) -> Result<(Policy, Option<i64>)> {
        self.connection.check_idle()?;
        self.stored_policy()
    }

    fn set_retention(&self, policy: &Policy, every_ms: Option<i64>) -> Result<()> {
        self.check_version(super::VERSION, "retention comes")?;
        self.atomically(|| self.store_policy(policy, every_ms))
    }

    fn begin_pruning(&self, now: i64, every_ms: i64) -> Result<bool> {
        self.check_pruning("prune")?;
        self.atomically(|| self.take_turn(now, every_ms))
    }

    fn end_pruning(&self, now: i64, more: bool) -> Result<()> {
        self.check_pruning("prune")?;
        self.atomically(|| self.end_turn(now, more))
    }
}

impl Store {
    fn check_pruning(&self, method: &str) -> Result<()> {
        self.check_version(super::VERSION, "pruning comes")?;
        self.connection.check_writable()?;
        if self.connection.in_transaction() {
            return Err(Error::Type(format!("{method}: finish the transaction first")));
        }
        Ok(())
    }

    /// The history has to know of all runs before any of them goes.
    fn read_history(&self, work: &mut Work) -> Result<()> {
        while self.atomically(|| self.read_on())? {
            if work.is_over() {
                break;
            }
        }
        Ok(())
    }

    fn prune_all(&self, policy: &Policy, work: &mut Work) -> Result<()> {
        if let Some(kept) = policy.runs_ms {
            self.prune_before(work.now - kept, work)?;
        }
        if let Some(kept) = policy.per_zone {
            for zone in self.connection.with(choose::zones)? {
                if let Some(edge) = self.connection.with(|inner| choose::edge_of_zone(inner, &zone, kept))? {
                    self.prune_zone(&zone, edge, work)?;
                }
            }
        }
        let mut rounds = Vec::with_capacity(2);
        for (kept, round) in [(policy.bodies_ms, Round::Bodies), (policy.output_ms, Round::Output)] {
            if let Some(kept) = kept {
                // Both are asked before either says that a round has begun.
                rounds.push((kept, round, self.connection.with(|inner| rounds::start(inner, round, work.now))?));
            }
        }
        for (kept, round, start) in rounds {
            self.go_round(round, start, work.now - kept, work)?;
        }
        if let Some(most) = policy.max_bytes {
            self.prune_to(most, work)?;
        }
        if let Some(kept) = policy.changes_ms {
            self.atomically(|| self.keep_log_for(kept))?;
            while !work.is_over() && self.atomically(|| self.cut_log(work.now - kept))? {}
        }
        while self.connection.with(disk::can_shrink)? {
            if work.is_over() {
                return Ok(());
            }
            self.atomically(|| {
                let since = Instant::now();
                self.connection.with(|inner| disk::shrink(inner, *work.size(Of::Pages)))?;
                work.took(Of::Pages, since.elapsed(), self.connection.in_company());
                Ok(())
            })?;
            self.yield_to_checkpoints(work);
        }
        Ok(())
    }

    /// Runs that were made, and ended, before a time.
    fn prune_before(&self, time: i64, work: &mut Work) -> Result<()> {
        let mut after = START;
        while !work.is_over() {
            let next = |size| self.connection.with(|inner| choose::before(inner, after, time, ALL, size));
            match self.prune_step(work, next, |ids| self.remove_runs(ids).map(|bytes| bytes.map(|bytes| (0, bytes))))? {
                Some(last) => after = last,
                None => break,
            }
        }
        Ok(())
    }

    /// Runs of a zone up to one.
    fn prune_zone(&self, zone: &str, edge: Place, work: &mut Work) -> Result<()> {
        let mut after = START;
        while !work.is_over() {
            let next = |size| self.connection.with(|inner| choose::of_zone(inner, zone, after, edge, size));
            match self.prune_step(work, next, |ids| self.remove_runs(ids).map(|bytes| bytes.map(|bytes| (0, bytes))))? {
                Some(last) => after = last,
                None => break,
            }
        }
        Ok(())
    }

    /// Bodies or output of runs that were made, and ended, before a time, from where the last call stopped.
    fn go_round(&self, of: Round, start: Place, time: i64, work: &mut Work) -> Result<()> {
        let name = of.name();
        let mut after = start;
        let is_new_round = start == START;
        let (now, floor) = (work.now, floor());
        while !work.is_over() {
            let next = |size| self.connection.with(|inner| choose::before(inner, after, time, of.which(), size));
            let empty = |ids: &[String]| {
                self.connection.with(|inner| match of {
                    Round::Bodies => bodies::empty(inner, ids, now, &floor),
                    Round::Output => bodies::output(inner, ids).map(|bytes| (0, bytes)),
                })
            };
            let runs = work.done.runs;
            let step = self.prune_step(work, next, |ids| empty(ids).map(Some))?;
            // None of these runs was removed.
            work.done.runs = runs;
            match step {
                Some(last) => after = last,
                None => break,
            }
        }
        self.atomically(|| {
            self.connection.with(|inner| {
                let sql = format!(
                    "UPDATE main.retention SET {name}_at = ?1, {name}_key = ?2, round_at = iif(?3, ?4, round_at) WHERE id = 1"
                );
                Ok(inner.execute(&sql, params![after.at, after.key, is_new_round, now])?)
            })
        })?;
        Ok(())
    }

    /// Prunes until the file is small enough: first bodies, of the oldest runs first, and then runs.
    fn prune_to(&self, most: i64, work: &mut Work) -> Result<()> {
        let is_too_much = || Ok::<_, Error>(self.connection.with(disk::sizes)?.1 > most);
        for is_row in [false, true] {
            let mut after = START;
            let which = if is_row { ALL } else { HAS_BODIES };
            while is_too_much()? && !work.is_over() {
                let (now, size, floor) = (work.now, (*work.size(Of::Runs)).min(64), floor());
                let next = |_| self.connection.with(|inner| choose::before(inner, after, now, which, size));
                let runs = work.done.runs;
                let step = self.prune_step(work, next, |ids| {
                    if is_row {
                        return Ok(self.remove_runs(ids)?.map(|bytes| (0, bytes)));
                    }
                    self.connection.with(|inner| bodies::empty(inner, ids, now, &floor)).map(Some)
                })?;
                if !is_row {
                    work.done.runs = runs;
                }
                match step {
                    Some(last) => after = last,
                    None => break,
                }
            }
        }
        Ok(())
    }

    /// Ends the call where the WAL has become long: in the pause that follows, somebody's commit resets it. The call runs no
    /// checkpoint of its own, which would keep those of others from doing so.
    fn yield_to_checkpoints(&self, work: &mut Work) {
        if self.connection.log_frames() > LONG_LOG {
            work.stop();
        }
    }

    /// Does something to the next runs; returns the last one that was read, `None` where there are no more.
    fn prune_step(
        &self,
        work: &mut Work,
        next: impl FnOnce(i64) -> Result<Stretch>,
        run: impl FnOnce(&[String]) -> Result<Option<(i64, i64)>>,
    ) -> Result<Option<Place>> {
        // They are chosen under the write lock, once the history knows of all runs: meanwhile somebody may have pinned one, or
        // replaced it.
        let (last, runs, came) = self.atomically(|| {
            let since = Instant::now();
            if self.read_on()? {
                return Ok((None, 0, None));
            }
            let found = next(*work.size(Of::Runs))?;
            let came = if found.ids.is_empty() { Some((0, 0)) } else { run(&found.ids)? };
            // The checkpoint that follows is not counted: nobody waits for it.
            work.took(Of::Runs, since.elapsed(), self.connection.in_company());
            Ok((found.last, found.ids.len() as i64, came))
        })?;
        let Some((bodies, bytes)) = came else {
            // Somebody has written much meanwhile: the next call reads it.
            work.stop();
            return Ok(None);
        };
        self.yield_to_checkpoints(work);
        work.done.runs += runs;
        work.done.bodies += bodies;
        work.done.bytes += bytes;
        Ok(last.map(|(at, key)| Place { at, key }))
    }
}

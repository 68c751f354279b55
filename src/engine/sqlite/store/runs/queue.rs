//! What may be claimed: the queue, whose lanes are a zone and an agent each, and what may be claimed later.

use std::collections::HashSet;

use super::row::Row;
use super::sql::Sql;
use crate::engine::run::lanes::{First, Lanes, urgency};
use crate::engine::run::record::Record;
use crate::engine::sqlite::driver::Bind;
use crate::engine::sqlite::store::Store;
use crate::error::Result;
use crate::model::run::{Moment, State};

/// How long a connection relies on every lane having a first, in milliseconds.
const LANES_STAND_MS: i64 = 10_000;

/// Where a run stands in its lane.
const FIRST: i64 = 0;
const BEHIND: i64 = 1;

impl Store {
    /// Puts a queued run where its life says: into the queue, or among what may be claimed later.
    pub(super) fn put(&self, record: &Record) -> Result<()> {
        let State::Queued { not_before, answered } = record.life.state else { return Ok(()) };
        let (zone, worktree) = (&record.zone_id, &record.worktree_id);
        match not_before {
            Some(due) => {
                let values = [Bind::Integer(due), Bind::Integer(record.key), Bind::Text(zone), Bind::Text(worktree)];
                self.write_run(Sql::Delay, &values).map(drop)
            }
            None => {
                self.put_in_line(zone, &record.agent_type, urgency(record.priority, answered), record.key, worktree)
            }
        }
    }

    fn put_in_line(&self, zone: &str, agent: &str, urgency: i64, run: i64, worktree: &str) -> Result<()> {
        let first = self.position(Sql::FirstOfLane, zone, agent)?;
        let behind = match first {
            Some(first) if first < (urgency, run) => BEHIND,
            Some(first) => self.reorder(zone, agent, first, BEHIND).map(|()| FIRST)?,
            None => FIRST,
        };
        let [zone, agent, worktree] = [zone, agent, worktree].map(Bind::Text);
        let values = [Bind::Integer(behind), zone, agent, Bind::Integer(urgency), Bind::Integer(run), worktree];
        self.write_run(Sql::Enqueue, &values).map(drop)
    }

    /// A position in a lane.
    fn position(&self, sql: Sql, zone: &str, agent: &str) -> Result<Option<(i64, i64)>> {
        self.first(sql, &[Bind::Text(zone), Bind::Text(agent)], |row| (row.integer(0), row.integer(1)))
    }

    fn reorder(&self, zone: &str, agent: &str, (urgency, run): (i64, i64), behind: i64) -> Result<()> {
        let position = [Bind::Integer(urgency), Bind::Integer(run)];
        let values = [Bind::Integer(behind), Bind::Text(zone), Bind::Text(agent), position[0], position[1]];
        self.write_run(Sql::Reorder, &values).map(drop)
    }

    /// Makes way for a new run at the front of its lane, where it is more urgent than the first.
    pub(super) fn make_way(&self, record: &Record) -> Result<()> {
        let (zone, agent) = (&record.zone_id, &record.agent_type);
        match self.position(Sql::FirstOfLane, zone, agent)? {
            Some(first) if first.0 > urgency(record.priority, false) => self.reorder(zone, agent, first, BEHIND),
            _ => Ok(()),
        }
    }

    /// Takes a run out of its lane; `false` where it isn't in it. Also returns the lane's first after that.
    pub(super) fn take_from(&self, lane: First<'_>) -> Result<(bool, Option<(i64, i64)>)> {
        let First { zone_id, agent_type, urgency, run } = lane;
        let dequeue = |behind| {
            let position = [Bind::Integer(urgency), Bind::Integer(run)];
            let lane = [Bind::Text(zone_id), Bind::Text(agent_type)];
            self.take(Sql::Dequeue, &[Bind::Integer(behind), lane[0], lane[1], position[0], position[1]])
        };
        if !dequeue(FIRST)? {
            return Ok((dequeue(BEHIND)?, self.position(Sql::FirstOfLane, zone_id, agent_type)?));
        }
        let second = self.position(Sql::SecondOfLane, zone_id, agent_type)?;
        if let Some(second) = second {
            self.reorder(zone_id, agent_type, second, FIRST)?;
        }
        Ok((true, second))
    }

    /// Takes a queued run out of wherever it waits.
    pub(super) fn take_out(&self, record: &Record) -> Result<bool> {
        let State::Queued { answered, .. } = record.life.state else { return Ok(false) };
        let (zone_id, agent_type) = (&*record.zone_id, &*record.agent_type);
        let urgency = urgency(record.priority, answered);
        Ok(self.take_from(First { zone_id, agent_type, urgency, run: record.key })?.0
            || self.take(Sql::EndDelay, &[Bind::Integer(record.available_at), Bind::Integer(record.key)])?)
    }

    /// Queues what is due.
    pub(super) fn put_what_is_due(&self, wall_ms: i64) -> Result<()> {
        let mut due = Vec::new();
        self.each_row(Sql::Due, &[Bind::Integer(wall_ms)], |statement| {
            let mut row = Row::of(statement);
            due.push((row.integer(), row.integer(), row.text_or_null(), row.text(), row.integer(), row.text()));
            Ok(true)
        })?;
        for (at, run, zone, agent, priority, worktree) in due {
            self.take(Sql::EndDelay, &[Bind::Integer(at), Bind::Integer(run)])?;
            // Without a zone the run is gone, or somebody has ended it.
            if let Some(zone) = zone {
                self.put_in_line(&zone, &agent, urgency(priority, false), run, &worktree)?;
            }
        }
        Ok(())
    }

    /// Checks now and then that every lane has a first.
    pub(super) fn look_at_lanes(&self, now: Moment) -> Result<()> {
        if self.lanes_seen.get().is_some_and(|seen| now.since(seen) < LANES_STAND_MS) {
            return Ok(());
        }
        self.mend_lanes()?;
        self.lanes_seen.set(Some(now));
        Ok(())
    }

    /// Somebody who deletes rows of the queue by hand may leave a lane without a first: its next run becomes that. `false` where
    /// all lanes have one.
    fn mend_lanes(&self) -> Result<bool> {
        let mut firsts = Vec::new();
        self.each_row(Sql::LanesWithoutFirst, &[], |statement| {
            let mut row = Row::of(statement);
            firsts.push((row.text(), row.text(), (row.integer(), row.integer())));
            Ok(true)
        })?;
        for (zone, agent, first) in &firsts {
            self.reorder(zone, agent, *first, FIRST)?;
        }
        Ok(!firsts.is_empty())
    }

    /// The lanes that are open. Runs of closed worktrees are skipped, and a lane that has no others is closed.
    pub(super) fn lanes(&self, closed: &HashSet<String>, is_open: &impl Fn(&First<'_>) -> bool) -> Result<Lanes> {
        let mut lanes = Lanes::default();
        let (mut any, mut passed) = (false, Vec::new());
        self.each_row(Sql::Lanes, &[], |row| {
            any = true;
            let (urgency, run) = (row.integer(2), row.integer(3));
            row.with_text(0, |zone_id| {
                row.with_text(1, |agent_type| {
                    let first = First { zone_id, agent_type, urgency, run };
                    if is_open(&first) {
                        if !closed.is_empty() && row.with_text(4, |worktree| closed.contains(worktree)) {
                            passed.push(lanes.len());
                        }
                        lanes.push(first);
                    }
                });
            });
            Ok(true)
        })?;
        if !any && self.mend_lanes()? {
            return self.lanes(closed, is_open);
        }
        for at in passed.into_iter().rev() {
            let First { zone_id, agent_type, .. } = lanes.first(at);
            let first = self.behind(zone_id, agent_type, closed)?;
            lanes.set_first(at, first);
        }
        Ok(lanes)
    }

    /// The next run after the first of a lane that is of no closed worktree. A lane with many runs of closed worktrees pays for
    /// skipping them.
    fn behind(&self, zone: &str, agent: &str, closed: &HashSet<String>) -> Result<Option<(i64, i64)>> {
        let mut found = None;
        self.each_row(Sql::AlongLane, &[Bind::Text(zone), Bind::Text(agent)], |row| {
            if !row.with_text(2, |worktree| closed.contains(worktree)) {
                found = Some((row.integer(0), row.integer(1)));
            }
            Ok(found.is_none())
        })?;
        Ok(found)
    }

    /// The run that may be claimed next in a lane with this first.
    pub(super) fn next_in(
        &self,
        zone: &str,
        agent: &str,
        first: Option<(i64, i64)>,
        closed: &HashSet<String>,
    ) -> Result<Option<(i64, i64)>> {
        let Some((_, run)) = first.filter(|_| !closed.is_empty()) else { return Ok(first) };
        let run = [Bind::Integer(run)];
        let is_closed =
            self.first(Sql::WorktreeOf, &run, |row| row.with_text(0, |worktree| closed.contains(worktree)))?;
        if is_closed == Some(true) { self.behind(zone, agent, closed) } else { Ok(first) }
    }
}

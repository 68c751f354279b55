//! Which run is next, and claiming it.
//!
//! A claim reads what is small and changes: all leases and the first of each lane. So it costs the same however many runs are
//! queued or have ended.

use super::lease::clocks;
use super::limits::count_row_in;
use super::row::Row;
use super::sql::Sql;
use crate::engine::run::budgets::Spent;
use crate::engine::run::lanes::{First, count_in};
use crate::engine::run::record::Record;
use crate::engine::run::taker::Taker;
use crate::engine::sqlite::driver::{Bind, Statement};
use crate::engine::sqlite::store::Store;
use crate::error::Result;
use crate::model::run::{Boot, Call, Moment};

impl Store {
    /// Claims up to `most` runs. Before that, it queues what is due and takes away runs whose lease or time has run out.
    pub(super) fn claim(&self, taker: &Taker<'_>, most: usize, now: Moment) -> Result<Vec<Record>> {
        let ahead = |row: &Statement| (row.integer_or_null(0), !row.is_null(1), !row.is_null(2));
        let (due, has_limits, has_budgets) = self.first(Sql::Ahead, &[], ahead)?.unwrap_or((None, true, true));
        if due.is_some_and(|due| due <= now.wall_ms) {
            self.put_what_is_due(now.wall_ms)?;
        }
        self.look_at_lanes(now)?;
        let spent = if has_budgets { self.what_is_spent(now.wall_ms)? } else { Spent::default() };
        let is_open = |lane: &First<'_>| takes(taker, lane) && !spent.closes(lane.zone_id, lane.agent_type);
        let (mut limits, mut lanes) = self.with_those_at_work(
            now,
            !taker.goes_on,
            || {
                let limits = if has_limits { self.limits()? } else { Vec::new() };
                Ok((limits, self.lanes(&spent.worktrees, &is_open)?))
            },
            |(limits, lanes), row| {
                count_row_in(limits, row);
                row.with_bytes(0, |zone| lanes.count_in(zone));
            },
        )?;
        let mut claimed = Vec::new();
        while claimed.len() < most {
            let Some(next) = lanes.next(&limits) else { break };
            let lane = lanes.first(next);
            let run = lane.run;
            let (is_ours, first) = self.take_from(lane)?;
            let then = self.next_in(lane.zone_id, lane.agent_type, first, &spent.worktrees)?;
            if is_ours
                && let Some(record) = self.load_queued(run)?
                && let Some(record) = self.unless_deleted(record, now)?
                && let Some(record) = self.hand_over(record, taker, now)?
            {
                count_in(&mut limits, &record.zone_id, &record.agent_type);
                lanes.count_in(record.zone_id.as_bytes());
                claimed.push(record);
            }
            lanes.set_first(next, then);
        }
        Ok(claimed)
    }

    /// A queued run, unless its worktree or zone was deleted without a trigger that ended it: `REPLACE` and a changed id by
    /// others fire none. Such a run ends now.
    fn unless_deleted(&self, mut record: Record, now: Moment) -> Result<Option<Record>> {
        let Some(gone) = self.what_is_gone(&record)? else { return Ok(Some(record)) };
        record.said.error = Some(gone.into());
        self.apply_to(&record.id.clone(), Some(record), &Call::Delete, None, now, |_| ())?;
        Ok(None)
    }

    /// Writes that a worker holds a run that has left the queue; `None` where it can't be held.
    pub(super) fn hand_over(&self, mut record: Record, taker: &Taker<'_>, now: Moment) -> Result<Option<Record>> {
        let Some(to) = taker.claims(&mut record, now)? else { return Ok(None) };
        self.settle(&mut record, to, None, now.wall_ms)?;
        Ok(Some(record))
    }

    /// Returns what `read` gives, with each run at work counted into it: `count` gets a row with its zone and its agent. Before
    /// that, with `takes_away`, it takes away runs whose lease or time has run out.
    pub(super) fn with_those_at_work<T>(
        &self,
        now: Moment,
        takes_away: bool,
        read: impl Fn() -> Result<T>,
        count: impl Fn(&mut T, &Statement),
    ) -> Result<T> {
        // Clocks of an unknown boot can't be compared with any: then the query names all runs, and a sweep checks each.
        let boot = Some(now.boot.0).filter(|_| now.boot != Boot::UNKNOWN);
        loop {
            let (mut found, mut over) = (read()?, Vec::new());
            self.each_row(Sql::AtWork, &[boot.into(), Bind::Integer(now.monotonic_ms)], |row| {
                count(&mut found, row);
                over.extend(row.text_or_null(2));
                Ok(true)
            })?;
            let mut gone = 0;
            for id in over.into_iter().filter(|_| takes_away) {
                gone += usize::from(self.sweep_one(&id, false, 0, now)?.is_some());
            }
            if gone == 0 {
                return Ok(found);
            }
        }
    }
}

/// Whether a worker takes runs of a lane.
fn takes(taker: &Taker<'_>, lane: &First<'_>) -> bool {
    let has = |names: Option<&[String]>, name| names.is_none_or(|names| names.iter().any(|of| of == name));
    has(taker.zones, lane.zone_id) && has(taker.agents, lane.agent_type)
}

/// Whether a run, in a row of leases from `boot` on, is out of its lease for `grace_ms` or over its time: whether a sweep has to
/// check it.
pub(super) fn is_over(row: &mut Row<'_>, grace_ms: i64, now: Moment) -> bool {
    let (lease, since) = clocks(row);
    let left_ms = row.integer_or_null();
    lease.ran_out(now, grace_ms) || left_ms.is_some_and(|left| now.since(since) > left)
}

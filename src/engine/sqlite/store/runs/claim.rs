//! Who is next, and taking it.
//!
//! A claim reads what is small and changes: all leases and the first of each lane. So it costs the same however many runs are
//! queued or have ended.

use super::lease::clocks;
use super::limits::{AtWork, count_in};
use super::queue::Lane;
use super::record::Record;
use super::row::Row;
use super::sql::Sql;
use crate::engine::sqlite::store::Store;
use crate::error::Result;
use crate::model::run::{Call, Effect, Moment, apply, full};

/// What a worker takes.
pub(super) struct Taker<'a> {
    pub worker: &'a str,
    pub lease_ms: i64,
    pub zones: Option<&'a [String]>,
    pub agents: Option<&'a [String]>,
}

impl Taker<'_> {
    fn takes(&self, lane: &Lane) -> bool {
        let has = |names: Option<&[String]>, name| names.is_none_or(|names| names.contains(name));
        has(self.zones, &lane.zone_id) && has(self.agents, &lane.agent_type)
    }
}

impl Store {
    /// Claims up to `most` runs, after what ran out of its lease or its time was taken away and what is due was put in line.
    pub(super) fn claim(&self, taker: &Taker<'_>, most: usize, now: Moment) -> Result<Vec<Record>> {
        self.put_what_is_due(now.wall_ms)?;
        let mut at_work = self.survey(now)?;
        let mut limits = self.limits(&at_work)?;
        let spent = self.what_is_spent(now.wall_ms)?;
        let mut lanes = self.lanes()?;
        lanes.retain(|lane| taker.takes(lane) && !spent.closes(&lane.zone_id, &lane.agent_type));
        self.pass(&mut lanes, &spent.worktrees)?;
        let mut claimed = Vec::new();
        while claimed.len() < most {
            let open = |lane: &Lane| full(&limits, &lane.zone_id, &lane.agent_type).is_none();
            let place = |lane: &Lane| (lane.urgency, at_work.in_zone(&lane.zone_id), lane.run);
            let places = lanes.iter().enumerate().filter(|(_, lane)| open(lane));
            let Some((best, _)) = places.min_by_key(|(_, lane)| place(lane)) else { break };
            let first = self.take_first(&lanes[best])?.then_some(lanes[best].run);
            let lane = lanes[best].clone();
            if !self.look_along(&mut lanes[best])? || !self.pass_in(&mut lanes[best], &spent.worktrees)? {
                lanes.swap_remove(best);
            }
            // Else the lane was mended, and another may be the best.
            if let Some(key) = first
                && let Some(record) = self.load_queued(key)?
                && let Some(record) = self.hand_over(record, taker, now)?
            {
                at_work.add(&lane.zone_id, &lane.agent_type);
                count_in(&mut limits, &lane.zone_id, &lane.agent_type);
                claimed.push(record);
            }
        }
        Ok(claimed)
    }

    /// Writes that a worker holds a run that the queue has let go of; `None` where it can't be held.
    pub(super) fn hand_over(&self, mut record: Record, taker: &Taker<'_>, now: Moment) -> Result<Option<Record>> {
        let claim = Call::Claim { lease_ms: taker.lease_ms };
        let to = apply(&record.id, Some(&record.life), &claim, now)?;
        if to.effect != Effect::Claimed {
            return Ok(None);
        }
        record.worker_id = Some(taker.worker.to_owned());
        self.settle(&mut record, to, None, now.wall_ms)?;
        Ok(Some(record))
    }

    /// Counts what is at work, having taken away what is out of its lease or its time.
    pub(super) fn survey(&self, now: Moment) -> Result<AtWork> {
        let (mut at_work, mut over) = (AtWork::default(), Vec::new());
        self.each_row(Sql::Leases, &[], |statement| {
            let mut row = Row::of(statement);
            row.skip(2);
            if is_over(&mut row, 0, now) {
                over.push(row.text());
            } else {
                statement.with_text(0, |zone| statement.with_text(1, |agent| at_work.add(zone, agent)));
            }
            Ok(true)
        })?;
        for id in over {
            self.sweep_one(&id, false, 0, now)?;
        }
        Ok(at_work)
    }
}

/// Whether a row of leases, from `boot` on, is out of its lease for so long, or over its time: whether a sweep has to look.
pub(super) fn is_over(row: &mut Row<'_>, grace_ms: i64, now: Moment) -> bool {
    let (lease, since) = clocks(row);
    let left_ms = row.integer_or_null();
    lease.ran_out(now, grace_ms) || left_ms.is_some_and(|left| now.since(since) > left)
}

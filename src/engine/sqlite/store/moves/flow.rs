//! How worktrees flow through the zones, read off the ledger: from what is in each zone now back to when it is asked for.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::cells;
use super::sql::Sql;
use crate::engine::FlowFilter;
use crate::engine::sqlite::driver::Bind;
use crate::engine::sqlite::store::Store;
use crate::error::Result;
use crate::model::Field;
use crate::model::ledger::Move;
use crate::model::ledger::flow::{Flow, Since, percentile};
use crate::model::trend::Buckets;
use crate::rows::Batch;

/// More buckets than so many nobody looks at.
const MOST: usize = 20_000;
/// Which times are told, in hundredths of all.
const SHARES: [usize; 3] = [50, 85, 95];

impl Store {
    pub(super) fn push_flow(&self, asked: &FlowFilter, batch: &mut Batch) -> Result<()> {
        let buckets = Buckets::new(asked.bucket, &asked.offsets, asked.range, MOST).ok_or_else(|| {
            Field::new("getFlow", "since").out_of_range(&format!("within {MOST} buckets of until"), "more")
        })?;
        let (flow, now) = self.in_snapshot(|| {
            let _busy = self.connection.enter();
            self.read_flow(&buckets)
        })?;
        batch.push_text(told(&buckets, &flow, now).as_bytes());
        batch.end_row();
        Ok(())
    }

    /// What flows, and the zones that there are now.
    fn read_flow(&self, buckets: &Buckets) -> Result<(Flow, BTreeSet<String>)> {
        let tail = self.moves_tail(false)?;
        let read;
        let ledger = if let Some(ledger) = &tail.ledger {
            ledger
        } else {
            read = self.ledger(Sql::LedgerWorktrees, Sql::LedgerZones)?;
            &read
        };
        let mut now = BTreeMap::new();
        for stop in ledger.worktrees.keys().filter_map(|id| ledger.zone_of(id)) {
            *now.entry(stop.id).or_insert(0) += 1;
        }
        let mut moves = Vec::new();
        // Of a table's move where it is in that; those that only the log has are behind all.
        let mut first = i64::MAX;
        self.each_row(Sql::Moves, &[Bind::Integer(i64::MAX)], |row| {
            let of = cells::read(row);
            if of.at < buckets.from {
                return Ok(false);
            }
            first = row.integer(0);
            moves.push(of);
            Ok(true)
        })?;
        moves.reverse();
        moves.extend(tail.moves);
        let flow = Flow::new(buckets, &moves, now, |of| self.since_before(of, first))?;
        Ok((flow, ledger.zones.keys().cloned().collect()))
    }

    /// Since when a worktree was where it was before a move, by the table's moves before one.
    fn since_before(&self, of: &Move, first: i64) -> Result<Option<Since>> {
        let mut since: Option<Since> = None;
        self.each_row(Sql::MovesOfWorktree, &[Bind::Integer(first), Bind::Text(&of.worktree_id)], |row| {
            let before = cells::read(row);
            let is_first = before.from.is_none();
            let known = since.get_or_insert(Since { zone: before.at, board: None });
            known.board = is_first.then_some(before.at);
            Ok(!is_first)
        })?;
        Ok(since)
    }
}

/// As JSON.
fn told(buckets: &Buckets, flow: &Flow, now: BTreeSet<String>) -> String {
    let mut zones = now;
    zones.extend(flow.stays.keys().cloned());
    for counts in &flow.counts {
        zones.extend(counts.iter().filter(|(_, count)| **count != 0).map(|(zone, _)| zone.clone()));
    }
    let of = |lengths: &[i64]| SHARES.map(|share| percentile(lengths, share));
    let count = |counts: &BTreeMap<String, i64>| -> Vec<i64> {
        zones.iter().map(|zone| counts.get(zone).copied().unwrap_or_default()).collect()
    };
    json!({
        "starts": buckets.starts,
        "zones": zones,
        "counts": flow.counts.iter().map(count).collect::<Vec<_>>(),
        "arrived": flow.arrived,
        "left": flow.left,
        "lead": of(&flow.lead),
        "stays": zones.iter().map(|zone| of(flow.stays.get(zone).map_or(&[], Vec::as_slice))).collect::<Vec<_>>(),
    })
    .to_string()
}

//! How worktrees flow through the zones, by the ledger: from what is in each zone now back to the time that is asked for.

use std::collections::{BTreeMap, BTreeSet};

use super::cells;
use super::sql::Sql;
use crate::engine::FlowFilter;
use crate::engine::flows::{buckets_of, push_flow};
use crate::engine::sqlite::driver::Bind;
use crate::engine::sqlite::store::Store;
use crate::error::Result;
use crate::model::ledger::Move;
use crate::model::ledger::flow::{Flow, Since};
use crate::model::trend::Buckets;
use crate::rows::Batch;

impl Store {
    pub(super) fn push_flow(&self, asked: &FlowFilter, batch: &mut Batch) -> Result<()> {
        let buckets = buckets_of(asked)?;
        let (flow, zones) = self.in_snapshot(|| {
            let _busy = self.connection.enter();
            self.read_flow(&buckets)
        })?;
        push_flow(batch, &buckets, &flow, zones);
        Ok(())
    }

    /// The flow, and the zones that there are now.
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
        // The key of the first of the table's moves; those that only the log has come after all of these.
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

    /// Since when a worktree was where it was before a move, by the table's moves before `first`.
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

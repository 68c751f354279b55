//! How worktrees flow through the zones, read from the ledger in one statement: what is in each zone now, the moves since the first time
//! that is asked for, and since when their worktrees had been where they were before.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::convert::Infallible;

use tokio_postgres::Row;

use super::Store;
use crate::engine::FlowFilter;
use crate::engine::flows::{buckets_of, push_flow};
use crate::engine::postgres::client::value::{cell, integer, text_of};
use crate::error::Result;
use crate::model::ledger::Move;
use crate::model::ledger::Stop;
use crate::model::ledger::flow::{Flow, Since};
use crate::rows::Batch;

/// $1 from when, $2 to when. `kind` says what a row is: 0 a zone, and how many are in it; 1 how many came to a zone after the time asked
/// for, less those that left it; 2 a worktree, since when it was in its zone before, and since when in any; 3 a move.
const FLOW: &str = "SELECT 0 AS kind, z.id AS of, NULL AS from_zone, NULL AS to_zone, \
       (SELECT count(*) FROM {s}.worktree_zones AS a WHERE a.zone_id = z.id) AS at, NULL::bigint AS key FROM {s}.zones AS z \
     UNION ALL SELECT 1, zone_id, NULL, NULL, sum(count)::bigint, NULL FROM ( \
       SELECT to_zone_id AS zone_id, count(*) AS count FROM {s}.moves WHERE at >= $2 AND to_zone_id IS NOT NULL GROUP BY 1 \
       UNION ALL SELECT from_zone_id, -count(*) FROM {s}.moves WHERE at >= $2 AND from_zone_id IS NOT NULL GROUP BY 1) AS later GROUP BY zone_id \
     UNION ALL SELECT 2, of.worktree_id, NULL, NULL, \
       (SELECT m.at FROM {s}.moves AS m WHERE m.worktree_id = of.worktree_id AND m.at < $1 ORDER BY m.key DESC LIMIT 1), \
       (SELECT m.at FROM {s}.moves AS m WHERE m.worktree_id = of.worktree_id AND m.at < $1 AND m.from_zone_id IS NULL ORDER BY m.key DESC LIMIT 1) \
       FROM (SELECT DISTINCT worktree_id FROM {s}.moves WHERE at >= $1 AND at < $2) AS of \
     UNION ALL SELECT 3, worktree_id, from_zone_id, to_zone_id, at, key FROM {s}.moves WHERE at >= $1 AND at < $2 \
     ORDER BY kind, at, key";

impl Store {
    pub(super) fn read_flow(&self, asked: &FlowFilter, batch: &mut Batch) -> Result<()> {
        self.check_open()?;
        let buckets = buckets_of(asked)?;
        let mut zones = BTreeSet::new();
        let mut there: BTreeMap<String, i64> = BTreeMap::new();
        let mut before: HashMap<String, Since> = HashMap::new();
        let mut moves = Vec::new();
        for row in &self.read(FLOW, &[buckets.from.into(), buckets.to.into()])? {
            let of = text_of(row, 1).unwrap_or_default();
            let at = cell(row, 4).map(|cell| cell.integer());
            match integer(row, 0) {
                0 => {
                    there.insert(of.clone(), at.unwrap_or_default());
                    zones.insert(of);
                }
                // What is in the zone now, less what came later: how much was there at the end of the time asked for.
                1 => *there.entry(of).or_default() -= at.unwrap_or_default(),
                2 => {
                    let board = cell(row, 5).map(|cell| cell.integer());
                    before.extend(at.map(|zone| (of, Since { zone, board })));
                }
                _ => moves.push(moved(row, of, at.unwrap_or_default())),
            }
        }
        let since = |of: &Move| Ok::<_, Infallible>(before.get(&of.worktree_id).copied());
        let Ok(flow) = Flow::new(&buckets, &moves, there, since);
        push_flow(batch, &buckets, &flow, zones);
        Ok(())
    }
}

/// A move, with what the flow needs.
fn moved(row: &Row, worktree_id: String, at: i64) -> Move {
    let stop = |column| text_of(row, column).map(|id| Stop { id, name: String::new() });
    Move {
        seq: integer(row, 5),
        stamp: 0,
        nth: 0,
        at,
        worktree_id,
        branch_name: String::new(),
        from: stop(2),
        to: stop(3),
        by: None,
        reason: None,
    }
}

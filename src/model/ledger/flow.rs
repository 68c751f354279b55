//! How worktrees flow through the zones: how many are in each at the end of each bucket of time, how many come and go, how long they stay.

use std::collections::{BTreeMap, HashMap};

use super::Move;
use crate::model::trend::Buckets;

/// Since when a worktree has been where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Since {
    /// Since when it has been in its zone.
    pub zone: i64,
    /// Since when it has been in any zone, where that is known.
    pub board: Option<i64>,
}

/// The flow of worktrees.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Flow {
    /// For each bucket, how many are in each zone at its end; zones with none may be missing.
    pub counts: Vec<BTreeMap<String, i64>>,
    /// How many came in each bucket.
    pub arrived: Vec<i64>,
    /// How many left in each bucket.
    pub left: Vec<i64>,
    /// How long those that left had been in any zone, in milliseconds.
    pub lead: Vec<i64>,
    /// By zone, how long those that left it had been in it.
    pub stays: BTreeMap<String, Vec<i64>>,
}

impl Flow {
    /// The flow of these moves: all from a time on, in their order, up to now. `now` has how many are in each zone. `before` tells since
    /// when a worktree had been where it was before its first move of these.
    ///
    /// # Errors
    /// Those of `before`.
    pub fn new<E>(
        buckets: &Buckets,
        moves: &[Move],
        now: BTreeMap<String, i64>,
        mut before: impl FnMut(&Move) -> Result<Option<Since>, E>,
    ) -> Result<Self, E> {
        let count = buckets.starts.len();
        let mut flow = Self { arrived: vec![0; count], left: vec![0; count], ..Self::default() };
        let mut since: HashMap<&str, Option<Since>> = HashMap::new();
        for of in moves {
            let was = match since.get(of.worktree_id.as_str()) {
                Some(known) => *known,
                None if of.from.is_some() => before(of)?,
                None => None,
            };
            if let Some(bucket) = buckets.of(of.at) {
                flow.arrived[bucket] += i64::from(of.from.is_none());
                flow.left[bucket] += i64::from(of.to.is_none());
                if let (Some(from), Some(was)) = (&of.from, was) {
                    flow.stays.entry(from.id.clone()).or_default().push(of.at - was.zone);
                }
                if let (None, Some(board)) = (&of.to, was.and_then(|was| was.board)) {
                    flow.lead.push(of.at - board);
                }
            }
            let board = if of.from.is_none() { Some(of.at) } else { was.and_then(|was| was.board) };
            since.insert(&of.worktree_id, of.to.as_ref().map(|_| Since { zone: of.at, board }));
        }
        flow.counts = counts(buckets, moves, now);
        flow.lead.sort_unstable();
        flow.stays.values_mut().for_each(|stays| stays.sort_unstable());
        Ok(flow)
    }
}

/// How many are in each zone at the end of each bucket: those of now, without what was moved since.
fn counts(buckets: &Buckets, moves: &[Move], mut now: BTreeMap<String, i64>) -> Vec<BTreeMap<String, i64>> {
    let mut undone = moves.len();
    let mut counts = Vec::with_capacity(buckets.starts.len());
    for nth in (0..buckets.starts.len()).rev() {
        let end = buckets.starts.get(nth + 1).copied().unwrap_or(buckets.to);
        while undone > 0 && moves[undone - 1].at >= end {
            undone -= 1;
            let Move { from, to, .. } = &moves[undone];
            for (stop, sign) in [(to, -1), (from, 1)] {
                if let Some(stop) = stop {
                    *now.entry(stop.id.clone()).or_default() += sign;
                }
            }
        }
        counts.push(now.clone());
    }
    counts.reverse();
    counts
}

//! How worktrees flow, as both engines tell it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::FlowFilter;
use crate::error::Result;
use crate::model::Field;
use crate::model::ledger::flow::Flow;
use crate::model::percentile::{OF_FLOWS, of_sorted};
use crate::model::trend::Buckets;
use crate::rows::Batch;

/// How many buckets an answer has at most: nobody reads more.
const MOST: usize = 20_000;

/// The buckets that are asked for.
///
/// # Errors
/// A `RangeError` where there are too many for anybody to read.
pub fn buckets_of(asked: &FlowFilter) -> Result<Buckets> {
    Buckets::new(asked.bucket, &asked.offsets, asked.range, MOST)
        .ok_or_else(|| Field::new("getFlow", "since").out_of_range(&format!("within {MOST} buckets of until"), "more"))
}

/// Appends the flow, as JSON: of the zones that exist now, and of all that a worktree was in.
pub fn push_flow(batch: &mut Batch, buckets: &Buckets, flow: &Flow, mut zones: BTreeSet<String>) {
    zones.extend(flow.stays.keys().cloned());
    for counts in &flow.counts {
        zones.extend(counts.iter().filter(|(_, count)| **count != 0).map(|(zone, _)| zone.clone()));
    }
    let of = |lengths: &[i64]| OF_FLOWS.map(|share| of_sorted(lengths, share));
    let count = |counts: &BTreeMap<String, i64>| -> Vec<i64> {
        zones.iter().map(|zone| counts.get(zone).copied().unwrap_or_default()).collect()
    };
    let told = json!({
        "starts": buckets.starts,
        "zones": zones,
        "counts": flow.counts.iter().map(count).collect::<Vec<_>>(),
        "arrived": flow.arrived,
        "left": flow.left,
        "lead": of(&flow.lead),
        "stays": zones.iter().map(|zone| of(flow.stays.get(zone).map_or(&[], Vec::as_slice))).collect::<Vec<_>>(),
    });
    batch.push_text(told.to_string().as_bytes());
    batch.end_row();
}

//! How runs went, and how worktrees flow.

use super::call::{board, lists, number_at, text_at};
use super::runs::run_filter;
use crate::binding::js::{Call, JsResult, Value};
use crate::binding::state::{Native, State};
use crate::engine::{By, FlowFilter, RunFilter, TrendFilter};
use crate::model::trend::{Bucket, Offsets, Range};

pub const FUNCTIONS: &[(&str, Native)] = &[("getTrend", get_trend), ("getFlow", get_flow)];

/// `getTrend(connection, now, bucket, by, offsets, ...filter)`: the filter as in `listRuns`, behind the position; its `since` and `until`
/// are about when runs ended.
fn get_trend(state: &State, call: &Call) -> JsResult<Value> {
    let engine = &*board(call)?.engine;
    let lists = lists(call, 15)?;
    state.with_some_given(call, 1, 14, |given| {
        let runs = run_filter(given, &lists)?;
        let range = Range { since: runs.since, until: runs.until, now: given.number(0)? as i64 };
        let asked = TrendFilter {
            range,
            runs: RunFilter { since: None, until: None, ..runs },
            by: number_at(given, 2).and_then(|by| usize::try_from(by - 1).ok()).and_then(|by| By::ALL.get(by).copied()),
            bucket: bucket(given.number(1)?),
            offsets: offsets(text_at(given, 3).unwrap_or_default()),
        };
        state.with_batch(|batch| {
            engine.trend(&asked, batch)?;
            state.emit(batch, false, 0)
        })
    })
}

/// `getFlow(connection, now, bucket, offsets, since, until)`
fn get_flow(state: &State, call: &Call) -> JsResult<Value> {
    let engine = &*board(call)?.engine;
    state.with_given(call, 1, |given| {
        let asked = FlowFilter {
            bucket: bucket(given.number(1)?),
            range: Range { since: number_at(given, 3), until: number_at(given, 4), now: given.number(0)? as i64 },
            offsets: offsets(text_at(given, 2).unwrap_or_default()),
        };
        state.with_batch(|batch| {
            engine.flow(&asked, batch)?;
            state.emit(batch, false, 0)
        })
    })
}

fn bucket(nth: f64) -> Bucket {
    Bucket::ALL.get(nth as usize).copied().unwrap_or(Bucket::ALL[0])
}

/// `time:offset time:offset`, as JavaScript writes them.
fn offsets(text: &str) -> Offsets {
    let one = |pair: &str| {
        let (time, offset) = pair.split_once(':')?;
        Some((time.parse().ok()?, offset.parse().ok()?))
    };
    Offsets::new(text.split(' ').filter_map(one).collect())
}

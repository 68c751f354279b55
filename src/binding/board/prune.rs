//! Pruning.

use super::call::{board, number_at};
use crate::binding::js::{Call, JsResult, Value};
use crate::binding::state::{Arguments, Native, State};
use crate::engine::Policy;

pub const FUNCTIONS: &[(&str, Native)] = &[
    ("prune", prune),
    ("wouldPrune", would_prune),
    ("retention", retention),
    ("setRetention", set_retention),
    ("beginPruning", begin_pruning),
    ("endPruning", end_pruning),
];

fn policy(given: &Arguments<'_>, from: usize) -> Policy {
    let number = |at| number_at(given, from + at);
    Policy {
        bodies_ms: number(0),
        output_ms: number(1),
        runs_ms: number(2),
        per_zone: number(3),
        max_bytes: number(4),
        changes_ms: number(5),
    }
}

/// `prune(connection, now, budgetMs, …policy)`: runs, bodies, bytes, bytes of the file, and whether there is more.
fn prune(state: &State, call: &Call) -> JsResult<Value> {
    let engine = board(call)?.writer(call)?;
    state.with_given(call, 1, |given| {
        let pruned = engine.prune(&policy(given, 2), given.number(0)? as i64, given.number(1)?)?;
        numbers(state, &[pruned.runs, pruned.bodies, pruned.bytes, pruned.disk_bytes, pruned.more.into()])
    })
}

/// `wouldPrune(connection, now, …policy)`: the same for all that would be pruned.
fn would_prune(state: &State, call: &Call) -> JsResult<Value> {
    let engine = &*board(call)?.engine;
    engine.check_idle()?;
    state.with_given(call, 1, |given| {
        let pruned = engine.would_prune(&policy(given, 1), given.number(0)? as i64)?;
        numbers(state, &[pruned.runs, pruned.bodies, pruned.bytes, 0, 0])
    })
}

/// `retention(connection)`: the board's policy, and its interval.
fn retention(state: &State, call: &Call) -> JsResult<Value> {
    let (of, every_ms) = board(call)?.engine.retention()?;
    let all = [of.bodies_ms, of.output_ms, of.runs_ms, of.per_zone, of.max_bytes, of.changes_ms, every_ms];
    state.with_batch(|batch| {
        for value in all {
            match value {
                Some(value) => batch.push_integer(value, false),
                None => batch.push_null(),
            }
        }
        batch.end_row();
        state.emit(batch, false, 0)
    })
}

/// `setRetention(connection, now, everyMs, …policy)`
fn set_retention(state: &State, call: &Call) -> JsResult<Value> {
    let engine = board(call)?.writer(call)?;
    state.with_given(call, 2, |given| Ok(engine.set_retention(&policy(given, 1), number_at(given, 0))?))?;
    Ok(call.env.undefined())
}

/// `beginPruning(connection, now, everyMs)`: whether it is this process's turn.
fn begin_pruning(state: &State, call: &Call) -> JsResult<Value> {
    let engine = board(call)?.writer(call)?;
    let begun = state
        .with_given(call, 1, |given| Ok(engine.begin_pruning(given.number(0)? as i64, given.number(1)? as i64)?))?;
    Ok(call.env.boolean(begun))
}

/// `endPruning(connection, now, more)`
fn end_pruning(state: &State, call: &Call) -> JsResult<Value> {
    let engine = board(call)?.writer(call)?;
    state.with_given(call, 1, |given| Ok(engine.end_pruning(given.number(0)? as i64, given.number(1)? != 0.0)?))?;
    Ok(call.env.undefined())
}

fn numbers(state: &State, all: &[i64]) -> JsResult<Value> {
    state.with_batch(|batch| {
        for value in all {
            batch.push_integer(*value, false);
        }
        batch.end_row();
        state.emit(batch, false, 0)
    })
}

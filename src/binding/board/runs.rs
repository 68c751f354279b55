//! Runs, for those who want them done.

use super::call::{board, each, lists, placed, row};
use crate::binding::js::{Call, JsResult, Value};
use crate::binding::state::{Native, State};
use crate::engine::{RunFilter, RunsAfter};
use crate::model::RUN;

/// The functions of this file.
pub const FUNCTIONS: &[(&str, Native)] = &[
    ("enqueueRun", enqueue_run),
    ("enqueueRuns", enqueue_runs),
    ("retryRun", retry_run),
    ("cancelRun", cancel_run),
    ("answerRun", answer_run),
    ("getRun", get_run),
    ("listRuns", list_runs),
];

fn enqueue_run(state: &State, call: &Call) -> JsResult<Value> {
    row(state, call, |engine, given, batch| engine.enqueue_run("enqueueRun", given.rest(1), given.number(0)?, batch))
}

/// `enqueueRuns(connection, now, ...values)`: its values of each run, one after the other; at most a batch of them.
fn enqueue_runs(state: &State, call: &Call) -> JsResult<Value> {
    let engine = board(call)?.writer(call)?;
    let now = call.env.to_f64(call.argument(1))?;
    state.with_batch(|batch| {
        each(state, call, 2, RUN.given().count(), |given| {
            engine.enqueue_run("enqueueRuns", given.rest(0), now, batch)
        })?;
        state.emit(batch, false, 0)
    })
}

fn retry_run(state: &State, call: &Call) -> JsResult<Value> {
    row(state, call, |engine, given, batch| engine.retry_run(given.rest(1), given.number(0)?, batch))
}

fn cancel_run(state: &State, call: &Call) -> JsResult<Value> {
    row(state, call, |engine, given, batch| engine.cancel_run(given.get(1), given.get(2), given.number(0)?, batch))
}

fn answer_run(state: &State, call: &Call) -> JsResult<Value> {
    row(state, call, |engine, given, batch| engine.answer_run(given.get(1), given.get(2), given.number(0)?, batch))
}

fn get_run(state: &State, call: &Call) -> JsResult<Value> {
    let engine = &*board(call)?.engine;
    state.with_given(call, 1, |given| {
        state.with_batch(|batch| {
            engine.get_run(given.get(0), batch).map_err(placed(1))?;
            state.emit(batch, false, 0)
        })
    })
}

/// `listRuns(connection, most, position of the last run, of the last execution, of the last of the archive: two, ...lists)`: lists of zones, worktrees, agents,
/// statuses. Behind the cells of each run the places that the next page begins behind.
fn list_runs(state: &State, call: &Call) -> JsResult<Value> {
    let engine = &*board(call)?.engine;
    let [zones, worktrees, agents, statuses] = lists(call, 6)?;
    let filter = RunFilter {
        zones: borrowed(zones.as_ref()),
        worktrees: borrowed(worktrees.as_ref()),
        agents: borrowed(agents.as_ref()),
        statuses: borrowed(statuses.as_ref()),
    };
    state.with_some_given(call, 1, 5, |given| {
        // Nothing is behind the greatest position: the list begins there.
        let place = |at| Ok::<i64, crate::error::Error>(given.number(at)? as i64);
        let after = RunsAfter { run: place(1)?, execution: place(2)?, archived_at: place(3)?, archived: place(4)? };
        let most = given.number(0)?;
        state.with_batch(|batch| {
            engine.list_runs(&filter, after, most as usize, batch)?;
            state.emit(batch, false, 0)
        })
    })
}

fn borrowed(texts: Option<&Vec<String>>) -> Option<Vec<&str>> {
    texts.map(|texts| texts.iter().map(String::as_str).collect())
}

//! The calls that ask for work, and lists of runs.

use super::call::{board, borrowed, each, lists, number_at, placed, row, text_at};
use crate::binding::js::{Call, JsResult, Value};
use crate::binding::state::{Arguments, Native, State};
use crate::engine::{RunFilter, RunOrder, RunsAfter};
use crate::error::Result;
use crate::model::RUN;

pub const FUNCTIONS: &[(&str, Native)] = &[
    ("enqueueRun", enqueue_run),
    ("enqueueRuns", enqueue_runs),
    ("retryRun", retry_run),
    ("cancelRun", cancel_run),
    ("answerRun", answer_run),
    ("getRun", get_run),
    ("foldHistory", fold_history),
    ("listRuns", list_runs),
];

fn enqueue_run(state: &State, call: &Call) -> JsResult<Value> {
    row(state, call, |engine, given, batch| engine.enqueue_run("enqueueRun", given.rest(1), given.number(0)?, batch))
}

/// `enqueueRuns(connection, now, ...values)`: the values of each run, one run after the other; at most a batch of them.
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

fn fold_history(_: &State, call: &Call) -> JsResult<Value> {
    board(call)?.engine.fold_history()?;
    Ok(call.env.undefined())
}

/// `listRuns(connection, most, three numbers of the last run's position, since, until, shortest, order, full, model, parent, branch,
/// finishedSince, finishedUntil, ...lists)`: lists of zones, worktrees, agents, statuses; null for a missing filter. The cells of each run
/// are followed by its position, behind which the next page begins.
fn list_runs(state: &State, call: &Call) -> JsResult<Value> {
    let engine = &*board(call)?.engine;
    let lists = lists(call, 15)?;
    state.with_some_given(call, 1, 14, |given| {
        // Nothing comes before the greatest position: the list begins there.
        let number = |at| Ok::<i64, crate::error::Error>(given.number(at)? as i64);
        let filter = run_filter(given, &lists)?;
        let after = RunsAfter { value: number(1)?, at: number(2)?, key: number(3)? };
        let most = given.number(0)?;
        state.with_batch(|batch| {
            engine.list_runs(&filter, after, most as usize, batch)?;
            state.emit(batch, false, 0)
        })
    })
}

/// The filter of `listRuns`, from its arguments behind the position, and its lists.
pub(super) fn run_filter<'a>(given: &Arguments<'a>, lists: &'a [Option<Vec<String>>; 4]) -> Result<RunFilter<'a>> {
    let [zones, worktrees, agents, statuses] = lists;
    Ok(RunFilter {
        zones: borrowed(zones.as_ref()),
        worktrees: borrowed(worktrees.as_ref()),
        agents: borrowed(agents.as_ref()),
        statuses: borrowed(statuses.as_ref()),
        model: text_at(given, 9),
        parent: text_at(given, 10),
        branch: text_at(given, 11),
        since: number_at(given, 4),
        until: number_at(given, 5),
        finished_since: number_at(given, 12),
        finished_until: number_at(given, 13),
        least_ms: number_at(given, 6),
        order: RunOrder::ALL.get(given.number(7)? as usize).copied().unwrap_or_default(),
        full: given.number(8)? != 0.0,
    })
}

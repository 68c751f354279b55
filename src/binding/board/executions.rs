//! The history of executions.

use super::call::{board, each, placed, read, read_row};
use crate::binding::js::{Call, JsResult, Value};
use crate::binding::state::{Native, State};
use crate::model::{EXECUTION, time};

pub const FUNCTIONS: &[(&str, Native)] = &[
    ("recordExecution", record_execution),
    ("recordExecutions", record_executions),
    ("getExecution", get_execution),
    ("listExecutionsOfZone", list_executions_of_zone),
    ("listExecutionsOfWorktree", list_executions_of_worktree),
];

/// Returns the new id.
fn record_execution(state: &State, call: &Call) -> JsResult<Value> {
    let engine = board(call)?.writer(call)?;
    state.with_given(call, 1, |given| {
        let now = given.number(0)?;
        let id = engine.record_execution("recordExecution", given.rest(1), now, &time::iso(now)).map_err(placed(2))?;
        call.env.text(&id)
    })
}

/// `recordExecutions(connection, now, ...values)`: the values of each execution. Returns the ids.
fn record_executions(state: &State, call: &Call) -> JsResult<Value> {
    let engine = board(call)?.writer(call)?;
    let milliseconds = call.env.to_f64(call.argument(1))?;
    let now = time::iso(milliseconds);
    let mut ids = Vec::new();
    each(state, call, 2, EXECUTION.given().count(), |given| {
        ids.push(engine.record_execution("recordExecutions", given.rest(0), milliseconds, &now)?);
        Ok(())
    })?;
    call.env.array(ids.iter().map(|id| call.env.text(id)))
}

fn get_execution(state: &State, call: &Call) -> JsResult<Value> {
    read_row(state, call, |engine, given, batch| engine.get_execution(given.get(0), batch))
}

fn list_executions_of_zone(state: &State, call: &Call) -> JsResult<Value> {
    read(state, call, |engine, given, batch| engine.list_executions_of_zone(given.get(0), given.get(1), batch))
}

fn list_executions_of_worktree(state: &State, call: &Call) -> JsResult<Value> {
    read(state, call, |engine, given, batch| engine.list_executions_of_worktree(given.get(0), given.get(1), batch))
}

//! What is beside a board: metadata, limits of work in progress.

use super::call::{board, nothing, placed, row};
use crate::binding::js::{Call, JsResult, Value};
use crate::binding::state::{Native, State};

/// The functions of this file.
pub const FUNCTIONS: &[(&str, Native)] =
    &[("setMetadata", set_metadata), ("getMetadata", get_metadata), ("setWipLimit", set_wip_limit)];

/// `setMetadata(connection, now, kind, id, JSON of the patch)`
fn set_metadata(state: &State, call: &Call) -> JsResult<Value> {
    row(state, call, |engine, given, batch| engine.set_metadata(given.rest(1), given.number(0)?, batch))
}

/// `getMetadata(connection, kind, id)`
fn get_metadata(state: &State, call: &Call) -> JsResult<Value> {
    let engine = &*board(call)?.engine;
    state.with_given(call, 1, |given| {
        state.with_batch(|batch| {
            engine.get_metadata(given.rest(0), batch).map_err(placed(1))?;
            state.emit(batch, false, 0)
        })
    })
}

/// `setWipLimit(connection, now, zone, limit)`
fn set_wip_limit(state: &State, call: &Call) -> JsResult<Value> {
    nothing(state, call, 2, |engine, given| engine.set_wip_limit(given.get(1), given.get(2), given.number(0)?))
}

//! Counts.

use super::call::{board, read_row};
use crate::binding::js::{Call, JsResult, Value};
use crate::binding::state::{Native, State};
use crate::error::Error;

pub const FUNCTIONS: &[(&str, Native)] =
    &[("executionStats", execution_stats), ("stats", stats), ("takeMended", take_mended)];

fn execution_stats(state: &State, call: &Call) -> JsResult<Value> {
    read_row(state, call, |engine, given, batch| engine.execution_stats(given.get(0), given.get(1), batch))
}

fn stats(state: &State, call: &Call) -> JsResult<Value> {
    read_row(state, call, |engine, _, batch| engine.stats(batch))
}

/// `takeMended(connection)`: which counts were mended since the last call, as JSON; null where none were.
fn take_mended(_: &State, call: &Call) -> JsResult<Value> {
    match board(call)?.engine.take_mended() {
        Some(mended) => {
            let text = serde_json::to_string(&mended).map_err(|error| Error::internal(&error.to_string()))?;
            call.env.text(&text)
        }
        None => Ok(call.env.null()),
    }
}

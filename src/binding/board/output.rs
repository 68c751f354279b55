//! What runs print.

use super::call::{board, placed};
use crate::binding::js::{Call, JsResult, Value};
use crate::binding::state::{Native, State};
use crate::engine::Chunk;

pub const FUNCTIONS: &[(&str, Native)] = &[("appendOutput", append_output), ("listOutput", list_output)];

/// `appendOutput(connection, now, id, token, undefined, expected number, most bytes, ...chunks)`: stream, text and time of each
/// chunk; `undefined` is at the position of the caller's chunks. Returns the number of the next chunk.
fn append_output(state: &State, call: &Call) -> JsResult<Value> {
    let engine = board(call)?.writer(call)?;
    let env = call.env;
    let chunks = (7..call.count()).step_by(3).map(|at| {
        let stream = env.to_f64(call.argument(at))? as i64;
        let text = env.to_string(call.argument(at + 1))?;
        // NaN where no time was given.
        let time = env.to_f64(call.argument(at + 2))?;
        Ok(Chunk { stream, text, at: (!time.is_nan()).then_some(time as i64) })
    });
    let chunks = chunks.collect::<JsResult<Vec<_>>>()?;
    state.with_some_given(call, 1, 6, |given| {
        let (now, most_bytes) = (given.number(0)?, given.number(5)? as i64);
        let next = engine.append_output(given.rest(1), &chunks, most_bytes, now).map_err(placed(2))?;
        env.number(next as f64)
    })
}

/// `listOutput(connection, id, from, limit)`: a row for each chunk; `more` says whether some were dropped.
fn list_output(state: &State, call: &Call) -> JsResult<Value> {
    let engine = &*board(call)?.engine;
    state.with_given(call, 1, |given| {
        let (from, limit) = (given.number(1)? as i64, given.number(2)? as i64);
        state.with_batch(|batch| {
            let truncated = engine.list_output(given.get(0), from, limit, batch).map_err(placed(1))?;
            state.emit(batch, truncated, 0)
        })
    })
}

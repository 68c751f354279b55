//! The feed of changes. Stamps are texts here: they don't fit JavaScript's numbers.

use super::call::board;
use crate::binding::js::{Call, JsResult, Kind, Value};
use crate::binding::state::{Native, State};
use crate::engine::{ChangesAfter, Place};
use crate::error::Error;

pub const FUNCTIONS: &[(&str, Native)] =
    &[("changesEnd", changes_end), ("listChanges", list_changes), ("listOutputEnds", list_output_ends)];

/// `changesEnd(connection)`: the number and the stamp of the log's last row, with a space between; null where there is no log.
fn changes_end(_: &State, call: &Call) -> JsResult<Value> {
    match board(call)?.engine.changes_end()? {
        Some(Place { seq, stamp }) => call.env.text(&format!("{seq} {stamp}")),
        None => Ok(call.env.null()),
    }
}

/// `listChanges(connection, number, stamp, bits of the entities, limit)`: the changes behind that row; the stamp is null for the
/// beginning.
fn list_changes(state: &State, call: &Call) -> JsResult<Value> {
    let env = call.env;
    let engine = &*board(call)?.engine;
    let seq = env.to_f64(call.argument(1))? as i64;
    let stamp = call.argument(2);
    let place = if env.kind(stamp) == Kind::Null {
        None
    } else {
        let stamp = env.to_string(stamp)?;
        Some(Place { seq, stamp: stamp.parse().map_err(|_| Error::Type("Expected a stamp".into()))? })
    };
    let entities = env.to_i32(call.argument(3))? as u32;
    let limit = env.to_f64(call.argument(4))? as usize;
    state.with_batch(|batch| {
        engine.list_changes(ChangesAfter { place, entities, limit }, batch)?;
        state.emit(batch, false, 0)
    })
}

/// `listOutputEnds(connection, id or null)`: how far the output has come, of the runs at work or of one run.
fn list_output_ends(state: &State, call: &Call) -> JsResult<Value> {
    let board = board(call)?;
    state.with_given(call, 1, |given| {
        state.with_batch(|batch| {
            let more = board.engine.list_output_ends(given.get(0), batch)?;
            state.emit(batch, more, 0)
        })
    })
}

//! Lists that are longer than a batch, and several reads or writes as if they were one.

use super::call::board;
use crate::binding::js::{Call, JsResult, Value};
use crate::binding::state::{Native, State};

/// The functions of this file.
pub const FUNCTIONS: &[(&str, Native)] = &[
    ("more", more),
    ("abandon", abandon),
    ("beginSnapshot", begin_snapshot),
    ("endSnapshot", end_snapshot),
    ("gather", gather),
    ("sendGathered", send_gathered),
    ("forgetGathered", forget_gathered),
    ("generation", generation),
];

/// The next batch of the latest list; the last one comes with the generation of the whole list.
fn more(state: &State, call: &Call) -> JsResult<Value> {
    let board = board(call)?;
    state.with_batch(|batch| {
        let more = board.engine.more(batch)?;
        state.emit_generation(if more { 0 } else { board.unchanged_since(board.reading.get()) })?;
        state.emit(batch, more, 0)
    })
}

/// Gives up the rest of the latest list.
fn abandon(_: &State, call: &Call) -> JsResult<Value> {
    board(call)?.engine.abandon();
    Ok(call.env.undefined())
}

/// Begins several reads of one snapshot; `false` where a transaction sees to that already.
fn begin_snapshot(_: &State, call: &Call) -> JsResult<Value> {
    let engine = &board(call)?.engine;
    engine.check_idle()?;
    Ok(call.env.boolean(engine.begin_snapshot()?))
}

/// Ends them.
fn end_snapshot(_: &State, call: &Call) -> JsResult<Value> {
    board(call)?.engine.end_snapshot()?;
    Ok(call.env.undefined())
}

/// Begins to gather what is written; `false` where it is done at once all the same.
fn gather(_: &State, call: &Call) -> JsResult<Value> {
    Ok(call.env.boolean(board(call)?.engine.gather()?))
}

/// Does what was gathered; `false` where it is to be done one by one.
fn send_gathered(_: &State, call: &Call) -> JsResult<Value> {
    Ok(call.env.boolean(board(call)?.engine.send_gathered()?))
}

/// Forgets what was gathered.
fn forget_gathered(_: &State, call: &Call) -> JsResult<Value> {
    board(call)?.engine.forget_gathered();
    Ok(call.env.undefined())
}

/// The generation that the content is of.
fn generation(_: &State, call: &Call) -> JsResult<Value> {
    call.env.number(f64::from(board(call)?.engine.generation()))
}

//! Lists that are longer than a batch, and several reads or writes as one.

use super::call::board;
use crate::binding::js::{Call, JsResult, Value};
use crate::binding::state::{Native, State};

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

/// Begins several reads of one snapshot; `false` where a transaction has one already.
fn begin_snapshot(_: &State, call: &Call) -> JsResult<Value> {
    let engine = &board(call)?.engine;
    engine.check_idle()?;
    Ok(call.env.boolean(engine.begin_snapshot()?))
}

/// Ends these reads.
fn end_snapshot(_: &State, call: &Call) -> JsResult<Value> {
    board(call)?.engine.end_snapshot()?;
    Ok(call.env.undefined())
}

/// Begins to gather writes; `false` where each is made at once all the same.
fn gather(_: &State, call: &Call) -> JsResult<Value> {
    Ok(call.env.boolean(board(call)?.engine.gather()?))
}

/// Makes the gathered writes; `false` where they have to be made one by one.
fn send_gathered(_: &State, call: &Call) -> JsResult<Value> {
    Ok(call.env.boolean(board(call)?.engine.send_gathered()?))
}

fn forget_gathered(_: &State, call: &Call) -> JsResult<Value> {
    board(call)?.engine.forget_gathered();
    Ok(call.env.undefined())
}

/// The generation of the content.
fn generation(_: &State, call: &Call) -> JsResult<Value> {
    call.env.number(f64::from(board(call)?.engine.generation()))
}

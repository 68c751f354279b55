//! What the calls have in common: the engine, the values that were given, a batch of rows or nothing as the answer.

use super::opened::Board;
use crate::binding::database::database;
use crate::binding::js::{Call, JsResult, Kind, Value};
use crate::binding::state::{Arguments, State};
use crate::engine::Engine;
use crate::error::{Error, Position, Result};
use crate::rows::Batch;

/// The board in the first argument.
pub(super) fn board(call: &Call) -> JsResult<&Board> {
    database(call)?.board.as_ref().ok_or_else(|| Error::Type("Illegal invocation".into()).into())
}

/// An error, with the argument that has the value which it is about: `first` is the first that the caller gave.
pub(super) fn placed(first: usize) -> impl Fn(Error) -> Error {
    move |error| error.placed(|nth| Position::Argument(first + nth))
}

/// A call that writes and gives at most one row.
pub(super) fn row(
    state: &State,
    call: &Call,
    run: impl FnOnce(&dyn Engine, &Arguments<'_>, &mut Batch) -> Result<()>,
) -> JsResult<Value> {
    let engine = &*board(call)?.engine;
    state.with_given(call, 1, |given| {
        state.with_batch(|batch| {
            run(engine, given, batch).map_err(placed(2))?;
            state.emit(batch, false, 0)
        })
    })
}

/// A call that reads: at most a batch of rows.
///
/// Its second argument is the generation that JavaScript remembers an answer of, 0 for none. Where nobody has committed
/// since, the answer is `null`: it still holds. Else the rows come with the generation that they are of, 0 where that
/// can't be told, because somebody committed meanwhile or a transaction is open.
pub(super) fn read(
    state: &State,
    call: &Call,
    run: impl FnOnce(&dyn Engine, &Arguments<'_>, &mut Batch) -> Result<bool>,
) -> JsResult<Value> {
    let board = board(call)?;
    let engine = &*board.engine;
    engine.check_idle()?;
    let before = engine.generation();
    if before != 0 && before == call.env.to_i32(call.argument(1))? {
        return Ok(call.env.null());
    }
    state.with_given(call, 2, |given| {
        state.with_batch(|batch| {
            let more = run(engine, given, batch).map_err(placed(2))?;
            board.reading.set(before);
            state.emit_generation(if more { 0 } else { board.unchanged_since(before) })?;
            state.emit(batch, more, 0)
        })
    })
}

/// A call that reads at most one row.
pub(super) fn read_row(
    state: &State,
    call: &Call,
    run: impl FnOnce(&dyn Engine, &Arguments<'_>, &mut Batch) -> Result<()>,
) -> JsResult<Value> {
    read(state, call, |engine, given, batch| run(engine, given, batch).map(|()| false))
}

/// A call that gives nothing; `first` is the first argument of the caller's.
pub(super) fn nothing(
    state: &State,
    call: &Call,
    first: usize,
    run: impl FnOnce(&dyn Engine, &Arguments<'_>) -> Result<()>,
) -> JsResult<Value> {
    let engine = &*board(call)?.engine;
    state.with_given(call, 1, |given| Ok(run(engine, given).map_err(placed(first))?))?;
    Ok(call.env.undefined())
}

/// The texts of an array in an argument; `None` where it is missing. JavaScript's part has seen to it that they are texts.
pub(super) fn texts(call: &Call, index: usize) -> JsResult<Option<Vec<String>>> {
    let (env, values) = (call.env, call.argument(index));
    if env.kind(values) != Kind::Object {
        return Ok(None);
    }
    let texts = (0..env.array_length(values)?).map(|at| env.to_string(env.element(values, at)?));
    texts.collect::<JsResult<_>>().map(Some)
}

/// Takes the array in the third argument `width` values at a time. Leaves in the head how many it has taken, so that
/// JavaScript can tell which one failed.
pub(super) fn each(
    state: &State,
    call: &Call,
    width: u32,
    mut take: impl FnMut(&Arguments<'_>) -> Result<()>,
) -> JsResult<Value> {
    let env = call.env;
    let values = call.argument(2);
    let length = env.array_length(values)?;
    for (item, at) in (0..length).step_by(width as usize).enumerate() {
        state.emit_head(&[item as i32])?;
        // What is not of the element is an argument behind the list.
        let place = |nth: usize| {
            if nth < width as usize { Position::Element(at as usize + nth) } else { Position::Argument(2 + nth) }
        };
        let take = |given: &Arguments<'_>| Ok(take(given).map_err(|error| error.placed(place))?);
        // SAFETY: what is taken is decoded; no JavaScript value leaves.
        unsafe { env.scoped(|| state.with_elements(values, at, width, take))? };
    }
    Ok(env.undefined())
}

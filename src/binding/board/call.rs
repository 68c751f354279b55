//! What the calls share: the engine, the given values, a batch of rows or nothing as the answer.

use super::opened::Board;
use crate::binding::connection::handle;
use crate::binding::js::{Call, JsResult, Value};
use crate::binding::state::{Arguments, State};
use crate::engine::Engine;
use crate::error::{Error, Position, Result};
use crate::model::Given;
use crate::rows::Batch;

/// The board in the first argument.
pub(super) fn board(call: &Call) -> JsResult<&Board> {
    handle(call)?.board().ok_or_else(|| Error::Type("Illegal invocation".into()).into())
}

/// Counts an error's value as an argument of the call: `first` is the first that the caller gave.
pub(super) fn placed(first: usize) -> impl Fn(Error) -> Error {
    move |error| error.placed(|nth| Position(first + nth))
}

/// A call that writes and gives at most a batch of rows. All share one body: a copy for each would be a twentieth of the addon.
pub(super) fn row(
    state: &State,
    call: &Call,
    run: impl Fn(&dyn Engine, &Arguments<'_>, &mut Batch) -> Result<()>,
) -> JsResult<Value> {
    row_of(state, call, &run)
}

#[inline(never)]
fn row_of(
    state: &State,
    call: &Call,
    run: &dyn Fn(&dyn Engine, &Arguments<'_>, &mut Batch) -> Result<()>,
) -> JsResult<Value> {
    let engine = board(call)?.writer(call)?;
    state.with_given(call, 1, |given| {
        state.with_batch(|batch| {
            run(engine, given, batch).map_err(placed(2))?;
            state.emit(batch, false, 0)
        })
    })
}

/// A call that reads: at most a batch of rows.
///
/// Its second argument is the generation of JavaScript's kept answer, 0 for none. Where nobody has committed since, the result is
/// `null`: that answer still holds. Else the rows come with their generation, or 0 where that can't be told, because somebody
/// committed meanwhile or a transaction is open.
pub(super) fn read(
    state: &State,
    call: &Call,
    run: impl FnOnce(&dyn Engine, &Arguments<'_>, &mut Batch) -> Result<bool>,
) -> JsResult<Value> {
    let board = board(call)?;
    let engine = &*board.engine;
    engine.check_idle()?;
    let before = engine.generation();
    let kept = call.env.to_i32(call.argument(1))?;
    if before != 0 && before == kept {
        return Ok(call.env.null());
    }
    engine.expect(kept);
    state.with_given(call, 2, |given| {
        state.with_batch(|batch| {
            let came = run(engine, given, batch);
            let still_holds = engine.still_holds();
            let more = came.map_err(placed(2))?;
            if still_holds {
                return Ok(call.env.null());
            }
            let reading = if before == 0 { engine.generation_read() } else { before };
            board.reading.set(reading);
            state.emit_generation(if more { 0 } else { board.unchanged_since(reading) })?;
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

/// A call that gives nothing; `first` is the first argument that the caller gave.
pub(super) fn nothing(
    state: &State,
    call: &Call,
    first: usize,
    run: impl Fn(&dyn Engine, &Arguments<'_>) -> Result<()>,
) -> JsResult<Value> {
    nothing_of(state, call, first, &run)
}

#[inline(never)]
fn nothing_of(
    state: &State,
    call: &Call,
    first: usize,
    run: &dyn Fn(&dyn Engine, &Arguments<'_>) -> Result<()>,
) -> JsResult<Value> {
    let engine = board(call)?.writer(call)?;
    state.with_given(call, 1, |given| Ok(run(engine, given).map_err(placed(first))?))?;
    Ok(call.env.undefined())
}

/// So many texts among the arguments, beginning with `from`. JavaScript has checked that they are texts.
pub(super) fn texts(call: &Call, from: usize, count: usize) -> JsResult<Vec<String>> {
    (from..from + count).map(|index| call.env.to_string(call.argument(index))).collect()
}

/// `N` lists of texts. The arguments from `from` on are their lengths, negative for a missing list; all their texts come behind.
pub(super) fn lists<const N: usize>(call: &Call, from: usize) -> JsResult<[Option<Vec<String>>; N]> {
    let mut lists = [const { None }; N];
    let mut at = from + N;
    for (nth, list) in lists.iter_mut().enumerate() {
        if let Ok(count) = usize::try_from(call.env.to_i32(call.argument(from + nth))?) {
            *list = Some(texts(call, at, count)?);
            at += count;
        }
    }
    Ok(lists)
}

/// Takes the arguments from `from` on, `width` of them at a time: the values of a list's elements, one element after the other. They
/// are arguments because Node takes longer to fetch an element of an array than everything here takes with it. Leaves in the head
/// how many were taken, so that JavaScript can tell which one failed.
pub(super) fn each(
    state: &State,
    call: &Call,
    from: usize,
    width: usize,
    mut take: impl FnMut(&Arguments<'_>) -> Result<()>,
) -> JsResult<Value> {
    for (nth, at) in (from..call.count()).step_by(width).enumerate() {
        state.emit_head(&[nth as i32])?;
        // A value that isn't the element's is an argument behind the time.
        let place = |nth: usize| Position(if nth < width { at + nth } else { 2 + nth - width });
        state.with_some_given(call, at, width, |given| Ok(take(given).map_err(|error| error.placed(place))?))?;
    }
    Ok(call.env.undefined())
}

/// A list of texts, borrowed.
pub(super) fn borrowed(texts: Option<&Vec<String>>) -> Option<Vec<&str>> {
    texts.map(|texts| texts.iter().map(String::as_str).collect())
}

/// A whole number that may be missing.
pub(super) fn number_at(given: &Arguments<'_>, at: usize) -> Option<i64> {
    match given.get(at) {
        Given::Number(number) => Some(number as i64),
        _ => None,
    }
}

/// A text that may be missing.
pub(super) fn text_at<'a>(given: &Arguments<'a>, at: usize) -> Option<&'a str> {
    match given.get(at) {
        Given::Text(text) => Some(text),
        _ => None,
    }
}

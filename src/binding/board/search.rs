//! Finding runs by what they say.

use super::call::{board, lists, text_at};
use super::runs::run_filter;
use crate::binding::js::{Call, JsResult, Value};
use crate::binding::state::{Native, State};
use crate::engine::{SearchAfter, Sought};
use crate::model::search::Mode;

pub const FUNCTIONS: &[(&str, Native)] = &[
    ("searchable", searchable),
    ("enableSearch", enable_search),
    ("buildSearch", build_search),
    ("indexed", indexed),
    ("disableSearch", disable_search),
    ("foldSearch", fold_search),
    ("searchRuns", search_runs),
    ("checkSearch", check_search),
];

/// The modes, in the order of their numbers.
const MODES: [Mode; 2] = [Mode::Words, Mode::Substring];

fn mode(number: f64) -> Mode {
    MODES.get(number as usize).copied().unwrap_or(Mode::Words)
}

/// What can be searched, as bits: 1 words, 2 substrings; 4 if the index isn't built yet.
fn searchable(_: &State, call: &Call) -> JsResult<Value> {
    let bits = board(call)?.engine.searchable()?;
    call.env.number(bits as f64)
}

/// `enableSearch(connection, mode)`: `buildSearch` builds that index then.
fn enable_search(_: &State, call: &Call) -> JsResult<Value> {
    let engine = board(call)?.writer(call)?;
    engine.enable_search(mode(call.env.to_f64(call.argument(1))?))?;
    Ok(call.env.undefined())
}

/// Builds for some milliseconds: how many runs are indexed, `null` once all are.
fn build_search(_: &State, call: &Call) -> JsResult<Value> {
    let done = board(call)?.writer(call)?.build_search()?;
    done.map_or_else(|| Ok(call.env.null()), |done| call.env.number(done as f64))
}

/// How many runs are indexed, and how many there are.
fn indexed(state: &State, call: &Call) -> JsResult<Value> {
    let indexed = board(call)?.engine.indexed()?;
    state.with_batch(|batch| {
        for count in [indexed.done, indexed.total] {
            batch.push_integer(count, false);
        }
        batch.end_row();
        state.emit(batch, false, 0)
    })
}

/// Whether there was an index.
fn disable_search(_: &State, call: &Call) -> JsResult<Value> {
    let was = board(call)?.writer(call)?.disable_search()?;
    Ok(call.env.boolean(was))
}

fn fold_search(_: &State, call: &Call) -> JsResult<Value> {
    board(call)?.engine.fold_search()?;
    Ok(call.env.undefined())
}

/// `searchRuns(connection, most, three numbers of the last position, …, text, mode, fields, syntax, ...lists)`: `…` as in `listRuns`,
/// up to `finishedUntil`.
fn search_runs(state: &State, call: &Call) -> JsResult<Value> {
    let engine = &*board(call)?.engine;
    let lists = lists(call, 19)?;
    state.with_some_given(call, 1, 18, |given| {
        let number = |at| Ok::<i64, crate::error::Error>(given.number(at)? as i64);
        let sought = Sought {
            text: text_at(given, 14).unwrap_or_default(),
            mode: mode(given.number(15)?),
            fields: number(16)? as u32,
            syntax: number(17)? != 0,
        };
        let after = SearchAfter { top: number(1)?, score: number(2)?, doc: number(3)? };
        let most = given.number(0)?;
        let filter = run_filter(given, &lists)?;
        state.with_batch(|batch| {
            engine.search_runs(&sought, &filter, after, most as usize, batch)?;
            state.emit(batch, false, 0)
        })
    })
}

/// A row for each thing that is wrong.
fn check_search(state: &State, call: &Call) -> JsResult<Value> {
    let found = board(call)?.engine.check_search()?;
    state.with_batch(|batch| {
        for text in &found {
            batch.push_text(text.as_bytes());
            batch.end_row();
        }
        state.emit(batch, false, 0)
    })
}

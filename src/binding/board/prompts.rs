//! Prompts, made from the template of a zone.

use super::call::{board, placed};
use crate::binding::js::{Call, JsResult, Value};
use crate::binding::state::{Native, State};

pub const FUNCTIONS: &[(&str, Native)] = &[("renderPrompt", render_prompt)];

/// `renderPrompt(connection, zone, worktree, JSON of variables)`
fn render_prompt(state: &State, call: &Call) -> JsResult<Value> {
    let engine = &*board(call)?.engine;
    state.with_given(call, 1, |given| {
        state.with_batch(|batch| {
            engine.render_prompt(given.rest(0), batch).map_err(placed(1))?;
            state.emit(batch, false, 0)
        })
    })
}

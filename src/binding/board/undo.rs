//! Undo and redo.

use super::call::board;
use crate::binding::js::{Call, JsResult, Kind, Value};
use crate::binding::state::{Native, State};
use crate::model::undo::Way;

pub const FUNCTIONS: &[(&str, Native)] = &[("stepBack", step_back)];

/// `stepBack(connection, now, whether to redo, actor as JSON or undefined, whether to skip)`: whether there was anything to take back.
fn step_back(_: &State, call: &Call) -> JsResult<Value> {
    let env = call.env;
    let board = board(call)?;
    let now = env.to_f64(call.argument(1))?;
    let way = if env.to_bool(call.argument(2))? { Way::Redo } else { Way::Undo };
    let by = call.argument(3);
    let by = (env.kind(by) == Kind::String).then(|| env.to_string(by)).transpose()?;
    let skip = env.to_bool(call.argument(4))?;
    Ok(env.boolean(board.writer(call)?.step_back(way, by.as_deref(), skip, now)?))
}

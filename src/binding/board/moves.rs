//! Moving worktrees between zones, and the ledger.

use super::call::{board, row};
use crate::binding::js::{Call, JsResult, Kind, Value};
use crate::binding::state::{Native, State};
use crate::engine::MoveFilter;

pub const FUNCTIONS: &[(&str, Native)] =
    &[("moveWorktree", move_worktree), ("foldMoves", fold_moves), ("listMoves", list_moves)];

/// `moveWorktree(connection, now, worktree, zone or null, x, y, reason, expected zone or null, whether to ignore the limit, variables as
/// JSON or undefined, whether it is one of many)`
fn move_worktree(state: &State, call: &Call) -> JsResult<Value> {
    board(call)?;
    let method = if call.env.to_bool(call.argument(10))? { "moveWorktrees" } else { "moveWorktree" };
    row(state, call, |engine, given, batch| engine.move_worktree(method, given.rest(1), given.number(0)?, batch))
}

fn fold_moves(_: &State, call: &Call) -> JsResult<Value> {
    board(call)?.engine.fold_moves()?;
    Ok(call.env.undefined())
}

/// `listMoves(connection, most, behind, worktree, zone, since, until)`: `null` for a missing filter.
fn list_moves(state: &State, call: &Call) -> JsResult<Value> {
    let engine = &*board(call)?.engine;
    let env = call.env;
    let [worktree, zone] = [3, 4].map(|at| {
        let given = call.argument(at);
        (env.kind(given) == Kind::String).then(|| env.to_string(given)).transpose()
    });
    let (worktree, zone) = (worktree?, zone?);
    let number = |at: usize| {
        let given = call.argument(at);
        (env.kind(given) == Kind::Number).then(|| env.to_f64(given).map(|number| number as i64)).transpose()
    };
    let (most, after) = (number(1)?.unwrap_or_default() as usize, number(2)?.unwrap_or(i64::MAX));
    let filter =
        MoveFilter { worktree: worktree.as_deref(), zone: zone.as_deref(), since: number(5)?, until: number(6)? };
    state.with_batch(|batch| {
        engine.list_moves(&filter, after, most, batch)?;
        state.emit(batch, false, 0)
    })
}

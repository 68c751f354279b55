//! The archive.

use super::call::{board, row};
use crate::binding::js::{Call, JsResult, Value};
use crate::binding::state::{Native, State};

pub const FUNCTIONS: &[(&str, Native)] =
    &[("archiveWorktree", archive_worktree), ("restoreWorktree", restore_worktree), ("listArchived", list_archived)];

/// `archiveWorktree(connection, now, id, reason)`
fn archive_worktree(state: &State, call: &Call) -> JsResult<Value> {
    row(state, call, |engine, given, batch| engine.archive_worktree(given.rest(1), given.number(0)?, batch))
}

/// `restoreWorktree(connection, now, id, port or 'auto', key)`
fn restore_worktree(state: &State, call: &Call) -> JsResult<Value> {
    row(state, call, |engine, given, batch| engine.restore_worktree(given.rest(1), given.number(0)?, batch))
}

/// `listArchived(connection, most, before which key)`
fn list_archived(state: &State, call: &Call) -> JsResult<Value> {
    let engine = &*board(call)?.engine;
    let (most, before) = (call.env.to_f64(call.argument(1))?, call.env.to_f64(call.argument(2))?);
    state.with_batch(|batch| {
        engine.list_archived(before as i64, most as usize, batch)?;
        state.emit(batch, false, 0)
    })
}

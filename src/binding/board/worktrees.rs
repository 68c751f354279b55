//! Worktrees.

use super::call::{board, borrowed, each, lists, nothing, number_at, read, read_row, row, text_at};
use crate::binding::js::{Call, JsResult, Value};
use crate::binding::state::{Native, State};
use crate::engine::{WorktreeFilter, WorktreeOrder};
use crate::model::{WORKTREE, time};

pub const FUNCTIONS: &[(&str, Native)] = &[
    ("createWorktree", create_worktree),
    ("createWorktrees", create_worktrees),
    ("freePort", free_port),
    ("getWorktree", get_worktree),
    ("listWorktrees", list_worktrees),
    ("findWorktrees", find_worktrees),
    ("updateWorktree", update_worktree),
    ("relocateWorktree", relocate_worktree),
    ("deleteWorktree", delete_worktree),
];

fn create_worktree(state: &State, call: &Call) -> JsResult<Value> {
    row(state, call, |engine, given, batch| {
        engine.create_worktree("createWorktree", given.rest(1), &time::iso(given.number(0)?), batch)
    })
}

/// `createWorktrees(connection, now, ...values)`: the values of each worktree, one worktree after the other; at most a batch of them.
fn create_worktrees(state: &State, call: &Call) -> JsResult<Value> {
    let engine = board(call)?.writer(call)?;
    let now = time::iso(call.env.to_f64(call.argument(1))?);
    state.with_batch(|batch| {
        each(state, call, 2, WORKTREE.given().count(), |given| {
            engine.create_worktree("createWorktrees", given.rest(0), &now, batch)
        })?;
        state.emit(batch, false, 0)
    })
}

/// `freePort(connection, from, to)`: `null` where none is free.
fn free_port(state: &State, call: &Call) -> JsResult<Value> {
    let engine = &*board(call)?.engine;
    let free =
        state.with_given(call, 1, |given| Ok(engine.free_port(given.number(0)? as i64, given.number(1)? as i64)?))?;
    free.map_or_else(|| Ok(call.env.null()), |port| call.env.number(port as f64))
}

fn get_worktree(state: &State, call: &Call) -> JsResult<Value> {
    read_row(state, call, |engine, given, batch| engine.get_worktree(given.get(0), batch))
}

fn list_worktrees(state: &State, call: &Call) -> JsResult<Value> {
    read(state, call, |engine, given, batch| engine.list_worktrees(given.get(0), batch))
}

/// `findWorktrees(connection, most, the two texts of the last one's position, created since, updated since, whether there are open
/// runs, metadata as JSON, branch, order, whether of the archive, ...lists)`: lists of statuses, zones; null for a missing filter.
fn find_worktrees(state: &State, call: &Call) -> JsResult<Value> {
    let engine = &*board(call)?.engine;
    let [statuses, zones] = lists(call, 11)?;
    state.with_some_given(call, 1, 10, |given| {
        let filter = WorktreeFilter {
            statuses: borrowed(statuses.as_ref()),
            zones: borrowed(zones.as_ref()),
            branch: text_at(given, 7),
            created_since: number_at(given, 3),
            updated_since: number_at(given, 4),
            has_open_runs: number_at(given, 5).map(|is| is != 0),
            metadata: text_at(given, 6),
            archived: number_at(given, 9) == Some(1),
            order: WorktreeOrder::ALL.get(given.number(8)? as usize).copied().unwrap_or_default(),
        };
        let after = text_at(given, 1).zip(text_at(given, 2));
        let most = given.number(0)?;
        state.with_batch(|batch| {
            engine.find_worktrees(&filter, after, most as usize, batch)?;
            state.emit(batch, false, 0)
        })
    })
}

fn update_worktree(state: &State, call: &Call) -> JsResult<Value> {
    row(state, call, |engine, given, batch| {
        engine.update_worktree(given.get(1), given.rest(2), &time::iso(given.number(0)?), batch)
    })
}

fn relocate_worktree(state: &State, call: &Call) -> JsResult<Value> {
    row(state, call, |engine, given, batch| {
        engine.relocate_worktree(given.get(1), given.rest(2), &time::iso(given.number(0)?), batch)
    })
}

fn delete_worktree(state: &State, call: &Call) -> JsResult<Value> {
    nothing(state, call, 2, |engine, given| engine.delete_worktree(given.get(1)))
}

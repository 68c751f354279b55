//! Which worktree is in which zone.

use super::call::{board, each, nothing, read, read_row};
use crate::binding::js::{Call, JsResult, Value};
use crate::binding::state::{Native, State};
use crate::model::time;

pub const FUNCTIONS: &[(&str, Native)] = &[
    ("assignWorktree", assign_worktree),
    ("assignWorktrees", assign_worktrees),
    ("removeAssignment", remove_assignment),
    ("getWorktreeZone", get_worktree_zone),
    ("listWorktreesInZone", list_worktrees_in_zone),
    ("listAssignments", list_assignments),
];

fn assign_worktree(state: &State, call: &Call) -> JsResult<Value> {
    nothing(state, call, 2, |engine, given| {
        engine.assign_worktree("assignWorktreeToZone", given.get(1), given.get(2), &time::iso(given.number(0)?))
    })
}

/// `assignWorktrees(connection, now, zone id, ...worktree ids)`
fn assign_worktrees(state: &State, call: &Call) -> JsResult<Value> {
    let engine = board(call)?.writer(call)?;
    let now = time::iso(call.env.to_f64(call.argument(1))?);
    state.with_some_given(call, 2, 1, |zone| {
        each(state, call, 3, 1, |given| {
            engine.assign_worktree("assignWorktreesToZone", given.get(0), zone.get(0), &now)
        })
    })
}

fn remove_assignment(state: &State, call: &Call) -> JsResult<Value> {
    nothing(state, call, 2, |engine, given| engine.remove_assignment(given.get(1)))
}

fn get_worktree_zone(state: &State, call: &Call) -> JsResult<Value> {
    read_row(state, call, |engine, given, batch| engine.get_worktree_zone(given.get(0), batch))
}

fn list_worktrees_in_zone(state: &State, call: &Call) -> JsResult<Value> {
    read(state, call, |engine, given, batch| engine.list_worktrees_in_zone(given.get(0), batch))
}

/// Every assignment: worktree and zone.
fn list_assignments(state: &State, call: &Call) -> JsResult<Value> {
    read(state, call, |engine, _, batch| engine.list_assignments(batch))
}

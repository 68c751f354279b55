//! The calls of `VisualDatabase`. Each takes the connection first; those that write take the time second.

use super::database::database;
use super::js::{Call, JsResult, Value};
use super::module::Native;
use super::state::{Arguments, State};
use crate::error::{Error, Result};
use crate::model::execution::NewExecution;
use crate::model::time;
use crate::model::worktree::{NewWorktree, WorktreeChanges};
use crate::model::zone::{NewZone, ZoneChanges};
use crate::sqlite::Frame;
use crate::store::Store;

/// The functions of this file.
pub const FUNCTIONS: &[(&str, Native)] = &[
    ("createWorktree", create_worktree),
    ("getWorktree", get_worktree),
    ("listWorktrees", list_worktrees),
    ("updateWorktree", update_worktree),
    ("deleteWorktree", delete_worktree),
    ("createZone", create_zone),
    ("getZone", get_zone),
    ("listZones", list_zones),
    ("updateZone", update_zone),
    ("deleteZone", delete_zone),
    ("assignWorktree", assign_worktree),
    ("removeAssignment", remove_assignment),
    ("getWorktreeZone", get_worktree_zone),
    ("listWorktreesInZone", list_worktrees_in_zone),
    ("recordExecution", record_execution),
    ("getExecution", get_execution),
    ("listExecutionsOfZone", list_executions_of_zone),
    ("listExecutionsOfWorktree", list_executions_of_worktree),
    ("executionStats", execution_stats),
    ("stats", stats),
    ("more", more),
    ("abandon", abandon),
];

fn store(call: &Call) -> JsResult<&Store> {
    database(call)?.store.as_ref().ok_or_else(|| Error::Type("Illegal invocation".into()).into())
}

/// A call that gives rows: at most a frame of them.
fn rows(
    state: &State,
    call: &Call,
    run: impl FnOnce(&Store, &Arguments<'_>, &mut Frame) -> Result<bool>,
) -> JsResult<Value> {
    let store = store(call)?;
    state.with_given(call, |given| {
        state.with_frame(|frame| {
            let more = run(store, given, frame)?;
            state.emit(frame, more, 0)
        })
    })
}

/// A call that gives at most one row.
fn row(
    state: &State,
    call: &Call,
    run: impl FnOnce(&Store, &Arguments<'_>, &mut Frame) -> Result<()>,
) -> JsResult<Value> {
    rows(state, call, |store, given, frame| run(store, given, frame).map(|()| false))
}

/// A call that gives nothing.
fn nothing(state: &State, call: &Call, run: impl FnOnce(&Store, &Arguments<'_>) -> Result<()>) -> JsResult<Value> {
    let store = store(call)?;
    state.with_given(call, |given| run(store, given).map_err(Into::into))?;
    Ok(call.env.undefined())
}

fn create_worktree(state: &State, call: &Call) -> JsResult<Value> {
    row(state, call, |store, given, frame| {
        let worktree = NewWorktree {
            id: given.get(1),
            path: given.get(2),
            port: given.get(3),
            branch_name: given.get(4),
            issue_url: given.get(5),
            task_id: given.get(6),
            status: given.get(7),
            position_x: given.get(8),
            position_y: given.get(9),
            created_at: given.get(10),
        };
        store.create_worktree(&worktree, &time::iso(given.number(0)), frame)
    })
}

fn get_worktree(state: &State, call: &Call) -> JsResult<Value> {
    row(state, call, |store, given, frame| store.get_worktree(given.get(0), frame))
}

fn list_worktrees(state: &State, call: &Call) -> JsResult<Value> {
    rows(state, call, |store, given, frame| store.list_worktrees(given.get(0), frame))
}

fn update_worktree(state: &State, call: &Call) -> JsResult<Value> {
    row(state, call, |store, given, frame| {
        let changes = WorktreeChanges {
            status: given.get(2),
            issue_url: given.get(3),
            task_id: given.get(4),
            position_x: given.get(5),
            position_y: given.get(6),
        };
        store.update_worktree(given.get(1), &changes, &time::iso(given.number(0)), frame)
    })
}

fn delete_worktree(state: &State, call: &Call) -> JsResult<Value> {
    nothing(state, call, |store, given| store.delete_worktree(given.get(0)))
}

fn create_zone(state: &State, call: &Call) -> JsResult<Value> {
    row(state, call, |store, given, frame| {
        let zone = NewZone {
            id: given.get(1),
            name: given.get(2),
            description: given.get(3),
            trigger: given.get(4),
            agents: given.get(5),
            prompt_template: given.get(6),
            actions: given.get(7),
            position_x: given.get(8),
            position_y: given.get(9),
            size_width: given.get(10),
            size_height: given.get(11),
            created_at: given.get(12),
        };
        store.create_zone(&zone, &time::iso(given.number(0)), frame)
    })
}

fn get_zone(state: &State, call: &Call) -> JsResult<Value> {
    row(state, call, |store, given, frame| store.get_zone(given.get(0), frame))
}

fn list_zones(state: &State, call: &Call) -> JsResult<Value> {
    rows(state, call, |store, _, frame| store.list_zones(frame))
}

fn update_zone(state: &State, call: &Call) -> JsResult<Value> {
    row(state, call, |store, given, frame| {
        let changes = ZoneChanges {
            name: given.get(2),
            description: given.get(3),
            trigger: given.get(4),
            agents: given.get(5),
            prompt_template: given.get(6),
            actions: given.get(7),
            position_x: given.get(8),
            position_y: given.get(9),
            size_width: given.get(10),
            size_height: given.get(11),
        };
        store.update_zone(given.get(1), &changes, &time::iso(given.number(0)), frame)
    })
}

fn delete_zone(state: &State, call: &Call) -> JsResult<Value> {
    nothing(state, call, |store, given| store.delete_zone(given.get(0)))
}

fn assign_worktree(state: &State, call: &Call) -> JsResult<Value> {
    nothing(state, call, |store, given| store.assign_worktree(given.get(1), given.get(2), &time::iso(given.number(0))))
}

fn remove_assignment(state: &State, call: &Call) -> JsResult<Value> {
    nothing(state, call, |store, given| store.remove_assignment(given.get(0)))
}

fn get_worktree_zone(state: &State, call: &Call) -> JsResult<Value> {
    row(state, call, |store, given, frame| store.get_worktree_zone(given.get(0), frame))
}

fn list_worktrees_in_zone(state: &State, call: &Call) -> JsResult<Value> {
    rows(state, call, |store, given, frame| store.list_worktrees_in_zone(given.get(0), frame))
}

/// Gives the new id.
fn record_execution(state: &State, call: &Call) -> JsResult<Value> {
    let store = store(call)?;
    state.with_given(call, |given| {
        let run = NewExecution {
            zone_id: given.get(1),
            worktree_id: given.get(2),
            agent_type: given.get(3),
            prompt: given.get(4),
            result: given.get(5),
            success: given.boolean(6),
        };
        let now = given.number(0);
        call.env.text(&store.record_execution(&run, now, &time::iso(now))?)
    })
}

fn get_execution(state: &State, call: &Call) -> JsResult<Value> {
    row(state, call, |store, given, frame| store.get_execution(given.get(0), frame))
}

fn list_executions_of_zone(state: &State, call: &Call) -> JsResult<Value> {
    rows(state, call, |store, given, frame| store.list_executions_of_zone(given.get(0), given.get(1), frame))
}

fn list_executions_of_worktree(state: &State, call: &Call) -> JsResult<Value> {
    rows(state, call, |store, given, frame| store.list_executions_of_worktree(given.get(0), given.get(1), frame))
}

fn execution_stats(state: &State, call: &Call) -> JsResult<Value> {
    row(state, call, |store, given, frame| store.execution_stats(given.get(0), given.get(1), frame))
}

fn stats(state: &State, call: &Call) -> JsResult<Value> {
    row(state, call, |store, _, frame| store.stats(frame))
}

/// The next frame of the latest list.
fn more(state: &State, call: &Call) -> JsResult<Value> {
    rows(state, call, |store, _, frame| store.more(frame))
}

/// Gives up the rest of the latest list.
fn abandon(_: &State, call: &Call) -> JsResult<Value> {
    store(call)?.abandon();
    Ok(call.env.undefined())
}

//! The calls of `VisualDatabase`. Each takes the connection first; those that write take the time second.

use super::database::database;
use super::js::{Call, JsResult, Value};
use super::module::Native;
use super::state::{Arguments, State};
use crate::engine::sqlite::store::Store;
use crate::error::{Error, Place, Result};
use crate::model::{EXECUTION, WORKTREE, time};
use crate::rows::Frame;

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
    ("takeMended", take_mended),
    ("listAssignments", list_assignments),
    ("generation", generation),
    ("beginSnapshot", begin_snapshot),
    ("endSnapshot", end_snapshot),
    ("createWorktrees", create_worktrees),
    ("recordExecutions", record_executions),
    ("assignWorktrees", assign_worktrees),
    ("more", more),
    ("abandon", abandon),
];

fn store(call: &Call) -> JsResult<&Store> {
    database(call)?.store.as_ref().ok_or_else(|| Error::Type("Illegal invocation".into()).into())
}

/// An error, with the argument that has the value which it is about: `first` is the first that the caller gave.
fn placed(first: usize) -> impl Fn(Error) -> Error {
    move |error| error.placed(|nth| Place::Argument(first + nth))
}

/// A call that writes and gives at most one row.
fn row(
    state: &State,
    call: &Call,
    run: impl FnOnce(&Store, &Arguments<'_>, &mut Frame) -> Result<()>,
) -> JsResult<Value> {
    let store = store(call)?;
    state.with_given(call, 1, |given| {
        state.with_frame(|frame| {
            run(store, given, frame).map_err(placed(2))?;
            state.emit(frame, false, 0)
        })
    })
}

/// A call that reads: at most a frame of rows.
///
/// Its second argument is the generation that JavaScript remembers an answer of, 0 for none. Where nobody has committed
/// since, the answer is `null`: it still holds. Else the rows come with the generation that they are of, 0 where that
/// can't be told, because somebody committed meanwhile or a transaction is open.
fn read(
    state: &State,
    call: &Call,
    run: impl FnOnce(&Store, &Arguments<'_>, &mut Frame) -> Result<bool>,
) -> JsResult<Value> {
    let database = database(call)?;
    database.connection.check_idle()?;
    let before = database.connection.generation();
    if before != 0 && before == call.env.to_i32(call.argument(1))? {
        return Ok(call.env.null());
    }
    let store = store(call)?;
    state.with_given(call, 2, |given| {
        state.with_frame(|frame| {
            let more = run(store, given, frame).map_err(placed(2))?;
            database.reading.set(before);
            state.emit_generation(if more { 0 } else { database.unchanged_since(before) })?;
            state.emit(frame, more, 0)
        })
    })
}

/// A call that reads at most one row.
fn read_row(
    state: &State,
    call: &Call,
    run: impl FnOnce(&Store, &Arguments<'_>, &mut Frame) -> Result<()>,
) -> JsResult<Value> {
    read(state, call, |store, given, frame| run(store, given, frame).map(|()| false))
}

/// A call that gives nothing; `first` is the first argument of the caller's.
fn nothing(
    state: &State,
    call: &Call,
    first: usize,
    run: impl FnOnce(&Store, &Arguments<'_>) -> Result<()>,
) -> JsResult<Value> {
    let store = store(call)?;
    state.with_given(call, 1, |given| Ok(run(store, given).map_err(placed(first))?))?;
    Ok(call.env.undefined())
}

fn create_worktree(state: &State, call: &Call) -> JsResult<Value> {
    row(state, call, |store, given, frame| {
        store.create_worktree("createWorktree", given.rest(1), &time::iso(given.number(0)?), frame)
    })
}

fn get_worktree(state: &State, call: &Call) -> JsResult<Value> {
    read_row(state, call, |store, given, frame| store.get_worktree(given.get(0), frame))
}

fn list_worktrees(state: &State, call: &Call) -> JsResult<Value> {
    read(state, call, |store, given, frame| store.list_worktrees(given.get(0), frame))
}

fn update_worktree(state: &State, call: &Call) -> JsResult<Value> {
    row(state, call, |store, given, frame| {
        store.update_worktree(given.get(1), given.rest(2), &time::iso(given.number(0)?), frame)
    })
}

fn delete_worktree(state: &State, call: &Call) -> JsResult<Value> {
    nothing(state, call, 1, |store, given| store.delete_worktree(given.get(0)))
}

fn create_zone(state: &State, call: &Call) -> JsResult<Value> {
    row(state, call, |store, given, frame| store.create_zone(given.rest(1), &time::iso(given.number(0)?), frame))
}

fn get_zone(state: &State, call: &Call) -> JsResult<Value> {
    read_row(state, call, |store, given, frame| store.get_zone(given.get(0), frame))
}

fn list_zones(state: &State, call: &Call) -> JsResult<Value> {
    read(state, call, |store, _, frame| store.list_zones(frame))
}

fn update_zone(state: &State, call: &Call) -> JsResult<Value> {
    row(state, call, |store, given, frame| {
        store.update_zone(given.get(1), given.rest(2), &time::iso(given.number(0)?), frame)
    })
}

fn delete_zone(state: &State, call: &Call) -> JsResult<Value> {
    nothing(state, call, 1, |store, given| store.delete_zone(given.get(0)))
}

fn assign_worktree(state: &State, call: &Call) -> JsResult<Value> {
    nothing(state, call, 2, |store, given| {
        store.assign_worktree("assignWorktreeToZone", given.get(1), given.get(2), &time::iso(given.number(0)?))
    })
}

fn remove_assignment(state: &State, call: &Call) -> JsResult<Value> {
    nothing(state, call, 1, |store, given| store.remove_assignment(given.get(0)))
}

fn get_worktree_zone(state: &State, call: &Call) -> JsResult<Value> {
    read_row(state, call, |store, given, frame| store.get_worktree_zone(given.get(0), frame))
}

fn list_worktrees_in_zone(state: &State, call: &Call) -> JsResult<Value> {
    read(state, call, |store, given, frame| store.list_worktrees_in_zone(given.get(0), frame))
}

/// Gives the new id.
fn record_execution(state: &State, call: &Call) -> JsResult<Value> {
    let store = store(call)?;
    state.with_given(call, 1, |given| {
        let now = given.number(0)?;
        let id = store.record_execution("recordExecution", given.rest(1), now, &time::iso(now)).map_err(placed(2))?;
        call.env.text(&id)
    })
}

fn get_execution(state: &State, call: &Call) -> JsResult<Value> {
    read_row(state, call, |store, given, frame| store.get_execution(given.get(0), frame))
}

fn list_executions_of_zone(state: &State, call: &Call) -> JsResult<Value> {
    read(state, call, |store, given, frame| store.list_executions_of_zone(given.get(0), given.get(1), frame))
}

fn list_executions_of_worktree(state: &State, call: &Call) -> JsResult<Value> {
    read(state, call, |store, given, frame| store.list_executions_of_worktree(given.get(0), given.get(1), frame))
}

fn execution_stats(state: &State, call: &Call) -> JsResult<Value> {
    read_row(state, call, |store, given, frame| store.execution_stats(given.get(0), given.get(1), frame))
}

/// `takeMended(connection)`: which counts were mended since this was last asked, as JSON; else null.
fn take_mended(_: &State, call: &Call) -> JsResult<Value> {
    match store(call)?.take_mended() {
        Some(mended) => call.env.text(&serde_json::to_string(&mended).unwrap_or_default()),
        None => Ok(call.env.null()),
    }
}

fn stats(state: &State, call: &Call) -> JsResult<Value> {
    read_row(state, call, |store, _, frame| store.stats(frame))
}

/// The next frame of the latest list; the last one comes with the generation of the whole list.
fn more(state: &State, call: &Call) -> JsResult<Value> {
    let database = database(call)?;
    let store = store(call)?;
    state.with_frame(|frame| {
        let more = store.more(frame)?;
        state.emit_generation(if more { 0 } else { database.unchanged_since(database.reading.get()) })?;
        state.emit(frame, more, 0)
    })
}

/// Gives up the rest of the latest list.
fn abandon(_: &State, call: &Call) -> JsResult<Value> {
    store(call)?.abandon();
    Ok(call.env.undefined())
}

/// Every assignment: worktree and zone.
fn list_assignments(state: &State, call: &Call) -> JsResult<Value> {
    read(state, call, |store, _, frame| store.list_assignments(frame))
}

/// The generation that the content is of.
fn generation(_: &State, call: &Call) -> JsResult<Value> {
    call.env.number(f64::from(database(call)?.connection.generation()))
}

/// Begins several reads of one snapshot; `false` where a transaction sees to that already.
fn begin_snapshot(_: &State, call: &Call) -> JsResult<Value> {
    let store = store(call)?;
    store.connection().check_idle()?;
    Ok(call.env.boolean(store.begin_snapshot()?))
}

/// Ends them.
fn end_snapshot(_: &State, call: &Call) -> JsResult<Value> {
    store(call)?.end_snapshot()?;
    Ok(call.env.undefined())
}

/// `createWorktrees(connection, now, values)`: its values of each worktree, one after the other; at most a frame of them.
fn create_worktrees(state: &State, call: &Call) -> JsResult<Value> {
    let store = store(call)?;
    let now = time::iso(call.env.to_f64(call.argument(1))?);
    state.with_frame(|frame| {
        each(state, call, WORKTREE.given().count() as u32, |given| {
            store.create_worktree("createWorktrees", given.rest(0), &now, frame)
        })?;
        state.emit(frame, false, 0)
    })
}

/// `recordExecutions(connection, now, values)`: its values of each run. Gives the ids.
fn record_executions(state: &State, call: &Call) -> JsResult<Value> {
    let store = store(call)?;
    let milliseconds = call.env.to_f64(call.argument(1))?;
    let now = time::iso(milliseconds);
    let mut ids = Vec::new();
    each(state, call, EXECUTION.given().count() as u32, |given| {
        ids.push(store.record_execution("recordExecutions", given.rest(0), milliseconds, &now)?);
        Ok(())
    })?;
    call.env.array(ids.iter().map(|id| call.env.text(id)))
}

/// `assignWorktrees(connection, now, worktree ids, zone id)`
fn assign_worktrees(state: &State, call: &Call) -> JsResult<Value> {
    let store = store(call)?;
    let now = time::iso(call.env.to_f64(call.argument(1))?);
    state.with_given(call, 3, |zone| {
        each(state, call, 1, |given| store.assign_worktree("assignWorktreesToZone", given.get(0), zone.get(0), &now))
    })
}

/// Takes the array in the third argument `width` values at a time. Leaves in the head how many it has taken, so that
/// JavaScript can tell which one failed.
fn each(state: &State, call: &Call, width: u32, mut take: impl FnMut(&Arguments<'_>) -> Result<()>) -> JsResult<Value> {
    let env = call.env;
    let values = call.argument(2);
    let length = env.array_length(values)?;
    for (item, at) in (0..length).step_by(width as usize).enumerate() {
        state.emit_head(&[item as i32])?;
        // What is not of the element is an argument behind the list.
        let place = |nth: usize| {
            if nth < width as usize { Place::Element(at as usize + nth) } else { Place::Argument(2 + nth) }
        };
        let take = |given: &Arguments<'_>| Ok(take(given).map_err(|error| error.placed(place))?);
        // SAFETY: what is taken is decoded; no JavaScript value leaves.
        unsafe { env.scoped(|| state.with_elements(values, at, width, take))? };
    }
    Ok(env.undefined())
}

//! What is beside a board: metadata, limits of work in progress, revisions; and whole boards.

use super::call::{board, nothing, placed, read, row};
use crate::binding::js::{Call, JsResult, Value};
use crate::binding::state::{Native, State};
use crate::engine::{Part, Place};
use crate::model::{Given, time};

pub const FUNCTIONS: &[(&str, Native)] = &[
    ("setMetadata", set_metadata),
    ("getMetadata", get_metadata),
    ("setWipLimit", set_wip_limit),
    ("updateWorktreeIf", update_worktree_if),
    ("updateZoneIf", update_zone_if),
    ("listZonesOfBoard", list_zones_of_board),
    ("listWorktreesOfBoard", list_worktrees_of_board),
    ("fingerprintOfBoard", fingerprint_of_board),
    ("readBoardAt", read_board_at),
    ("listBoardAt", list_board_at),
    ("compactLog", compact_log),
];

/// `setMetadata(connection, now, kind, id, JSON of the patch)`
fn set_metadata(state: &State, call: &Call) -> JsResult<Value> {
    row(state, call, |engine, given, batch| engine.set_metadata(given.rest(1), given.number(0)?, batch))
}

/// `getMetadata(connection, kind, id)`
fn get_metadata(state: &State, call: &Call) -> JsResult<Value> {
    let engine = &*board(call)?.engine;
    state.with_given(call, 1, |given| {
        state.with_batch(|batch| {
            engine.get_metadata(given.rest(0), batch).map_err(placed(1))?;
            state.emit(batch, false, 0)
        })
    })
}

/// `setWipLimit(connection, now, zone, limit)`
fn set_wip_limit(state: &State, call: &Call) -> JsResult<Value> {
    nothing(state, call, 2, |engine, given| engine.set_wip_limit(given.get(1), given.get(2), given.number(0)?))
}

/// `updateWorktreeIf(connection, now, id, ...changes, revision)`
fn update_worktree_if(state: &State, call: &Call) -> JsResult<Value> {
    row(state, call, |engine, given, batch| {
        engine.update_worktree_if(given.rest(1), &time::iso(given.number(0)?), batch)
    })
}

/// `updateZoneIf(connection, now, id, ...changes, revision)`
fn update_zone_if(state: &State, call: &Call) -> JsResult<Value> {
    row(state, call, |engine, given, batch| engine.update_zone_if(given.rest(1), &time::iso(given.number(0)?), batch))
}

fn list_zones_of_board(state: &State, call: &Call) -> JsResult<Value> {
    read(state, call, |engine, _, batch| engine.list_zones_of_board(batch))
}

/// `listWorktreesOfBoard(connection, generation, whether with runs)`
fn list_worktrees_of_board(state: &State, call: &Call) -> JsResult<Value> {
    read(state, call, |engine, given, batch| {
        engine.list_worktrees_of_board(given.get(0) == Given::Boolean(true), batch)
    })
}

/// `readBoardAt(connection, milliseconds)`: the number and the stamp of the log's row then, with a space between; null where that is now.
fn read_board_at(_: &State, call: &Call) -> JsResult<Value> {
    let board = board(call)?;
    let at = call.env.to_f64(call.argument(1))? as i64;
    match board.engine.read_board_at(at)? {
        Some(Place { seq, stamp }) => call.env.text(&format!("{seq} {stamp}")),
        None => Ok(call.env.null()),
    }
}

/// `compactLog(connection, behind which row)`: the last row that was read and how many were removed, with a space between; null at the end.
fn compact_log(_: &State, call: &Call) -> JsResult<Value> {
    let board = board(call)?;
    let after = call.env.to_f64(call.argument(1))? as i64;
    match board.engine.compact_log(after)? {
        Some((looked, gone)) => call.env.text(&format!("{looked} {gone}")),
        None => Ok(call.env.null()),
    }
}

/// `listBoardAt(connection, 0 for zones, 1 for worktrees, 2 for assignments)`
fn list_board_at(state: &State, call: &Call) -> JsResult<Value> {
    let engine = &*board(call)?.engine;
    let part = match call.env.to_i32(call.argument(1))? {
        0 => Part::Zones,
        1 => Part::Worktrees,
        _ => Part::Assignments,
    };
    state.with_batch(|batch| {
        let more = engine.list_board_at(part, batch)?;
        state.emit(batch, more, 0)
    })
}

/// `fingerprintOfBoard(connection)`: the board's place in the log, `null` where it can't be told.
fn fingerprint_of_board(_: &State, call: &Call) -> JsResult<Value> {
    let fingerprint = board(call)?.engine.fingerprint_of_board()?;
    fingerprint.map_or_else(|| Ok(call.env.null()), |fingerprint| call.env.text(&fingerprint))
}

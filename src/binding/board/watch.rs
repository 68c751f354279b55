//! Waiting for commits. JavaScript is woken with the number that it gave the connection, and then asks what has happened.

use std::sync::Arc;
use std::time::Duration;

use super::call::board;
use crate::binding::js::{Call, JsResult, Kind, Value, Waker};
use crate::binding::state::{Native, State};
use crate::error::Error;

pub const FUNCTIONS: &[(&str, Native)] =
    &[("commits", commits), ("isAtRest", is_at_rest), ("watch", watch), ("unwatch", unwatch), ("wakeBy", wake_by)];

/// `commits(connection)`: a number that changes whenever anybody commits.
fn commits(_: &State, call: &Call) -> JsResult<Value> {
    call.env.number(f64::from(board(call)?.engine.commits()?))
}

/// `isAtRest(connection)`: whether neither a transaction nor an iterator is open.
fn is_at_rest(_: &State, call: &Call) -> JsResult<Value> {
    Ok(call.env.boolean(board(call)?.engine.is_at_rest()))
}

/// `watch(connection, number, seen, within)`: from now on `wake` may be called with that number, once; `false` where `commits` isn't
/// `seen` any more. `within` is a time in milliseconds, or infinite.
fn watch(state: &State, call: &Call) -> JsResult<Value> {
    let board = board(call)?;
    let env = call.env;
    let number = env.to_i32(call.argument(1))?;
    let seen = env.to_i32(call.argument(2))?;
    let within = Duration::try_from_secs_f64(env.to_f64(call.argument(3))?.max(0.0) / 1000.0).ok();
    let waker = state.waker.borrow().clone().ok_or_else(|| Error::internal("nobody is to be woken"))?;
    let watch = board.engine.watch(seen, within, Box::new(move || waker.wake(number)))?;
    let waits = watch.is_some();
    board.watch.replace(watch);
    Ok(env.boolean(waits))
}

/// `unwatch(connection)`: nobody waits for its commits any more.
fn unwatch(_: &State, call: &Call) -> JsResult<Value> {
    board(call)?.watch.replace(None);
    Ok(call.env.undefined())
}

/// `wakeBy(wake)`: from now on `wake` is called with numbers, and keeps the process alive; with `null` nobody waits any more.
fn wake_by(state: &State, call: &Call) -> JsResult<Value> {
    let wake = call.argument(0);
    let waker = if call.env.kind(wake) == Kind::Null { None } else { Some(Arc::new(Waker::new(call.env, wake)?)) };
    state.waker.replace(waker);
    Ok(call.env.undefined())
}

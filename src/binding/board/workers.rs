//! The calls of workers.

use super::call::{board, lists, placed, row};
use crate::binding::js::{Call, JsResult, Kind, Value};
use crate::binding::state::{Native, State};
use crate::engine::{Asked, Claim};

/// The methods that claim, in the order of `CLAIMS` in `lib/visual/workers.js`.
const CLAIMS: [&str; 3] = ["claimRuns", "claimRun", "waitForRun"];

pub const FUNCTIONS: &[(&str, Native)] = &[
    ("startRun", start_run),
    ("claimRuns", claim_runs),
    ("heartbeatRun", heartbeat_run),
    ("waitRun", wait_run),
    ("releaseRun", release_run),
    ("finishRun", finish_run),
    ("runsOutOfLease", runs_out_of_lease),
    ("sweepRuns", sweep_runs),
    ("nextRunDue", next_run_due),
    ("newsOfRuns", news_of_runs),
];

fn start_run(state: &State, call: &Call) -> JsResult<Value> {
    row(state, call, |engine, given, batch| engine.start_run(given.rest(1), given.number(0)?, batch))
}

/// `claimRuns(connection, now, worker, limit, length of the leases, index of the method in CLAIMS, whether it goes on, ...lists)`: lists of
/// zones and agents. A row for each run, its token behind it.
fn claim_runs(state: &State, call: &Call) -> JsResult<Value> {
    let engine = board(call)?.writer(call)?;
    let [zones, agents] = lists(call, 7)?;
    let goes_on = call.env.to_bool(call.argument(6))?;
    let method = CLAIMS.get(call.env.to_i32(call.argument(5))? as usize).copied().unwrap_or(CLAIMS[0]);
    state.with_some_given(call, 1, 4, |given| {
        let [worker, limit, lease_ms] = [given.get(1), given.get(2), given.get(3)];
        let claim = Claim { worker, limit, lease_ms, zones: zones.as_deref(), agents: agents.as_deref(), goes_on };
        state.with_batch(|batch| {
            engine.claim_runs(method, &claim, given.number(0)?, batch).map_err(placed(2))?;
            state.emit(batch, false, 0)
        })
    })
}

fn heartbeat_run(state: &State, call: &Call) -> JsResult<Value> {
    row(state, call, |engine, given, batch| engine.heartbeat_run(given.rest(1), given.number(0)?, batch))
}

fn wait_run(state: &State, call: &Call) -> JsResult<Value> {
    row(state, call, |engine, given, batch| engine.wait_run(given.rest(1), given.number(0)?, batch))
}

fn release_run(state: &State, call: &Call) -> JsResult<Value> {
    row(state, call, |engine, given, batch| engine.release_run(given.rest(1), given.number(0)?, batch))
}

fn finish_run(state: &State, call: &Call) -> JsResult<Value> {
    row(state, call, |engine, given, batch| engine.finish_run(given.rest(1), given.number(0)?, batch))
}

fn runs_out_of_lease(state: &State, call: &Call) -> JsResult<Value> {
    row(state, call, |engine, given, batch| {
        engine.runs_out_of_lease(given.get(1), given.get(2), given.number(0)?, batch)
    })
}

/// `sweepRuns(connection, now, grace, whether claims were asked about, ...claims)`: id, token and answer of each claim that was
/// asked about.
fn sweep_runs(state: &State, call: &Call) -> JsResult<Value> {
    let engine = board(call)?.writer(call)?;
    let asked = asked(call)?;
    state.with_some_given(call, 1, 2, |given| {
        state.with_batch(|batch| {
            engine.sweep_runs(given.get(1), asked.as_deref(), given.number(0)?, batch).map_err(placed(2))?;
            state.emit(batch, false, 0)
        })
    })
}

fn asked(call: &Call) -> JsResult<Option<Vec<Asked>>> {
    let env = call.env;
    if !env.to_bool(call.argument(3))? {
        return Ok(None);
    }
    let claims = (4..call.count()).step_by(3).map(|at| {
        let id = env.to_string(call.argument(at))?;
        let token = env.to_f64(call.argument(at + 1))? as i64;
        Ok(Asked { id, token, alive: env.to_bool(call.argument(at + 2))? })
    });
    claims.collect::<JsResult<_>>().map(Some)
}

/// `nextRunDue(connection, now)`: in how many milliseconds, null where none is to come.
fn next_run_due(state: &State, call: &Call) -> JsResult<Value> {
    let engine = &*board(call)?.engine;
    state.with_given(call, 1, |given| match engine.next_run_due(given.number(0)?).map_err(placed(2))? {
        Some(due) => call.env.number(due as f64),
        None => Ok(call.env.null()),
    })
}

/// `newsOfRuns(connection, where the log ended or null)`: where it ends now, and in the head whether a claim may find anything.
fn news_of_runs(state: &State, call: &Call) -> JsResult<Value> {
    let after = call.argument(1);
    let after = if call.env.kind(after) == Kind::Number { Some(call.env.to_f64(after)? as i64) } else { None };
    let (last, any) = board(call)?.engine.news_of_runs(after)?;
    state.emit_head(&[i32::from(any)])?;
    call.env.number(last as f64)
}

//! Usage, budgets and limits of runs.

use super::call::{board, nothing, row};
use crate::binding::js::{Call, JsResult, Value};
use crate::binding::state::{Arguments, Native, State};
use crate::engine::{BudgetKey, Period};
use crate::error::{Error, Result};
use crate::model::Given;

pub const FUNCTIONS: &[(&str, Native)] = &[
    ("recordUsage", record_usage),
    ("setBudget", set_budget),
    ("renewBudget", renew_budget),
    ("listBudgets", list_budgets),
    ("spentSince", spent_since),
    ("setRunLimit", set_run_limit),
    ("listRunLimits", list_run_limits),
];

fn record_usage(state: &State, call: &Call) -> JsResult<Value> {
    row(state, call, |engine, given, batch| engine.record_usage(given.rest(1), given.number(0)?, batch))
}

/// `setBudget(connection, now, scope, id, period, start, end, time zone, limit)`: null for no end, and for no limit.
fn set_budget(state: &State, call: &Call) -> JsResult<Value> {
    nothing(state, call, 2, |engine, given| {
        let limit = if given.get(7) == Given::Null { None } else { Some(given.number(7)? as i64) };
        engine.set_budget(key(given, 1)?, text(given, 6)?, limit, period(given, 4)?, given.number(0)?)
    })
}

/// `renewBudget(connection, scope, id, period, start, end)`
fn renew_budget(state: &State, call: &Call) -> JsResult<Value> {
    nothing(state, call, 1, |engine, given| engine.renew_budget(key(given, 0)?, period(given, 3)?))
}

fn list_budgets(state: &State, call: &Call) -> JsResult<Value> {
    row(state, call, |engine, _, batch| engine.list_budgets(batch))
}

/// `spentSince(connection, scope, id, period, start)`
fn spent_since(state: &State, call: &Call) -> JsResult<Value> {
    let engine = board(call)?.writer(call)?;
    state.with_given(call, 1, |given| {
        let spent = engine.spent_since(key(given, 0)?, given.number(3)? as i64)?;
        call.env.number(spent as f64)
    })
}

/// `setRunLimit(connection, now, zone, agent, limit)`
fn set_run_limit(state: &State, call: &Call) -> JsResult<Value> {
    nothing(state, call, 2, |engine, given| engine.set_run_limit(given.rest(1), given.number(0)?))
}

fn list_run_limits(state: &State, call: &Call) -> JsResult<Value> {
    row(state, call, |engine, _, batch| engine.list_run_limits(batch))
}

/// A text, which JavaScript has checked.
fn text<'a>(given: &Arguments<'a>, at: usize) -> Result<&'a str> {
    if let Given::Text(text) = given.get(at) { Ok(text) } else { Err(Error::Type("Expected a string".into())) }
}

fn key<'a>(given: &Arguments<'a>, at: usize) -> Result<BudgetKey<'a>> {
    Ok(BudgetKey { scope: text(given, at)?, id: text(given, at + 1)?, period: text(given, at + 2)? })
}

fn period(given: &Arguments<'_>, at: usize) -> Result<Period> {
    let end = if given.get(at + 1) == Given::Null { None } else { Some(given.number(at + 1)? as i64) };
    Ok(Period { start: given.number(at)? as i64, end })
}

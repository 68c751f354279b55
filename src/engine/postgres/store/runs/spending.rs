//! The calls about usage, budgets and limits.

use serde_json::json;

use super::budgets::{BUDGETS, budgets_of};
use super::limits::{AT_WORK, LIMITS, count_all, limits_of};
use super::usage::models_of;
use crate::engine::postgres::client::value::{Value, cell, integer, text_of};
use crate::engine::postgres::store::Store;
use crate::engine::postgres::store::sized::check_text;
use crate::engine::run::arguments::{AMOUNTS, argument, event, run_limit};
use crate::engine::run::budgets::{check_current, push_budget, quarter};
use crate::engine::run::cells::{self, push_limit};
use crate::engine::run::record::Usage;
use crate::engine::run::used::{Event, add, of_all, used_in_log};
use crate::engine::{BudgetKey, Period, Spending};
use crate::error::Result;
use crate::model::{Field, Given, RUN, rules};
use crate::rows::Batch;

/// A run's usage: its key, whether it has ended, whether the event was counted before, what it used of each model.
const USED: &str = "SELECT r.key, r.status NOT IN ('queued', 'running', 'waiting'), \
     EXISTS (SELECT 1 FROM {s}.usage_events AS u WHERE u.run = r.key AND u.event_id = $2), r.zone_id, r.worktree_id, r.agent_type, r.created_at, \
     (SELECT pg_catalog.json_agg(pg_catalog.json_build_array(m.model, m.provider, m.input_tokens, m.cached_input_tokens, m.output_tokens, \
     m.reasoning_tokens, m.cost_micros, m.cost_computed) ORDER BY m.model)::text FROM {s}.run_models AS m WHERE m.run = r.key), r.archive \
     FROM {s}.runs AS r WHERE r.id = $1";
const HOLD: &str = "SELECT 1 FROM {s}.runs WHERE id = $1 FOR UPDATE";
const COUNT_EVENT: &str = "INSERT INTO {s}.usage_events (run, event_id) VALUES ($1, $2)";
const SET_MODEL: &str = "INSERT INTO {s}.run_models (run, model, made, provider, input_tokens, cached_input_tokens, output_tokens, reasoning_tokens, \
     cost_micros, cost_computed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (run, model) DO UPDATE SET \
     provider = excluded.provider, input_tokens = excluded.input_tokens, cached_input_tokens = excluded.cached_input_tokens, \
     output_tokens = excluded.output_tokens, reasoning_tokens = excluded.reasoning_tokens, cost_micros = excluded.cost_micros, \
     cost_computed = excluded.cost_computed";
const SET_SUMS: &str = "UPDATE {s}.runs SET input_tokens = $2, cached_input_tokens = $3, output_tokens = $4, reasoning_tokens = $5, cost_micros = $6 \
     WHERE key = $1";
/// Adds what was spent, up to the largest safe integer of JavaScript.
const SPEND: &str = "UPDATE {s}.budgets SET spent_micros = least(spent_micros + $1, 9007199254740991) WHERE scope = 'all' \
     OR (scope = 'zone' AND id = $2) OR (scope = 'worktree' AND id = $3) OR (scope = 'agent' AND id = $4)";
const ADD_SPENT: &str = "INSERT INTO {s}.spent AS s (quarter, zone_id, worktree_id, agent_type, cost_micros) VALUES ($1, $2, $3, $4, $5) \
     ON CONFLICT (quarter, what) DO UPDATE SET cost_micros = least(s.cost_micros + excluded.cost_micros, 9007199254740991)";
/// What was spent from a quarter of an hour on.
const SPENT_SINCE: &str = "SELECT coalesce(sum(cost_micros), 0)::bigint FROM {s}.spent WHERE quarter >= $1 AND ($2 = 'all' \
     OR ($2 = 'zone' AND zone_id = $3) OR ($2 = 'worktree' AND worktree_id = $3) OR ($2 = 'agent' AND agent_type = $3))";
const SET_BUDGET: &str = "INSERT INTO {s}.budgets (scope, id, period, time_zone, limit_micros, spent_micros, resets_at) \
     VALUES ($1, $2, $3, $4, $5, (SELECT coalesce(sum(cost_micros), 0)::bigint FROM {s}.spent WHERE quarter >= $6 AND ($1 = 'all' \
     OR ($1 = 'zone' AND zone_id = $2) OR ($1 = 'worktree' AND worktree_id = $2) OR ($1 = 'agent' AND agent_type = $2))), $7) \
     ON CONFLICT (scope, id, period) DO UPDATE SET time_zone = excluded.time_zone, limit_micros = excluded.limit_micros, \
     spent_micros = excluded.spent_micros, resets_at = excluded.resets_at";
const LIFT_BUDGET: &str = "DELETE FROM {s}.budgets WHERE scope = $1 AND id = $2 AND period = $3";
const ADD_COST: &str = "INSERT INTO {s}.worktree_costs AS c (worktree_id, cost_micros) SELECT id, $2 FROM {s}.worktrees WHERE id = $1 \
     ON CONFLICT (worktree_id) DO UPDATE SET cost_micros = least(c.cost_micros + excluded.cost_micros, 9007199254740991)";
/// The same for one in the archive.
const ADD_ARCHIVED_COST: &str = "UPDATE {s}.archived_worktrees SET cost_micros = least(coalesce(cost_micros, 0) + $2, 9007199254740991) \
     WHERE key = $1";
/// Logs that a limit or a budget has changed.
const LOG_LIMIT: &str = "SELECT {s}.log(7, 2, $1, nullif($2, ''), nullif($3, ''), nullif($4, ''), NULL, $5)";
/// Logs what a run has used by now.
const LOG_USAGE: &str = "SELECT {s}.log(5, 2, $1, $2, $3, $4, NULL, $5)";
const RENEW_BUDGET: &str = "UPDATE {s}.budgets SET spent_micros = (SELECT coalesce(sum(cost_micros), 0)::bigint FROM {s}.spent WHERE quarter >= $4 \
     AND ($1 = 'all' OR ($1 = 'zone' AND zone_id = $2) OR ($1 = 'worktree' AND worktree_id = $2) OR ($1 = 'agent' AND agent_type = $2))), \
     resets_at = $5 WHERE scope = $1 AND id = $2 AND period = $3";
const SET_LIMIT: &str = "INSERT INTO {s}.run_limits (zone_id, agent_type, at_once) VALUES ($1, $2, $3) \
     ON CONFLICT (zone_id, agent_type) DO UPDATE SET at_once = excluded.at_once";
const LIFT_LIMIT: &str = "DELETE FROM {s}.run_limits WHERE zone_id = $1 AND agent_type = $2";

impl Spending for Store {
    fn record_usage(&self, given: &[Given<'_>], now: f64, batch: &mut Batch) -> Result<()> {
        self.check_open()?;
        let id = rules::id(Field::new("recordUsage", "id"), argument(given, 0))?;
        let event = event(given)?;
        if let Some(event_id) = event.id {
            check_text(Field::new("recordUsage", "eventId").behind(1), event_id)?;
        }
        check_text(Field::new("recordUsage", "model").behind(2), event.model)?;
        let wall_ms = now as i64;
        let usage = match self.add_usually(id, &event, wall_ms)? {
            Some(usage) => usage,
            None => self.count_event(id, &event, wall_ms, || {
                RUN.not_found(Field::new("recordUsage", "id"), argument(given, 0))
            })?,
        };
        cells::usage(batch, &usage);
        batch.end_row();
        Ok(())
    }

    fn set_budget(
        &self,
        budget: BudgetKey<'_>,
        time_zone: &str,
        limit_micros: Option<i64>,
        period: Period,
        _: f64,
    ) -> Result<()> {
        self.check_open()?;
        check_text(Field::new("setBudget", "scope"), budget.id)?;
        let key: [Value<'_>; 3] = [budget.scope, budget.id, budget.period].map(Into::into);
        // A claim counts it once it is committed: so nobody claims meanwhile.
        let of = |scope| if budget.scope == scope { budget.id } else { "" };
        let data = json!({ "period": budget.period, "limitMicros": limit_micros }).to_string();
        let logged = ["budget", of("zone"), of("worktree"), of("agent"), &data].map(Value::from);
        let mut values = key.to_vec();
        let sql = if let Some(limit) = limit_micros {
            values.extend([time_zone.into(), limit.into(), quarter(period.start).into(), period.end.into()]);
            SET_BUDGET
        } else {
            LIFT_BUDGET
        };
        self.write_all(true, &[(sql, &values), (LOG_LIMIT, &logged)])
    }

    fn renew_budget(&self, budget: BudgetKey<'_>, period: Period) -> Result<()> {
        self.check_open()?;
        let key = [budget.scope, budget.id, budget.period].map(Value::from);
        let [scope, id, of] = key;
        let values = [scope, id, of, quarter(period.start).into(), period.end.into()];
        self.write_alone(RENEW_BUDGET, &values)
    }

    fn list_budgets(&self, batch: &mut Batch) -> Result<()> {
        for budget in budgets_of(&self.read(BUDGETS, &[])?) {
            push_budget(batch, &budget);
            batch.end_row();
        }
        Ok(())
    }

    fn spent_since(&self, budget: BudgetKey<'_>, start: i64) -> Result<i64> {
        let values = [quarter(start).into(), budget.scope.into(), budget.id.into()];
        Ok(self.read_one(SPENT_SINCE, &values)?.map_or(0, |row| integer(&row, 0)))
    }

    fn set_run_limit(&self, given: &[Given<'_>], _: f64) -> Result<()> {
        self.check_open()?;
        let (zone, agent, most) = run_limit(given, check_text)?;
        let data = json!({ "limit": most }).to_string();
        let logged = ["limit", zone, "", agent, &data].map(Value::from);
        let mut values: Vec<Value<'_>> = vec![zone.into(), agent.into()];
        values.extend(most.map(Value::from));
        let sql = if most.is_some() { SET_LIMIT } else { LIFT_LIMIT };
        self.write_all(true, &[(sql, &values), (LOG_LIMIT, &logged)])
    }

    fn list_run_limits(&self, batch: &mut Batch) -> Result<()> {
        // Both in one statement, from one snapshot.
        let sql = format!(
            "SELECT NULL::text, NULL::text, NULL::bigint, zone_id, agent_type, count FROM ({AT_WORK}) AS w (zone_id, agent_type, count) \
             UNION ALL (SELECT zone_id, agent_type, at_once, NULL, NULL, NULL FROM ({LIMITS}) AS l) ORDER BY 1, 2"
        );
        let rows = self.read(&sql, &[])?;
        let (limits, at_work): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| text_of(row, 0).is_some());
        let mut limits = limits_of(&limits);
        let at_work: Vec<(String, String, i64)> = at_work
            .iter()
            .map(|row| (text_of(row, 3).unwrap_or_default(), text_of(row, 4).unwrap_or_default(), integer(row, 5)))
            .collect();
        count_all(&mut limits, &at_work);
        for limit in limits {
            push_limit(batch, &limit);
        }
        Ok(())
    }
}

impl Store {
    /// Counts what a run used, unless the event was counted before: what it has used by now.
    fn count_event(
        &self,
        id: &str,
        event: &Event<'_>,
        wall_ms: i64,
        not_found: impl Fn() -> crate::error::Error,
    ) -> Result<Usage> {
        let by_id: [Value<'_>; 1] = [id.into()];
        let used: [Value<'_>; 2] = [id.into(), event.id.into()];
        let (usage, _) = self.atomically(&self.gate(), |work| {
            let answers = work.ask(&[(HOLD, &by_id), (USED, &used), (BUDGETS, &[])])?;
            let [_, rows, budgets] = answers.try_into().unwrap_or_default();
            let row = rows.first().ok_or_else(&not_found)?;
            let (key, has_ended, is_counted) = (integer(row, 0), integer(row, 1) != 0, integer(row, 2) != 0);
            let of: [String; 3] = [3, 4, 5].map(|column| text_of(row, column).unwrap_or_default());
            let made = integer(row, 6);
            let mut models = models_of(&text_of(row, 7).unwrap_or_default());
            let archive = cell(row, 8).map(|key| key.integer());
            if is_counted {
                return Ok(of_all(&models));
            }
            let (all, at) = add(&mut models, event, AMOUNTS)?;
            if let Some(event_id) = event.id {
                work.later(COUNT_EVENT, vec![key.into(), event_id.to_owned().into()]);
            }
            let set = &models[at];
            let sums = |amounts: crate::model::run::Amounts| {
                [
                    amounts.input_tokens,
                    amounts.cached_input_tokens,
                    amounts.output_tokens,
                    amounts.reasoning_tokens,
                    amounts.cost_micros,
                ]
                .map(Value::from)
            };
            let mut values: Vec<Value<'static>> =
                vec![key.into(), set.model.clone().into(), made.into(), set.provider.clone().into()];
            values.extend(sums(set.amounts));
            values.push(set.is_computed.into());
            work.later(SET_MODEL, values);
            if has_ended {
                let mut values = vec![key.into()];
                values.extend(sums(all));
                work.later(SET_SUMS, values);
            }
            let data = used_in_log(&all);
            let [zone, worktree, agent] = of.clone().map(Value::from);
            work.later(LOG_USAGE, vec![id.to_owned().into(), zone, worktree, agent, data.into()]);
            if let Some(micros) = event.amounts.cost_micros {
                match archive {
                    Some(key) => work.later(ADD_ARCHIVED_COST, vec![key.into(), micros.into()]),
                    None => work.later(ADD_COST, vec![of[1].clone().into(), micros.into()]),
                }
            }
            if let Some(micros) = event.amounts.cost_micros.filter(|micros| *micros > 0) {
                // What is spent now has to count for the current period.
                check_current(&budgets_of(&budgets), wall_ms)?;
                let [zone, worktree, agent] = of.map(Value::from);
                let spent = [quarter(wall_ms).into(), zone.clone(), worktree.clone(), agent.clone(), micros.into()];
                work.later(ADD_SPENT, spent.to_vec());
                work.later(SPEND, vec![micros.into(), zone, worktree, agent]);
            }
            Ok(of_all(&models))
        })?;
        Ok(usage)
    }
}

//! How much may be spent. A budget carries the sum of its period, so that a claim reads nothing else.

use std::collections::HashSet;

use serde_json::json;

use super::push::{instant, integer, text};
use super::row::Row;
use super::sql::Sql;
use crate::engine::sqlite::driver::{Bind, Statement};
use crate::engine::sqlite::store::Store;
use crate::engine::{BudgetKey, PERIOD_IS_OVER, Period};
use crate::error::{Error, Result};
use crate::model::run::{Budget, spent};
use crate::rows::Batch;

/// What is spent is kept by quarters of an hour: where time zones are apart by less, there have been none since 1986.
const QUARTER_MS: i64 = 900_000;

/// The quarter of an hour that a time is in.
pub(super) const fn quarter(wall_ms: i64) -> i64 {
    wall_ms.div_euclid(QUARTER_MS)
}

/// A budget as it is stored.
pub(super) struct StoredBudget {
    pub scope: String,
    pub id: String,
    pub period: String,
    pub time_zone: String,
    pub budget: Budget,
    pub resets_at: Option<i64>,
}

impl StoredBudget {
    /// Whether a run counts for it.
    pub fn covers(&self, zone: &str, worktree: &str, agent: &str) -> bool {
        match self.scope.as_str() {
            "all" => true,
            "zone" => self.id == zone,
            "worktree" => self.id == worktree,
            _ => self.id == agent,
        }
    }

    /// The field of a run that says that it counts for it.
    fn field(&self) -> Option<&'static str> {
        match self.scope.as_str() {
            "zone" => Some("zoneId"),
            "worktree" => Some("worktreeId"),
            "agent" => Some("agentType"),
            _ => None,
        }
    }
}

/// What budgets that are spent close.
#[derive(Default)]
pub(super) struct Spent {
    all: bool,
    zones: HashSet<String>,
    agents: HashSet<String>,
    pub worktrees: HashSet<String>,
}

impl Spent {
    /// Whether no run of this zone and agent may be claimed.
    pub fn closes(&self, zone: &str, agent: &str) -> bool {
        self.all || self.zones.contains(zone) || self.agents.contains(agent)
    }
}

/// Appends the cells of a budget: scope, id, period, time zone, limit, spent, left, end of the period.
pub(super) fn push_budget(batch: &mut Batch, budget: &StoredBudget) {
    for name in [&budget.scope, &budget.id, &budget.period, &budget.time_zone] {
        text(batch, Some(name));
    }
    integer(batch, Some(budget.budget.limit_micros));
    integer(batch, Some(budget.budget.spent_micros));
    integer(batch, Some(budget.budget.remaining_micros()));
    instant(batch, budget.resets_at);
}

impl Store {
    /// All budgets, those of all runs first.
    pub(super) fn budgets(&self) -> Result<Vec<StoredBudget>> {
        let mut budgets = Vec::new();
        self.each_row(Sql::Budgets, &[], |statement| {
            let mut row = Row::of(statement);
            budgets.push(StoredBudget {
                scope: row.text(),
                id: row.text(),
                period: row.text(),
                time_zone: row.text(),
                budget: Budget { limit_micros: row.integer(), spent_micros: row.integer() },
                resets_at: row.integer_or_null(),
            });
            Ok(true)
        })?;
        budgets.sort_by_key(|budget| budget.scope != "all");
        Ok(budgets)
    }

    /// All budgets, of whose periods none is over.
    ///
    /// # Errors
    /// [`PERIOD_IS_OVER`].
    pub(super) fn current_budgets(&self, wall_ms: i64) -> Result<Vec<StoredBudget>> {
        let budgets = self.budgets()?;
        if budgets.iter().any(|budget| budget.resets_at.is_some_and(|at| at <= wall_ms)) {
            let message = "a budget's period is over: the next one has to begin".into();
            return Err(Error::Coded { code: PERIOD_IS_OVER, message });
        }
        Ok(budgets)
    }

    /// What budgets that are spent close now.
    pub(super) fn what_is_spent(&self, wall_ms: i64) -> Result<Spent> {
        let mut closed = Spent::default();
        for StoredBudget { scope, id, budget, .. } in self.current_budgets(wall_ms)? {
            match scope.as_str() {
                _ if !budget.is_spent() => {}
                "all" => closed.all = true,
                "zone" => _ = closed.zones.insert(id),
                "worktree" => _ = closed.worktrees.insert(id),
                _ => _ = closed.agents.insert(id),
            }
        }
        Ok(closed)
    }

    /// Refuses to start a run that a budget is spent for.
    pub(super) fn check_budgets(&self, zone: &str, worktree: &str, agent: &str, wall_ms: i64) -> Result<()> {
        let budgets = self.current_budgets(wall_ms)?;
        let covers = |budget: &&StoredBudget| budget.budget.is_spent() && budget.covers(zone, worktree, agent);
        budgets.iter().find(covers).map_or(Ok(()), |found| Err(spent(&found.budget, found.field())))
    }

    /// Of the budgets that a run at work counts for that of which the least is left.
    pub(super) fn least_budget_of(&self, id: &str, wall_ms: i64) -> Result<Option<StoredBudget>> {
        let budgets = self.current_budgets(wall_ms)?;
        if budgets.is_empty() {
            return Ok(None);
        }
        let names = |row: &Statement| [0, 1, 2].map(|column| row.text(column));
        let Some([zone, worktree, agent]) = self.first(Sql::HeldFor, &[Bind::Text(id)], names)? else {
            return Ok(None);
        };
        let of = budgets.into_iter().filter(|budget| budget.covers(&zone, &worktree, &agent));
        Ok(of.min_by_key(|budget| budget.budget.remaining_micros()))
    }

    /// Counts what was spent, now.
    pub(super) fn spend(&self, micros: i64, [zone, worktree, agent]: [&str; 3], wall_ms: i64) -> Result<()> {
        let [zone, worktree, agent] = [zone, worktree, agent].map(Bind::Text);
        let (at, micros) = (Bind::Integer(quarter(wall_ms)), Bind::Integer(micros));
        self.write_run(Sql::AddSpent, &[at, zone, worktree, agent, micros])?;
        self.write_run(Sql::Spend, &[micros, zone, worktree, agent]).map(drop)
    }

    /// What was spent since a time of what a budget is about.
    pub(super) fn spent_from(&self, budget: BudgetKey<'_>, start: i64) -> Result<i64> {
        let values = [Bind::Integer(quarter(start)), Bind::Text(budget.scope), Bind::Text(budget.id)];
        Ok(self.first(Sql::SpentSince, &values, |row| row.integer(0))?.unwrap_or_default())
    }

    pub(super) fn write_budget(
        &self,
        budget: BudgetKey<'_>,
        time_zone: &str,
        limit_micros: Option<i64>,
        period: Period,
        wall_ms: i64,
    ) -> Result<()> {
        let BudgetKey { scope, id, .. } = budget;
        let key = [budget.scope, budget.id, budget.period].map(Bind::Text);
        match limit_micros {
            Some(limit) => {
                let spent = Bind::Integer(self.spent_from(budget, period.start)?);
                let values = [Bind::Text(time_zone), Bind::Integer(limit), spent, period.end.into()];
                self.write_run(Sql::SetBudget, &[&key[..], &values].concat())?;
            }
            None => _ = self.write_run(Sql::LiftBudget, &key)?,
        }
        let of = ["zone", "worktree", "agent"].map(|name| (name == scope).then_some(id));
        let data = json!({ "period": budget.period, "limitMicros": limit_micros }).to_string();
        self.log_limit("budget", of, &data, wall_ms)
    }

    pub(super) fn begin_period(&self, budget: BudgetKey<'_>, period: Period) -> Result<()> {
        let key = [budget.scope, budget.id, budget.period].map(Bind::Text);
        let spent = Bind::Integer(self.spent_from(budget, period.start)?);
        self.write_run(Sql::RenewBudget, &[key[0], key[1], key[2], spent, period.end.into()]).map(drop)
    }
}

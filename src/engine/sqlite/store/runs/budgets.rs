//! How much may be spent.

use serde_json::json;

use super::row::Row;
use super::sql::Sql;
use crate::engine::run::budgets::{Spent, StoredBudget, check_current, check_unspent, closed_by, least_of, quarter};
use crate::engine::sqlite::driver::{Bind, Statement};
use crate::engine::sqlite::store::Store;
use crate::engine::{BudgetKey, Period};
use crate::error::Result;
use crate::model::run::Budget;

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

    /// All budgets; fails where the period of one is over.
    ///
    /// # Errors
    /// [`PERIOD_IS_OVER`](crate::engine::PERIOD_IS_OVER).
    pub(super) fn current_budgets(&self, wall_ms: i64) -> Result<Vec<StoredBudget>> {
        let budgets = self.budgets()?;
        check_current(&budgets, wall_ms)?;
        Ok(budgets)
    }

    /// What spent budgets close now.
    pub(super) fn what_is_spent(&self, wall_ms: i64) -> Result<Spent> {
        Ok(closed_by(self.current_budgets(wall_ms)?))
    }

    /// Refuses to start a run for which a budget is spent.
    pub(super) fn check_budgets(&self, zone: &str, worktree: &str, agent: &str, wall_ms: i64) -> Result<()> {
        check_unspent(&self.current_budgets(wall_ms)?, zone, worktree, agent)
    }

    /// The budget with the least left, of those that a run at work counts for.
    pub(super) fn least_budget_of(&self, id: &str, wall_ms: i64) -> Result<Option<StoredBudget>> {
        let budgets = self.current_budgets(wall_ms)?;
        if budgets.is_empty() {
            return Ok(None);
        }
        let names = |row: &Statement| [0, 1, 2].map(|column| row.text(column));
        let Some([zone, worktree, agent]) = self.first(Sql::HeldFor, &[Bind::Text(id)], names)? else {
            return Ok(None);
        };
        Ok(least_of(budgets, &zone, &worktree, &agent))
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

//! What runs cost, and how much they may; how many may be at work at once.

use crate::error::Result;
use crate::model::Given;
use crate::rows::Batch;

/// What a budget is about and over what time, as it is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BudgetKey<'a> {
    /// `all`, `zone`, `worktree` or `agent`.
    pub scope: &'a str,
    /// Of which one; empty for all.
    pub id: &'a str,
    /// `day`, `month` or `total`.
    pub period: &'a str,
}

/// A period of a budget, in milliseconds by the wall clock. JavaScript, which knows time zones, says when days begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// When it began.
    pub start: i64,
    /// When the next one begins; `None`: there is none.
    pub end: Option<i64>,
}

/// What is thrown where a budget's period is over: JavaScript begins the next one, and asks again.
pub const PERIOD_IS_OVER: &str = "ERR_BUDGET_PERIOD";

/// What an engine does with usage, budgets and limits. Times are the caller's clock's, in milliseconds.
pub trait Spending {
    /// Counts what a run used: one row, its sums and those of its models as JSON. Id, event, model, provider, five amounts
    /// and the source of the cost are given.
    ///
    /// # Errors
    /// `ERR_NOT_FOUND`, the model's for a value; [`PERIOD_IS_OVER`].
    fn record_usage(&self, given: &[Given<'_>], now: f64, batch: &mut Batch) -> Result<()>;

    /// Sets how much may be spent, or lifts it.
    ///
    /// # Errors
    /// The engine's error.
    fn set_budget(
        &self,
        budget: BudgetKey<'_>,
        time_zone: &str,
        limit_micros: Option<i64>,
        period: Period,
        now: f64,
    ) -> Result<()>;

    /// Begins another period of a budget that is still there.
    ///
    /// # Errors
    /// The engine's error.
    fn renew_budget(&self, budget: BudgetKey<'_>, period: Period) -> Result<()>;

    /// All budgets, those of all runs first: scope, id, period, time zone, limit, spent, end of the period.
    ///
    /// # Errors
    /// The engine's error.
    fn list_budgets(&self, batch: &mut Batch) -> Result<()>;

    /// What the runs that a budget is about have cost since a time.
    ///
    /// # Errors
    /// The engine's error.
    fn spent_since(&self, budget: BudgetKey<'_>, start: i64) -> Result<i64>;

    /// Sets how many runs may be at work at once, or lifts it. Zone, agent and how many are given.
    ///
    /// # Errors
    /// The model's for a value.
    fn set_run_limit(&self, given: &[Given<'_>], now: f64) -> Result<()>;

    /// All limits, that of all runs first: zone, agent, how many may be at work, how many are.
    ///
    /// # Errors
    /// The engine's error.
    fn list_run_limits(&self, batch: &mut Batch) -> Result<()>;
}

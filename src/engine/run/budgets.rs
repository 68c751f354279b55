//! How much may be spent. A budget carries the sum of its period, so that a claim reads nothing else.

use std::collections::HashSet;

use super::cells::{instant, integer, text};
use crate::engine::PERIOD_IS_OVER;
use crate::error::{Error, Result};
use crate::model::run::{Budget, Run, State, spent};
use crate::rows::Batch;

/// What is spent is kept by quarters of an hour: no time zone has had a finer offset since 1986.
const QUARTER_MS: i64 = 900_000;

/// The quarter of an hour that a time is in.
#[must_use]
pub const fn quarter(wall_ms: i64) -> i64 {
    wall_ms.div_euclid(QUARTER_MS)
}

/// A budget as it is stored.
#[derive(Debug)]
pub struct StoredBudget {
    /// `all`, `zone`, `worktree` or `agent`.
    pub scope: String,
    /// Of which one.
    pub id: String,
    /// `day`, `month` or `total`.
    pub period: String,
    /// The time zone in which its days begin.
    pub time_zone: String,
    /// How much.
    pub budget: Budget,
    /// When its period is over.
    pub resets_at: Option<i64>,
}

impl StoredBudget {
    /// Whether a run counts for it.
    #[must_use]
    pub fn covers(&self, zone: &str, worktree: &str, agent: &str) -> bool {
        match self.scope.as_str() {
            "all" => true,
            "zone" => self.id == zone,
            "worktree" => self.id == worktree,
            _ => self.id == agent,
        }
    }

    /// The field of a run that says that it counts for it.
    #[must_use]
    pub fn field(&self) -> Option<&'static str> {
        match self.scope.as_str() {
            "zone" => Some("zoneId"),
            "worktree" => Some("worktreeId"),
            "agent" => Some("agentType"),
            _ => None,
        }
    }
}

/// What budgets that are spent close.
#[derive(Debug, Default)]
pub struct Spent {
    all: bool,
    zones: HashSet<String>,
    agents: HashSet<String>,
    /// The worktrees of which none may be claimed.
    pub worktrees: HashSet<String>,
}

impl Spent {
    /// Whether no run of this zone and agent may be claimed.
    #[must_use]
    pub fn closes(&self, zone: &str, agent: &str) -> bool {
        self.all || self.zones.contains(zone) || self.agents.contains(agent)
    }
}

/// Appends the cells of a budget: scope, id, period, time zone, limit, spent, left, end of the period.
pub fn push_budget(batch: &mut Batch, budget: &StoredBudget) {
    for name in [&budget.scope, &budget.id, &budget.period, &budget.time_zone] {
        text(batch, Some(name));
    }
    integer(batch, Some(budget.budget.limit_micros));
    integer(batch, Some(budget.budget.spent_micros));
    integer(batch, Some(budget.budget.remaining_micros()));
    instant(batch, budget.resets_at);
}

/// Appends the row that a heartbeat answers: until when the run is held, whether it is to stop, and the budget with the least left of those
/// that it counts for.
pub fn push_heartbeat(batch: &mut Batch, expires_at: i64, is_to_stop: bool, budget: Option<&StoredBudget>) {
    instant(batch, Some(expires_at));
    batch.push_integer(is_to_stop.into(), false);
    match budget {
        Some(budget) => push_budget(batch, budget),
        None => (0..8).for_each(|_| batch.push_null()),
    }
    batch.end_row();
}

/// The same of a run whose life a heartbeat has decided about: nothing where that is not at work.
pub fn push_beat(batch: &mut Batch, life: &Run, budget: Option<&StoredBudget>) {
    if let State::Running { lease, .. } = &life.state {
        push_heartbeat(batch, lease.deadline.wall_ms, life.cancel_requested_at.is_some(), budget);
    }
}

/// Refuses budgets where the period of one is over.
///
/// # Errors
/// [`PERIOD_IS_OVER`].
pub fn check_current(budgets: &[StoredBudget], wall_ms: i64) -> Result<()> {
    if budgets.iter().any(|budget| budget.resets_at.is_some_and(|at| at <= wall_ms)) {
        let message = "a budget's period is over: the next one has to begin".into();
        return Err(Error::Coded { code: PERIOD_IS_OVER, message });
    }
    Ok(())
}

/// What the spent ones of these budgets close.
#[must_use]
pub fn closed_by(budgets: Vec<StoredBudget>) -> Spent {
    let mut closed = Spent::default();
    for StoredBudget { scope, id, budget, .. } in budgets {
        match scope.as_str() {
            _ if !budget.is_spent() => {}
            "all" => closed.all = true,
            "zone" => _ = closed.zones.insert(id),
            "worktree" => _ = closed.worktrees.insert(id),
            _ => _ = closed.agents.insert(id),
        }
    }
    closed
}

/// Refuses to start a run where a budget that it would count for is spent.
///
/// # Errors
/// `ERR_BUDGET`.
pub fn check_unspent(budgets: &[StoredBudget], zone: &str, worktree: &str, agent: &str) -> Result<()> {
    let covers = |budget: &&StoredBudget| budget.budget.is_spent() && budget.covers(zone, worktree, agent);
    budgets.iter().find(covers).map_or(Ok(()), |found| Err(spent(&found.budget, found.field())))
}

/// The budget with the least left of those that a run counts for.
#[must_use]
pub fn least_of(budgets: Vec<StoredBudget>, zone: &str, worktree: &str, agent: &str) -> Option<StoredBudget> {
    let of = budgets.into_iter().filter(|budget| budget.covers(zone, worktree, agent));
    of.min_by_key(|budget| budget.budget.remaining_micros())
}

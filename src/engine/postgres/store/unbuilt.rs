//! What this engine doesn't do yet: one list. Whoever builds a concept takes it out here and gives it a file.

use std::path::Path;

use super::Store;
use crate::engine::{
    Archive, Asked, BudgetKey, Chunk, Claim, Imported, Indexed, Keeping, Output, Period, Policy, Pruned, RunFilter,
    Runs, RunsAfter, Search, SearchAfter, Sought, Spending, Transfers, TrendFilter, Trends, Undo, Workers,
};
use crate::error::{Error, Result};
use crate::model::Given;
use crate::model::search::Mode;
use crate::model::undo::Way;
use crate::rows::Batch;

/// That PostgreSQL's engine hasn't got a method, as JavaScript spells it.
#[must_use]
pub fn unsupported(method: &str) -> Error {
    let message = format!("{method} is not available on PostgreSQL: use a file of SQLite (`dbPath`) for it");
    Error::Coded { code: "ERR_ENGINE_UNSUPPORTED", message }
}

macro_rules! unbuilt {
    ($($concept:ident { $($method:literal $name:ident($($argument:ident: $kind:ty),*) -> $result:ty;)* })*) => {$(
        impl $concept for Store {$(
            #[allow(clippy::too_many_arguments, reason = "the seam's own")]
            fn $name(&self, $($argument: $kind),*) -> Result<$result> {
                let _ = ($($argument,)*);
                self.check_open()?;
                Err(unsupported($method))
            }
        )*}
    )*};
}

unbuilt! {
    Trends {
        "getTrend" trend(asked: &TrendFilter<'_>, batch: &mut Batch) -> ();
    }
    Runs {
        "enqueueRun" enqueue_run(method: &'static str, given: &[Given<'_>], now: f64, batch: &mut Batch) -> ();
        "retryRun" retry_run(given: &[Given<'_>], now: f64, batch: &mut Batch) -> ();
        "cancelRun" cancel_run(id: Given<'_>, reason: Given<'_>, now: f64, batch: &mut Batch) -> ();
        "answerRun" answer_run(id: Given<'_>, answer: Given<'_>, now: f64, batch: &mut Batch) -> ();
        "getRun" get_run(id: Given<'_>, batch: &mut Batch) -> ();
        "listRuns" fold_history() -> ();
        "listRuns" list_runs(filter: &RunFilter<'_>, after: RunsAfter, most: usize, batch: &mut Batch) -> ();
    }
    Workers {
        "startRun" start_run(given: &[Given<'_>], now: f64, batch: &mut Batch) -> ();
        "claimRuns" claim_runs(method: &'static str, claim: &Claim<'_>, now: f64, batch: &mut Batch) -> ();
        "heartbeatRun" heartbeat_run(given: &[Given<'_>], now: f64, batch: &mut Batch) -> ();
        "waitRun" wait_run(given: &[Given<'_>], now: f64, batch: &mut Batch) -> ();
        "releaseRun" release_run(given: &[Given<'_>], now: f64, batch: &mut Batch) -> ();
        "finishRun" finish_run(given: &[Given<'_>], now: f64, batch: &mut Batch) -> ();
        "sweepRuns" runs_out_of_lease(grace_ms: Given<'_>, after: Given<'_>, now: f64, batch: &mut Batch) -> ();
        "sweepRuns" sweep_runs(grace_ms: Given<'_>, asked: Option<&[Asked]>, now: f64, batch: &mut Batch) -> ();
        "waitForRun" next_run_due(now: f64) -> Option<i64>;
        "waitForRun" news_of_runs(after: Option<i64>) -> (i64, bool);
    }
    Output {
        "appendOutput" append_output(given: &[Given<'_>], chunks: &[Chunk], most_bytes: i64, now: f64) -> i64;
        "getOutput" list_output(id: Given<'_>, from: i64, limit: i64, batch: &mut Batch) -> bool;
    }
    Spending {
        "recordUsage" record_usage(given: &[Given<'_>], now: f64, batch: &mut Batch) -> ();
        "setBudget" set_budget(budget: BudgetKey<'_>, time_zone: &str, limit: Option<i64>, period: Period, now: f64) -> ();
        "getBudgets" renew_budget(budget: BudgetKey<'_>, period: Period) -> ();
        "getBudgets" list_budgets(batch: &mut Batch) -> ();
        "getBudgets" spent_since(budget: BudgetKey<'_>, start: i64) -> i64;
        "setRunLimit" set_run_limit(given: &[Given<'_>], now: f64) -> ();
        "getRunLimits" list_run_limits(batch: &mut Batch) -> ();
    }
    Archive {
        "archiveWorktree" archive_worktree(given: &[Given<'_>], now: f64, batch: &mut Batch) -> ();
        "restoreWorktree" restore_worktree(given: &[Given<'_>], now: f64, batch: &mut Batch) -> ();
        "listArchived" list_archived(before: i64, most: usize, batch: &mut Batch) -> ();
    }
    Undo {
        "undo" step_back(way: Way, by: Option<&str>, skip: bool, now: f64) -> bool;
    }
    Search {
        "searchRuns" searchable() -> i64;
        "enableSearch" enable_search(mode: Mode) -> ();
        "enableSearch" build_search() -> Option<i64>;
        "enableSearch" indexed() -> Indexed;
        "disableSearch" disable_search() -> bool;
        "searchRuns" fold_search() -> ();
        "searchRuns" search_runs(
            sought: &Sought<'_>,
            filter: &RunFilter<'_>,
            after: SearchAfter,
            most: usize,
            batch: &mut Batch
        ) -> ();
        "searchRuns" check_search() -> Vec<String>;
    }
    Transfers {
        "importAll" take_staged(staged: &Path) -> Imported;
    }
    Keeping {
        "prune" prune(policy: &Policy, now: i64, budget_ms: f64) -> Pruned;
        "prune" would_prune(policy: &Policy, now: i64) -> Pruned;
        "prune" retention() -> (Policy, Option<i64>);
        "retention" set_retention(policy: &Policy, every_ms: Option<i64>) -> ();
        "retention" begin_pruning(now: i64, every_ms: i64) -> bool;
        "retention" end_pruning(now: i64, more: bool) -> ();
    }
}

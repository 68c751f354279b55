//! Runs, from the wish to the result, as those see them who want them done.

use crate::error::Result;
use crate::model::Given;
use crate::rows::Batch;

/// Which runs a list is of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RunFilter<'a> {
    /// Of one of these zones; `None` is of any.
    pub zones: Option<Vec<&'a str>>,
    /// Of one of these worktrees.
    pub worktrees: Option<Vec<&'a str>>,
    /// Of one of these agents.
    pub agents: Option<Vec<&'a str>>,
    /// In one of these states.
    pub statuses: Option<Vec<&'a str>>,
}

impl RunFilter<'_> {
    /// Whether what is of a zone, a worktree and an agent is asked for.
    #[must_use]
    pub fn takes(&self, zone: &str, worktree: &str, agent: &str) -> bool {
        let takes = |names: &Option<Vec<&str>>, name: &str| names.as_ref().is_none_or(|names| names.contains(&name));
        takes(&self.zones, zone) && takes(&self.worktrees, worktree) && takes(&self.agents, agent)
    }
}

/// Where in a list of runs a page begins: behind this position. It is the engine's own, JavaScript only hands it back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunsAfter {
    /// The last run.
    pub run: i64,
    /// The last execution.
    pub execution: i64,
    /// When the last one of the archive was made.
    pub archived_at: i64,
    /// Which it is.
    pub archived: i64,
}

impl RunsAfter {
    /// Before the first.
    pub const START: Self = Self { run: i64::MAX, execution: i64::MAX, archived_at: i64::MAX, archived: i64::MAX };
}

/// What an engine does with runs for those who want them done. Times are the caller's clock's, in milliseconds.
pub trait Runs {
    /// Puts a new run into the queue and returns it, or the open one that has its idempotency key.
    ///
    /// # Errors
    /// The model's for a value; `ERR_NOT_FOUND` for a zone, a worktree or a parent that isn't there.
    fn enqueue_run(&self, method: &'static str, given: &[Given<'_>], now: f64, batch: &mut Batch) -> Result<()>;

    /// Enqueues an ended run once more, with changes, and returns the new run. The id is given first.
    ///
    /// # Errors
    /// As [`Runs::enqueue_run`]; `ERR_NOT_FOUND`, and `ERR_RUN_TRANSITION` for a run that has not ended.
    fn retry_run(&self, given: &[Given<'_>], now: f64, batch: &mut Batch) -> Result<()>;

    /// Cancels a run, for a reason, and returns it.
    ///
    /// # Errors
    /// `ERR_NOT_FOUND`, and `ERR_RUN_TRANSITION` for one that has ended.
    fn cancel_run(&self, id: Given<'_>, reason: Given<'_>, now: f64, batch: &mut Batch) -> Result<()>;

    /// Answers the question that a run waits with, and returns it.
    ///
    /// # Errors
    /// `ERR_NOT_FOUND`, and `ERR_RUN_TRANSITION` for one that doesn't wait.
    fn answer_run(&self, id: Given<'_>, answer: Given<'_>, now: f64, batch: &mut Batch) -> Result<()>;

    /// The run with this id, or no row.
    ///
    /// # Errors
    /// A `TypeError` for an id that is no string.
    fn get_run(&self, id: Given<'_>, batch: &mut Batch) -> Result<()>;

    /// The latest runs behind a position, at most so many, and behind the cells of each the position that it has.
    ///
    /// # Errors
    /// The engine's error.
    fn list_runs(&self, filter: &RunFilter<'_>, after: RunsAfter, most: usize, batch: &mut Batch) -> Result<()>;
}

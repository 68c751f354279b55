//! Runs, from the wish to the result, as seen by those who want them done.

use crate::error::Result;
use crate::model::Given;
use crate::rows::Batch;

/// Which runs a list is of, and in which order. Times are milliseconds.
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
    /// That used this model.
    pub model: Option<&'a str>,
    /// Parts of this run.
    pub parent: Option<&'a str>,
    /// Of the worktrees that are on this branch.
    pub branch: Option<&'a str>,
    /// Made then or later.
    pub since: Option<i64>,
    /// Made then or before.
    pub until: Option<i64>,
    /// That ended then or later.
    pub finished_since: Option<i64>,
    /// That ended then or before.
    pub finished_until: Option<i64>,
    /// Known to have taken this long, or longer.
    pub least_ms: Option<i64>,
    /// Which come first.
    pub order: RunOrder,
    /// With prompt and result.
    pub full: bool,
}

impl RunFilter<'_> {
    /// From when to when they are to have ended, where that is asked for.
    #[must_use]
    pub fn span(&self) -> Option<(i64, i64)> {
        let Self { finished_since, finished_until, .. } = self;
        (finished_since.is_some() || finished_until.is_some())
            .then(|| (finished_since.unwrap_or(i64::MIN), finished_until.unwrap_or(i64::MAX)))
    }
}

/// Which runs of a list come first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum RunOrder {
    /// Those made last.
    #[default]
    Newest,
    /// Those made first.
    Oldest,
    /// Those that took longest, of those that have ended and are known to have taken any time.
    Longest,
    /// Those that cost most, of those that have ended and whose costs are known.
    Costliest,
}

impl RunOrder {
    /// All of them, in the order in which callers know them.
    pub const ALL: [Self; 4] = [Self::Newest, Self::Oldest, Self::Longest, Self::Costliest];
}

/// Where in a list of runs a page begins: behind this one. It is the engine's own, JavaScript only hands it back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunsAfter {
    /// What the list is ordered by besides: how long it took, what it cost.
    pub value: i64,
    /// When it was made.
    pub at: i64,
    /// Which it is of those made then.
    pub key: i64,
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

    /// Folds the log into the history where much was written since, unless that means waiting for others.
    ///
    /// # Errors
    /// The engine's own, of reading how much that is.
    fn fold_history(&self) -> Result<()>;

    /// The runs behind a position, at most `most`, and behind the cells of each its position.
    ///
    /// # Errors
    /// The engine's error.
    fn list_runs(&self, filter: &RunFilter<'_>, after: RunsAfter, most: usize, batch: &mut Batch) -> Result<()>;
}

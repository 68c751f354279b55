//! Pruning: keeping a board small.

use crate::error::Result;

/// What is kept, and for how long; `None` keeps it for good.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Policy {
    /// How long prompts, results and output of runs that have ended are kept, in milliseconds.
    pub bodies_ms: Option<i64>,
    /// How long their output is kept.
    pub output_ms: Option<i64>,
    /// How long they are kept at all.
    pub runs_ms: Option<i64>,
    /// How many runs of each zone are kept.
    pub per_zone: Option<i64>,
    /// How large the file may be, without its free pages.
    pub max_bytes: Option<i64>,
    /// How long the log of changes is kept.
    pub changes_ms: Option<i64>,
}

/// What was pruned, or would be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pruned {
    /// How many runs are gone.
    pub runs: i64,
    /// Of how many runs prompt and result are gone.
    pub bodies: i64,
    /// How many bytes of text that was.
    pub bytes: i64,
    /// By how much the file is smaller.
    pub disk_bytes: i64,
    /// Whether there is more to prune.
    pub more: bool,
}

/// What an engine does to keep a board small.
pub trait Pruning {
    /// Prunes what is not to be kept, for about `budget_ms`, in short transactions, so that others can write in between.
    ///
    /// # Errors
    /// `ERR_SCHEMA_OLDER`; a `TypeError` within a transaction; the engine's error.
    fn prune(&self, policy: &Policy, now: i64, budget_ms: f64) -> Result<Pruned>;

    /// What [`Pruning::prune`] would come to if it went on to the end. Nothing is changed.
    ///
    /// # Errors
    /// The engine's error.
    fn would_prune(&self, policy: &Policy, now: i64) -> Result<Pruned>;

    /// What the file says is to be kept, and every how many milliseconds the rest is to be pruned.
    ///
    /// # Errors
    /// The engine's error.
    fn retention(&self) -> Result<(Policy, Option<i64>)>;

    /// Sets both in the file, for every process.
    ///
    /// # Errors
    /// As `prune`.
    fn set_retention(&self, policy: &Policy, every_ms: Option<i64>) -> Result<()>;

    /// Whether it is this process's turn to prune now, where that is due every `every_ms`: no other process does, or the one
    /// that did has not gone on for a minute.
    ///
    /// # Errors
    /// As `prune`.
    fn begin_pruning(&self, now: i64, every_ms: i64) -> Result<bool>;

    /// Ends this process's turn, so that the next one is due after the interval; where there is more, keeps the turn instead.
    ///
    /// # Errors
    /// As `prune`.
    fn end_pruning(&self, now: i64, more: bool) -> Result<()>;
}

//! Keeping a board small.

use crate::error::Result;

/// What is kept. What is `None` is kept for good.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Policy {
    /// How long prompts, results and output of runs that have ended are kept, in milliseconds.
    pub bodies_ms: Option<i64>,
    /// How long their output is.
    pub output_ms: Option<i64>,
    /// How long they are kept at all.
    pub runs_ms: Option<i64>,
    /// How many runs of each zone are.
    pub per_zone: Option<i64>,
    /// How large the file may be, as far as it is used.
    pub max_bytes: Option<i64>,
    /// How long the log of changes is kept.
    pub changes_ms: Option<i64>,
}

/// What was pruned, or would be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pruned {
    /// How many runs are gone.
    pub runs: i64,
    /// Of how many runs prompt and result are.
    pub bodies: i64,
    /// How many bytes of text that was.
    pub bytes: i64,
    /// By how much the file is smaller.
    pub disk_bytes: i64,
    /// There is more to prune.
    pub more: bool,
}

/// What an engine does to keep a board small.
pub trait Keeping {
    /// Prunes what is not to be kept, for about so long, in short transactions between which others get their turns.
    ///
    /// # Errors
    /// `ERR_SCHEMA_OLDER`; a `TypeError` within a transaction; the engine's error.
    fn prune(&self, policy: &Policy, now: i64, budget_ms: f64) -> Result<Pruned>;

    /// What that would come to, if it went on to the end. Nothing is changed.
    ///
    /// # Errors
    /// The engine's error.
    fn would_prune(&self, policy: &Policy, now: i64) -> Result<Pruned>;

    /// What the file says is to be kept, and each how many milliseconds the rest is to be pruned.
    ///
    /// # Errors
    /// The engine's error.
    fn retention(&self) -> Result<(Policy, Option<i64>)>;

    /// Says so in the file, for every process.
    ///
    /// # Errors
    /// As `prune`.
    fn set_retention(&self, policy: &Policy, every_ms: Option<i64>) -> Result<()>;

    /// Whether it is this process's turn to prune now, where that is due each so many milliseconds: nobody else does, or
    /// whoever did has not gone on for a minute.
    ///
    /// # Errors
    /// As `prune`.
    fn begin_pruning(&self, now: i64, every_ms: i64) -> Result<bool>;

    /// Somebody else's turn comes after the next interval, or, where there is more, this process goes on.
    ///
    /// # Errors
    /// As `prune`.
    fn end_pruning(&self, now: i64, more: bool) -> Result<()>;
}

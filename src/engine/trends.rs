//! How runs went, by buckets of time.

use super::runs::RunFilter;
use crate::error::Result;
use crate::model::trend::{Bucket, Offsets, Range};
use crate::rows::Batch;

/// What a trend is of.
#[derive(Debug, Clone)]
pub struct TrendFilter<'a> {
    /// Which runs; not when they were made.
    pub runs: RunFilter<'a>,
    /// What each series is of; `None` is one series of all.
    pub by: Option<By>,
    /// How long buckets are.
    pub bucket: Bucket,
    /// Between which times the runs ended.
    pub range: Range,
    /// The offsets from UTC of the clock that the buckets go by.
    pub offsets: Offsets,
}

/// What runs are told apart by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// Their zone.
    Zone,
    /// Their agent.
    Agent,
    /// Each model that they used.
    Model,
    /// Their worktree.
    Worktree,
    /// The branch that this is on.
    Branch,
}

impl By {
    /// All of them, in the order in which callers know them.
    pub const ALL: [Self; 5] = [Self::Zone, Self::Agent, Self::Model, Self::Worktree, Self::Branch];
}

/// What an engine knows of how runs went.
pub trait Trends {
    /// Appends a row with one cell, JSON: `starts`, when each bucket begins in milliseconds or, of hours of the week, which one it is;
    /// `series`, of each its `key` (`null` of all) and `values`, twelve of each bucket that has runs: which bucket, runs, succeeded,
    /// failed, durations (mean, p50, p90, p99, max), tokens in and out, millionths; `null` for what nobody knows.
    ///
    /// # Errors
    /// A `RangeError` where that is too much for anybody to read; the engine's own.
    fn trend(&self, asked: &TrendFilter<'_>, batch: &mut Batch) -> Result<()>;
}

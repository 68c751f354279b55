//! Moving worktrees between zones, and the ledger of all such moves.

use crate::error::Result;
use crate::model::Given;
use crate::model::trend::{Bucket, Offsets, Range};
use crate::rows::Batch;

/// Which moves are asked for. Times are milliseconds.
#[derive(Debug, Clone, Copy, Default)]
pub struct MoveFilter<'a> {
    /// Of this worktree.
    pub worktree: Option<&'a str>,
    /// Out of this zone or into it.
    pub zone: Option<&'a str>,
    /// Made then or later.
    pub since: Option<i64>,
    /// Made then or before.
    pub until: Option<i64>,
}

/// Which flow of worktrees is asked for.
#[derive(Debug, Clone)]
pub struct FlowFilter {
    /// How long buckets are.
    pub bucket: Bucket,
    /// Between which times.
    pub range: Range,
    /// The offsets from UTC of the clock that the buckets go by.
    pub offsets: Offsets,
}

/// What an engine does with moves.
pub trait Moves {
    /// Moves a worktree, all or nothing: its assignment, its position, the ledger's reason, and with `enqueue` a run for each agent of a
    /// zone whose trigger is `onDrop`. Given are worktree, zone or null, x, y, reason, expected zone (null for none), whether
    /// the limit of the zone is passed over, whether to enqueue, and variables of the prompt as JSON. The first row
    /// is the worktree's, the second the move's, if there is one; the others are the runs.
    ///
    /// # Errors
    /// `ERR_NOT_FOUND`, `ERR_CONFLICT`, `ERR_WIP_LIMIT`, the model's for a value.
    fn move_worktree(&self, method: &'static str, given: &[Given<'_>], now: f64, batch: &mut Batch) -> Result<()>;

    /// Folds the log into the ledger where much was written since, unless that means waiting for others.
    ///
    /// # Errors
    /// The engine's own, of reading how much that is.
    fn fold_moves(&self) -> Result<()>;

    /// The latest moves behind a position, at most `most`: the position of each, and then its cells.
    ///
    /// # Errors
    /// The engine's own.
    fn list_moves(&self, filter: &MoveFilter<'_>, after: i64, most: usize, batch: &mut Batch) -> Result<()>;

    /// Appends a row with one cell, JSON: `starts`, when each bucket begins in milliseconds; `zones`; `counts`, of each bucket how
    /// many worktrees are in each of these zones at its end; `arrived` and `left`, how many came and went in each; `lead`, how long
    /// those that went had been there (p50, p85, p95, `null` where none went), and `stays`, the same of each zone.
    ///
    /// # Errors
    /// A `RangeError` where that is too much for anybody to read; the engine's own.
    fn flow(&self, asked: &FlowFilter, batch: &mut Batch) -> Result<()>;
}

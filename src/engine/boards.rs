//! All that stands on a board, with what is beside it.

use super::Place;
use crate::error::Result;
use crate::rows::Batch;

/// What an engine does to show a whole board. Metadata is JSON text, empty where there is none, and NULL where the file's
/// version has none.
pub trait Boards {
    /// All zones, newest first, and behind the cells of each its revision, its metadata, and how many worktrees it may have;
    /// `true` where there are more.
    ///
    /// # Errors
    /// The engine's error.
    fn list_zones_of_board(&self, batch: &mut Batch) -> Result<bool>;

    /// All worktrees, newest first, and behind the cells of each its revision and its metadata; with `runs` also how many
    /// of its runs have not ended, id and state of the latest one, and what all cost. `true` where there are more.
    ///
    /// # Errors
    /// The engine's error.
    fn list_worktrees_of_board(&self, runs: bool, batch: &mut Batch) -> Result<bool>;

    /// A text that changes with anything that a board shows, whoever changes it; `None` where that can't be told. What a
    /// board doesn't show (output, heartbeats) leaves it as it is.
    ///
    /// # Errors
    /// The engine's error.
    fn fingerprint_of_board(&self) -> Result<Option<String>>;

    /// Reads the board as it was at a time, in milliseconds, and the log's place then; `None` where nothing has been changed
    /// since, so that it is the board of now. [`Boards::list_board_at`] lists it, until [`Lists::abandon`](super::Lists).
    ///
    /// # Errors
    /// `ERR_HISTORY_PRUNED` for a time before all that is kept, the engine's error.
    fn read_board_at(&self, at: i64) -> Result<Option<Place>>;

    /// Compacts a slice of the log behind a row: positions that follow each other, as dragging leaves them, become one. Returns
    /// the last row that was read and how many rows were removed; `None` at the end.
    ///
    /// # Errors
    /// The engine's error.
    fn compact_log(&self, after: i64) -> Result<Option<(i64, i64)>>;

    /// Lists a part of the board that was read last, in the shape of the lists of the board of now. `true` where there are more.
    ///
    /// # Errors
    /// The engine's error.
    fn list_board_at(&self, part: Part, batch: &mut Batch) -> Result<bool>;
}

/// A part of a board.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Its zones.
    Zones,
    /// Its worktrees.
    Worktrees,
    /// Which worktree is in which zone.
    Assignments,
}

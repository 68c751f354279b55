//! What runs print.

use crate::error::Result;
use crate::model::Given;
use crate::rows::Batch;

/// A piece of output; JavaScript has checked it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chunk {
    /// Which stream: its index in [`STREAMS`].
    pub stream: i64,
    /// What was printed.
    pub text: String,
    /// When, in milliseconds; `None` is now.
    pub at: Option<i64>,
}

/// The streams of a run.
pub const STREAMS: [&str; 3] = ["stdout", "stderr", "event"];

/// What an engine does with the output of runs.
pub trait Output {
    /// Appends to a run's output, of which no more than `most_bytes` are kept, and returns the number that the next chunk
    /// will have. Id, token and the number that is expected are given.
    ///
    /// # Errors
    /// `ERR_NOT_FOUND`, `ERR_LEASE_LOST`, `ERR_CONFLICT`, the model's for a value.
    fn append_output(&self, given: &[Given<'_>], chunks: &[Chunk], most_bytes: i64, now: f64) -> Result<i64>;

    /// A run's chunks from a number on, a row each: its number, stream, text, time. Whether some were dropped.
    ///
    /// # Errors
    /// `ERR_NOT_FOUND`, a `TypeError` for an id that is no string.
    fn list_output(&self, id: Given<'_>, from: i64, limit: i64, batch: &mut Batch) -> Result<bool>;
}

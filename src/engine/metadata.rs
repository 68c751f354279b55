//! What somebody keeps beside a worktree, a zone or a run: a JSON object.

use crate::error::Result;
use crate::model::Given;
use crate::rows::Batch;

/// What an engine does with metadata. Times are the caller's clock's, in milliseconds.
pub trait Metadata {
    /// Changes metadata by a JSON merge patch, says so in the log where that changes anything, and appends one row, all of it.
    /// Given are what it is beside, its id and the JSON of the patch; `null` removes all of it.
    ///
    /// # Errors
    /// `ERR_NOT_FOUND` for what isn't there, the model's for a value.
    fn set_metadata(&self, given: &[Given<'_>], now: f64, batch: &mut Batch) -> Result<()>;

    /// All of it: one row. What it is beside and its id are given.
    ///
    /// # Errors
    /// As [`Metadata::set_metadata`].
    fn get_metadata(&self, given: &[Given<'_>], batch: &mut Batch) -> Result<()>;
}

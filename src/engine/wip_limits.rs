//! How many worktrees a zone is to have at most.

use crate::error::Result;
use crate::model::Given;

/// What an engine does with limits of work in progress. Times are the caller's clock's, in milliseconds.
pub trait WipLimits {
    /// Sets how many worktrees a zone is to have at most, or lifts that; says so in the log where it changes.
    ///
    /// # Errors
    /// `ERR_NOT_FOUND` for a zone that isn't there, the model's for a value.
    fn set_wip_limit(&self, zone: Given<'_>, limit: Given<'_>, now: f64) -> Result<()>;
}

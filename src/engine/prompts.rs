//! Prompts, made from the template of a zone.

use crate::error::Result;
use crate::model::Given;
use crate::rows::Batch;

/// What an engine does with templates.
pub trait Prompts {
    /// The prompt that a zone's template makes of a worktree, and a JSON array of the names without a value. Zone, worktree and
    /// a JSON object of variables are given.
    ///
    /// # Errors
    /// `ERR_NOT_FOUND` for a zone or a worktree that isn't there, a `TypeError` for an id that is none, a `RangeError` for
    /// variables that are nested too deep.
    fn render_prompt(&self, given: &[Given<'_>], batch: &mut Batch) -> Result<()>;
}

//! Undo and redo of what somebody did to the canvas.

use crate::error::Result;
use crate::model::undo::Way;

/// What an engine takes back.
pub trait Undo {
    /// Takes back what an actor (`by`, as JSON; else whoever acts now) did last to the canvas by calls of this package, or does
    /// again what was undone last; returns whether there was anything. What was done in one transaction is taken back together.
    /// With `skip` what others have changed since is given up, and what was done before it is taken back.
    ///
    /// # Errors
    /// `ERR_CONFLICT` where others have changed it since: `current` names what that is. A `TypeError` where nobody is named.
    fn step_back(&self, way: Way, by: Option<&str>, skip: bool, now: f64) -> Result<bool>;
}

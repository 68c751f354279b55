//! Lists that are longer than a batch, and several reads as if they were one.

use crate::error::Result;
use crate::rows::Batch;

/// What an engine does with its lists.
pub trait Lists {
    /// Reads on where the latest list stopped.
    ///
    /// # Errors
    /// The engine's error.
    fn more(&self, batch: &mut Batch) -> Result<bool>;

    /// Gives up the rest of the latest list, so that its read transaction ends.
    fn abandon(&self);

    /// Begins to read with several statements as if with one; `false` where a transaction is open, which does the same.
    ///
    /// # Errors
    /// The engine's error.
    fn begin_snapshot(&self) -> Result<bool>;

    /// Ends it.
    ///
    /// # Errors
    /// The engine's error.
    fn end_snapshot(&self) -> Result<()>;
}

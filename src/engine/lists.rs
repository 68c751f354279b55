//! Lists that are longer than a batch, and several reads as if they were one.

use crate::error::Result;
use crate::rows::Batch;

/// What an engine does with its lists.
pub trait Lists {
    /// Reads on where the latest list stopped; `true` where there are more.
    ///
    /// # Errors
    /// The engine's error.
    fn more(&self, batch: &mut Batch) -> Result<bool>;

    /// Gives up the rest of the latest list, so that its read transaction ends.
    fn abandon(&self);

    /// Begins a snapshot, so that several statements read one state; `false` where a transaction is open, which does the same.
    ///
    /// # Errors
    /// The engine's error.
    fn begin_snapshot(&self) -> Result<bool>;

    /// Ends the snapshot.
    ///
    /// # Errors
    /// The engine's error.
    fn end_snapshot(&self) -> Result<()>;
}

//! A place in the log.

/// A row of the log, as it is known again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// Its number.
    pub seq: i64,
    /// What no other row has.
    pub stamp: i64,
}

//! A place in the log.

/// A row of the log, as it is known again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// Its number.
    pub seq: i64,
    /// A random number, by which it is known again.
    pub stamp: i64,
}

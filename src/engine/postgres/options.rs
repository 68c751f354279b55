//! How a board on a server is opened.

use std::time::Duration;

/// How a board is opened.
#[derive(Debug, Clone, Copy)]
pub struct Options<'a> {
    /// The schema of PostgreSQL that its tables are in.
    pub schema: &'a str,
    /// Only to read.
    pub readonly: bool,
    /// A missing board is an error.
    pub must_exist: bool,
    /// How long to wait for somebody else's lock; for the server a second longer.
    pub timeout: Duration,
    /// Whether an older one is migrated; else it is an error.
    pub migrate: bool,
    /// This package's version, for the board's history.
    pub package_version: &'a str,
}

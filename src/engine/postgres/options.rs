//! How a board on a server is opened.

use std::time::Duration;

/// How a board is opened.
#[derive(Debug, Clone, Copy)]
pub struct Options<'a> {
    /// The schema of PostgreSQL that its tables are in.
    pub schema: &'a str,
    /// Whether it is only read.
    pub readonly: bool,
    /// Whether a missing board is an error.
    pub must_exist: bool,
    /// How long to wait for somebody else's lock; for the server a second longer.
    pub timeout: Duration,
    /// Whether a board of an older version is migrated; else it is an error.
    pub migrate: bool,
    /// This package's version, for the board's history.
    pub package_version: &'a str,
}

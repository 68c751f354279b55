//! What a store keeps of the search.

use std::cell::Cell;

use super::compiled::Statements;

#[derive(Default)]
pub struct Search {
    /// The compiled statements.
    pub statements: Statements,
    /// Our function is registered with FTS5.
    pub registered: Cell<bool>,
    /// What the schema had when it was last checked.
    pub seen: Cell<Option<Seen>>,
}

/// What a schema has.
#[derive(Debug, Clone, Copy)]
pub struct Seen {
    /// `PRAGMA schema_version`.
    pub schema: i64,
    /// It has the tables.
    pub there: bool,
    /// It has the trigger that logs changed texts.
    pub told: bool,
}

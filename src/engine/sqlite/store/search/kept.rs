//! What a store keeps of the search.

use std::cell::Cell;

use super::compiled::Statements;

/// What a store keeps of the search.
#[derive(Default)]
pub struct Search {
    /// The compiled statements.
    pub statements: Statements,
    /// FTS5 knows the function of ours.
    pub registered: Cell<bool>,
    /// What the schema has, and which one that is.
    pub seen: Cell<Option<Seen>>,
}

/// What a schema has.
#[derive(Debug, Clone, Copy)]
pub struct Seen {
    /// `PRAGMA schema_version`.
    pub schema: i64,
    /// It has the tables.
    pub there: bool,
    /// It has the trigger that tells of changed texts.
    pub told: bool,
}

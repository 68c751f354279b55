//! What a store keeps of the history.

use std::cell::{Cell, RefCell};

use super::compiled::Statements;
use super::tail::Tail;

/// What a store keeps of the history.
#[derive(Default)]
pub struct History {
    /// The compiled statements.
    pub statements: Statements,
    /// Those of walks that have the executions beside.
    pub in_full: Statements,
    /// What the tables don't have yet.
    pub tail: RefCell<Tail>,
    /// The counts are wrong, and not mended: the log wasn't told everything.
    pub doubtful: Cell<bool>,
    /// The generation of the content in which nothing was to be folded; 0 where that isn't known.
    pub nothing_to_fold: Cell<i32>,
}

//! What a store keeps of the history.

use std::cell::{Cell, RefCell};

use super::compiled::Statements;
use super::tail::Tail;

#[derive(Default)]
pub struct History {
    /// The compiled statements.
    pub statements: Statements,
    /// Those of walks joined with the executions.
    pub in_full: Statements,
    /// What the tables don't have yet.
    pub tail: RefCell<Tail>,
    /// The counts are wrong, and not mended: the log wasn't told everything.
    pub doubtful: Cell<bool>,
    /// The generation in which nothing had to be folded; 0 where that isn't known.
    pub nothing_to_fold: Cell<i32>,
}

//! What a store knows between two calls.

use tokio_postgres::Row;

use crate::engine::{Place, past_boards};
use crate::rows::Batch;

/// What is left of a list.
pub enum Rest {
    /// Rows, and how one of them is packed.
    Rows(std::vec::IntoIter<Row>, fn(&Row, &mut Batch)),
    /// Rows of a board of the past.
    Past(past_boards::Rest),
}

/// A whole board that was read in one trip, for the calls that list its parts.
#[derive(Debug)]
pub struct Ahead {
    /// Its zones, its worktrees, its assignments.
    pub zones: Vec<Row>,
    pub worktrees: Vec<Row>,
    pub assignments: Vec<Row>,
    /// Where the log was then.
    pub end: Option<Place>,
}

/// The transaction that is open.
#[derive(Debug, Default)]
pub struct Transaction {
    /// A transaction is, as the caller knows it.
    pub is_open: bool,
    /// A statement has failed, and what is sent next undoes it first.
    pub failed: bool,
    /// Somebody was named with what was written in it.
    pub is_signed: bool,
    /// Why there is none any more on the server: the caller's calls fail until they have ended it themselves.
    pub lost: Option<String>,
}

//! What a store knows between two calls.

use std::rc::Rc;

use tokio_postgres::Row;

use super::call::Call;
use crate::engine::postgres::client::value::Value;
use crate::engine::{Place, past_boards};
use crate::rows::Batch;

/// What is left of a list.
pub enum Rest {
    /// Rows as they are.
    Rows(std::vec::IntoIter<Row>),
    /// Rows, and what is made of one of them.
    Made(std::vec::IntoIter<Row>, fn(&Row, &mut Batch)),
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
    /// Its number in the log.
    pub call: Call,
    /// A statement has failed, and what is sent next undoes it first.
    pub failed: bool,
    /// Somebody was named with what was written in it.
    pub is_signed: bool,
    /// Savepoints that nobody has told the server of yet: they go with what is sent next.
    pub untold: Vec<&'static str>,
    /// Why there is none any more on the server: the caller's calls fail until they have ended it themselves.
    pub lost: Option<String>,
}

/// What a call that writes many rows has gathered, to be sent at once.
#[derive(Debug, Default)]
pub struct Gathered {
    /// The statements.
    pub statements: Vec<(Rc<str>, Vec<Value<'static>>)>,
    /// One of them needed an answer, so that each has to be sent by itself.
    pub is_refused: bool,
}

/// Which state of the content was read last.
#[derive(Debug, Default)]
pub struct Snapshot {
    /// Which connection told of it.
    pub connection: u64,
    /// The server's word for it.
    pub text: String,
    /// Its number.
    pub generation: i32,
    /// Of which one somebody has kept what is read next, 0 of none.
    pub kept: i32,
    /// Of which one the last list was, 0 where that can't be told.
    pub read: i32,
}

//! What a store knows between two calls.

use std::collections::HashMap;
use std::rc::Rc;

use tokio_postgres::Row;

use super::call::Call;
use crate::engine::postgres::client::value::Value;
use crate::engine::{Place, past_boards};
use crate::rows::Batch;

/// What is left of a list.
pub enum Rest {
    /// Rows to be packed as they are.
    Rows(std::vec::IntoIter<Row>),
    /// Rows, and what packs one of them.
    Made(std::vec::IntoIter<Row>, fn(&Row, &mut Batch)),
    /// Rows of the board of a time.
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
    /// Whether one is open, as the caller knows it.
    pub is_open: bool,
    /// Its number in the log.
    pub call: Call,
    /// Whether a statement has failed: what is sent next undoes it first.
    pub failed: bool,
    /// Whether what was written in it was signed.
    pub is_signed: bool,
    /// Savepoints that the server hasn't been told of yet: they go with what is sent next.
    pub untold: Vec<&'static str>,
    /// Why the server has none any more: the caller's calls fail until the caller has ended it.
    pub lost: Option<String>,
}

/// The statements that a call which writes many rows has gathered, to be sent at once.
#[derive(Debug, Default)]
pub struct Gathered {
    /// The statements.
    pub statements: Vec<(Rc<str>, Vec<Value<'static>>)>,
    /// Whether one of them needed an answer, so that each has to be sent by itself.
    pub is_refused: bool,
}

/// The state of the content that was read last.
#[derive(Debug, Default)]
pub struct Snapshot {
    /// The connection that told of it.
    pub connection: u64,
    /// The server's text for it.
    pub text: String,
    /// Its generation.
    pub generation: i32,
    /// The generation of the kept answer of the next list, 0 for none.
    pub kept: i32,
    /// The generation of the last list, 0 where that can't be told.
    pub read: i32,
}

/// What metadata were when this connection saw them last, by table and id.
pub type Supposed = HashMap<(&'static str, Box<str>), Option<String>>;

//! Every SQL statement of the domain, on PostgreSQL: a file for each concept of the seam. `conversation.rs` is how all of them
//! speak to the server, `unbuilt.rs` the list of what is not there yet.

mod assignments;
mod conversation;
mod edits;
mod executions;
mod gathering;
mod kept;
mod lists;
mod metadata;
mod prompts;
mod read_then_write;
mod refusals;
mod revisions;
mod session;
mod sized;
mod sql;
mod state;
mod statistics;
mod transactions;
mod unbuilt;
mod wip_limits;
mod worktrees;
mod zones;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::client::Client;
use super::schema::names;
use sql::Texts;
use state::{Gathered, Rest, Snapshot, Transaction};

/// A board on a server.
pub struct Store {
    client: Client,
    /// Its schema, as SQL has it.
    schema: String,
    /// The number of its lock.
    lock: i64,
    readonly: bool,
    /// Statements, as the server is told them.
    texts: Texts,
    is_open: Cell<bool>,
    transaction: RefCell<Transaction>,
    /// What a call that writes many rows has gathered.
    gathered: RefCell<Option<Gathered>>,
    snapshot: RefCell<Snapshot>,
    /// What somebody has kept of the last list still holds.
    holds: Cell<bool>,
    /// A list that did not fit one batch.
    unfinished: RefCell<Option<Rest>>,
    /// Who is named with what is written.
    acting: RefCell<Option<Rc<str>>>,
    /// The time by the caller's own clock, where there is one.
    acting_at: Cell<Option<i64>>,
}

impl Store {
    /// A board in a schema that has been looked after.
    #[must_use]
    pub fn new(client: Client, schema: &str, readonly: bool) -> Self {
        Self {
            client,
            schema: names::quoted(schema),
            lock: names::lock(schema),
            readonly,
            texts: Texts::default(),
            is_open: Cell::new(true),
            transaction: RefCell::default(),
            gathered: RefCell::default(),
            snapshot: RefCell::default(),
            holds: Cell::default(),
            unfinished: RefCell::default(),
            acting: RefCell::default(),
            acting_at: Cell::default(),
        }
    }
}

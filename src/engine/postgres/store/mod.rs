//! Every SQL statement of the domain, on PostgreSQL: a file for each concept of the seam. `conversation.rs` is how all of them
//! speak to the server.

mod again;
mod archive;
mod assignments;
mod boards;
mod call;
mod commits;
mod conditions;
mod conversation;
mod edits;
mod executions;
mod feed;
mod find;
mod flow;
mod gathering;
mod kept_lists;
mod lists;
mod log;
mod metadata;
mod missing_links;
mod moves;
mod past;
mod prompts;
mod pruning;
mod read_then_write;
mod revisions;
mod runs;
mod search;
mod session;
mod sized;
mod sql;
mod state;
mod statistics;
mod transactions;
mod transfer;
mod undo;
mod wip_limits;
mod work;
mod worktrees;
mod zones;

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Instant;

use super::client::Client;
use super::schema::names;
use crate::engine::past_boards::Read;
use crate::engine::pruning::Sizes;
use sql::Texts;
use state::{Ahead, Gathered, Rest, Snapshot, Supposed, Transaction};

/// A board on a server.
pub struct Store {
    client: Client,
    /// Its schema.
    name: String,
    /// The same, quoted.
    schema: String,
    /// The number of its lock.
    lock: i64,
    readonly: bool,
    /// Statements, as the server gets them.
    texts: Texts,
    is_open: Cell<bool>,
    transaction: RefCell<Transaction>,
    /// What a call that writes many rows has gathered.
    gathered: RefCell<Option<Gathered>>,
    snapshot: RefCell<Snapshot>,
    /// Whether the kept answer of the last list still holds.
    holds: Cell<bool>,
    /// A list that did not fit one batch.
    unfinished: RefCell<Option<Rest>>,
    /// A board that was read in one trip.
    ahead: RefCell<Option<Ahead>>,
    /// Whether the last claim found limits or budgets.
    is_bounded: Cell<bool>,
    /// What metadata were when this connection saw them last.
    supposed: RefCell<Supposed>,
    /// What is kept for the search.
    search: search::Held,
    /// The board of a time that was read last.
    past_board: RefCell<Option<Rc<Read>>>,
    /// How much is pruned in one step.
    step_sizes: Cell<Sizes>,
    /// Since when it is open.
    opened: Instant,
    /// Who acts.
    acting: RefCell<Option<Rc<str>>>,
    /// The time by the caller's own clock, where there is one.
    acting_at: Cell<Option<i64>>,
}

impl Store {
    /// A board in a schema that `schema::prepare` has seen.
    #[must_use]
    pub fn new(client: Client, schema: &str, readonly: bool) -> Self {
        Self {
            client,
            name: schema.to_owned(),
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
            ahead: RefCell::default(),
            is_bounded: Cell::default(),
            supposed: RefCell::default(),
            search: search::Held::default(),
            past_board: RefCell::default(),
            step_sizes: Cell::default(),
            opened: Instant::now(),
            acting: RefCell::default(),
            acting_at: Cell::default(),
        }
    }

    /// Who acts.
    fn actor(&self) -> Option<Rc<str>> {
        self.acting.borrow().clone()
    }
}

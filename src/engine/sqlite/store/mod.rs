//! Every SQL statement of the domain: the list in `queries`, their use in a file per entity.

mod archive;
mod assignments;
mod atomically;
mod beside;
mod by_id;
mod commits;
mod compiled;
mod counts;
mod counts_stand;
mod edits;
mod executions;
mod feed;
mod find;
mod history;
mod judged;
mod missing_links;
mod moves;
mod past;
#[cfg(test)]
mod planned;
#[cfg(test)]
mod plans;
mod pruning;
pub mod queries;
mod replaced;
mod rowids;
mod runs;
mod search;
mod session;
mod signed;
mod statements;
mod statistics;
mod tail;
mod transfer;
mod undo;
mod unfinished;
mod worktrees;
mod zones;

#[cfg(test)]
mod tests;

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use crate::engine::Lists;
use crate::engine::sqlite::driver::transaction::Transactions;
use crate::engine::sqlite::driver::{Bind, Connection, Statement};
use crate::engine::sqlite::schema::Report;
use crate::error::{Error, Result};
use crate::model::Stored;
use crate::model::run::Moment;
use crate::rows::Batch;
use compiled::Compiled;
use queries::Query;
use unfinished::Unfinished;

/// The domain's statements on a connection, compiled when first used and kept.
pub struct Store {
    connection: Rc<Connection>,
    transactions: Transactions,
    /// The version of the schema: older ones, opened only to read, lack the tables of counts.
    version: u32,
    /// The file is of a later version than this package knows.
    newer: bool,
    queries: Compiled<{ Query::ALL.len() }>,
    /// Updates, by the entity and the fields: one for each set of fields that was ever changed together.
    updates: RefCell<HashMap<(&'static str, u64), Rc<Statement>>>,
    /// What was read of the log of changes, as counts.
    tail: RefCell<tail::Tail>,
    /// Whether the counts are right.
    judged: judged::Judged,
    /// At which rowids rows were found.
    rowids: rowids::Rowids,
    /// The statements of runs.
    runs: runs::Statements,
    /// When this connection last checked that every lane of the queue has a first run.
    lanes_seen: Cell<Option<Moment>>,
    /// The statements of what is beside the board.
    beside: beside::Statements,
    /// The statements of moves.
    moves: moves::Statements,
    /// The statements that find worktrees.
    find: find::Statements,
    /// What is kept of the history.
    history: history::History,
    /// What is kept of the search.
    search: search::Search,
    /// A call of several statements is under way.
    atomic: Cell<bool>,
    /// Undo.
    undo: undo::Undo,
    /// Boards of the past.
    past: past::Past,
    /// The statements of the archive.
    archive: archive::Statements,
    /// How much a step of pruning does, as the last ones have shown.
    step_sizes: Cell<pruning::Sizes>,
    /// Who signs what is written.
    acting: RefCell<Option<Rc<str>>>,
    /// The time by the caller's own clock, where there is one.
    acting_at: Cell<Option<i64>>,
    /// A list that did not fit one batch.
    unfinished: RefCell<Option<Unfinished>>,
}

impl Lists for Store {
    fn more(&self, batch: &mut Batch) -> Result<bool> {
        self.connection.check_idle()?;
        match self.unfinished.take() {
            None => Ok(false),
            Some(Unfinished::Rows(statement)) => self.fill(&statement, batch),
            Some(Unfinished::Beside(statement, rows)) => self.fill_beside(&statement, &rows, batch),
            Some(Unfinished::Past(rest)) => Ok(self.keep_rest(rest.fill(batch))),
        }
    }

    fn abandon(&self) {
        self.abandon_list();
        self.forget_past();
    }

    fn begin_snapshot(&self) -> Result<bool> {
        if self.connection.in_transaction() {
            return Ok(false);
        }
        self.statement(Query::BeginRead)?.run().map(|_| true)
    }

    fn end_snapshot(&self) -> Result<()> {
        self.statement(Query::EndRead)?.run().map(|_| ())
    }
}

impl Store {
    /// Nothing is compiled yet. `prepared` is the report of opening the file.
    #[must_use]
    pub fn new(connection: &Rc<Connection>, prepared: &Report) -> Self {
        Self {
            connection: Rc::clone(connection),
            transactions: Transactions::new(connection),
            version: prepared.version,
            newer: prepared.newer,
            queries: Compiled::default(),
            updates: RefCell::default(),
            tail: RefCell::default(),
            judged: judged::Judged::default(),
            rowids: rowids::Rowids::default(),
            lanes_seen: Cell::default(),
            runs: runs::Statements::default(),
            beside: beside::Statements::default(),
            moves: moves::Statements::default(),
            find: find::Statements::default(),
            history: history::History::default(),
            search: search::Search::default(),
            atomic: Cell::default(),
            undo: undo::Undo::default(),
            past: past::Past::default(),
            archive: archive::Statements::default(),
            step_sizes: Cell::default(),
            acting: RefCell::default(),
            acting_at: Cell::default(),
            unfinished: RefCell::default(),
        }
    }

    /// The connection it works on.
    #[must_use]
    pub fn connection(&self) -> &Rc<Connection> {
        &self.connection
    }

    /// Who signs what is written, as JSON.
    fn actor(&self) -> Option<Rc<str>> {
        self.acting.borrow().clone()
    }

    fn abandon_list(&self) {
        match self.unfinished.take() {
            Some(Unfinished::Rows(statement) | Unfinished::Beside(statement, _)) => statement.reset(),
            Some(Unfinished::Past(_)) | None => {}
        }
    }

    /// Keeps what is left of a list of a board of the past: whether anything is.
    fn keep_rest(&self, rest: Option<crate::engine::past_boards::Rest>) -> bool {
        let is_more = rest.is_some();
        self.unfinished.replace(rest.map(Unfinished::Past));
        is_more
    }

    /// Refuses calls on a file that was left at a version which lacks what they need: `what` says what that is, with its verb
    /// ('runs come').
    fn check_version(&self, version: u32, what: &str) -> Result<()> {
        self.connection.check_idle()?;
        if self.version >= version {
            return Ok(());
        }
        let message = format!(
            "the database is kept at version {} of the schema, {what} with version {version}: visual-db migrate up",
            self.version
        );
        Err(Error::Coded { code: "ERR_SCHEMA_OLDER", message })
    }

    fn statement(&self, query: Query) -> Result<&Rc<Statement>> {
        self.queries.get(&self.connection, query as usize, || self.text(query.sql()))
    }

    /// A statement as the file's version has it.
    fn text(&self, sql: String) -> String {
        if self.version >= archive::VERSION { sql } else { queries::without_archive(&sql) }
    }

    /// Reads at most one row.
    fn get(&self, query: Query, values: &[Bind<'_>], batch: &mut Batch) -> Result<()> {
        self.connection.check_idle()?;
        let statement = self.statement(query)?;
        statement.bind_all(values.iter().copied())?;
        let _busy = self.connection.enter();
        if statement.step()? {
            statement.pack_row(batch, false)?;
        }
        statement.reset();
        Ok(())
    }

    /// Reads rows until the batch is full; `true` where [`Store::more`] has the rest.
    fn list(&self, query: Query, values: &[Bind<'_>], batch: &mut Batch) -> Result<bool> {
        self.connection.check_idle()?;
        self.abandon_list();
        let statement = self.statement(query)?;
        statement.bind_all(values.iter().copied())?;
        self.fill(statement, batch)
    }

    fn fill(&self, statement: &Rc<Statement>, batch: &mut Batch) -> Result<bool> {
        let _busy = self.connection.enter();
        let more = statement.fill(batch, false)?;
        if more {
            self.unfinished.replace(Some(Unfinished::Rows(Rc::clone(statement))));
        } else {
            statement.reset();
        }
        Ok(more)
    }

    fn in_snapshot<T>(&self, read: impl FnOnce() -> Result<T>) -> Result<T> {
        let begun = self.begin_snapshot()?;
        let result = read();
        // A COMMIT after reads alone ends the transaction, also where a read failed.
        let ended = if begun { self.end_snapshot() } else { Ok(()) };
        let value = result?;
        ended?;
        Ok(value)
    }

    /// Runs a statement that writes: how many rows it changed.
    fn write(&self, query: Query, values: &[Stored<'_>]) -> Result<i32> {
        if !self.atomic.get() {
            self.connection.prepare_to_write()?;
        }
        let statement = self.statement(query)?;
        self.signed(|| Self::bind_and_run(statement, values, None))
    }

    fn bind_and_run(statement: &Statement, values: &[Stored<'_>], batch: Option<&mut Batch>) -> Result<i32> {
        let _busy = statement.connection().enter();
        let ran = statement.bind_all(values.iter().map(Bind::from)).and_then(|()| {
            if let Some(batch) = batch {
                // All changes are made before the first row is returned, and the reset at the end commits them.
                if statement.step()? {
                    statement.pack_row(batch, false)?;
                }
            }
            statement.run()
        });
        // Large values are not to stay in memory until the next call.
        statement.clear_bindings();
        ran.map(|changes| changes.changes)
    }
}

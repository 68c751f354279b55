//! The statements that begin and end transactions and savepoints, compiled once for each connection.

use std::cell::OnceCell;
use std::rc::Rc;

use super::connection::Connection;
use super::statement::Statement;
use crate::engine::Control;
use crate::error::Result;

/// The SQL of a step of a transaction.
#[must_use]
pub const fn sql(control: Control) -> &'static str {
    match control {
        Control::Begin => "BEGIN",
        Control::BeginDeferred => "BEGIN DEFERRED",
        Control::BeginImmediate => "BEGIN IMMEDIATE",
        // The same as immediate in WAL mode.
        Control::BeginExclusive => "BEGIN EXCLUSIVE",
        Control::Commit => "COMMIT",
        Control::Rollback => "ROLLBACK",
        Control::Savepoint => "SAVEPOINT \"visual-db\"",
        Control::Release => "RELEASE \"visual-db\"",
        Control::RollbackTo => "ROLLBACK TO \"visual-db\"",
    }
}

/// The compiled controls of a connection.
pub struct Transactions {
    connection: Rc<Connection>,
    statements: [OnceCell<Statement>; Control::ALL.len()],
}

impl Transactions {
    /// None compiled yet.
    #[must_use]
    pub fn new(connection: &Rc<Connection>) -> Self {
        Self { connection: Rc::clone(connection), statements: Default::default() }
    }

    /// Runs one.
    ///
    /// # Errors
    /// A `TypeError` while an iterator is running, SQLite's error.
    pub fn run(&self, control: Control) -> Result<()> {
        self.connection.check_writable()?;
        let cell = &self.statements[control as usize];
        let statement = if let Some(statement) = cell.get() {
            statement
        } else {
            let statement = Statement::prepare(&self.connection, sql(control), true)?;
            cell.get_or_init(|| statement)
        };
        let _busy = self.connection.enter();
        statement.run().map(|_| ())
    }
}

//! The statements that begin and end transactions and savepoints, compiled once a connection.

use std::cell::OnceCell;
use std::rc::Rc;

use super::connection::Connection;
use super::statement::Statement;
use crate::error::Result;

macro_rules! controls {
    ($($(#[$doc:meta])* $name:ident = $sql:literal,)*) => {
        /// A step of a transaction.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Control { $($(#[$doc])* $name),* }

        impl Control {
            /// All of them, in the order of their discriminants.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// Its SQL.
            #[must_use]
            pub const fn sql(self) -> &'static str {
                match self { $(Self::$name => $sql),* }
            }

            /// Its name.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name)),* }
            }
        }
    };
}

controls! {
    /// Begins one that takes its locks when it needs them.
    Begin = "BEGIN",
    /// The same, said in full.
    BeginDeferred = "BEGIN DEFERRED",
    /// Begins one that holds the write lock from the start.
    BeginImmediate = "BEGIN IMMEDIATE",
    /// Begins one that also keeps readers out (the same as immediate in WAL mode).
    BeginExclusive = "BEGIN EXCLUSIVE",
    /// Makes it last.
    Commit = "COMMIT",
    /// Undoes all of it.
    Rollback = "ROLLBACK",
    /// Begins a nested one.
    Savepoint = "SAVEPOINT \"visual-db\"",
    /// Ends a nested one.
    Release = "RELEASE \"visual-db\"",
    /// Undoes a nested one, which is still to be released.
    RollbackTo = "ROLLBACK TO \"visual-db\"",
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
            let statement = Statement::prepare(&self.connection, control.sql(), true)?;
            cell.get_or_init(|| statement)
        };
        let _busy = self.connection.enter();
        statement.run().map(|_| ())
    }
}

//! A connection as JavaScript holds it, and what both `VisualDatabase` and the raw handle do with one: open and close it, run
//! the steps of transactions.

#![allow(
    clippy::must_use_candidate,
    clippy::missing_errors_doc,
    clippy::needless_pass_by_value,
    clippy::fn_params_excessive_bools,
    clippy::too_many_arguments,
    reason = "napi-rs takes owned values, JavaScript has no must_use, and its arguments are what lib/ checked"
)]

use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use napi_derive::napi;

use super::board::opened::Board;
use super::js::{Argument, Call, External, Failure, JsResult, Reference, Value, answer};
use super::state::{Native, Realm, State};
use crate::engine::Control;
use crate::engine::sqlite::driver::transaction::{self, Transactions};
use crate::engine::sqlite::driver::{Connection, vfs};
use crate::engine::sqlite::open;
use crate::error::{Error, Result};

/// An open connection, with all that belongs to it.
pub struct ConnectionHandle {
    /// The connection to the file; a board on a server has none.
    file: Option<Rc<Connection>>,
    /// What it was opened for.
    opened: Opened,
    /// The environment that it was opened in, whose error classes its calls throw.
    pub state: Rc<State>,
    /// Told the text of every statement before it runs.
    pub logger: RefCell<Option<Reference>>,
}

/// What a connection was opened for. A board's engine has the steps of its transactions.
enum Opened {
    /// `VisualDatabase`.
    Board(Board),
    /// `Database`.
    Raw(Box<Transactions>),
}

// SAFETY: no other external has this tag.
unsafe impl External for Rc<ConnectionHandle> {
    const TAG: u64 = 1;
}

impl ConnectionHandle {
    /// The connection of a `VisualDatabase`.
    pub fn of_board(state: &Rc<State>, file: Option<&Rc<Connection>>, board: Board) -> Self {
        Self::new(state, file, Opened::Board(board))
    }

    /// The connection of a `Database`.
    pub fn of_raw(state: &Rc<State>, connection: &Rc<Connection>) -> Self {
        Self::new(state, Some(connection), Opened::Raw(Box::new(Transactions::new(connection))))
    }

    fn new(state: &Rc<State>, file: Option<&Rc<Connection>>, opened: Opened) -> Self {
        Self { file: file.cloned(), opened, state: Rc::clone(state), logger: RefCell::default() }
    }

    /// The same connection for an actor, who signs what is written by it.
    pub fn seen_by(&self, by: &str) -> Option<Self> {
        Some(Self::of_board(&self.state, self.file.as_ref(), self.board()?.seen_by(by)))
    }

    /// The connection to the file.
    pub fn file(&self) -> Result<&Rc<Connection>> {
        self.file.as_ref().ok_or_else(|| Error::Coded {
            code: "ERR_ENGINE_UNSUPPORTED",
            message: "This is SQLite's alone: a board on PostgreSQL has no file".into(),
        })
    }

    /// Whether it is open.
    pub fn is_open(&self) -> bool {
        match &self.opened {
            Opened::Board(board) => board.engine.is_open(),
            Opened::Raw(_) => self.file.as_ref().is_some_and(|file| file.is_open()),
        }
    }

    /// Whether a transaction is open on it.
    pub fn in_transaction(&self) -> bool {
        match &self.opened {
            Opened::Board(board) => board.engine.in_transaction(),
            Opened::Raw(_) => self.file.as_ref().is_some_and(|file| file.in_transaction()),
        }
    }

    fn close(&self) -> Result<()> {
        match &self.opened {
            Opened::Board(board) => board.engine.close()?,
            Opened::Raw(_) => {
                let connection = self.file()?;
                if connection.is_open() {
                    connection.check_no_iterators()?;
                    connection.close()?;
                }
            }
        }
        self.logger.replace(None);
        Ok(())
    }

    /// The board, if it is a connection of `VisualDatabase`.
    pub fn board(&self) -> Option<&Board> {
        match &self.opened {
            Opened::Board(board) => Some(board),
            Opened::Raw(_) => None,
        }
    }

    /// Refuses a write where a board's file was removed or replaced, whoever writes to it.
    pub fn check_same_file(&self) -> Result<()> {
        if self.board().is_some() { self.file()?.check_same_file() } else { Ok(()) }
    }

    /// Calls the logger; what it throws stays pending.
    pub fn log(&self, sql: &str) -> JsResult<()> {
        let logger = self.logger.borrow();
        let Some(logger) = logger.as_ref() else { return Ok(()) };
        let env = self.state.env;
        let text = env.text(sql)?;
        env.call(logger.value()?, &[text]).map(|_| ())
    }
}

/// The connection as an argument of a function that napi-rs generates.
pub type Taken<'call> = Argument<'call, Rc<ConnectionHandle>>;

impl<'call> Taken<'call> {
    /// Runs the body with the connection.
    pub fn connection<T>(&self, body: impl FnOnce(&'call Rc<ConnectionHandle>) -> JsResult<T>) -> napi::Result<T> {
        let errors = self.data.map(|handle| &*handle.state.errors);
        answer(self.env, errors, || body(self.data.ok_or_else(illegal)?))
    }
}

/// The error for a handle that is something else.
pub fn illegal() -> Failure {
    Error::Type("Illegal invocation".into()).into()
}

/// The connection in the first argument.
pub fn handle(call: &Call) -> JsResult<&Rc<ConnectionHandle>> {
    call.external(0).ok_or_else(illegal)
}

pub const FUNCTIONS: &[(&str, Native)] = &[("isOpen", is_open), ("checkOpen", check_open), ("control", control)];

/// A time to wait, as JavaScript gives it.
pub fn milliseconds(given: f64) -> Duration {
    Duration::from_millis(given.clamp(0.0, f64::from(i32::MAX)) as u64)
}

/// Opens the connection of a `VisualDatabase`.
#[napi]
pub fn open_visual(
    env: napi::Env,
    realm: u32,
    path: String,
    readonly: bool,
    must_exist: bool,
    timeout: f64,
    full: bool,
    mode: u32,
    migrate: bool,
    package_version: String,
    has_clock: bool,
) -> napi::Result<Value> {
    Realm(realm).answer(env, |state| {
        let options = open::Options {
            readonly,
            must_exist,
            timeout: milliseconds(timeout),
            full,
            mode,
            migrate,
            package_version: &package_version,
        };
        let (connection, store) = open::open(Path::new(&path), &options)?;
        state.remember(&connection);
        let board = Board::new(Rc::new(store), has_clock);
        state.env.external(Rc::new(ConnectionHandle::of_board(state, Some(&connection), board)))
    })
}

/// `SQLite`'s source id, where it is not the one that the VFS was reviewed for.
#[napi(catch_unwind)]
pub fn unreviewed_sqlite() -> Option<String> {
    vfs::unreviewed().map(|source_id| source_id.to_string_lossy().into_owned())
}

/// Closes a connection that is open.
#[napi]
pub fn close(connection: Taken<'_>) -> napi::Result<()> {
    connection.connection(|handle| Ok(handle.close()?))
}

/// Closes every connection of the realm that is still open.
#[napi]
pub fn close_all(env: napi::Env, realm: u32) -> napi::Result<()> {
    Realm(realm).answer(env, |state| {
        state.close_all();
        Ok(())
    })
}

fn is_open(_: &State, call: &Call) -> JsResult<Value> {
    Ok(call.env.boolean(handle(call)?.is_open()))
}

/// `checkOpen(connection)` throws once it is closed.
fn check_open(_: &State, call: &Call) -> JsResult<Value> {
    let handle = handle(call)?;
    match &handle.file {
        Some(file) => file.check_open()?,
        None if handle.is_open() => {}
        None => return Err(Error::Type("The database connection is not open".into()).into()),
    }
    Ok(call.env.undefined())
}

/// `control(connection, index in Control.ALL)`
fn control(_: &State, call: &Call) -> JsResult<Value> {
    let handle = handle(call)?;
    let index = call.env.to_f64(call.argument(1))? as usize;
    let control = *Control::ALL.get(index).ok_or_else(|| Error::Range(format!("No control {index}")))?;
    if handle.logger.borrow().is_some() {
        let connection = handle.file()?;
        connection.check_writable()?;
        let _busy = connection.enter();
        handle.log(transaction::sql(control))?;
    }
    match &handle.opened {
        Opened::Board(board) => board.engine.control(control)?,
        Opened::Raw(transactions) => transactions.run(control)?,
    }
    Ok(call.env.undefined())
}

//! A connection's own calls: open, close, transactions, `exec`.
//!
//! Long because each of them is a function of the addon with its words.

#![allow(
    clippy::must_use_candidate,
    clippy::missing_errors_doc,
    clippy::needless_pass_by_value,
    clippy::fn_params_excessive_bools,
    clippy::too_many_arguments,
    reason = "napi-rs takes owned values, JavaScript has no must_use, and its arguments are what lib/ checked"
)]

use std::cell::RefCell;
use std::ffi::CString;
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use napi_derive::napi;

use super::board::opened::Board;
use super::js::{Argument, Call, External, Failure, JsResult, Kind, Reference, Value, answer};
use super::state::{Native, Realm, State};
use crate::engine::Control;
use crate::engine::sqlite::driver::transaction::{self, Transactions};
use crate::engine::sqlite::driver::{Connection, open, vfs};
use crate::error::{Error, Result};

/// An open connection and what hangs on it.
pub struct Database {
    /// The connection.
    pub connection: Rc<Connection>,
    /// The transactions of a connection of its own.
    transactions: Transactions,
    /// The board, where it is one of `VisualDatabase`.
    pub board: Option<Board>,
    /// What it was opened with: whose errors its calls throw.
    pub state: Rc<State>,
    /// Told the text of every statement before it runs.
    pub logger: RefCell<Option<Reference>>,
}

// SAFETY: no other external has this tag.
unsafe impl External for Rc<Database> {
    const TAG: u64 = 1;
}

impl Database {
    /// Refuses a write where a board's file was taken away, whoever writes to it.
    pub fn check_same_file(&self) -> Result<()> {
        if self.board.is_some() { self.connection.check_same_file() } else { Ok(()) }
    }

    fn new(state: &Rc<State>, connection: &Rc<Connection>, board: Option<Board>) -> Self {
        Self {
            connection: Rc::clone(connection),
            transactions: Transactions::new(connection),
            board,
            state: Rc::clone(state),
            logger: RefCell::default(),
        }
    }

    /// Tells the logger; what it throws stays pending.
    pub fn log(&self, sql: &str) -> JsResult<()> {
        let logger = self.logger.borrow();
        let Some(logger) = logger.as_ref() else { return Ok(()) };
        let env = self.state.env;
        let text = env.text(sql)?;
        env.call(logger.value()?, &[text]).map(|_| ())
    }
}

/// The connection as an argument of a function that napi-rs generates.
pub type Taken<'call> = Argument<'call, Rc<Database>>;

impl<'call> Taken<'call> {
    /// Runs the body with the connection.
    pub fn connection<T>(&self, body: impl FnOnce(&'call Rc<Database>) -> JsResult<T>) -> napi::Result<T> {
        let errors = self.data.map(|database| &*database.state.errors);
        answer(self.env, errors, || body(self.data.ok_or_else(illegal)?))
    }
}

/// What is thrown where a handle is something else.
pub fn illegal() -> Failure {
    Error::Type("Illegal invocation".into()).into()
}

/// The connection in the first argument.
pub fn database(call: &Call) -> JsResult<&Rc<Database>> {
    call.external(0).ok_or_else(illegal)
}

/// The raw functions of this file.
pub const FUNCTIONS: &[(&str, Native)] = &[
    ("isOpen", is_open),
    ("checkOpen", check_open),
    ("inTransaction", in_transaction),
    ("control", control),
    ("exec", exec),
];

fn milliseconds(given: f64) -> Duration {
    Duration::from_millis(given.clamp(0.0, f64::from(i32::MAX)) as u64)
}

/// A name, for SQLite.
pub fn c_string(text: String) -> Result<CString> {
    CString::new(text).map_err(|_| Error::Type("A name can't contain NUL".into()))
}

/// Opens a connection of its own; `content` is that of a database in memory.
#[napi]
pub fn open(
    env: napi::Env,
    realm: u32,
    path: String,
    readonly: bool,
    must_exist: bool,
    timeout: f64,
    content: Value,
) -> napi::Result<Value> {
    Realm(realm).answer(env, |state| {
        let content = state.env.to_bytes(content);
        // The content of a buffer is what is read-only then, not the empty database that it is put into.
        let file = open::Options {
            readonly: readonly && content.is_none(),
            must_exist,
            timeout: milliseconds(timeout),
            watched: false,
        };
        let connection = open::bare(Path::new(&path), file)?;
        if let Some(content) = content {
            connection.deserialize(&content, readonly)?;
        }
        state.remember(&connection);
        state.env.external(Rc::new(Database::new(state, &connection, None)))
    })
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
) -> napi::Result<Value> {
    Realm(realm).answer(env, |state| {
        let options = crate::engine::sqlite::open::Options {
            readonly,
            must_exist,
            timeout: milliseconds(timeout),
            full,
            mode,
            migrate,
            package_version: &package_version,
        };
        let (connection, store) = crate::engine::sqlite::open::open(Path::new(&path), &options)?;
        state.remember(&connection);
        let board = Board::new(Box::new(store));
        state.env.external(Rc::new(Database::new(state, &connection, Some(board))))
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
    connection.connection(|database| {
        if database.connection.is_open() {
            database.connection.check_no_iterators()?;
            if let Some(board) = &database.board {
                board.engine.abandon();
            }
            database.connection.close()?;
            database.logger.replace(None);
        }
        Ok(())
    })
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
    Ok(call.env.boolean(database(call)?.connection.is_open()))
}

/// `checkOpen(connection)` throws once it is closed.
fn check_open(_: &State, call: &Call) -> JsResult<Value> {
    database(call)?.connection.check_open()?;
    Ok(call.env.undefined())
}

fn in_transaction(_: &State, call: &Call) -> JsResult<Value> {
    Ok(call.env.boolean(database(call)?.connection.in_transaction()))
}

/// `control(connection, index in Control.ALL)`
fn control(_: &State, call: &Call) -> JsResult<Value> {
    let database = database(call)?;
    let index = call.env.to_f64(call.argument(1))? as usize;
    let control = *Control::ALL.get(index).ok_or_else(|| Error::Range(format!("No control {index}")))?;
    if database.logger.borrow().is_some() {
        database.connection.check_writable()?;
        let _busy = database.connection.enter();
        database.log(transaction::sql(control))?;
    }
    match &database.board {
        Some(board) => board.engine.control(control)?,
        None => database.transactions.run(control)?,
    }
    Ok(call.env.undefined())
}

fn exec(_: &State, call: &Call) -> JsResult<Value> {
    let database = database(call)?;
    database.connection.check_writable()?;
    database.check_same_file()?;
    let sql = call.env.to_string(call.argument(1))?;
    let _busy = database.connection.enter();
    let mut failure = None;
    let ran = database.connection.exec(&sql, |text| match database.log(text) {
        Ok(()) => Ok(()),
        Err(thrown) => {
            failure = Some(thrown);
            Err(Error::Plain(String::new()))
        }
    });
    match failure {
        Some(thrown) => Err(thrown),
        None => Ok(ran.map(|()| call.env.undefined())?),
    }
}

/// Sets the logger, or takes it away with anything that is no function.
#[napi]
pub fn set_logger(connection: Taken<'_>, logger: Value) -> napi::Result<()> {
    connection.connection(|database| {
        let env = connection.env;
        let logger = if env.kind(logger) == Kind::Function { Some(env.reference(logger)?) } else { None };
        database.logger.replace(logger);
        Ok(())
    })
}

/// Allows or forbids calls during an iteration.
#[napi]
pub fn set_unsafe_mode(connection: Taken<'_>, on: bool) -> napi::Result<()> {
    connection.connection(|database| Ok(database.connection.set_unsafe_mode(on)?))
}

/// Throws while a statement is iterated over.
#[napi]
pub fn check_no_iterators(connection: Taken<'_>) -> napi::Result<()> {
    connection.connection(|database| Ok(database.connection.check_no_iterators()?))
}

/// The bytes of a database, as a `Buffer`.
#[napi]
pub fn serialize(connection: Taken<'_>, schema: String) -> napi::Result<Value> {
    connection.connection(|database| {
        database.connection.check_no_iterators()?;
        connection.env.buffer(&database.connection.serialize(&c_string(schema)?)?)
    })
}

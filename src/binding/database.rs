//! A connection's own calls: open, close, transactions, `exec`, backup page by page.

use std::cell::RefCell;
use std::ffi::CString;
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use super::board::Board;
use super::js::{Call, External, Failure, JsResult, Kind, Reference, Value};
use super::module::Native;
use super::state::State;
use super::statement::StatementHandle;
use crate::engine::Control;
use crate::engine::sqlite::driver::online_backup::OnlineBackup;
use crate::engine::sqlite::driver::transaction::{self, Transactions};
use crate::engine::sqlite::driver::{Connection, open, vfs};
use crate::error::{Error, Result};

/// What JavaScript holds of this addon: every external is one of these.
pub enum Handle {
    /// A connection.
    Connection(Rc<Database>),
    /// A statement.
    Statement(StatementHandle),
    /// A backup; `None` once it has ended.
    Backup(RefCell<Option<OnlineBackup>>),
}

// SAFETY: it is the only one.
unsafe impl External for Handle {
    const TAG: u64 = 1;
}

/// An open connection and what hangs on it.
pub struct Database {
    /// The connection.
    pub connection: Rc<Connection>,
    /// The transactions of a connection of its own.
    transactions: Transactions,
    /// The board, where it is one of `VisualDatabase`.
    pub board: Option<Board>,
    /// Told the text of every statement before it runs.
    pub logger: RefCell<Option<Reference>>,
}

impl Database {
    fn new(connection: &Rc<Connection>, board: Option<Board>) -> Self {
        Self {
            connection: Rc::clone(connection),
            transactions: Transactions::new(connection),
            board,
            logger: RefCell::default(),
        }
    }

    /// Tells the logger; what it throws stays pending.
    pub fn log(&self, state: &State, sql: &str) -> JsResult<()> {
        let logger = self.logger.borrow();
        let Some(logger) = logger.as_ref() else { return Ok(()) };
        let text = state.env.text(sql)?;
        state.env.call(logger.value()?, &[text]).map(|_| ())
    }
}

/// The handle in an argument.
pub fn handle(call: &Call, index: usize) -> JsResult<&Handle> {
    call.external(index).ok_or_else(|| Error::Type("Illegal invocation".into()).into())
}

/// The connection in the first argument.
pub fn database(call: &Call) -> JsResult<&Rc<Database>> {
    match handle(call, 0)? {
        Handle::Connection(database) => Ok(database),
        _ => Err(Error::Type("Illegal invocation".into()).into()),
    }
}

/// The functions of this file.
pub const FUNCTIONS: &[(&str, Native)] = &[
    ("open", open_bare),
    ("openVisual", open_visual),
    ("unreviewedSqlite", unreviewed_sqlite),
    ("close", close),
    ("closeAll", close_all),
    ("isOpen", is_open),
    ("checkOpen", check_open),
    ("inTransaction", in_transaction),
    ("control", control),
    ("exec", exec),
    ("setLogger", set_logger),
    ("setUnsafeMode", set_unsafe_mode),
    ("serialize", serialize),
    ("startBackup", start_backup),
    ("stepBackup", step_backup),
    ("endBackup", end_backup),
    ("checkNoIterators", check_no_iterators),
];

fn milliseconds(call: &Call, index: usize) -> JsResult<Duration> {
    Ok(Duration::from_millis(call.env.to_f64(call.argument(index))?.clamp(0.0, f64::from(i32::MAX)) as u64))
}

fn c_string(text: String) -> Result<CString> {
    CString::new(text).map_err(|_| Error::Type("A name can't contain NUL".into()))
}

/// `open(path, readonly, mustExist, timeout, content | null)`
fn open_bare(state: &State, call: &Call) -> JsResult<Value> {
    let env = call.env;
    let path = env.to_string(call.argument(0))?;
    let options = open::Options {
        readonly: env.to_bool(call.argument(1))?,
        must_exist: env.to_bool(call.argument(2))?,
        timeout: milliseconds(call, 3)?,
        watched: false,
    };
    let content = env.to_bytes(call.argument(4));
    // The content of a buffer is what is read-only then, not the empty database that it is put into.
    let file = open::Options { readonly: options.readonly && content.is_none(), ..options };
    let connection = open::bare(Path::new(&path), file)?;
    if let Some(content) = content {
        connection.deserialize(&content, options.readonly)?;
    }
    state.remember(&connection);
    env.external(Handle::Connection(Rc::new(Database::new(&connection, None))))
}

/// `openVisual(path, readonly, mustExist, timeout, full, mode, migrate, packageVersion)`
fn open_visual(state: &State, call: &Call) -> JsResult<Value> {
    let env = call.env;
    let path = env.to_string(call.argument(0))?;
    let package_version = env.to_string(call.argument(7))?;
    let options = crate::engine::sqlite::open::Options {
        readonly: env.to_bool(call.argument(1))?,
        must_exist: env.to_bool(call.argument(2))?,
        timeout: milliseconds(call, 3)?,
        full: env.to_bool(call.argument(4))?,
        mode: env.to_f64(call.argument(5))? as u32,
        migrate: env.to_bool(call.argument(6))?,
        package_version: &package_version,
    };
    let (connection, store) = crate::engine::sqlite::open::open(Path::new(&path), &options)?;
    state.remember(&connection);
    env.external(Handle::Connection(Rc::new(Database::new(&connection, Some(Board::new(Box::new(store)))))))
}

/// `unreviewedSqlite()`: its source id, where it is not the one that the VFS was reviewed for; else null.
fn unreviewed_sqlite(_: &State, call: &Call) -> JsResult<Value> {
    match vfs::unreviewed() {
        Some(source_id) => call.env.text(&source_id.to_string_lossy()),
        None => Ok(call.env.null()),
    }
}

fn close(_: &State, call: &Call) -> JsResult<Value> {
    let database = database(call)?;
    if database.connection.is_open() {
        database.connection.check_no_iterators()?;
        if let Some(board) = &database.board {
            board.engine.abandon();
        }
        database.connection.close()?;
        database.logger.replace(None);
    }
    Ok(call.env.undefined())
}

#[allow(clippy::unnecessary_wraps, reason = "every function of the table has this form")]
fn close_all(state: &State, call: &Call) -> JsResult<Value> {
    state.close_all();
    Ok(call.env.undefined())
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
fn control(state: &State, call: &Call) -> JsResult<Value> {
    let database = database(call)?;
    let index = call.env.to_f64(call.argument(1))? as usize;
    let control = *Control::ALL.get(index).ok_or_else(|| Error::Range(format!("No control {index}")))?;
    if database.logger.borrow().is_some() {
        database.connection.check_writable()?;
        let _busy = database.connection.enter();
        database.log(state, transaction::sql(control))?;
    }
    match &database.board {
        Some(board) => board.engine.control(control)?,
        None => database.transactions.run(control)?,
    }
    Ok(call.env.undefined())
}

fn exec(state: &State, call: &Call) -> JsResult<Value> {
    let database = database(call)?;
    database.connection.check_writable()?;
    let sql = call.env.to_string(call.argument(1))?;
    let _busy = database.connection.enter();
    let mut failure = None;
    let ran = database.connection.exec(&sql, |text| match database.log(state, text) {
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

/// `setLogger(connection, function | null)`
fn set_logger(_: &State, call: &Call) -> JsResult<Value> {
    let logger = call.argument(1);
    let logger = if call.env.kind(logger) == Kind::Function { Some(call.env.reference(logger)?) } else { None };
    database(call)?.logger.replace(logger);
    Ok(call.env.undefined())
}

fn set_unsafe_mode(_: &State, call: &Call) -> JsResult<Value> {
    database(call)?.connection.set_unsafe_mode(call.env.to_bool(call.argument(1))?)?;
    Ok(call.env.undefined())
}

fn check_no_iterators(_: &State, call: &Call) -> JsResult<Value> {
    database(call)?.connection.check_no_iterators()?;
    Ok(call.env.undefined())
}

/// `serialize(connection, schema)`
fn serialize(_: &State, call: &Call) -> JsResult<Value> {
    let database = database(call)?;
    database.connection.check_no_iterators()?;
    let schema = c_string(call.env.to_string(call.argument(1))?)?;
    call.env.buffer(&database.connection.serialize(&schema)?)
}

/// `startBackup(connection, schema, path, isNewFile)`
fn start_backup(_: &State, call: &Call) -> JsResult<Value> {
    let env = call.env;
    let database = database(call)?;
    database.connection.check_idle()?;
    let schema = c_string(env.to_string(call.argument(1))?)?;
    let path = env.to_string(call.argument(2))?;
    let is_new = env.to_bool(call.argument(3))?;
    let backup = OnlineBackup::start(&database.connection, &schema, Path::new(&path), is_new)?;
    env.external(Handle::Backup(RefCell::new(Some(backup))))
}

fn backup(call: &Call) -> JsResult<&RefCell<Option<OnlineBackup>>> {
    match handle(call, 0)? {
        Handle::Backup(backup) => Ok(backup),
        _ => Err(Error::Type("Illegal invocation".into()).into()),
    }
}

/// `stepBackup(backup, pages)` leaves total and remaining pages in the head.
fn step_backup(state: &State, call: &Call) -> JsResult<Value> {
    let pages = call.env.to_f64(call.argument(1))? as i32;
    let mut backup = backup(call)?.borrow_mut();
    let backup = backup.as_mut().ok_or_else(|| Failure::from(Error::Type("The backup has ended".into())))?;
    let progress = backup.step(pages)?;
    state.emit_head(&[progress.total, progress.remaining])?;
    Ok(call.env.undefined())
}

fn end_backup(_: &State, call: &Call) -> JsResult<Value> {
    drop(backup(call)?.borrow_mut().take());
    Ok(call.env.undefined())
}

//! The calls of a statement of the raw handle.
//!
//! Long because each of its 23 functions takes a few lines and no two of them make a concept of their own.

#![allow(
    clippy::missing_errors_doc,
    clippy::needless_pass_by_value,
    reason = "napi-rs takes owned values, and its arguments are what lib/ checked"
)]

use std::cell::Cell;
use std::rc::Rc;

use napi_derive::napi;

use crate::binding::connection::{ConnectionHandle, Taken, illegal};
use crate::binding::js::{Argument, Call, Env, External, JsResult, Kind, Value, answer};
use crate::binding::state::{Native, State};
use crate::engine::sqlite::driver::{Bind, Column, Statement};
use crate::error::Error;
use crate::rows::Batch;

/// A statement and how it runs.
pub struct StatementHandle {
    statement: Statement,
    handle: Rc<ConnectionHandle>,
    /// Whether it returns rows.
    reader: bool,
    /// Whether its parameters were bound for good.
    bound: Cell<bool>,
    /// Whether integers come as `BigInt`s.
    bigints: Cell<bool>,
    /// Whether the logger has been told of the iteration.
    logged: Cell<bool>,
}

pub const FUNCTIONS: &[(&str, Native)] = &[
    ("run", run),
    ("get", get),
    ("all", all),
    ("moreRows", more_rows),
    ("stopRows", stop_rows),
    ("iterate", iterate),
    ("next", next),
    ("finish", finish),
    ("bind", bind),
    ("setBigints", set_bigints),
    ("checkUnlocked", check_unlocked),
    ("checkNotBusy", check_not_busy),
    ("checkRunnable", check_runnable),
    ("isLocked", is_locked),
    ("expandedSql", expanded_sql),
    ("blob", blob),
    ("wide", wide),
    ("longText", long_text),
];

/// Prepares a statement; mode 1 is a pragma, 2 an EXPLAIN. Leaves in the head: whether it returns rows, whether it is read-only, how many
/// parameters it has, whether some have names.
#[napi]
pub fn prepare(connection: Taken<'_>, sql: Value, mode: i32, bigints: bool) -> napi::Result<Value> {
    connection.connection(|handle| {
        let opened = handle.file()?;
        opened.check_idle()?;
        let (is_pragma, is_explain) = (mode == 1, mode == 2);
        if is_pragma {
            opened.check_writable()?;
        }
        // Into a buffer that exists already: napi-rs's own `String` would take 3 % of the call.
        let statement = handle.state.with_text(|text| {
            connection.env.append_string(sql, text)?;
            Ok(Statement::prepare(opened, text, !is_pragma && !is_explain)?)
        })?;
        let reader = statement.column_count() > 0 || is_pragma;
        let parameters = statement.parameter_count();
        let named = (0..parameters).any(|index| statement.parameter_name(index).is_some());
        let head = [i32::from(reader), i32::from(statement.is_readonly()), parameters as i32, i32::from(named)];
        handle.state.emit_head(&head)?;
        connection.env.external(StatementHandle {
            statement,
            handle: Rc::clone(handle),
            reader,
            bound: Cell::new(is_explain),
            bigints: Cell::new(bigints),
            logged: Cell::new(false),
        })
    })
}

// SAFETY: no other external has this tag.
unsafe impl External for StatementHandle {
    const TAG: u64 = 2;
}

/// A statement as an argument of a function that napi-rs generates.
type TakenStatement<'call> = Argument<'call, StatementHandle>;

impl<'call> TakenStatement<'call> {
    /// Runs the body with the statement.
    fn statement<T>(&self, body: impl FnOnce(&'call StatementHandle) -> JsResult<T>) -> napi::Result<T> {
        let errors = self.data.map(|statement| &*statement.handle.state.errors);
        answer(self.env, errors, || body(self.data.ok_or_else(illegal)?))
    }
}

fn statement(call: &Call) -> JsResult<&StatementHandle> {
    call.external(0).ok_or_else(illegal)
}

impl StatementHandle {
    fn check_not_locked(&self) -> Result<(), Error> {
        if self.statement.is_locked() {
            return Err(Error::Type("This statement is busy executing a query".into()));
        }
        Ok(())
    }

    /// Checks what has to hold before a run, in better-sqlite3's order.
    fn check(&self, mutates: bool) -> Result<(), Error> {
        let connection = self.statement.connection();
        connection.check_idle()?;
        self.check_not_locked()?;
        if !mutates {
            return Ok(());
        }
        connection.check_writable()?;
        self.handle.check_same_file()
    }

    fn check_reader(&self) -> Result<(), Error> {
        if self.reader {
            return Ok(());
        }
        Err(Error::Type("This statement does not return data. Use run() instead".into()))
    }

    /// Binds the arguments behind the handle, unless they were bound for good.
    fn bind_arguments(&self, state: &State, call: &Call) -> JsResult<()> {
        if self.bound.get() {
            if call.count() > 1 {
                return Err(Error::Type("This statement already has bound parameters".into()).into());
            }
            return Ok(());
        }
        let bound = self.bind_values(state, call);
        if bound.is_err() {
            self.statement.clear_bindings();
        }
        bound
    }

    fn bind_values(&self, state: &State, call: &Call) -> JsResult<()> {
        let given = call.count() - 1;
        for index in 0..given {
            bind_value(state, call.env, &self.statement, index, call.argument(index + 1))?;
        }
        if given < self.statement.parameter_count() {
            return Err(Error::Range("Too few parameter values were provided".into()).into());
        }
        Ok(())
    }

    fn log(&self) -> JsResult<()> {
        if self.handle.logger.borrow().is_none() {
            return Ok(());
        }
        self.handle.log(&self.statement.expanded_sql().unwrap_or_default())
    }

    fn release(&self) {
        if !self.bound.get() {
            self.statement.clear_bindings();
        }
    }

    /// Binds, runs `body` while the connection is busy, and clears what was bound.
    fn execute<T>(&self, state: &State, call: &Call, body: impl FnOnce() -> JsResult<T>) -> JsResult<T> {
        self.bind_arguments(state, call)?;
        let _busy = self.statement.connection().enter();
        let result = self.log().and_then(|()| body());
        self.release();
        result
    }
}

fn bind_value(state: &State, env: Env, statement: &Statement, index: usize, value: Value) -> JsResult<()> {
    let refused = || Error::Type("SQLite3 can only bind numbers, strings, bigints, buffers, and null".into());
    match env.kind(value) {
        Kind::Number => statement.bind(index, Bind::Real(env.to_f64(value)?))?,
        Kind::String => state.with_text(|text| {
            env.append_string(value, text)?;
            Ok(statement.bind(index, Bind::Text(text))?)
        })?,
        Kind::Undefined | Kind::Null => statement.bind(index, Bind::Null)?,
        Kind::Bigint => {
            let too_big = || Error::Range("The bound string, buffer, or bigint is too big".into());
            statement.bind(index, Bind::Integer(env.to_i64(value).ok_or_else(too_big)?))?;
        }
        Kind::Object => statement.bind(index, Bind::Blob(&env.to_bytes(value).ok_or_else(refused)?))?,
        Kind::Boolean | Kind::Symbol | Kind::Function | Kind::External => return Err(refused().into()),
    }
    Ok(())
}

/// `run(statement, ...values)` leaves the number of changes in the head, and the rowid as the first number.
fn run(state: &State, call: &Call) -> JsResult<Value> {
    let handle = statement(call)?;
    handle.check(true)?;
    let changes = handle.execute(state, call, || Ok(handle.statement.run()?))?;
    state.emit_head(&[changes.changes])?;
    let rowid = changes.last_insert_rowid;
    state.emit_number(if handle.bigints.get() { rowid as u64 } else { (rowid as f64).to_bits() })?;
    Ok(call.env.undefined())
}

/// `get(statement, ...values)` returns the first row.
fn get(state: &State, call: &Call) -> JsResult<Value> {
    let handle = statement(call)?;
    handle.check_reader()?;
    handle.check(false)?;
    state.with_batch(|batch| {
        handle.execute(state, call, || {
            if handle.statement.step()? {
                handle.statement.pack_row(batch, handle.bigints.get())?;
            }
            handle.statement.reset();
            Ok(())
        })?;
        state.emit(batch, false, handle.statement.recompilations())
    })
}

/// `all(statement, ...values)` returns the first rows; `moreRows` the others.
fn all(state: &State, call: &Call) -> JsResult<Value> {
    let handle = statement(call)?;
    handle.check_reader()?;
    handle.check(false)?;
    state.with_batch(|batch| {
        handle.bind_arguments(state, call)?;
        let busy = handle.statement.connection().enter();
        let filled = handle.log().and_then(|()| Ok(handle.statement.fill(batch, handle.bigints.get())?));
        drop(busy);
        emit_rows(state, handle, batch, filled)
    })
}

fn more_rows(state: &State, call: &Call) -> JsResult<Value> {
    let handle = statement(call)?;
    handle.statement.connection().check_idle()?;
    state.with_batch(|batch| {
        let busy = handle.statement.connection().enter();
        let filled = Ok(handle.statement.fill(batch, handle.bigints.get())?);
        drop(busy);
        emit_rows(state, handle, batch, filled)
    })
}

fn emit_rows(state: &State, handle: &StatementHandle, batch: &mut Batch, filled: JsResult<bool>) -> JsResult<Value> {
    let emitted = filled.and_then(|more| Ok((more, state.emit(batch, more, handle.statement.recompilations())?)));
    match emitted {
        Ok((true, value)) => Ok(value),
        Ok((false, value)) => {
            handle.statement.reset();
            handle.release();
            Ok(value)
        }
        Err(failure) => {
            handle.statement.reset();
            handle.release();
            Err(failure)
        }
    }
}

/// Gives up the rows that `moreRows` would return.
fn stop_rows(_: &State, call: &Call) -> JsResult<Value> {
    let handle = statement(call)?;
    handle.statement.reset();
    handle.release();
    Ok(call.env.undefined())
}

/// `iterate(statement, ...values)` begins an iteration.
fn iterate(state: &State, call: &Call) -> JsResult<Value> {
    let handle = statement(call)?;
    handle.check_reader()?;
    handle.check(false)?;
    handle.bind_arguments(state, call)?;
    handle.logged.set(false);
    handle.statement.set_locked(true);
    Ok(call.env.undefined())
}

/// `next(statement)` returns a row of the iteration.
fn next(state: &State, call: &Call) -> JsResult<Value> {
    let handle = statement(call)?;
    handle.statement.connection().check_idle()?;
    state.with_batch(|batch| {
        let busy = handle.statement.connection().enter();
        let logged = if handle.logged.replace(true) { Ok(()) } else { handle.log() };
        let stepped = logged.and_then(|()| Ok(handle.statement.step()?));
        drop(busy);
        match stepped {
            Ok(true) => handle.statement.pack_row(batch, handle.bigints.get())?,
            Ok(false) => end_iteration(handle),
            Err(failure) => {
                end_iteration(handle);
                return Err(failure);
            }
        }
        state.emit(batch, false, handle.statement.recompilations())
    })
}

fn end_iteration(handle: &StatementHandle) {
    handle.statement.set_locked(false);
    handle.statement.reset();
    handle.release();
}

/// `finish(statement)` ends the iteration early.
fn finish(_: &State, call: &Call) -> JsResult<Value> {
    let handle = statement(call)?;
    handle.statement.connection().check_idle()?;
    end_iteration(handle);
    Ok(call.env.undefined())
}

/// `bind(statement, ...values)` binds values for good.
fn bind(state: &State, call: &Call) -> JsResult<Value> {
    let handle = statement(call)?;
    if handle.bound.get() {
        let message = "The bind() method can only be invoked once per statement object";
        return Err(Error::Type(message.into()).into());
    }
    handle.statement.connection().check_idle()?;
    handle.check_not_locked()?;
    handle.bind_arguments(state, call)?;
    handle.bound.set(true);
    Ok(call.env.undefined())
}

/// `setBigints(statement, on)`
fn set_bigints(_: &State, call: &Call) -> JsResult<Value> {
    statement(call)?.bigints.set(call.env.to_bool(call.argument(1))?);
    Ok(call.env.undefined())
}

/// `checkNotBusy(statement)` throws while the connection is in the middle of a call, but not once it is closed.
fn check_not_busy(_: &State, call: &Call) -> JsResult<Value> {
    let connection = statement(call)?.statement.connection();
    if connection.is_open() {
        connection.check_idle()?;
    }
    Ok(call.env.undefined())
}

/// `checkUnlocked(statement)` throws while the connection is busy or the statement is being iterated over.
fn check_unlocked(_: &State, call: &Call) -> JsResult<Value> {
    let handle = statement(call)?;
    let connection = handle.statement.connection();
    if connection.is_open() {
        connection.check_idle()?;
    }
    handle.check_not_locked()?;
    Ok(call.env.undefined())
}

/// `checkRunnable(statement, needsRows, mutates)` throws what a run would throw before it reads its values.
fn check_runnable(_: &State, call: &Call) -> JsResult<Value> {
    let handle = statement(call)?;
    if call.env.to_bool(call.argument(1))? {
        handle.check_reader()?;
    }
    handle.check(call.env.to_bool(call.argument(2))?)?;
    Ok(call.env.boolean(handle.bound.get()))
}

fn is_locked(_: &State, call: &Call) -> JsResult<Value> {
    let handle = statement(call)?;
    Ok(call.env.boolean(handle.statement.connection().is_open() && handle.statement.is_locked()))
}

/// `expandedSql(statement)` returns the SQL with the values that were bound for good, else `undefined`.
fn expanded_sql(_: &State, call: &Call) -> JsResult<Value> {
    let handle = statement(call)?;
    if handle.bound.get()
        && handle.statement.connection().is_open()
        && let Some(sql) = handle.statement.expanded_sql()
    {
        return call.env.text(&sql);
    }
    Ok(call.env.undefined())
}

/// The names of the parameters, `null` for those without.
#[napi]
pub fn parameter_names(statement: TakenStatement<'_>) -> napi::Result<Value> {
    statement.statement(|handle| {
        let names = (0..handle.statement.parameter_count()).map(|index| handle.statement.parameter_name(index));
        statement.env.array(names.map(|name| optional(statement.env, name.as_deref())))
    })
}

/// The names of the columns.
#[napi]
pub fn column_names(statement: TakenStatement<'_>) -> napi::Result<Value> {
    statement.statement(|handle| {
        let names = handle.statement.column_names();
        statement.env.array(names.iter().map(|name| statement.env.text(name)))
    })
}

/// The tables of the columns, `null` for expressions.
#[napi]
pub fn table_names(statement: TakenStatement<'_>) -> napi::Result<Value> {
    statement.statement(|handle| {
        let columns = handle.statement.columns()?;
        statement.env.array(columns.iter().map(|column| optional(statement.env, column.table.as_deref())))
    })
}

/// `[name, column, table, database, type]` of every column, flat.
#[napi]
pub fn columns(statement: TakenStatement<'_>) -> napi::Result<Value> {
    statement.statement(|handle| {
        handle.statement.connection().check_idle()?;
        let columns = handle.statement.columns()?;
        let flat: Vec<Option<&str>> = columns
            .iter()
            .flat_map(|Column { name, column, table, database, declared_type }| {
                [name, column, table, database, declared_type].map(Option::as_deref)
            })
            .collect();
        statement.env.array(flat.into_iter().map(|text| optional(statement.env, text)))
    })
}

fn optional(env: Env, text: Option<&str>) -> JsResult<Value> {
    text.map_or_else(|| Ok(env.null()), |text| env.text(text))
}

/// `blob(index)` returns a blob of the latest rows.
fn blob(state: &State, call: &Call) -> JsResult<Value> {
    call.env.buffer(&state.take_blob(call.env.to_f64(call.argument(0))? as usize)?)
}

/// `longText(index)` returns a long text of the latest rows.
fn long_text(state: &State, call: &Call) -> JsResult<Value> {
    call.env.string(&state.take_blob(call.env.to_f64(call.argument(0))? as usize)?)
}

/// `wide()` returns the second string of the latest rows.
fn wide(state: &State, _: &Call) -> JsResult<Value> {
    state.wide()
}

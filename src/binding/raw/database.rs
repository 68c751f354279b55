//! The calls of the raw `Database` that `VisualDatabase` has no own ones for.

#![allow(
    clippy::must_use_candidate,
    clippy::missing_errors_doc,
    clippy::needless_pass_by_value,
    clippy::too_many_arguments,
    reason = "napi-rs takes owned values, JavaScript has no must_use, and its arguments are what lib/ checked"
)]

use std::ffi::CString;
use std::path::Path;
use std::rc::Rc;

use napi_derive::napi;

use crate::binding::connection::{ConnectionHandle, Taken, handle, milliseconds};
use crate::binding::js::{Call, JsResult, Kind, Value};
use crate::binding::state::{Native, Realm, State};
use crate::engine::sqlite::driver::{Connection, open};
use crate::engine::sqlite::views;
use crate::error::{Error, Result};

pub const FUNCTIONS: &[(&str, Native)] =
    &[("inTransaction", in_transaction), ("exec", exec), ("showViews", show_views), ("hideViews", hide_views)];

/// A name as a C string.
pub fn c_string(text: String) -> Result<CString> {
    CString::new(text).map_err(|_| Error::Type("A name can't contain NUL".into()))
}

/// Opens a connection of its own; `content` is the content of a database in memory.
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
        // With content, that becomes read-only, not the empty database that it is put into.
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
        state.env.external(Rc::new(ConnectionHandle::of_raw(state, &connection)))
    })
}

fn in_transaction(_: &State, call: &Call) -> JsResult<Value> {
    Ok(call.env.boolean(handle(call)?.in_transaction()))
}

fn exec(_: &State, call: &Call) -> JsResult<Value> {
    let handle = handle(call)?;
    handle.file()?.check_writable()?;
    handle.check_same_file()?;
    let sql = call.env.to_string(call.argument(1))?;
    let _busy = handle.file()?.enter();
    let mut failure = None;
    let ran = handle.file()?.exec(&sql, |text| match handle.log(text) {
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

/// Makes the views for people's SQL, where they are missing.
fn show_views(_: &State, call: &Call) -> JsResult<Value> {
    views_of(call, views::show)
}

/// Drops them before a table is rebuilt: they would be in the way.
fn hide_views(_: &State, call: &Call) -> JsResult<Value> {
    views_of(call, views::hide)
}

fn views_of(call: &Call, change: fn(&Connection) -> Result<()>) -> JsResult<Value> {
    let handle = handle(call)?;
    handle.file()?.check_writable()?;
    let _busy = handle.file()?.enter();
    change(handle.file()?)?;
    Ok(call.env.undefined())
}

/// Sets the logger, or removes it if this is no function.
#[napi]
pub fn set_logger(connection: Taken<'_>, logger: Value) -> napi::Result<()> {
    connection.connection(|handle| {
        let env = connection.env;
        let logger = if env.kind(logger) == Kind::Function { Some(env.reference(logger)?) } else { None };
        handle.logger.replace(logger);
        Ok(())
    })
}

/// Allows or forbids calls during an iteration.
#[napi]
pub fn set_unsafe_mode(connection: Taken<'_>, on: bool) -> napi::Result<()> {
    connection.connection(|handle| Ok(handle.file()?.set_unsafe_mode(on)?))
}

/// Throws while a statement is being iterated over.
#[napi]
pub fn check_no_iterators(connection: Taken<'_>) -> napi::Result<()> {
    connection.connection(|handle| Ok(handle.file()?.check_no_iterators()?))
}

/// Loads an extension into a connection that was opened for that. A board's connection never is.
#[napi]
pub fn load_extension(connection: Taken<'_>, path: String, entry: Option<String>) -> napi::Result<()> {
    connection.connection(|handle| {
        handle.file()?.check_no_iterators()?;
        if handle.board().is_some() {
            return Err(Error::Type("A board's connection loads no extensions".into()).into());
        }
        let entry = entry.map(c_string).transpose()?;
        Ok(handle.file()?.load_extension(&c_string(path)?, entry.as_deref())?)
    })
}

/// The bytes of a database, as a `Buffer`.
#[napi]
pub fn serialize(connection: Taken<'_>, schema: String) -> napi::Result<Value> {
    connection.connection(|handle| {
        handle.file()?.check_no_iterators()?;
        connection.env.buffer(&handle.file()?.serialize(&c_string(schema)?)?)
    })
}

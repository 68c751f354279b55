//! Exports and imports for JavaScript: pieces of the text come out or go in, on the thread pool.

#![allow(
    clippy::missing_errors_doc,
    clippy::needless_pass_by_value,
    reason = "napi-rs takes owned values, and its arguments are what lib/ checked"
)]

use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};

use napi::bindgen_prelude::{AsyncTask, Buffer};
use napi_derive::napi;

use super::connection::{ConnectionHandle, Taken, illegal};
use super::js::{Argument, External, Failure, Value, answer};
use super::state::{Realm, State};
use super::work::Work;
use crate::engine::sqlite::transfer::sources;
use crate::engine::transfer::{Exporting, Importing, Staged};
use crate::engine::{Engine, Format, Imported, Refused, Source, Wanted};
use crate::error::Error;

/// An export under way.
pub struct ExportHandle {
    work: Arc<Exporting>,
    state: Rc<State>,
}

/// An import under way.
pub struct ImportHandle {
    work: Arc<Importing>,
    staged: Arc<Mutex<Option<Staged>>>,
    state: Rc<State>,
}

// SAFETY: no other external has this tag.
unsafe impl External for ExportHandle {
    const TAG: u64 = 4;
}

// SAFETY: no other external has this tag.
unsafe impl External for ImportHandle {
    const TAG: u64 = 5;
}

/// A piece of an export.
#[napi(object, object_from_js = false)]
pub struct Piece {
    /// Its bytes.
    pub bytes: Buffer,
    /// How many lines there are up to its end.
    pub lines: f64,
    /// About how many there will be.
    pub about: f64,
}

/// How many rows a table got.
#[napi(object, object_from_js = false)]
pub struct Added {
    /// The table.
    pub table: &'static str,
    /// How many.
    pub rows: f64,
}

/// The outcome of an import.
#[napi(object, object_from_js = false)]
pub struct Came {
    /// How many lines the board had already.
    pub equal: f64,
    /// How many rows each table got.
    pub added: Vec<Added>,
}

impl From<Imported> for Came {
    fn from(of: Imported) -> Self {
        let added = of.added.into_iter().map(|(table, rows)| Added { table, rows: rows as f64 }).collect();
        Self { equal: of.equal as f64, added }
    }
}

/// A line that a board can't store.
#[napi(object, object_from_js = false)]
pub struct RefusedLine {
    /// Its number.
    pub line: f64,
    /// The table of its row.
    pub table: &'static str,
    /// What it is about, and why.
    pub why: String,
}

impl From<Refused> for RefusedLine {
    fn from(of: Refused) -> Self {
        Self { line: of.line as f64, table: of.table, why: of.why }
    }
}

/// Begins an export: of the database's file, of the bytes of a database in memory, or of a board on a server.
#[napi]
pub fn start_export(
    connection: Taken<'_>,
    file: Option<String>,
    bytes: Option<Buffer>,
    spans: bool,
    since: Option<f64>,
) -> napi::Result<Value> {
    connection.connection(|handle| {
        let engine = check_idle(handle)?;
        let format = if spans { Format::OtlpJson } else { Format::Jsonl };
        let wanted = Wanted { format, since: since.map(|since| since as i64) };
        let source = match (file, bytes, engine.elsewhere()) {
            (Some(file), ..) => sources::of_file(PathBuf::from(file), true),
            (_, _, Some(server)) => server,
            (_, bytes, _) => sources::of_bytes(bytes.map(|bytes| bytes.to_vec()).unwrap_or_default()),
        };
        let work = Exporting::begin(source, wanted)?;
        connection.env.external(ExportHandle { work: Arc::new(work), state: Rc::clone(&handle.state) })
    })
}

/// The next piece of an export; `None` at its end.
#[napi]
pub fn next_of_export(export: Argument<'_, ExportHandle>, realm: u32) -> napi::Result<AsyncTask<Work<Option<Piece>>>> {
    let errors = export.data.map(|handle| &*handle.state.errors);
    answer(export.env, errors, || {
        let work = Arc::clone(&export.data.ok_or_else(illegal)?.work);
        Ok(Work::queue(Realm(realm), None, move |_| {
            let piece = work.next()?;
            Ok(piece.map(|piece| Piece {
                bytes: piece.text.into(),
                lines: piece.lines as f64,
                about: piece.about as f64,
            }))
        }))
    })
}

/// Begins an import into the database's file, or, without one, into a database in memory or on a server.
#[napi]
pub fn start_import(connection: Taken<'_>, file: Option<String>) -> napi::Result<Value> {
    connection.connection(|handle| {
        check_idle(handle)?;
        let file = sources::empty_file(file.as_deref().map(Path::new))?;
        let work = Arc::new(Importing::begin(file)?);
        let import = ImportHandle { work, staged: Arc::default(), state: Rc::clone(&handle.state) };
        connection.env.external(import)
    })
}

fn with_import<T>(import: &Argument<'_, ImportHandle>, body: impl FnOnce(&ImportHandle) -> T) -> napi::Result<T> {
    let errors = import.data.map(|handle| &*handle.state.errors);
    answer(import.env, errors, || Ok(body(import.data.ok_or_else(illegal)?)))
}

/// Takes a piece of the text: how many lines there have been so far.
#[napi]
pub fn feed_import(
    import: Argument<'_, ImportHandle>,
    realm: u32,
    bytes: Buffer,
) -> napi::Result<AsyncTask<Work<f64>>> {
    with_import(&import, |handle| {
        let (work, bytes) = (Arc::clone(&handle.work), bytes.to_vec());
        Work::queue(Realm(realm), None, move |_| Ok(work.take(&bytes)? as f64))
    })
}

/// Ends the text and checks what was staged: how many lines there are.
#[napi]
pub fn finish_import(import: Argument<'_, ImportHandle>, realm: u32) -> napi::Result<AsyncTask<Work<f64>>> {
    with_import(&import, |handle| {
        let (work, staged) = (Arc::clone(&handle.work), Arc::clone(&handle.staged));
        Work::queue(Realm(realm), None, move |_| {
            let done = work.finish()?;
            let lines = done.lines as f64;
            *staged.lock().unwrap_or_else(PoisonError::into_inner) = Some(done);
            Ok(lines)
        })
    })
}

/// Ends an import that is given up or was applied: nothing of it stays.
#[napi]
pub fn end_import(import: Argument<'_, ImportHandle>) -> napi::Result<()> {
    with_import(&import, |handle| {
        handle.work.end();
        handle.staged.lock().unwrap_or_else(PoisonError::into_inner).take();
    })
}

/// Makes what was staged part of the board in a file, or, without one, of the board on a server.
#[napi]
pub fn apply_import(
    connection: Taken<'_>,
    import: Argument<'_, ImportHandle>,
    realm: u32,
    file: Option<String>,
) -> napi::Result<AsyncTask<Work<Came>>> {
    connection.connection(|handle| {
        let target = target(handle, file)?;
        let staged = Arc::clone(&import.data.ok_or_else(illegal)?.staged);
        Ok(Work::queue(Realm(realm), None, move |_| Ok(taken(&staged)?.into_board(target)?.into())))
    })
}

/// The first of the staged lines that the board in a file, or on the server, can't store.
#[napi]
pub fn refused_of_import(
    connection: Taken<'_>,
    import: Argument<'_, ImportHandle>,
    realm: u32,
    file: Option<String>,
    most: u32,
) -> napi::Result<AsyncTask<Work<Vec<RefusedLine>>>> {
    connection.connection(|handle| {
        let target = target(handle, file)?;
        let staged = Arc::clone(&import.data.ok_or_else(illegal)?.staged);
        Ok(Work::queue(Realm(realm), None, move |_| {
            let found = taken(&staged)?.refused_by(target, most as usize)?;
            Ok(found.into_iter().map(RefusedLine::from).collect())
        }))
    })
}

/// Makes what was staged part of the board of a connection.
#[napi]
pub fn apply_import_to(connection: Taken<'_>, import: Argument<'_, ImportHandle>) -> napi::Result<Came> {
    connection.connection(|handle| {
        let board = handle.board().ok_or_else(illegal)?;
        let staged = taken(&import.data.ok_or_else(illegal)?.staged)?;
        Ok(board.engine.take_staged(staged.path())?.into())
    })
}

/// The board that is imported into.
fn target(handle: &ConnectionHandle, file: Option<String>) -> Result<Source, Failure> {
    match file {
        Some(file) => Ok(sources::of_file(PathBuf::from(file), false)),
        None => Ok(check_idle(handle)?.elsewhere().ok_or_else(illegal)?),
    }
}

/// The board, if it is open and in no call.
fn check_idle(handle: &ConnectionHandle) -> Result<&dyn Engine, Failure> {
    let engine = &*handle.board().ok_or_else(illegal)?.engine;
    engine.check_idle()?;
    Ok(engine)
}

fn taken(staged: &Mutex<Option<Staged>>) -> Result<Staged, Error> {
    let staged = staged.lock().unwrap_or_else(PoisonError::into_inner).take();
    staged.ok_or_else(|| Error::Type("importAll: nothing is staged".into()))
}

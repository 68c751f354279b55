//! Opening the file of a `VisualDatabase`: where it lies, who may read it, what it holds, how the connection is set.

use std::io;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::{Duration, Instant};

use rusqlite::ffi;

use crate::engine::sqlite::backup::{self, Create, Kind};
use crate::engine::sqlite::driver::error::failed;
use crate::engine::sqlite::driver::other_layout::OTHER_LAYOUT;
use crate::engine::sqlite::driver::{Connection, open};
use crate::engine::sqlite::file_id;
use crate::engine::sqlite::new_file::{create_file, create_folder, temporary_beside};
use crate::engine::sqlite::schema::{self, Prepare};
use crate::engine::sqlite::sole_name;
use crate::engine::sqlite::store::Store;
use crate::error::{Error, Result};

/// How a file is opened.
#[derive(Debug, Clone, Copy)]
#[allow(clippy::struct_excessive_bools, reason = "each is an option of the constructor of its own")]
pub struct Options<'a> {
    /// Only to read; the file is never changed.
    pub readonly: bool,
    /// A missing file is an error.
    pub must_exist: bool,
    /// How long to wait for another connection's lock.
    pub timeout: Duration,
    /// Whether a commit waits until it is on the medium (`synchronous = FULL`).
    pub full: bool,
    /// Permissions of a new file.
    pub mode: u32,
    /// Whether an older file is migrated; else it is an error.
    pub migrate: bool,
    /// This package's version, for the file's history.
    pub package_version: &'a str,
}

/// The longest SQL text, in bytes: `db.db` is for queries, not for dumps of whole databases.
const SQL_LENGTH: i32 = 16 * 1024 * 1024;
/// The deepest expression.
const EXPRESSION_DEPTH: i32 = 1000;
/// How many databases can be attached: `VACUUM INTO` needs one.
const ATTACHED: i32 = 1;

/// Opens a file, or a database in memory for `:memory:`, and sees to it that its schema is the one the code needs.
///
/// # Errors
/// An error that names the path and the reason; the file is as it was then.
pub fn open(path: &Path, options: &Options<'_>) -> Result<(Rc<Connection>, Store)> {
    let in_memory = path.as_os_str() == ":memory:";
    if !in_memory && !options.readonly {
        // Finishes a restore that was killed.
        backup::resume(path)?;
    }
    let created = !in_memory && prepare_file(path, options)?;
    let opened = connect(path, in_memory, options);
    if opened.is_err() && created {
        // Only a file that this call has made, and that nobody has written to yet, is removed again.
        remove_if_empty(path);
    }
    opened
}

fn connect(path: &Path, in_memory: bool, options: &Options<'_>) -> Result<(Rc<Connection>, Store)> {
    let bare = open::Options {
        readonly: options.readonly,
        must_exist: options.must_exist,
        timeout: options.timeout,
        watched: true,
    };
    let connection = open::bare(path, bare).map_err(|error| explained(path, error))?;
    harden(&connection)?;
    let prepared = connection
        .with(|inner| {
            // SQLite opens a file that it may not write read-only instead, and fails only at the first write.
            if !options.readonly && inner.is_readonly("main")? {
                return Err(cannot(path, "permission denied: it can only be opened with `readonly: true`"));
            }
            inner.pragma_update(None, "foreign_keys", true)?;
            inner.pragma_update(None, "recursive_triggers", true)?;
            inner.pragma_update(None, "cell_size_check", true)?;
            if !in_memory && !options.readonly {
                check_shared_memory(inner, path, options.timeout)?;
            }
            let report = schema::prepare(
                inner,
                &Prepare {
                    path: (!in_memory).then_some(path),
                    migrate: options.migrate,
                    readonly: options.readonly,
                    package_version: options.package_version,
                    backup: (!in_memory).then_some(schema::Backup {
                        make: &|_, label| before_migration(path, label),
                        discard: &unneeded,
                    }),
                    ..Prepare::default()
                },
            )?;
            if !in_memory && is_cut_off(inner, path)? {
                return Err(failed(ffi::SQLITE_CORRUPT, "it ends in the middle of a page: a part of it is missing"));
            }
            if !options.readonly {
                use_write_ahead_log(inner, options.timeout)?;
                inner.pragma_update(None, "synchronous", if options.full { "FULL" } else { "NORMAL" })?;
            }
            Ok(report)
        })
        .map_err(|error| explained(path, error));
    if prepared.is_err() {
        // As in `schema::prepare`: closing a file that is refused leaves its WAL alone.
        connection.set_config(ffi::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    }
    let prepared = prepared?;
    connection.wait_for_locks(options.timeout)?;
    connection.checkpoint_after_commits()?;
    if !options.readonly {
        // A read opens the WAL and its index; from then on it is known which files they are.
        let read = || connection.with(|inner| Ok(inner.pragma_query_value(None, "user_version", |_| Ok(()))?));
        read().and_then(|()| connection.check_same_file()).map_err(|error| explained(path, error))?;
    }
    let store = Store::new(&connection, &prepared);
    store.look_at_counts();
    if !options.readonly {
        store.keep_board_when_free();
    }
    Ok((connection, store))
}

/// Whether the file ends in the middle of a page. SQLite takes what is missing for zeros and fails only where a call reads that
/// page. Where there is a WAL or a journal, a writer may have been killed in between, and that has the page.
fn is_cut_off(connection: &rusqlite::Connection, path: &Path) -> Result<bool> {
    let page = connection.pragma_query_value(None, "page_size", |row| row.get::<_, u32>(0))?;
    let length = std::fs::metadata(path).map_or(0, |found| found.len());
    if length.is_multiple_of(u64::from(page.max(1))) {
        return Ok(false);
    }
    let file = file_id::real_path(path).unwrap_or_else(|_| path.to_path_buf());
    let has = |log| std::fs::metadata(backup::with_suffix(&file, log)).is_ok_and(|found| found.len() > 0);
    Ok(!has("-wal") && !has("-journal"))
}

/// Refuses a file where a WAL's index can't be mapped: one that is not in WAL mode yet, or that is and can't be read for it.
fn check_shared_memory(connection: &rusqlite::Connection, path: &Path, timeout: Duration) -> Result<()> {
    // Others that have it locked are waited for later.
    connection.busy_timeout(Duration::ZERO)?;
    let mode = connection.pragma_query_value(None, "journal_mode", |row| row.get::<_, String>(0));
    connection.busy_timeout(timeout)?;
    if mode.is_ok_and(|mode| mode == "wal") {
        return Ok(());
    }
    // The WAL lies beside the file itself, not beside a symbolic link to it.
    let file = file_id::real_path(path).unwrap_or_else(|_| path.to_path_buf());
    // Where no file can be made, the database's own opening says why.
    temporary_beside(&file).map_or(Ok(()), |scratch| open::check_shared_memory(&scratch.into_temp_path()))
}

/// The verified backup that is made before a file with content is changed.
pub(crate) fn before_migration(path: &Path, label: &str) -> Result<PathBuf> {
    let options = Create { kind: Kind::Migration, label: Some(label), ..Create::default() };
    match backup::create(path, &options, &mut backup::unreported) {
        Ok(made) => Ok(made.path),
        // Its message begins with the backup's path, which the caller has never heard of.
        Err(Error::Coded { code, message }) => Err(Error::Coded {
            code,
            message: format!(
                "Cannot open the database '{}': no backup before its migration: {message}",
                path.display()
            ),
        }),
        Err(error) => Err(error),
    }
}

/// Discards the backup of a migration that changed nothing. What the caller has to hear of is the migration's error.
pub(crate) fn unneeded(backup: &Path) {
    let _ = backup::discard(backup);
}

/// Turns off what a file could do to the program that opens it.
fn harden(connection: &Connection) -> Result<()> {
    connection.set_config(ffi::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_config(ffi::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    connection.set_config(ffi::SQLITE_DBCONFIG_DQS_DML, false)?;
    connection.set_config(ffi::SQLITE_DBCONFIG_DQS_DDL, false)?;
    connection.set_limit(ffi::SQLITE_LIMIT_SQL_LENGTH, SQL_LENGTH)?;
    connection.set_limit(ffi::SQLITE_LIMIT_EXPR_DEPTH, EXPRESSION_DEPTH)?;
    connection.set_limit(ffi::SQLITE_LIMIT_ATTACHED, ATTACHED)
}

/// Switches to WAL mode. SQLite doesn't wait by itself for others that are just opening the file.
fn use_write_ahead_log(connection: &rusqlite::Connection, timeout: Duration) -> Result<()> {
    let deadline = Instant::now() + timeout.max(Duration::from_secs(5));
    loop {
        match connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get::<_, String>(0)) {
            Err(rusqlite::Error::SqliteFailure(failure, _))
                if failure.code == rusqlite::ErrorCode::DatabaseBusy && Instant::now() < deadline =>
            {
                std::thread::sleep(Duration::from_millis(2));
            }
            // `memory` is what a database in memory stays at.
            switched => return switched.map(|_| ()).map_err(Into::into),
        }
    }
}

/// Makes the folder and the file where they are missing, with their permissions; `true` where it made the file.
fn prepare_file(path: &Path, options: &Options<'_>) -> Result<bool> {
    match std::fs::metadata(path) {
        Ok(found) if found.is_dir() => Err(cannot(path, "it is a folder")),
        Ok(found) if !found.is_file() => Err(cannot(path, "it is not a regular file")),
        Ok(_) => match sole_name::check(path) {
            Ok(Ok(())) => Ok(false),
            Ok(Err(names)) => Err(cannot(
                path,
                format!(
                    "it has {names} names (hard links), which would each have a write-ahead log: use symbolic links"
                ),
            )),
            Err(error) => Err(cannot(path, reason(&error))),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            if options.readonly || options.must_exist {
                return Err(cannot(path, "it does not exist"));
            }
            if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
                create_folder(folder, options.mode).map_err(|error| cannot(path, reason(&error)))?;
            }
            create_file(path, options.mode).map_err(|error| cannot(path, reason(&error)))
        }
        Err(error) => Err(cannot(path, reason(&error))),
    }
}

fn remove_if_empty(path: &Path) {
    if std::fs::metadata(path).is_ok_and(|found| found.len() == 0) {
        let _ = std::fs::remove_file(path);
    }
}

/// How every refusal to open begins.
const CANNOT: &str = "Cannot open the database";

fn cannot(path: &Path, why: impl std::fmt::Display) -> Error {
    failed(ffi::SQLITE_CANTOPEN, format!("{CANNOT} '{}': {why}", path.display()))
}

fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::PermissionDenied => "permission denied".into(),
        io::ErrorKind::NotADirectory => "a part of the path is not a folder".into(),
        io::ErrorKind::ReadOnlyFilesystem => "the file system is read-only".into(),
        io::ErrorKind::StorageFull => "no space left on the device".into(),
        _ => error.to_string(),
    }
}

/// SQLite's failure to open, with the path and the reason.
pub(crate) fn explained(path: &Path, error: Error) -> Error {
    let Error::Engine { number: code, ref message, .. } = error else { return error };
    if message.starts_with(CANNOT) {
        return error;
    }
    let why = match code & 0xff {
        ffi::SQLITE_NOTADB => "it is not an SQLite database, or it is encrypted".into(),
        ffi::SQLITE_CANTOPEN if message.starts_with(OTHER_LAYOUT) => message.clone(),
        ffi::SQLITE_CANTOPEN => match std::fs::metadata(path) {
            Err(error) => reason(&error),
            Ok(_) => format!("{message} (permission denied, or its folder can't be written to)"),
        },
        _ if code == ffi::SQLITE_IOERR_SHMMAP => {
            "the index of its write-ahead log can't be mapped as shared memory, as on \
             some network and FUSE mounts: put it on a local disk"
                .into()
        }
        ffi::SQLITE_READONLY => format!("it can't be written to ({message})"),
        _ => message.clone(),
    };
    error.with_message(format!("{CANNOT} '{}': {why}", path.display()))
}

//! Bringing a backup back.

use std::path::{Path, PathBuf};

use rusqlite::Connection;
use rusqlite::config::DbConfig;

use super::content::Counts;
use super::copy::{self, Progress, Report, Stage, open_to_read, open_to_write};
use super::create::{Create, create};
use super::error::{context, is_unreadable, refused};
use super::files::{Partial, create_folder, folder_of, remove_leftovers, resolve, same_file, sync, with_suffix};
use super::manifest::{Backup, Kind};
use super::name::now;
use super::replace::{replace, resume};
use super::verify::verify;
use crate::error::Result;

/// How the content got there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// Into the live file, as one transaction: others that have it open see the restored rows.
    Transaction,
    /// There was no file.
    Created,
    /// The file couldn't be opened at all: it was moved aside.
    Replaced,
}

/// What a restore did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// The database.
    pub path: PathBuf,
    /// The backup that it now equals.
    pub backup: PathBuf,
    /// How it got there.
    pub how: How,
    /// What was there before: a backup of its own, or the file that was moved aside. `None` where there was nothing.
    pub safety: Option<PathBuf>,
    /// Version of the restored schema; 0 is a file of the JavaScript layer.
    pub schema_version: u32,
    /// Restored rows.
    pub counts: Counts,
}

/// Verifies the backup, keeps a safety copy of the old content, then makes the database equal to the backup.
/// Killed at any point it leaves the old content or the new.
///
/// # Errors
/// As `verify`, with the database unchanged to the byte. `SQLITE_BUSY` where others don't release the write lock.
pub fn restore(backup: &Path, live: &Path, report: Report) -> Result<Restored> {
    let live = resolve(live)?;
    if same_file(backup, &live) {
        return Err(refused("ERR_RESTORE_SAME_FILE", &live, "the backup is the database itself"));
    }
    let verified = verify(backup, report)?;
    resume(&live)?;
    remove_leftovers(folder_of(&live), &live)?;
    let (how, safety) = match live.try_exists() {
        Ok(false) => make(&verified.path, &live, report)?,
        _ => match into_live(&verified.path, &live, report) {
            Err(error) if is_unreadable(&error) => (How::Replaced, Some(replace(&verified.path, &live, report)?)),
            done => (How::Transaction, done?),
        },
    };
    let Backup { path, manifest, .. } = verified;
    Ok(Restored {
        path: live,
        backup: path,
        how,
        safety,
        schema_version: manifest.schema_version,
        counts: manifest.counts,
    })
}

/// Restores through SQLite into the existing file. Its write lock is held from before the safety copy is made until the
/// new content is committed, so that nothing can be written in between and be in neither.
fn into_live(backup: &Path, live: &Path, report: Report) -> Result<Option<PathBuf>> {
    let explain = |error| context(error, "cannot restore to", live);
    let mut to = open_to_write(live)?;
    // Trying to open a file that can't be opened must neither checkpoint nor remove its WAL.
    to.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    let (pages, page_size) = prepare(&to).map_err(|error| explain(error.into()))?;
    to.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
    let (from, _resized) = open_with_page_size(backup, live, page_size).map_err(explain)?;
    let safety = {
        let copy = copy::lock(&from, &mut to).map_err(explain)?;
        let safety = if pages > 0 { Some(keep_safety_copy(live, report)?) } else { None };
        copy::run(&copy, Stage::Restore, report).map_err(explain)?;
        safety
    };
    // The WAL is as large as the database now. Where others still read it, it is truncated later.
    let _ = to.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
    Ok(safety)
}

/// WAL mode lets others read the old state until the new one is committed. Returns how many pages there were, none in an
/// empty file, and their size now.
fn prepare(live: &Connection) -> rusqlite::Result<(u32, u32)> {
    live.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    let pages = live.query_row("PRAGMA page_count", [], |row| row.get(0))?;
    live.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
    live.execute_batch("PRAGMA synchronous = FULL")?;
    Ok((pages, live.query_row("PRAGMA page_size", [], |row| row.get(0))?))
}

/// A file in WAL mode keeps its page size: a backup with another one is converted first.
fn open_with_page_size(backup: &Path, live: &Path, wanted: u32) -> Result<(Connection, Option<Partial>)> {
    let from = open_to_read(backup)?;
    let found: u32 = from.query_row("PRAGMA page_size", [], |row| row.get(0))?;
    if found == wanted {
        return Ok((from, None));
    }
    let partial = Partial::beside(live)?;
    from.execute_batch(&format!("PRAGMA page_size = {wanted}"))?;
    from.execute("VACUUM INTO ?", [partial.path().to_string_lossy()])?;
    Ok((open_to_read(partial.path())?, Some(partial)))
}

fn keep_safety_copy(live: &Path, report: Report) -> Result<PathBuf> {
    let options = Create { kind: Kind::Safety, label: Some("replaced"), ..Create::default() };
    let mut as_safety = |progress: Progress| report(Progress { stage: Stage::Safety, ..progress });
    Ok(create(live, &options, &mut as_safety)?.path)
}

/// There is no database yet. A WAL that lost its database is put aside, or it would be taken for the
/// new one's.
fn make(backup: &Path, live: &Path, report: Report) -> Result<(How, Option<PathBuf>)> {
    create_folder(folder_of(live))?;
    let time = now();
    for side in ["-wal", "-journal"] {
        let stray = with_suffix(live, side);
        if stray.exists() {
            super::files::rename(&stray, &with_suffix(live, &format!("-replaced-{time}{side}")))?;
        }
    }
    super::files::remove(&with_suffix(live, "-shm"))?;
    let partial = Partial::beside(live)?;
    copy::into_new_file(backup, partial.path(), report).map_err(|error| context(error, "cannot restore to", live))?;
    sync(partial.path())?;
    partial.publish_new(live)?;
    Ok((How::Created, None))
}

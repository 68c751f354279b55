//! Pages from one connection into another, in steps that can be watched and stopped.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags, ffi};

use super::error::context;
use crate::engine::sqlite::driver::error::failed;
use crate::error::Result;

/// What is being done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// A backup's checksum and content are being checked.
    Verify,
    /// Pages go from the database into the backup.
    Copy,
    /// The copy is being checked.
    Check,
    /// The copy is being written to the disk and gets its name.
    Publish,
    /// What a restore will replace is being copied.
    Safety,
    /// Pages go from the backup into the database.
    Restore,
    /// A database that can't be opened is being moved aside.
    Replace,
}

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What is being done.
    pub stage: Stage,
    /// Pages that this stage has to copy; 0 in a stage that copies none.
    pub total_pages: u32,
    /// Pages that it has still to copy.
    pub remaining_pages: u32,
}

/// Is told of every step; an error stops the work, which then leaves everything as it was.
pub type Report<'a> = &'a mut dyn FnMut(Progress) -> Result<()>;

/// A report for callers that don't watch.
///
/// # Errors
/// None.
pub fn unreported(_: Progress) -> Result<()> {
    Ok(())
}

/// Tells of a stage that copies no pages.
pub fn enter(stage: Stage, report: Report) -> Result<()> {
    report(Progress { stage, total_pages: 0, remaining_pages: 0 })
}

/// How long to wait for another connection's lock.
pub const WAIT: Duration = Duration::from_secs(5);

/// Opens an existing file to read it, without making one.
pub fn open_to_read(path: &Path) -> Result<Connection> {
    open(path, OpenFlags::SQLITE_OPEN_READ_ONLY)
}

/// Opens an existing file to write it, without making one.
pub fn open_to_write(path: &Path) -> Result<Connection> {
    open(path, OpenFlags::SQLITE_OPEN_READ_WRITE)
}

fn open(path: &Path, flags: OpenFlags) -> Result<Connection> {
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)
        .and_then(|connection| connection.busy_timeout(WAIT).map(|()| connection))
        .map_err(|error| context(error, "cannot open", path))?;
    Ok(connection)
}

/// Holds one state of the database for reading. In WAL mode writers go on meanwhile, and since this connection
/// keeps seeing its own snapshot, a copy from it never has to start over.
pub fn hold_snapshot(connection: &Connection) -> Result<()> {
    connection.execute_batch("BEGIN")?;
    connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    Ok(())
}

/// Copies all pages. `to` becomes equal to `from` in one transaction: at the last page, or not at all.
pub fn pages(from: &Connection, to: &mut Connection, stage: Stage, report: Report) -> Result<()> {
    let copy = lock(from, to)?;
    run(&copy, stage, report)
}

/// Copies a backup into an empty file that nobody else knows yet and the caller syncs: no journal, no syncs in between.
/// Then it is in WAL mode, like every database of this package; a backup, being one file, is not.
pub fn into_new_file(backup: &Path, file: &Path, report: Report) -> Result<()> {
    let mut to = open_to_write(file)?;
    to.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")?;
    pages(&open_to_read(backup)?, &mut to, Stage::Restore, report)?;
    Ok(to.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?)
}

/// Begins a copy and takes the write lock of `to`, before any page is copied.
pub fn lock<'a>(from: &'a Connection, to: &'a mut Connection) -> Result<Backup<'a, 'a>> {
    let copy = Backup::new(from, to)?;
    step(&copy, 0)?;
    Ok(copy)
}

/// Copies all pages of a copy that has begun.
pub fn run(copy: &Backup, stage: Stage, report: Report) -> Result<()> {
    loop {
        let total = copy.progress().pagecount;
        let done = step(copy, (total / 128).clamp(1, 1024))?;
        let progress = copy.progress();
        let told = report(Progress {
            stage,
            total_pages: progress.pagecount as u32,
            remaining_pages: progress.remaining as u32,
        });
        // After the last page the copy is committed: stopping is no longer possible.
        if done {
            return Ok(());
        }
        told?;
    }
}

/// One step, waiting for locks.
fn step(copy: &Backup, pages: i32) -> Result<bool> {
    let deadline = Instant::now() + WAIT;
    loop {
        match copy.step(pages)? {
            StepResult::Done => return Ok(true),
            StepResult::Busy | StepResult::Locked if Instant::now() < deadline => {
                std::thread::sleep(Duration::from_millis(5));
            }
            StepResult::Busy | StepResult::Locked => {
                return Err(failed(ffi::SQLITE_BUSY, "database is locked"));
            }
            _ => return Ok(false),
        }
    }
}

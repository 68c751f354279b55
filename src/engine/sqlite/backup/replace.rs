//! Replacing a database that can't be opened at all.
//!
//! The file and its WAL have to go together, and two names can't be changed at once. So the new file is
//! finished first, and a plan of what shall happen is committed beside the database; whoever comes next, a restore
//! or an ordinary opening, carries out what a killed process left. Nothing is taken away before it is also under
//! its other name, and every step can be done twice.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use rusqlite::Connection;

use super::copy::{Report, Stage, enter, into_new_file};
use super::error::{context, io, refused};
use super::files::{self, Partial, SIDE_FILES, folder_of, remove, rename, resolve, with_suffix};
use super::lock;
use super::name::now;
use crate::error::Result;

/// How long to wait for others that carry a plan out: it takes moments, but many may want to at once.
const PATIENCE: Duration = Duration::from_secs(60);

/// The plan's name after the database's: an SQLite file, so that it is committed whole and can be locked.
const PLAN: &str = "-restore";

/// What shall happen.
struct Plan {
    /// What the new, complete file's name has after the database's.
    restored: String,
    /// What the old file's other name has after the database's; its side files' endings follow.
    aside: String,
    /// The old file as it was when the plan was made.
    old: String,
}

/// Replaces a database that can't be opened by a copy of the backup. Returns where the old file is now.
pub fn replace(backup: &Path, live: &Path, report: Report) -> Result<PathBuf> {
    let partial = Partial::beside(live)?;
    into_new_file(backup, partial.path(), report).map_err(|error| context(error, "cannot restore to", live))?;
    keep_mode_and_owner(live, partial.path())?;
    files::sync(partial.path())?;
    enter(Stage::Replace, report)?;
    let plan =
        Plan { restored: suffix(live, partial.path()), aside: format!("-replaced-{}", now()), old: identity(live) };
    let lock = plan.commit(live)?;
    partial.keep()?;
    plan.carry_out(live, report)?;
    finish(live, lock)?;
    Ok(with_suffix(live, &plan.aside))
}

/// Carries out what a killed process left half done, and returns where the old file is now. To be called before a
/// database is opened: nearly always there is nothing to do, and that costs one look into the folder.
///
/// # Errors
/// `ERR_RESTORE_BUSY` where another process is at it and doesn't come to an end.
pub fn resume(live: &Path) -> Result<Option<PathBuf>> {
    let live = resolve(live)?;
    let planned = || with_suffix(&live, PLAN).exists();
    if !planned() {
        return Ok(None);
    }
    let lock = match take(&live) {
        Ok(lock) => lock,
        // Another process has carried it out meanwhile.
        Err(_) if !planned() => return Ok(None),
        Err(error) => return Err(error),
    };
    let plan = Plan::read(&lock)?;
    if let Some(plan) = &plan {
        plan.carry_out(&live, &mut super::unreported)?;
    }
    finish(&live, lock)?;
    Ok(plan.map(|plan| with_suffix(&live, &plan.aside)))
}

impl Plan {
    /// Writes the plan down, and keeps its lock.
    fn commit(&self, live: &Path) -> Result<Connection> {
        let lock = take(live)?;
        lock.execute_batch("CREATE TABLE IF NOT EXISTS plan (restored TEXT, aside TEXT, old TEXT); DELETE FROM plan")?;
        lock.execute("INSERT INTO plan VALUES (?, ?, ?)", (&self.restored, &self.aside, &self.old))?;
        lock.execute_batch("COMMIT")?;
        files::sync_folder(folder_of(live))?;
        Ok(lock)
    }

    /// `None` where the process was killed before the plan was committed.
    fn read(lock: &Connection) -> Result<Option<Self>> {
        if !lock.table_exists(None, "plan")? {
            return Ok(None);
        }
        let plan = lock.query_row("SELECT restored, aside, old FROM plan", [], |row| {
            Ok(Self { restored: row.get(0)?, aside: row.get(1)?, old: row.get(2)? })
        })?;
        Ok(Some(plan))
    }

    /// From here on there is no way back, so what the report answers doesn't count.
    fn carry_out(&self, live: &Path, report: Report) -> Result<()> {
        let restored = with_suffix(live, &self.restored);
        if !restored.exists() {
            return Ok(()); // It has its name already.
        }
        if identity(live) != self.old {
            return remove(&restored); // Somebody else put another file there.
        }
        let aside = with_suffix(live, &self.aside);
        for side in ["", "-wal", "-journal"] {
            keep_also_as(&with_suffix(live, side), &with_suffix(&aside, side))?;
            let _ = enter(Stage::Replace, report);
        }
        files::sync_folder(folder_of(live))?;
        for side in SIDE_FILES {
            remove(&with_suffix(live, side))?;
            let _ = enter(Stage::Replace, report);
        }
        rename(&restored, live)?;
        let _ = enter(Stage::Replace, report);
        Ok(())
    }
}

fn take(live: &Path) -> Result<Connection> {
    let lock = lock::take(&with_suffix(live, PLAN), PATIENCE)?;
    lock.ok_or_else(|| refused("ERR_RESTORE_BUSY", live, "another process is restoring it"))
}

fn finish(live: &Path, lock: Connection) -> Result<()> {
    drop(lock);
    remove(&with_suffix(live, PLAN))?;
    files::sync_folder(folder_of(live))
}

/// What `path` has after `live`, being in the same folder.
fn suffix(live: &Path, path: &Path) -> String {
    let (live, path) = (live.to_string_lossy(), path.to_string_lossy());
    path.strip_prefix(live.as_ref()).unwrap_or_default().to_owned()
}

/// Enough to see that it is the same file, unchanged.
fn identity(file: &Path) -> String {
    fs::metadata(file).map_or_else(
        |_| "none".into(),
        |found| {
            let changed = found.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
            format!("{} {}", found.len(), changed.unwrap_or_default().as_nanos())
        },
    )
}

/// A second name for the file; where the file system has none, a copy.
fn keep_also_as(file: &Path, name: &Path) -> Result<()> {
    if !file.exists() || name.exists() {
        return Ok(());
    }
    if fs::hard_link(file, name).is_ok() {
        return Ok(());
    }
    let partial = Partial::beside(name)?;
    fs::copy(file, partial.path()).map_err(|error| io("cannot copy to", name, &error))?;
    files::sync(partial.path())?;
    partial.publish(name)
}

fn keep_mode_and_owner(of: &Path, on: &Path) -> Result<()> {
    let failed = |error| io("cannot set the permissions of", on, &error);
    let found = fs::metadata(of).map_err(failed)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt, chown};
        let new = fs::metadata(on).map_err(failed)?;
        if (found.uid(), found.gid()) != (new.uid(), new.gid()) {
            chown(on, Some(found.uid()), Some(found.gid())).map_err(failed)?;
        }
    }
    fs::set_permissions(on, found.permissions()).map_err(failed)
}

//! Backups at intervals, by any number of processes together.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::copy::Report;
use super::create::{Create, create};
use super::files::{create_folder, resolve};
use super::list::{Listed, list};
use super::lock;
use super::manifest::Backup;
use super::name::{default_folder, is_routine, stem};
use super::retention::{Keep, Pruned, prune};
use crate::error::Result;
use crate::model::time;

/// What an attempt came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ran {
    /// The backup that was made; `None` where none was due or another process is making one.
    pub made: Option<Backup>,
    /// What was thinned out after it.
    pub removed: Vec<PathBuf>,
    /// Milliseconds until the next one is due.
    pub due_in: u64,
}

/// Makes a backup if the newest one in the folder is older than `every`, then prunes. A lock in the folder sees to it
/// that only one process does so at a time; a killed process doesn't leave it behind.
///
/// # Errors
/// As `create` and `prune`.
pub fn run_if_due(source: &Path, folder: Option<&Path>, every: Duration, keep: Keep, report: Report) -> Result<Ran> {
    let source = resolve(source)?;
    let folder = folder.map_or_else(|| Ok(default_folder(&source)), resolve)?;
    let stem = stem(&source);
    let every = every.as_millis() as u64;
    create_folder(&folder)?;
    let waiting = |due_in| Ran { made: None, removed: Vec::new(), due_in };
    let Some(_lock) = lock::take(&folder.join(format!(".{stem}.lock")), Duration::ZERO)? else {
        return Ok(waiting(every));
    };
    if let Some(age) = age_of_newest(&folder, &stem)?
        && age < every
    {
        return Ok(waiting(every - age));
    }
    let options = Create { folder: Some(&folder), ..Create::default() };
    let made = create(&source, &options, report)?;
    let Pruned { removed, .. } = prune(&folder, &stem, keep, false)?;
    Ok(Ran { made: Some(made), removed, due_in: every })
}

/// Milliseconds since the newest backup. One from the future, made before a clock was set back, doesn't count, nor does
/// one whose time can't be parsed.
fn age_of_newest(folder: &Path, stem: &str) -> Result<Option<u64>> {
    let now = time::now();
    for listed in list(folder)? {
        if let Listed::Backup(backup) = listed
            && is_routine(&backup.path.file_name().unwrap_or_default().to_string_lossy(), stem)
            && let Some(made) = time::parse(&backup.manifest.created_at)
            && let Ok(age) = u64::try_from(now - made)
        {
            return Ok(Some(age));
        }
    }
    Ok(None)
}

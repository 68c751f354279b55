//! Which backups to keep.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::files::{remove, remove_leftovers, resolve};
use super::list::{Listed, list};
use super::manifest::{self, Backup};
use super::name::{is_routine, stem};
use super::verify::verify;
use crate::error::{Error, Result};
use crate::model::period::Period;
use crate::model::time;

/// How many hours, days, weeks and months keep their newest backup. Only those count in which one was made, so a
/// pause costs nothing; hours, days, weeks (from Monday) and months are UTC's.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Keep {
    /// Hours.
    pub hourly: u32,
    /// Days.
    pub daily: u32,
    /// Weeks.
    pub weekly: u32,
    /// Months.
    pub monthly: u32,
}

/// What was kept and what not, newest first.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Pruned {
    /// Backups that are still there.
    pub kept: Vec<PathBuf>,
    /// Backups that are gone, or in a dry run would be.
    pub removed: Vec<PathBuf>,
}

/// Removes the backups of a database that no rule keeps. Only backups named by the time are ever removed, never ones
/// that somebody named, safety copies, or files that are no whole backups; and never the last one that verifies.
///
/// # Errors
/// `RangeError` where `keep` keeps nothing; an operating system's code.
pub fn prune(folder: &Path, stem: &str, keep: Keep, dry_run: bool) -> Result<Pruned> {
    if keep == Keep::default() {
        return Err(Error::Range("keep: at least one of hourly, daily, weekly and monthly must be more than 0".into()));
    }
    let folder = resolve(folder)?;
    let mut candidates: Vec<Backup> = Vec::new();
    for listed in list(&folder)? {
        if let Listed::Backup(backup) = listed
            && backup.has_manifest
            && is_routine(&backup.path.file_name().unwrap_or_default().to_string_lossy(), stem)
        {
            candidates.push(backup);
        }
    }
    let times: Vec<_> = candidates.iter().map(|backup| backup.manifest.created_at.as_str()).collect();
    let mut chosen = choose(&times, keep);
    spare_the_last_good(&candidates, &mut chosen);
    let mut pruned = Pruned::default();
    for (backup, kept) in candidates.into_iter().zip(chosen) {
        if kept {
            pruned.kept.push(backup.path);
            continue;
        }
        if !dry_run {
            discard(&backup.path)?;
        }
        pruned.removed.push(backup.path);
    }
    if !dry_run {
        remove_leftovers(&folder, &folder.join(stem))?;
    }
    Ok(pruned)
}

/// Removes a backup and its manifest. In this order a kill leaves a backup without a manifest at worst, never a manifest
/// without a backup.
///
/// # Errors
/// The system's, except for a file that is gone already.
pub fn discard(backup: &Path) -> Result<()> {
    remove(&manifest::path_of(backup))?;
    remove(backup)
}

/// As `prune`, for the backups of the database at `source`.
///
/// # Errors
/// As `prune`.
pub fn prune_for(folder: &Path, source: &Path, keep: Keep, dry_run: bool) -> Result<Pruned> {
    prune(folder, &stem(&resolve(source)?), keep, dry_run)
}

/// Which of these times, newest first, the rules keep. All that can't be parsed count as one period.
pub fn choose(times: &[&str], keep: Keep) -> Vec<bool> {
    let times: Vec<_> = times.iter().map(|time| time::parse(time)).collect();
    let mut chosen = vec![false; times.len()];
    let rules = [
        (Period::Hour, keep.hourly),
        (Period::Day, keep.daily),
        (Period::Week, keep.weekly),
        (Period::Month, keep.monthly),
    ];
    for (period, count) in rules {
        let mut seen = HashSet::new();
        let mut is_newest = |time: &Option<i64>| seen.insert(time.map(|time| period.number(time)));
        let newest = (0..times.len()).filter(|at| is_newest(&times[*at])).take(count as usize);
        newest.for_each(|at| chosen[at] = true);
    }
    chosen
}

/// If none that the rules keep can be trusted, the newest that can be stays as well.
fn spare_the_last_good(candidates: &[Backup], chosen: &mut [bool]) {
    let is_good = |at: &usize| verify(&candidates[*at].path, &mut super::unreported).is_ok();
    let (kept, removed): (Vec<usize>, Vec<usize>) = (0..candidates.len()).partition(|at| chosen[*at]);
    if removed.is_empty() || kept.iter().any(is_good) {
        return;
    }
    match removed.iter().find(|at| is_good(at)) {
        Some(good) => chosen[*good] = true,
        // Nothing verifies: these files may be all that is left.
        None => chosen.fill(true),
    }
}

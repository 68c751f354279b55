//! What backups take from JavaScript and give it.

use std::path::PathBuf;

use napi::bindgen_prelude::{Either, Null};
use napi_derive::napi;

use crate::engine::sqlite::backup::{self as engine, How, Kind, Stage};

/// Rows per table.
#[napi(object, object_from_js = false)]
pub struct Counts {
    pub worktrees: i64,
    pub zones: i64,
    /// Worktrees' assignments to zones.
    pub assignments: i64,
    pub executions: i64,
}

/// A backup and what is known about it.
#[napi(object, object_from_js = false)]
pub struct Backup {
    /// Where it is.
    pub path: String,
    /// Whether it has a manifest, so that its checksum could be compared.
    pub has_manifest: bool,
    /// The version of the manifest's form.
    pub format: u32,
    /// When it was made: ISO 8601, UTC.
    pub created_at: String,
    /// Why it was made.
    pub kind: &'static str,
    /// Size of the file.
    pub bytes: f64,
    /// SHA-256 of the file, in hexadecimal.
    pub sha256: String,
    /// Version of the schema; 0 is a file of the JavaScript layer.
    pub schema_version: u32,
    /// Rows per table.
    pub counts: Counts,
    /// What was wrong with the database before, if anything was.
    pub damage: Option<String>,
    /// The version of this package that made it, if a manifest says so.
    pub package_version: OrNull,
    /// The version of `SQLite` that made it, if a manifest says so.
    pub sqlite_version: OrNull,
}

/// A database file that can't be a good backup.
#[napi(object, object_from_js = false)]
pub struct Problem {
    /// Where it is.
    pub path: String,
    /// What is wrong with it.
    pub problem: String,
}

/// A file of a backup folder.
pub type Listed = Either<Backup, Problem>;

/// The backups that were kept and those that weren't, newest first.
#[napi(object, object_from_js = false)]
pub struct Pruned {
    /// Backups that are still there.
    pub kept: Vec<String>,
    /// Backups that are gone, or in a dry run would be.
    pub removed: Vec<String>,
}

/// What became of an attempt at a backup that may be due.
#[napi(object, object_from_js = false)]
pub struct Ran {
    /// The backup that was made.
    pub made: Option<Backup>,
    /// The backups that were removed after it.
    pub removed: Vec<String>,
    /// Milliseconds until the next one is due.
    pub due_in: f64,
}

/// What a restore did.
#[napi(object, object_from_js = false)]
pub struct Restored {
    /// The database.
    pub path: String,
    /// The backup that it now equals.
    pub backup: String,
    /// How it got there.
    pub how: &'static str,
    /// The backup of what was there before.
    pub safety: OrNull,
    /// The version of the restored schema.
    pub schema_version: u32,
    /// Restored rows.
    pub counts: Counts,
}

/// How far the work has come.
#[napi(object, object_from_js = false)]
pub struct Step {
    /// What is being done.
    pub stage: &'static str,
    /// Pages that this stage has to copy.
    pub total_pages: u32,
    /// Pages that it still has to copy.
    pub remaining_pages: u32,
}

/// How many hours, days, weeks and months keep a backup each; a missing number keeps none.
#[napi(object, object_to_js = false)]
pub struct Keep {
    pub hourly: Option<u32>,
    pub daily: Option<u32>,
    pub weekly: Option<u32>,
    pub monthly: Option<u32>,
}

/// A text, `null` where there is none: an `Option` would leave the property out.
pub type OrNull = Either<String, Null>;

/// A path as JavaScript has it.
pub fn text(path: PathBuf) -> String {
    path.into_os_string().into_string().unwrap_or_else(|path| path.to_string_lossy().into_owned())
}

/// A text, or `null`.
pub fn or_null(text: Option<String>) -> OrNull {
    text.map_or(Either::B(Null), Either::A)
}

fn texts(paths: Vec<PathBuf>) -> Vec<String> {
    paths.into_iter().map(text).collect()
}

/// A file of a backup folder.
pub fn listed(listed: engine::Listed) -> Listed {
    match listed {
        engine::Listed::Backup(backup) => Either::A(backup.into()),
        engine::Listed::Problem { path, problem } => Either::B(Problem { path: text(path), problem }),
    }
}

impl From<engine::Counts> for Counts {
    fn from(engine::Counts { worktrees, zones, assignments, executions }: engine::Counts) -> Self {
        Self { worktrees, zones, assignments, executions }
    }
}

impl From<engine::Backup> for Backup {
    fn from(engine::Backup { path, has_manifest, manifest }: engine::Backup) -> Self {
        Self {
            path: text(path),
            has_manifest,
            format: manifest.format,
            created_at: manifest.created_at,
            kind: match manifest.kind {
                Kind::Backup => "backup",
                Kind::Migration => "migration",
                Kind::Safety => "safety",
            },
            bytes: manifest.bytes as f64,
            sha256: manifest.sha256,
            schema_version: manifest.schema_version,
            counts: manifest.counts.into(),
            damage: manifest.damage,
            package_version: or_null(manifest.package_version),
            sqlite_version: or_null(manifest.sqlite_version),
        }
    }
}

impl From<engine::Pruned> for Pruned {
    fn from(engine::Pruned { kept, removed }: engine::Pruned) -> Self {
        Self { kept: texts(kept), removed: texts(removed) }
    }
}

impl From<engine::Ran> for Ran {
    fn from(engine::Ran { made, removed, due_in }: engine::Ran) -> Self {
        Self { made: made.map(Backup::from), removed: texts(removed), due_in: due_in as f64 }
    }
}

impl From<engine::Restored> for Restored {
    fn from(restored: engine::Restored) -> Self {
        Self {
            path: text(restored.path),
            backup: text(restored.backup),
            how: match restored.how {
                How::Transaction => "transaction",
                How::Created => "created",
                How::Replaced => "replaced",
            },
            safety: or_null(restored.safety.map(text)),
            schema_version: restored.schema_version,
            counts: restored.counts.into(),
        }
    }
}

impl From<engine::Progress> for Step {
    fn from(engine::Progress { stage, total_pages, remaining_pages }: engine::Progress) -> Self {
        let stage = match stage {
            Stage::Verify => "verify",
            Stage::Copy => "copy",
            Stage::Check => "check",
            Stage::Publish => "publish",
            Stage::Safety => "safety",
            Stage::Restore => "restore",
            Stage::Replace => "replace",
        };
        Self { stage, total_pages, remaining_pages }
    }
}

impl From<Keep> for engine::Keep {
    fn from(keep: Keep) -> Self {
        let count = |given: Option<u32>| given.unwrap_or(0);
        Self {
            hourly: count(keep.hourly),
            daily: count(keep.daily),
            weekly: count(keep.weekly),
            monthly: count(keep.monthly),
        }
    }
}

//! What JavaScript gets about schema versions.

use napi_derive::napi;

use super::backup_values::{OrNull, or_null, text};
use crate::engine::sqlite::schema::{self as engine, State, counts};

/// The schema of a file.
#[napi(object, object_from_js = false)]
pub struct Status {
    /// Its state, in a word.
    pub state: &'static str,
    /// The file's version; 0 is none.
    pub version: i64,
    /// The version that the code needs.
    pub latest: u32,
    /// Why the code refuses it, or may only read it.
    pub reasons: Vec<String>,
    /// Every migration that the file or the code knows.
    pub migrations: Vec<Migration>,
}

/// A migration and what the file says about it.
#[napi(object, object_from_js = false)]
pub struct Migration {
    /// The version that it leads to.
    pub version: u32,
    /// What it is about.
    pub name: String,
    /// Whether it is in force.
    pub applied: bool,
    /// What the file's history says about it.
    pub history: Option<Entry>,
}

/// A migration in the file's history.
#[napi(object, object_from_js = false)]
pub struct Entry {
    /// The version that it led to.
    pub version: u32,
    /// Its name then.
    pub name: String,
    /// The checksum of its text then.
    pub sha256: String,
    /// When: ISO 8601, UTC.
    pub applied_at: String,
    /// By which version of the package.
    pub package_version: String,
    /// When it was rolled back; `null` while it is in force.
    pub rolled_back_at: OrNull,
}

/// The outcome of migrating a file.
#[napi(object, object_from_js = false)]
pub struct Report {
    /// The version that it had before; 0 is none.
    pub from: u32,
    /// The version that it has now.
    pub version: u32,
    /// Whether the JavaScript layer wrote it, and it has been adopted.
    pub adopted: bool,
    /// Whether it was rolled back on purpose and stays at its version.
    pub pinned: bool,
    /// The backup that was made before anything changed.
    pub backup: OrNull,
    /// Rows that refer to rows that don't exist.
    pub foreign_key_violations: i64,
}

/// A table whose counts disagree with the executions.
#[napi(object, object_from_js = false)]
pub struct Drift {
    /// The table.
    pub table: &'static str,
    /// How many of its counts are wrong.
    pub rows: f64,
    /// What one of them is about.
    pub example: String,
}

impl From<engine::Status> for Status {
    fn from(engine::Status { state, version, latest, reasons, migrations }: engine::Status) -> Self {
        let state = match state {
            State::Current => "current",
            State::Older => "older",
            State::Pinned => "pinned",
            State::Newer(_) => "newer",
            State::Empty => "empty",
            State::JavascriptLayer => "javascript-layer",
            State::Different => "different",
            State::Foreign => "foreign",
        };
        Self { state, version, latest, reasons, migrations: migrations.into_iter().map(Migration::from).collect() }
    }
}

impl From<engine::Step> for Migration {
    fn from(engine::Step { version, name, applied, history }: engine::Step) -> Self {
        Self { version, name, applied, history: history.map(Entry::from) }
    }
}

impl From<engine::Entry> for Entry {
    fn from(entry: engine::Entry) -> Self {
        Self {
            version: entry.version,
            name: entry.name,
            sha256: entry.sha256,
            applied_at: entry.applied_at,
            package_version: entry.package_version,
            rolled_back_at: or_null(entry.rolled_back_at),
        }
    }
}

impl From<engine::Report> for Report {
    fn from(report: engine::Report) -> Self {
        Self {
            from: report.from,
            version: report.version,
            adopted: report.adopted,
            pinned: report.pinned,
            backup: or_null(report.backup.map(text)),
            foreign_key_violations: report.foreign_key_violations,
        }
    }
}

impl From<counts::Drift> for Drift {
    fn from(counts::Drift { table, rows, example }: counts::Drift) -> Self {
        Self { table, rows: rows as f64, example }
    }
}

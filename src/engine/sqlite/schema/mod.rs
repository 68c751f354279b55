//! Versions of the schema: what a file is, bringing it to the version that the code needs, and back.
//!
//! `prepare` is what every open goes through; the rest serves the command line and the migration script.

mod adopt;
pub mod counts;
mod found;
mod history;
mod inspect;
mod listed;
mod lock;
mod migrate;
mod migrations;
mod prepare;
mod refusal;
mod rolled;
mod shape;
mod status;
mod verify;

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::time::Duration;

pub use history::{Access, Entry};
pub use migrate::{down, up};
pub use migrations::{ALL, LATEST, Migration};
pub use prepare::prepare;
pub use refusal::refuse_later;
pub use shape::missing;
pub use status::{State, Status, Step, status};
pub use verify::verify;

use crate::error::{Error, Result};

/// `VDB1`: marks a file as this package's (`PRAGMA application_id`).
pub const APPLICATION_ID: i32 = 0x5644_4231;

/// How the file is backed up before it is changed.
#[derive(Clone, Copy)]
pub struct Backup<'a> {
    /// Makes a verified backup of the file and says where it is; the text tells what for.
    pub make: &'a dyn Fn(&rusqlite::Connection, &str) -> Result<PathBuf>,
    /// Removes it again, where nothing was changed after all: trying again and again must not fill the disk.
    pub discard: &'a dyn Fn(&Path),
}

/// How a file is to be opened.
#[derive(Clone, Copy)]
pub struct Prepare<'a> {
    /// The file, for the words of errors; `None` in memory.
    pub path: Option<&'a Path>,
    /// Whether an older file is migrated; else it is an error.
    pub migrate: bool,
    /// Nothing may be written.
    pub readonly: bool,
    /// Kept in the file's history.
    pub package_version: &'a str,
    /// Called before a file with content is changed; without it there is no backup.
    pub backup: Option<Backup<'a>>,
    /// How long to wait while another process holds the file, for it may be migrating.
    pub patience: Duration,
}

impl Default for Prepare<'_> {
    fn default() -> Self {
        Self {
            path: None,
            migrate: true,
            readonly: false,
            package_version: env!("CARGO_PKG_VERSION"),
            backup: None,
            patience: Duration::from_secs(600),
        }
    }
}

impl Prepare<'_> {
    /// The file's name for an error's words.
    fn name(&self) -> String {
        self.path.map_or_else(|| "the database".into(), |path| path.display().to_string())
    }

    fn error(&self, code: &'static str, what: impl std::fmt::Display) -> Error {
        Error::Coded { code, message: format!("{}: {what}", self.name()) }
    }
}

/// What opening or migrating a file came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// The version that it had; 0 is none.
    pub from: u32,
    /// The version that it has.
    pub version: u32,
    /// It was written by the JavaScript layer and has been adopted.
    pub adopted: bool,
    /// It is of a later version than this package knows, and used as one of the latest that it knows: nothing in it is mended.
    pub newer: bool,
    /// It was rolled back on purpose and stays at its version until `migrate up`.
    pub pinned: bool,
    /// The backup that was made before it was changed.
    pub backup: Option<PathBuf>,
    /// Rows that refer to rows that don't exist, found while migrating: they were there before.
    pub foreign_key_violations: i64,
}

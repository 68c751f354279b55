//! The small file beside a backup that says what the backup has to be.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::content::Counts;
use super::error::{io, refused};
use super::files::{with_suffix, write_whole};
use crate::error::Result;

/// Why a backup was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Somebody, or the automation, asked for it.
    Backup,
    /// A migration was about to change the schema.
    Migration,
    /// A restore was about to replace the content.
    Safety,
}

/// What the manifest says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    /// Version of the manifest's form.
    pub format: u32,
    /// When the backup was made: ISO 8601, UTC.
    pub created_at: String,
    /// Why it was made.
    pub kind: Kind,
    /// Size of the file.
    pub bytes: u64,
    /// SHA-256 of the file, in hexadecimal.
    pub sha256: String,
    /// Version of the schema; 0 is a file of the JavaScript layer.
    pub schema_version: u32,
    /// Rows per table.
    pub counts: Counts,
    /// What was wrong with the database already; only a safety copy may be of a damaged one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub damage: Option<String>,
    /// Version of this package that made it, where a manifest says so.
    pub package_version: Option<String>,
    /// Version of SQLite that made it, likewise.
    pub sqlite_version: Option<String>,
}

/// A backup and what is known about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backup {
    /// Where it is.
    pub path: PathBuf,
    /// Whether it has a manifest, so that its checksum could be compared.
    pub has_manifest: bool,
    /// What the manifest says; without one, what the file itself says.
    pub manifest: Manifest,
}

/// The form that this code writes.
pub const FORMAT: u32 = 1;

/// Where the manifest of a backup is.
pub fn path_of(backup: &Path) -> PathBuf {
    with_suffix(backup, ".json")
}

/// Reads the manifest of a backup; `None` where it has none.
pub fn read(backup: &Path) -> Result<Option<Manifest>> {
    let path = path_of(backup);
    let text = match fs::read(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(io("cannot read the manifest", &path, &error)),
    };
    let unreadable = |why: String| refused("ERR_BACKUP_MANIFEST", &path, format!("not a manifest of a backup: {why}"));
    let manifest: Manifest = serde_json::from_slice(&text).map_err(|error| unreadable(error.to_string()))?;
    if manifest.format != FORMAT {
        return Err(unreadable(format!("its form is {}, this package knows {FORMAT}", manifest.format)));
    }
    Ok(Some(manifest))
}

/// Writes the manifest of a backup, whole or not at all.
pub fn write(backup: &Path, manifest: &Manifest) -> Result<()> {
    let path = path_of(backup);
    let mut text = serde_json::to_vec_pretty(manifest)
        .map_err(|error| io("cannot write", &path, &std::io::Error::other(error)))?;
    text.push(b'\n');
    write_whole(&path, &text)
}

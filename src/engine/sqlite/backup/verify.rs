//! Whether a backup can be trusted. Each way in which it can't has words and a code of its own.

use std::fs;
use std::path::Path;

use rusqlite::Connection;

use super::checksum::sha256;
use super::content;
use super::copy::{Report, Stage, enter, hold_snapshot, open_to_read};
use super::error::{context, io, is_unreadable, refused};
use super::files::resolve;
use super::manifest::{self, Backup, FORMAT, Kind, Manifest};
use crate::engine::sqlite::driver::page_bytes::PageBytes;
use crate::error::{Error, Result};
use crate::model::time;

const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// Checks a backup completely: size, checksum, pages, foreign keys, schema, row counts. Never changes it.
///
/// # Errors
/// `ERR_BACKUP_MISSING`, `_EMPTY`, `_NOT_A_DATABASE`, `_TRUNCATED`, `_CHANGED` (not the checksum of its manifest),
/// `_DAMAGED`, `_SCHEMA`, `_NEWER`, `_MANIFEST`; `SqliteError` where the file can't be read.
pub fn verify(path: &Path, report: Report) -> Result<Backup> {
    let path = resolve(path)?;
    enter(Stage::Verify, report)?;
    is_a_file(&path)?;
    let manifest = manifest::read(&path)?;
    let connection = open_to_read(&path)?;
    let explain = |error| context(error, "cannot read", &path);
    let size = has_whole_pages(&connection, &path, manifest.as_ref())?;
    let sha256 = sha256(&connection).map_err(explain)?;
    if let Some(manifest) = &manifest
        && (manifest.sha256 != sha256 || manifest.bytes != size)
    {
        return Err(refused(
            "ERR_BACKUP_CHANGED",
            &path,
            format!(
                "it was changed after it was made: {size} bytes with SHA-256 {sha256}, its manifest says {} with {}",
                manifest.bytes, manifest.sha256
            ),
        ));
    }
    let found = inspect(&connection, &path, manifest.as_ref()).map_err(|error| match error {
        error if is_unreadable(&error) => damaged(&path, error.message()),
        other => explain(other),
    })?;
    let has_manifest = manifest.is_some();
    Ok(Backup { path, has_manifest, manifest: manifest.unwrap_or(Manifest { bytes: size, sha256, ..found }) })
}

/// What can be said at a glance: whether it is a whole file, and what its manifest, or else the file itself, says.
pub fn probe(path: &Path) -> Result<Backup> {
    is_a_file(path)?;
    let manifest = manifest::read(path)?;
    let connection = open_to_read(path)?;
    let size = has_whole_pages(&connection, path, manifest.as_ref())?;
    let has_manifest = manifest.is_some();
    let manifest = match manifest {
        Some(manifest) => manifest,
        None => Manifest { bytes: size, ..describe(&connection, path)? },
    };
    Ok(Backup { path: path.to_path_buf(), has_manifest, manifest })
}

fn damaged(path: &Path, what: &str) -> Error {
    refused("ERR_BACKUP_DAMAGED", path, format!("damaged: {what}"))
}

fn is_a_file(path: &Path) -> Result<()> {
    match fs::metadata(path) {
        Ok(found) if found.is_file() => Ok(()),
        Ok(_) => Err(refused("ERR_BACKUP_MISSING", path, "this is not a file")),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Err(refused("ERR_BACKUP_MISSING", path, "there is no such file"))
        }
        Err(error) => Err(io("cannot read", path, &error)),
    }
}

/// What can be said before SQLite reads the file: its size, if that is no less than its header and manifest say.
fn has_whole_pages(connection: &Connection, path: &Path, manifest: Option<&Manifest>) -> Result<u64> {
    let bytes = PageBytes::of(connection);
    let explain = |error| context(error, "cannot read", path);
    let size = bytes.len().map_err(explain)?;
    if size == 0 {
        return Err(refused("ERR_BACKUP_EMPTY", path, "the file is empty (0 bytes)"));
    }
    let mut header = [0; 100];
    bytes.read(&mut header, 0).map_err(explain)?;
    if !header.starts_with(MAGIC) {
        return Err(refused("ERR_BACKUP_NOT_A_DATABASE", path, "this is not an SQLite database, or an encrypted one"));
    }
    let number =
        |at: usize| u64::from(u32::from_be_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]));
    let page_size = match u64::from(u16::from_be_bytes([header[16], header[17]])) {
        1 => 65_536,
        size => size,
    };
    // SQLite's own rule for whether the page count in the header counts.
    let pages = if number(24) == number(92) { number(28) } else { 0 };
    let expected = manifest.map_or(pages * page_size, |manifest| manifest.bytes);
    if size < expected {
        return Err(refused("ERR_BACKUP_TRUNCATED", path, format!("truncated: {size} of {expected} bytes are there")));
    }
    Ok(size)
}

/// What SQLite says about the content, in the form of a manifest.
fn inspect(connection: &Connection, path: &Path, manifest: Option<&Manifest>) -> Result<Manifest> {
    hold_snapshot(connection)?;
    let version = content::schema_version(connection, path)?;
    if manifest.is_none() {
        // With a manifest, the checksum says that it is what it was when it was made, which has to suffice.
        content::has_schema(connection, path, version)?;
    }
    // A safety copy of a damaged database is as good as what it was made of.
    if manifest.is_none_or(|manifest| manifest.damage.is_none())
        && let Some(damage) = content::damage(connection)?
    {
        return Err(damaged(path, &damage.text()));
    }
    let found = describe(connection, path)?;
    if let Some(said) = manifest
        && (said.counts, said.schema_version) != (found.counts, found.schema_version)
    {
        return Err(refused(
            "ERR_BACKUP_MANIFEST",
            path,
            format!(
                "it holds {} of schema version {}, its manifest says {} of {}",
                found.counts, found.schema_version, said.counts, said.schema_version
            ),
        ));
    }
    Ok(found)
}

/// The manifest of a file that has none, but for its size and checksum.
fn describe(connection: &Connection, path: &Path) -> Result<Manifest> {
    Ok(Manifest {
        format: FORMAT,
        created_at: changed_at(path),
        kind: Kind::Backup,
        bytes: 0,
        sha256: String::new(),
        schema_version: content::schema_version(connection, path)?,
        counts: content::counts(connection)?,
        damage: None,
        package_version: None,
        sqlite_version: None,
    })
}

/// Without a manifest the file's own time has to suffice.
fn changed_at(path: &Path) -> String {
    time::iso(fs::metadata(path).and_then(|found| found.modified()).map_or(0, time::of) as f64)
}

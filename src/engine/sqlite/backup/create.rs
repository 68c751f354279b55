//! Making a backup.

use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::checksum::sha256;
use super::content::{self, Damage};
use super::copy::{Report, Stage, enter, hold_snapshot, open_to_write, pages};
use super::error::{context, refused};
use super::files::{self, Partial, create_folder, folder_of, resolve, same_file};
use super::manifest::{self, Backup, FORMAT, Kind, Manifest};
use super::name::{default_folder, stem, unused};
use crate::engine::sqlite::driver::page_bytes::PageBytes;
use crate::error::Result;
use crate::model::time;

/// Where a backup goes, and why it is made.
#[derive(Debug, Clone)]
pub struct Create<'a> {
    /// The file to make; without one it is named by the time, in `folder`.
    pub dest: Option<&'a Path>,
    /// The folder for backups without a name; without one it is `backups` beside the database.
    pub folder: Option<&'a Path>,
    /// Why it is made. Only a safety copy may be of a damaged database.
    pub kind: Kind,
    /// What the name says about it, after the time.
    pub label: Option<&'a str>,
}

impl Default for Create<'_> {
    fn default() -> Self {
        Self { dest: None, folder: None, kind: Kind::Backup, label: None }
    }
}

/// Copies the database at `source` while others work with it, checks the copy and gives it its name and manifest.
/// The backup appears whole or not at all.
///
/// # Errors
/// `ERR_BACKUP_EXISTS` where `dest` is a file that is no backup, `ERR_BACKUP_DAMAGED` where the database is damaged,
/// `ERR_BACKUP_SCHEMA` where it is not one of this package; `SqliteError`, or an operating system's code.
pub fn create(source: &Path, options: &Create, report: Report) -> Result<Backup> {
    let source = resolve(source)?;
    if !source.is_file() {
        return Err(refused("ERR_DATABASE_MISSING", &source, "there is no database to back up"));
    }
    let dest = destination(&source, options)?;
    let created_at = time::iso_now();
    let partial = Partial::beside(&dest)?;
    copy(&source, partial.path(), report).map_err(|error| context(error, "cannot back up to", &dest))?;
    publish(partial, &dest, (options.kind, created_at), report)
}

/// As `create`, of a serialised database: one in memory has no file that could be read.
///
/// # Errors
/// As `create`.
pub fn create_from_bytes(bytes: &[u8], dest: &Path, report: Report) -> Result<Backup> {
    let dest = resolve(dest)?;
    refuse_strangers(&dest)?;
    create_folder(folder_of(&dest))?;
    let created_at = time::iso_now();
    let partial = Partial::beside(&dest)?;
    partial.write(bytes)?;
    publish(partial, &dest, (Kind::Backup, created_at), report)
}

fn destination(source: &Path, options: &Create) -> Result<PathBuf> {
    let Some(dest) = options.dest else {
        let folder = match options.folder {
            Some(folder) => resolve(folder)?,
            None => default_folder(source),
        };
        create_folder(&folder)?;
        return Ok(unused(&folder, &stem(source), options.label));
    };
    let dest = resolve(dest)?;
    if same_file(source, &dest) {
        return Err(refused("ERR_BACKUP_EXISTS", &dest, "a database can't be its own backup"));
    }
    refuse_strangers(&dest)?;
    create_folder(folder_of(&dest))?;
    Ok(dest)
}

/// An earlier backup may be replaced, any other file is somebody's.
fn refuse_strangers(dest: &Path) -> Result<()> {
    if dest.exists() && !manifest::path_of(dest).exists() {
        return Err(refused(
            "ERR_BACKUP_EXISTS",
            dest,
            "there is a file that is not a backup (it has no manifest): choose another name or remove it",
        ));
    }
    Ok(())
}

fn copy(source: &Path, partial: &Path, report: Report) -> Result<()> {
    let from = open_to_write(source)?;
    hold_snapshot(&from)?;
    let mut to = open_to_write(partial)?;
    // Nobody else knows the file and it is synced before it gets its name: no journal, no syncs in between.
    to.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")?;
    pages(&from, &mut to, Stage::Copy, report)
}

/// Checks the copy, writes it to the disk and gives it its name and manifest.
fn publish(partial: Partial, dest: &Path, of: (Kind, String), report: Report) -> Result<Backup> {
    enter(Stage::Check, report)?;
    let connection = open_to_write(partial.path())?;
    let manifest = describe(&connection, dest, of).map_err(|error| context(error, "cannot check", dest))?;
    drop(connection);
    enter(Stage::Publish, report)?;
    files::sync(partial.path())?;
    // The new file must never be seen with the manifest of the one that it replaces.
    files::remove(&manifest::path_of(dest))?;
    partial.publish(dest)?;
    manifest::write(dest, &manifest)?;
    Ok(Backup { path: dest.to_path_buf(), has_manifest: true, manifest })
}

fn describe(connection: &Connection, dest: &Path, (kind, created_at): (Kind, String)) -> Result<Manifest> {
    // One file, without the side files of the WAL.
    connection.query_row("PRAGMA journal_mode = DELETE", [], |_| Ok(()))?;
    let damage = content::damage(connection)?;
    let schema_version = content::schema_version(connection, dest);
    match (kind, &damage) {
        // What a restore replaces is kept as it is, whatever it is. A migration leaves rows that refer to nothing as they
        // are; if they prevented its backup, they would prevent the migration.
        (Kind::Safety, _) | (Kind::Migration, Some(Damage::References(_))) => {}
        (_, Some(Damage::Pages(text) | Damage::References(text))) => {
            let why = format!("no backup was made, since the database is damaged: {text}");
            return Err(refused("ERR_BACKUP_DAMAGED", dest, why));
        }
        (_, None) => {
            schema_version.as_ref().map_err(Clone::clone)?;
        }
    }
    Ok(Manifest {
        format: FORMAT,
        created_at,
        kind,
        bytes: PageBytes::of(connection).len()?,
        sha256: sha256(connection)?,
        schema_version: schema_version.unwrap_or(0),
        counts: content::counts(connection).unwrap_or_default(),
        damage: damage.map(Damage::text),
        package_version: Some(env!("CARGO_PKG_VERSION").into()),
        sqlite_version: Some(rusqlite::version().into()),
    })
}

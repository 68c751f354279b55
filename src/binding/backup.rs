//! Backups for JavaScript.

#![allow(
    clippy::must_use_candidate,
    clippy::missing_errors_doc,
    clippy::needless_pass_by_value,
    reason = "napi-rs takes owned values, JavaScript has no must_use, and its arguments are what lib/ checked"
)]

use std::path::Path;
use std::time::Duration;

use napi::bindgen_prelude::{AsyncTask, Env, Function};
use napi_derive::napi;

use super::backup_values::{Backup, Keep, Listed, Pruned, Ran, Restored, Step, listed};
use super::state::Realm;
use super::work::{Watcher, Work, stopped};
use crate::engine::sqlite::backup::{self, Create, Progress};
use crate::error::Result;

/// Told of each step; answers whether to go on.
type Told<'call> = Option<Function<'call, Step, bool>>;

/// Makes a backup of the file `source`: at `dest`, or named by the time in `folder` or beside the database.
#[napi]
pub fn backup_create_sync(
    env: Env,
    realm: u32,
    source: String,
    dest: Option<String>,
    folder: Option<String>,
    watcher: Told<'_>,
) -> napi::Result<Backup> {
    Realm(realm).answer(env, |_| {
        let mut report = |step| ask(watcher.as_ref(), step);
        Ok(create(&source, dest.as_deref(), folder.as_deref(), &mut report)?.into())
    })
}

/// As `backupCreateSync`, on the thread pool.
#[napi]
pub fn backup_create(
    realm: u32,
    source: String,
    dest: Option<String>,
    folder: Option<String>,
    watcher: Option<Watcher>,
) -> AsyncTask<Work<Backup>> {
    Work::queue(Realm(realm), watcher, move |report| {
        Ok(create(&source, dest.as_deref(), folder.as_deref(), report)?.into())
    })
}

/// As `backupCreateSync`, of the bytes of a database in memory.
#[napi]
pub fn backup_create_from_bytes(
    env: Env,
    realm: u32,
    bytes: &[u8],
    dest: String,
    watcher: Told<'_>,
) -> napi::Result<Backup> {
    Realm(realm).answer(env, |_| {
        let mut report = |step| ask(watcher.as_ref(), step);
        Ok(backup::create_from_bytes(bytes, Path::new(&dest), &mut report)?.into())
    })
}

/// Makes a backup if one is due, and prunes, on the thread pool.
#[napi]
pub fn backup_run_if_due(
    realm: u32,
    source: String,
    folder: Option<String>,
    every: f64,
    keep: Keep,
) -> AsyncTask<Work<Ran>> {
    Work::queue(Realm(realm), None, move |report| {
        let every = Duration::from_millis(every as u64);
        let folder = folder.as_deref().map(Path::new);
        Ok(backup::run_if_due(Path::new(&source), folder, every, keep.into(), report)?.into())
    })
}

/// Checks a backup completely.
#[napi]
pub fn backup_verify(env: Env, realm: u32, path: String) -> napi::Result<Backup> {
    Realm(realm).answer(env, |_| Ok(backup::verify(Path::new(&path), &mut backup::unreported)?.into()))
}

/// Lists the backups of a folder, newest first.
#[napi]
pub fn backup_list(env: Env, realm: u32, folder: String) -> napi::Result<Vec<Listed>> {
    Realm(realm).answer(env, |_| Ok(backup::list(Path::new(&folder))?.into_iter().map(listed).collect()))
}

/// Makes the database at `live` equal to a backup.
#[napi]
pub fn backup_restore(env: Env, realm: u32, path: String, live: String, watcher: Told<'_>) -> napi::Result<Restored> {
    Realm(realm).answer(env, |_| {
        let mut report = |step| ask(watcher.as_ref(), step);
        Ok(backup::restore(Path::new(&path), Path::new(&live), &mut report)?.into())
    })
}

/// Removes the backups of the database that `keep` doesn't keep.
#[napi]
pub fn backup_prune(
    env: Env,
    realm: u32,
    folder: String,
    source: String,
    keep: Keep,
    dry_run: bool,
) -> napi::Result<Pruned> {
    Realm(realm)
        .answer(env, |_| Ok(backup::prune_for(Path::new(&folder), Path::new(&source), keep.into(), dry_run)?.into()))
}

fn create(source: &str, dest: Option<&str>, folder: Option<&str>, report: backup::Report) -> Result<backup::Backup> {
    let options = Create { dest: dest.map(Path::new), folder: folder.map(Path::new), ..Create::default() };
    backup::create(Path::new(source), &options, report)
}

fn ask(watcher: Option<&Function<'_, Step, bool>>, step: Progress) -> Result<()> {
    match watcher.map(|watcher| watcher.call(step.into())) {
        None | Some(Ok(true)) => Ok(()),
        Some(_) => Err(stopped()),
    }
}

//! Schema versions for JavaScript.

#![allow(
    clippy::must_use_candidate,
    clippy::missing_errors_doc,
    clippy::needless_pass_by_value,
    reason = "napi-rs takes owned values, JavaScript has no must_use, and its arguments are what lib/ checked"
)]

use std::path::Path;

use napi::bindgen_prelude::Env;
use napi_derive::napi;

use super::schema_values::{Drift, Report, Status};
use super::state::Realm;
use crate::engine::sqlite::maintenance;

/// A file's state, version and migrations.
#[napi]
pub fn schema_status(env: Env, realm: u32, path: String) -> napi::Result<Status> {
    Realm(realm).answer(env, |_| Ok(maintenance::status(Path::new(&path))?.into()))
}

/// What is wrong with a file, a sentence for each problem.
#[napi]
pub fn schema_verify(env: Env, realm: u32, path: String) -> napi::Result<Vec<String>> {
    Realm(realm).answer(env, |_| Ok(maintenance::verify(Path::new(&path))?))
}

/// Migrates up, to the latest version unless `to` says otherwise.
#[napi]
pub fn schema_up(env: Env, realm: u32, path: String, package_version: String, to: Option<u32>) -> napi::Result<Report> {
    Realm(realm).answer(env, |_| Ok(maintenance::up(Path::new(&path), to, &package_version)?.into()))
}

/// Migrates down and pins the file at that version.
#[napi]
pub fn schema_down(env: Env, realm: u32, path: String, package_version: String, to: u32) -> napi::Result<Report> {
    Realm(realm).answer(env, |_| Ok(maintenance::down(Path::new(&path), to, &package_version)?.into()))
}

/// The tables of counts that disagree with the executions.
#[napi]
pub fn schema_check_counts(env: Env, realm: u32, path: String) -> napi::Result<Vec<Drift>> {
    Realm(realm)
        .answer(env, |_| Ok(maintenance::check_counts(Path::new(&path))?.into_iter().map(Drift::from).collect()))
}

/// Counts the executions again.
#[napi]
pub fn schema_rebuild_counts(env: Env, realm: u32, path: String) -> napi::Result<()> {
    Realm(realm).answer(env, |_| Ok(maintenance::rebuild_counts(Path::new(&path))?))
}

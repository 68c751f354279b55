//! Versions of the schema for JavaScript: paths in, JSON out, as `backup` answers. `lib/schema/versions.js` makes values of it.

#![allow(
    clippy::must_use_candidate,
    clippy::needless_pass_by_value,
    reason = "napi-rs takes owned values, and JavaScript has no must_use"
)]

use std::path::Path;

use napi_derive::napi;

use super::backup::outcome;
use crate::engine::sqlite::maintenance;

/// Where a file stands: state, version, migrations.
#[napi]
pub fn schema_status(path: String) -> String {
    outcome(|| maintenance::status(Path::new(&path)))
}

/// What is wrong with a file, a sentence each.
#[napi]
pub fn schema_verify(path: String) -> String {
    outcome(|| maintenance::verify(Path::new(&path)))
}

/// Migrates up, to the latest version unless told otherwise.
#[napi]
pub fn schema_up(path: String, package_version: String, to: Option<u32>) -> String {
    outcome(|| maintenance::up(Path::new(&path), to, &package_version))
}

/// Migrates down and pins the file there.
#[napi]
pub fn schema_down(path: String, package_version: String, to: u32) -> String {
    outcome(|| maintenance::down(Path::new(&path), to, &package_version))
}

/// The tables of counts that are not what the executions are.
#[napi]
pub fn schema_check_counts(path: String) -> String {
    outcome(|| maintenance::check_counts(Path::new(&path)))
}

/// Counts the executions anew.
#[napi]
pub fn schema_rebuild_counts(path: String) -> String {
    outcome(|| maintenance::rebuild_counts(Path::new(&path)))
}

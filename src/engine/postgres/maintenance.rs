//! Looking after a board's tables without opening it, for the command line.

use std::time::Duration;

use super::client::Client;
use super::open::check_name;
use super::schema;
use super::target::Target;
use crate::engine::sqlite::schema::{Report, Status};
use crate::error::Result;

/// How long a connection and somebody else's lock may take.
const TIMEOUT: Duration = Duration::from_secs(5);
/// How long a step may, which grows with the board.
const PATIENCE: Duration = Duration::from_secs(600);

/// Where a board's tables stand. Nothing is written.
///
/// # Errors
/// `ERR_DATABASE_UNAVAILABLE`; the server's error.
pub fn status(url: &str, schema: &str) -> Result<Status> {
    on(url, schema, true, |client| schema::status(client, schema))
}

/// What is wrong with them, a sentence each. Nothing is written for good.
///
/// # Errors
/// As [`status`].
pub fn verify(url: &str, schema: &str) -> Result<Vec<String>> {
    on(url, schema, false, |client| schema::verify(client, schema))
}

/// Migrates up, to the latest version unless told otherwise.
///
/// # Errors
/// As [`status`]; a `RangeError` for a version that makes no sense; what forbids the migration.
pub fn up(url: &str, schema: &str, to: Option<u32>, package_version: &str) -> Result<Report> {
    on(url, schema, false, |client| schema::up(client, schema, to, package_version))
}

/// Migrates down. The board stays at that version, until [`up`].
///
/// # Errors
/// As [`up`].
pub fn down(url: &str, schema: &str, to: u32, package_version: &str) -> Result<Report> {
    on(url, schema, false, |client| schema::down(client, schema, to, package_version))
}

fn on<T>(url: &str, schema: &str, readonly: bool, run: impl FnOnce(&Client) -> Result<T>) -> Result<T> {
    check_name(schema)?;
    let client = Client::open(Target::parse(url)?, readonly, TIMEOUT)?;
    client.be_patient(PATIENCE);
    let done = run(&client);
    client.hang_up();
    done
}

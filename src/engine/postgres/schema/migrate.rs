//! Changing a board's version: under its lock, all or nothing.

use super::found::Found;
use super::migrations::{ALL, HISTORY, LATEST, Migration};
use super::names;
use super::refusal::{check_not_newer, name};
use super::sent::{explained, scripts, sent};
use super::status::look_within;
use crate::engine::postgres::client::error_codes::answered;
use crate::engine::postgres::client::value::Value;
use crate::engine::postgres::client::{Client, Step};
use crate::engine::sqlite::schema::Report;
use crate::error::{Error, Result};

const APPLIED: &str = "INSERT INTO {s}.schema_migrations (version, name, sha256, package_version) VALUES ($1::bigint, $2, $3, $4) \
     ON CONFLICT (version) DO UPDATE SET name = excluded.name, sha256 = excluded.sha256, applied_at = excluded.applied_at, \
     package_version = excluded.package_version, rolled_back_at = NULL";
const ROLLED_BACK: &str = "UPDATE {s}.schema_migrations SET rolled_back_at = now() WHERE version = $1::bigint";

/// Migrates up, to the latest version unless told otherwise. What was rolled back is applied again.
///
/// # Errors
/// A `RangeError` for a version that is not known or below the board's; `ERR_SCHEMA_NEWER`; the server's error.
pub fn up(client: &Client, schema: &str, to: Option<u32>, package_version: &str) -> Result<Report> {
    let to = to.unwrap_or(LATEST);
    if !(1..=LATEST).contains(&to) {
        return Err(Error::Range(format!("Expected a version of the schema from 1 to {LATEST}, got {to}")));
    }
    migrate(client, schema, package_version, &|from, _| {
        if to < from {
            let name = name(client, schema);
            return Err(Error::Range(format!("{name} is at version {from} already; migrate down goes back to {to}")));
        }
        Ok(to)
    })
}

/// Migrates down. The board stays at that version, until `up`: this package doesn't open it, one of that version does.
///
/// # Errors
/// A `RangeError` for a version that is not below the board's; otherwise as [`up`].
pub fn down(client: &Client, schema: &str, to: u32, package_version: &str) -> Result<Report> {
    migrate(client, schema, package_version, &|from, _| {
        if to >= from {
            let name = name(client, schema);
            return Err(Error::Range(format!("{name} is at version {from}, and {to} is not below it")));
        }
        Ok(to)
    })
}

/// Goes to the version that `decide` names, given the board's and whether it is pinned there. It is asked under the lock: of several
/// connections at once, one migrates, and the others find it done.
pub fn migrate(
    client: &Client,
    schema: &str,
    package_version: &str,
    decide: &dyn Fn(u32, bool) -> Result<u32>,
) -> Result<Report> {
    scripts(client, &[&begin(client, schema)])?;
    let applied = apply(client, schema, package_version, decide);
    if applied.is_err() {
        // Closing the connection rolls the transaction back: nothing of it is left.
        client.hang_up();
    }
    applied
}

fn begin(client: &Client, schema: &str) -> String {
    format!(
        "BEGIN ISOLATION LEVEL READ COMMITTED; SELECT pg_catalog.set_config('lock_timeout', '{}ms', true), \
         pg_catalog.pg_advisory_xact_lock({})",
        client.timeout().as_millis().max(1),
        names::lock(schema)
    )
}

/// A script or a statement, and of which step it is.
type Said<'a> = (Option<&'a Migration>, String, Vec<Value<'static>>);

fn apply(
    client: &Client,
    schema: &str,
    package_version: &str,
    decide: &dyn Fn(u32, bool) -> Result<u32>,
) -> Result<Report> {
    let found = look_within(client, schema)?;
    let (from, pinned) = found.version();
    check_not_newer(client, schema, from)?;
    let to = decide(from, pinned)?;
    let said = said(found, schema, package_version, (from, to));
    let mut steps: Vec<Step<'_>> = said
        .iter()
        .map(|(_, sql, values)| if values.is_empty() { Step::Script(sql) } else { Step::Statement(sql, values) })
        .collect();
    steps.push(Step::Script("COMMIT"));
    for (nth, answer) in sent(client, &steps)?.into_iter().enumerate() {
        let Err(error) = answer else { continue };
        let error = answered(error, &client.host());
        let Some(Migration { version, name: what, .. }) = said.get(nth).and_then(|(of, ..)| *of) else {
            return Err(explained(client, error));
        };
        let board = name(client, schema);
        let message =
            format!("{board}: migration {version} ({what}) failed and nothing was changed: {}", error.message());
        return Err(error.with_message(message));
    }
    // What was undone on purpose is the step behind.
    let pinned = if to == from { pinned } else { to < from };
    Ok(Report { from, version: to, pinned, ..Report::default() })
}

/// What is said to go from one version to another one.
fn said(found: Found, schema: &str, package_version: &str, (from, to): (u32, u32)) -> Vec<Said<'static>> {
    let text = |sql: &str| names::within(schema, sql);
    let mut said: Vec<Said<'static>> = Vec::new();
    if found == Found::NoSchema {
        said.push((None, text("CREATE SCHEMA {s}"), Vec::new()));
    }
    if !matches!(found, Found::Board { .. }) {
        said.push((None, text(HISTORY), Vec::new()));
    }
    for step in ALL.iter().filter(|step| (from + 1..=to).contains(&step.version)) {
        let values: Vec<Value<'static>> = vec![
            i64::from(step.version).into(),
            step.name.into(),
            step.sha256().into(),
            package_version.to_owned().into(),
        ];
        said.extend([(Some(step), text(step.up), Vec::new()), (Some(step), text(APPLIED), values)]);
    }
    for step in ALL.iter().rev().filter(|step| (to + 1..=from).contains(&step.version)) {
        let values = vec![i64::from(step.version).into()];
        said.extend([(Some(step), text(step.down), Vec::new()), (Some(step), text(ROLLED_BACK), values)]);
    }
    said
}

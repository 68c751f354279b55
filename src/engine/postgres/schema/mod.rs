//! Versions of the tables: finding out which one a board has, and bringing it to the one that the code needs, under a lock.

mod migrations;
pub mod names;

use self::migrations::{ALL, HISTORY, LATEST, Migration};
use super::client::error_codes::{answered, unavailable};
use super::client::value::{Value, cell, integer};
use super::client::{Answer, Client, Step};
use super::options::Options;
use crate::error::{Error, Result};

/// What was found of a board.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    /// Not even the schema.
    NoSchema,
    /// A schema without a board.
    NoBoard,
    /// A board of this version.
    Board(u32),
}

/// Sees to it that the tables are of the version that the code needs.
///
/// # Errors
/// `ERR_SCHEMA_NEWER`, `ERR_SCHEMA_OLDER`; `ERR_DATABASE_UNAVAILABLE` where there is no board and none may be made; the server's
/// error. Nothing has changed then.
pub fn prepare(client: &Client, options: &Options<'_>) -> Result<()> {
    let version = match look(client, options.schema)? {
        Found::Board(version) => version,
        Found::NoSchema | Found::NoBoard if options.readonly || options.must_exist => {
            return Err(unavailable(&client.host(), &format!("there is no board in its schema '{}'", options.schema)));
        }
        Found::NoSchema | Found::NoBoard => 0,
    };
    check(client, options, version)?;
    if version < LATEST { migrate(client, options) } else { Ok(()) }
}

fn look(client: &Client, schema: &str) -> Result<Found> {
    let exists = "SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = $1";
    let version = names::within(schema, "SELECT max(version) FROM {s}.schema_migrations");
    let name = [Value::from(schema)];
    let mut answers = sent(client, &[Step::Statement(exists, &name), Step::Statement(&version, &[])])?.into_iter();
    let host = client.host();
    let there =
        answers.next().unwrap_or_else(|| Ok(Vec::new())).map_err(|error| explained(client, answered(error, &host)))?;
    match answers.next().unwrap_or_else(|| Ok(Vec::new())) {
        _ if there.is_empty() => Ok(Found::NoSchema),
        Ok(rows) => Ok(rows.first().map_or(Found::NoBoard, |row| {
            cell(row, 0).map_or(Found::NoBoard, |_| Found::Board(integer(row, 0) as u32))
        })),
        // There is no such table.
        Err(error) if error.code().is_some_and(|state| state.code() == "42P01") => Ok(Found::NoBoard),
        Err(error) => Err(explained(client, answered(error, &host))),
    }
}

fn check(client: &Client, options: &Options<'_>, version: u32) -> Result<()> {
    let coded = |code, why: String| {
        let message = format!("Cannot open the board in schema '{}' of {}: {why}", options.schema, client.host());
        Err(Error::Coded { code, message })
    };
    if version > LATEST {
        let why = format!(
            "its tables are of version {version}, this package knows {LATEST}: use the version of the package that wrote them, \
             or a later one"
        );
        return coded("ERR_SCHEMA_NEWER", why);
    }
    if version < LATEST && (options.readonly || !options.migrate) {
        let why = format!("its tables are of version {version}, this package needs {LATEST}: open it once for writing");
        return coded("ERR_SCHEMA_OLDER", why);
    }
    Ok(())
}

/// Applies what is missing, all or nothing. Of several connections at once, one does it, and the others find it done.
fn migrate(client: &Client, options: &Options<'_>) -> Result<()> {
    let begin = begin(client, options.schema);
    first_error(client, sent(client, &[Step::Script(&begin)])?)?;
    let applied = apply(client, options);
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

fn apply(client: &Client, options: &Options<'_>) -> Result<()> {
    let found = look_within(client, options.schema)?;
    let version = match found {
        Found::Board(version) => version,
        Found::NoSchema | Found::NoBoard => 0,
    };
    check(client, options, version)?;
    let mut scripts = Vec::new();
    if found == Found::NoSchema {
        scripts.push(names::within(options.schema, "CREATE SCHEMA {s}"));
    }
    if !matches!(found, Found::Board(_)) {
        scripts.push(names::within(options.schema, HISTORY));
    }
    let missing: Vec<&Migration> = ALL.iter().filter(|step| step.version > version).collect();
    scripts.extend(missing.iter().map(|migration| names::within(options.schema, migration.up)));
    let insert = names::within(
        options.schema,
        "INSERT INTO {s}.schema_migrations (version, name, package_version) VALUES ($1::bigint, $2, $3)",
    );
    let rows: Vec<[Value<'_>; 3]> = missing
        .iter()
        .map(|step| [i64::from(step.version).into(), step.name.into(), options.package_version.into()])
        .collect();
    let mut steps: Vec<Step<'_>> = scripts.iter().map(|script| Step::Script(script)).collect();
    steps.extend(rows.iter().map(|row| Step::Statement(&insert, row)));
    steps.push(Step::Script("COMMIT"));
    first_error(client, sent(client, &steps)?)
}

/// `look` within a transaction, which a statement that fails would abort.
fn look_within(client: &Client, schema: &str) -> Result<Found> {
    let exists = "SELECT (SELECT count(*) FROM pg_catalog.pg_namespace WHERE nspname = $1), \
                  (SELECT count(*) FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace \
                   WHERE n.nspname = $1 AND c.relname = 'schema_migrations')";
    let there = rows(client, exists, &[Value::from(schema)])?;
    let [has_schema, has_board] = [0, 1].map(|column| there.first().is_some_and(|row| integer(row, column) > 0));
    if !has_board {
        return Ok(if has_schema { Found::NoBoard } else { Found::NoSchema });
    }
    let version = names::within(schema, "SELECT coalesce(max(version), 0) FROM {s}.schema_migrations");
    Ok(Found::Board(rows(client, &version, &[])?.first().map_or(0, |row| integer(row, 0) as u32)))
}

fn rows(client: &Client, sql: &str, values: &[Value<'_>]) -> Result<Vec<tokio_postgres::Row>> {
    let answer = sent(client, &[Step::Statement(sql, values)])?.pop().unwrap_or_else(|| Ok(Vec::new()));
    answer.map_err(|error| explained(client, answered(error, &client.host())))
}

fn sent(client: &Client, steps: &[Step<'_>]) -> Result<Vec<Answer>> {
    // Whatever was sent is one transaction, and the next opening looks again.
    client.send(steps).map_err(|lost| lost.unavailable(&client.host()))
}

fn first_error(client: &Client, answers: Vec<Answer>) -> Result<()> {
    for answer in answers {
        answer.map_err(|error| explained(client, answered(error, &client.host())))?;
    }
    Ok(())
}

/// The server's failure, with what could not be done.
fn explained(client: &Client, error: Error) -> Error {
    let message = format!("Cannot open the board at {}: {}", client.host(), error.message());
    match error {
        Error::Coded { .. } => error,
        error => error.with_message(message),
    }
}

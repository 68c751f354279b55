//! Which version is there, and what was done to a board.

use super::found::Found;
use super::migrations::{ALL, LATEST};
use super::names;
use super::refusal::name;
use super::sent::{explained, rows, sent};
use crate::engine::postgres::client::error_codes::answered;
use crate::engine::postgres::client::value::{Value, integer, text_of};
use crate::engine::postgres::client::{Client, Step};
use crate::engine::sqlite::schema::{Access, Entry, State, Status, Step as Known};
use crate::error::Result;

/// The version that is in force, and whether the step after it was undone on purpose.
const VERSION: &str = "SELECT v.version, EXISTS (SELECT 1 FROM {s}.schema_migrations AS m WHERE m.version = v.version + 1 AND m.rolled_back_at IS NOT NULL) \
     FROM (SELECT coalesce(max(version) FILTER (WHERE rolled_back_at IS NULL), 0) AS version FROM {s}.schema_migrations) AS v";
const ENTRIES: &str = "SELECT version, name, sha256, to_char(applied_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"'), package_version, \
     to_char(rolled_back_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"') FROM {s}.schema_migrations ORDER BY version";

/// What is there.
pub fn look(client: &Client, schema: &str) -> Result<Found> {
    let exists = "SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = $1";
    let version = names::within(schema, VERSION);
    let schema_name = [Value::from(schema)];
    let mut answers =
        sent(client, &[Step::Statement(exists, &schema_name), Step::Statement(&version, &[])])?.into_iter();
    let host = client.host();
    let there =
        answers.next().unwrap_or_else(|| Ok(Vec::new())).map_err(|error| explained(client, answered(error, &host)))?;
    match answers.next().unwrap_or_else(|| Ok(Vec::new())) {
        _ if there.is_empty() => Ok(Found::NoSchema),
        Ok(rows) => Ok(found(&rows)),
        // There is no such table.
        Err(error) if error.code().is_some_and(|state| state.code() == "42P01") => Ok(Found::NoBoard),
        Err(error) => Err(explained(client, answered(error, &host))),
    }
}

/// `look` within a transaction, which a statement that fails would abort.
pub fn look_within(client: &Client, schema: &str) -> Result<Found> {
    let exists = "SELECT (SELECT count(*) FROM pg_catalog.pg_namespace WHERE nspname = $1), \
                  (SELECT count(*) FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace \
                   WHERE n.nspname = $1 AND c.relname = 'schema_migrations')";
    let there = rows(client, exists, &[Value::from(schema)])?;
    let [has_schema, has_board] = [0, 1].map(|column| there.first().is_some_and(|row| integer(row, column) > 0));
    if !has_board {
        return Ok(if has_schema { Found::NoBoard } else { Found::NoSchema });
    }
    Ok(found(&rows(client, &names::within(schema, VERSION), &[])?))
}

fn found(rows: &[tokio_postgres::Row]) -> Found {
    rows.first()
        .map_or(Found::NoBoard, |row| Found::Board { version: integer(row, 0) as u32, pinned: integer(row, 1) != 0 })
}

/// What a board remembers, by version; nothing where there is none.
pub fn entries(client: &Client, schema: &str, found: Found) -> Result<Vec<Entry>> {
    if !matches!(found, Found::Board { .. }) {
        return Ok(Vec::new());
    }
    let entry = |row: &tokio_postgres::Row| {
        let text = |column| text_of(row, column).unwrap_or_default();
        Entry {
            version: integer(row, 0) as u32,
            name: text(1),
            sha256: text(2),
            applied_at: text(3),
            package_version: text(4),
            rolled_back_at: text_of(row, 5),
            min_reader: None,
            min_writer: None,
        }
    };
    Ok(rows(client, &names::within(schema, ENTRIES), &[])?.iter().map(entry).collect())
}

/// Where a board stands. Nothing is written.
///
/// # Errors
/// The server's error.
pub fn status(client: &Client, schema: &str) -> Result<Status> {
    let found = look(client, schema)?;
    let mut entries = entries(client, schema, found)?;
    let (version, pinned) = found.version();
    let (state, reasons) = match found {
        Found::NoSchema | Found::NoBoard => (State::Empty, vec![]),
        Found::Board { .. } if version > LATEST => {
            let reason = format!("{} is of a later version than this package can use", name(client, schema));
            (State::Newer(Access::Refused), vec![reason])
        }
        Found::Board { .. } if version == LATEST => (State::Current, vec![]),
        Found::Board { .. } if pinned => (State::Pinned, vec![]),
        Found::Board { .. } => (State::Older, vec![]),
    };
    let mut migrations = Vec::new();
    for migration in ALL {
        let position = entries.iter().position(|entry| entry.version == migration.version);
        migrations.push(Known {
            version: migration.version,
            name: migration.name.into(),
            applied: migration.version <= version,
            history: position.map(|position| entries.remove(position)),
        });
    }
    // What only a later version of the package knows.
    migrations.extend(entries.into_iter().map(|entry| Known {
        version: entry.version,
        name: entry.name.clone(),
        applied: entry.rolled_back_at.is_none(),
        history: Some(entry),
    }));
    Ok(Status { state, version: version.into(), latest: LATEST, reasons, migrations })
}

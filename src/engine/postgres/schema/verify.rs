//! Whether a board is what its version says: history, tables, columns, constraints, indexes, triggers, functions, views.

use super::found::Found;
use super::migrations::{ALL, HISTORY, LATEST};
use super::sent::scripts;
use super::status::{entries, look_within};
use super::{names, shape};
use crate::engine::postgres::client::Client;
use crate::engine::sqlite::schema::Entry;
use crate::error::Result;

/// What is wrong with a board, a sentence each; nothing where all is well. The same version is made beside it, in a transaction that is
/// undone: so who asks needs the right to make a schema.
///
/// # Errors
/// The server's error.
pub fn verify(client: &Client, schema: &str) -> Result<Vec<String>> {
    scripts(client, &["BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL search_path TO pg_catalog"])?;
    let problems = problems(client, schema);
    // All of it is undone with the connection.
    client.hang_up();
    problems
}

fn problems(client: &Client, schema: &str) -> Result<Vec<String>> {
    let found = look_within(client, schema)?;
    let Found::Board { version, .. } = found else {
        return Ok(vec![format!("there is no board in the schema '{schema}'")]);
    };
    if version > LATEST {
        return Ok(vec![format!("version {version} is newer than this package")]);
    }
    let mut problems = remembered(&entries(client, schema, found)?, version);
    let model = format!("visual_db_verify_{}", std::process::id());
    let steps = ALL.iter().filter(|step| step.version <= version).map(|step| step.up);
    let texts: Vec<String> =
        ["CREATE SCHEMA {s}", HISTORY].into_iter().chain(steps).map(|sql| names::within(&model, sql)).collect();
    scripts(client, &texts.iter().map(String::as_str).collect::<Vec<_>>())?;
    let [there, expected] = [shape::of_schema(client, schema)?, shape::of_schema(client, &model)?];
    problems.extend(shape::differences(&there, &expected, version));
    Ok(problems)
}

/// The history against the migrations that this package knows.
fn remembered(entries: &[Entry], version: u32) -> Vec<String> {
    let mut problems = Vec::new();
    for migration in ALL.iter().take(version as usize) {
        let (number, name) = (migration.version, migration.name);
        match entries.iter().find(|entry| entry.version == number) {
            None => problems.push(format!("schema_migrations knows nothing of version {number} ({name})")),
            Some(entry) if entry.rolled_back_at.is_some() => {
                problems.push(format!("schema_migrations says that version {number} ({name}) was rolled back"));
            }
            Some(entry) if entry.sha256 != migration.sha256() => problems.push(format!(
                "version {number} ({name}) was applied from another text: its checksum was {}, this package's is {}",
                entry.sha256,
                migration.sha256()
            )),
            Some(_) => {}
        }
    }
    problems
}

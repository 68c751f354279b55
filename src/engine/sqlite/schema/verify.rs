//! Whether a file is what its version says: history, tables, indexes, triggers, counts, references.

use std::collections::BTreeMap;

use rusqlite::Connection;

use super::found::Found;
use super::inspect::{in_snapshot, inspect};
use super::migrations::ALL;
use super::{counts, history, listed, shape};
use crate::error::Result;

/// What is wrong with a file, a sentence each; nothing where all is well. Nothing is written.
///
/// # Errors
/// SQLite's error.
pub fn verify(connection: &Connection) -> Result<Vec<String>> {
    in_snapshot(connection, || problems(connection))
}

fn problems(connection: &Connection) -> Result<Vec<String>> {
    let version = match inspect(connection)? {
        Found::Ours { version, stamped: true } => version,
        Found::Ours { version, .. } => {
            return Ok(vec![format!("the file's header lost its marks (version {version}): open it, or migrate up")]);
        }
        Found::Empty => return Ok(vec!["the file is empty".into()]),
        Found::JavaScriptLayer => return Ok(vec!["the file is the JavaScript layer's: it was not adopted yet".into()]),
        Found::Newer(version, _) => return Ok(vec![format!("version {version} is newer than this package")]),
        Found::Different(differences) => return Ok(differences),
        Found::Foreign(why) => return Ok(vec![why]),
    };
    let mut problems = remembered(connection, version)?;
    let mut expected = shape::of_version(version)?;
    expected.extend(history::shape(connection)?);
    let differences = shape::differences(connection, &expected)?;
    let whole = differences.is_empty();
    problems.extend(differences);
    problems.extend(programs(connection, version)?);
    if whole && version >= counts::VERSION {
        problems.extend(counts::check(connection)?.into_iter().map(|drift| {
            format!(
                "{}: {} rows are not what zone_executions says (such as {})",
                drift.table, drift.rows, drift.example
            )
        }));
    }
    if whole && version >= listed::VERSION {
        problems.extend(listed::check(connection)?);
    }
    let orphans: i64 = connection.query_row("SELECT count(*) FROM pragma_foreign_key_check", [], |row| row.get(0))?;
    if orphans > 0 {
        problems.push(format!("{orphans} rows refer to rows that don't exist (PRAGMA foreign_key_check lists them)"));
    }
    Ok(problems)
}

/// The history against the migrations that this package knows.
fn remembered(connection: &Connection, version: u32) -> Result<Vec<String>> {
    let entries = history::read(connection)?;
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
    Ok(problems)
}

/// Indexes and triggers, which SQLite keeps as text. Others than the expected ones are somebody's own.
fn programs(connection: &Connection, version: u32) -> Result<Vec<String>> {
    let model = Connection::open_in_memory()?;
    for migration in ALL.iter().take(version as usize) {
        model.execute_batch(migration.up)?;
    }
    let present = texts(connection)?;
    let expected = texts(&model)?;
    Ok(expected
        .iter()
        .filter_map(|(name, (kind, text))| match present.get(name) {
            None => Some(format!("{kind} {name} is missing")),
            Some((_, other)) if other != text => Some(format!("{kind} {name} is not the one of version {version}")),
            Some(_) => None,
        })
        .collect())
}

fn texts(connection: &Connection) -> Result<BTreeMap<String, (String, String)>> {
    let mut statement = connection.prepare(
        "SELECT name, type, sql FROM main.sqlite_schema WHERE type IN ('index', 'trigger') AND sql IS NOT NULL",
    )?;
    let rows = statement.query_map([], |row| {
        let sql: String = row.get(2)?;
        // Texts that differ only in white space are the same.
        let sql = sql.split_whitespace().collect::<Vec<_>>().join(" ");
        Ok((row.get(0)?, (row.get(1)?, sql)))
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

//! The tables and triggers that the counts consist of: whether a file has them as they must be, and putting them back.

use std::sync::OnceLock;

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior};

use crate::engine::sqlite::schema::history;
use crate::engine::sqlite::schema::migrations::{ALL, Migration};
use crate::error::Result;

/// The version of the schema that has them.
pub const VERSION: u32 = 3;

/// A row of the log that says nothing, where the log has any.
const SAY_NOTHING: &str = "
    INSERT INTO main.changes (at, entity, op)
    SELECT max(CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER), at), 0, 0 FROM main.changes ORDER BY seq DESC LIMIT 1";

/// A table or a trigger.
struct Part {
    kind: String,
    name: String,
    sql: String,
}

/// What the migration makes: the tables first, then their triggers.
fn expected() -> Result<&'static [Part]> {
    static PARTS: OnceLock<Vec<Part>> = OnceLock::new();
    if let Some(parts) = PARTS.get() {
        return Ok(parts);
    }
    let model = Connection::open_in_memory()?;
    for migration in ALL.iter().take(VERSION as usize - 1) {
        model.execute_batch(migration.up)?;
    }
    let before: i64 = model.query_row("SELECT max(rowid) FROM sqlite_schema", [], |row| row.get(0))?;
    model.execute_batch(migration().up)?;
    let mut statement = model.prepare(
        "SELECT type, name, sql FROM sqlite_schema WHERE rowid > ?1 AND sql IS NOT NULL ORDER BY type = 'trigger', rowid",
    )?;
    let parts = statement
        .query_map([before], |row| Ok(Part { kind: row.get(0)?, name: row.get(1)?, sql: row.get(2)? }))?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(PARTS.get_or_init(|| parts))
}

/// Kind and name of what a version 3 that was never released had: what the migration's text drops.
fn earlier() -> impl Iterator<Item = (&'static str, &'static str)> {
    let dropped = migration().up.lines().filter_map(|line| line.strip_prefix("DROP ")?.strip_suffix(';'));
    dropped.filter_map(|what| what.split_once(" IF EXISTS "))
}

const fn migration() -> &'static Migration {
    &ALL[VERSION as usize - 1]
}

/// What the file lacks, has in another form, or should not have, in words.
pub fn lacking(connection: &Connection) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for part in expected()? {
        if actual(connection, part)?.is_none_or(|(_, sql)| !same(&sql, &part.sql)) {
            found.push(format!("{} {}", part.kind, part.name));
        }
    }
    for (kind, name) in earlier() {
        if of_name(connection, name, kind)?.is_some_and(|(other, _)| other.eq_ignore_ascii_case(kind)) {
            found.push(format!("no {} {name}", kind.to_lowercase()));
        }
    }
    Ok(found)
}

/// Puts back what the file lacks. A table that is created again is empty; that its counts are wrong then is found later.
pub fn restore(connection: &Connection) -> Result<()> {
    let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
    if lacking(&transaction)?.is_empty() {
        return Ok(());
    }
    // A trigger may belong to the table that zone_executions was renamed to, and all of them name the tables.
    for part in expected()?.iter().filter(|part| part.kind == "trigger") {
        transaction.execute_batch(&format!("DROP TRIGGER IF EXISTS main.{}", part.name))?;
    }
    for (kind, name) in earlier() {
        transaction.execute_batch(&format!("DROP {kind} IF EXISTS main.{name}"))?;
    }
    for part in expected()? {
        match actual(&transaction, part)? {
            Some((_, sql)) if same(&sql, &part.sql) => continue,
            Some((kind, _)) => transaction.execute_batch(&format!("DROP {kind} main.{}", part.name))?,
            None => {}
        }
        transaction.execute_batch(&part.sql)?;
    }
    // What was done without triggers is in no row of the log: boards of the past have it from a board that is kept now.
    if of_name(&transaction, "boards", "table")?.is_some() {
        transaction.execute_batch(SAY_NOTHING)?;
        transaction.execute_batch(include_str!("../../../../../schema/keep_board.sql"))?;
    }
    history::recreated(&transaction, migration())?;
    Ok(transaction.commit()?)
}

/// What has the part's name: its kind and its text.
fn actual(connection: &Connection, part: &Part) -> Result<Option<(String, String)>> {
    of_name(connection, &part.name, &part.kind)
}

/// What has a name, preferably of this kind.
fn of_name(connection: &Connection, name: &str, kind: &str) -> Result<Option<(String, String)>> {
    const SQL: &str = "SELECT type, sql FROM main.sqlite_schema WHERE name = ?1 AND sql IS NOT NULL \
                       ORDER BY type = lower(?2) DESC LIMIT 1";
    let mut statement = connection.prepare_cached(SQL)?;
    let found = statement.query_row([name, kind], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    Ok(found)
}

/// Texts that differ only in white space are the same.
fn same(one: &str, other: &str) -> bool {
    one.split_whitespace().eq(other.split_whitespace())
}

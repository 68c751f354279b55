//! What tables look like to SQLite, and how two of one name differ.

use std::collections::BTreeMap;

use rusqlite::{Connection, params};

use super::migrations::ALL;
use crate::error::Result;

/// A table: its columns, its keys, its kind. Indexes that are no constraint are not part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// `table`, `table WITHOUT ROWID`, `table STRICT`, `view`, `virtual`.
    kind: String,
    columns: Vec<Column>,
    /// UNIQUE and PRIMARY KEY constraints, foreign keys: in SQLite's words, sorted.
    keys: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Column {
    name: String,
    description: String,
}

/// The tables of a schema by name.
pub type Shape = BTreeMap<String, Table>;

/// The names of everything in a file that holds rows or shows some, SQLite's own aside.
pub fn tables(connection: &Connection) -> Result<Vec<String>> {
    let mut statement = connection.prepare(
        "SELECT name FROM main.sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' \
         ORDER BY name",
    )?;
    let names = statement.query_map([], |row| row.get(0))?;
    Ok(names.collect::<rusqlite::Result<_>>()?)
}

/// The tables that the migrations up to a version make.
pub fn of_version(version: u32) -> Result<Shape> {
    of_sql(&ALL.iter().take(version as usize).map(|migration| migration.up).collect::<String>())
}

/// The tables that this SQL makes.
pub fn of_sql(sql: &str) -> Result<Shape> {
    let connection = Connection::open_in_memory()?;
    connection.execute_batch(sql)?;
    tables(&connection)?.into_iter().map(|name| Ok((name.clone(), table(&connection, &name)?))).collect()
}

/// How the file's tables differ from these; others that it has don't count.
pub fn differences(connection: &Connection, expected: &Shape) -> Result<Vec<String>> {
    let present = tables(connection)?;
    let mut found = Vec::new();
    for (name, expected) in expected {
        if present.contains(name) {
            compare(name, expected, &table(connection, name)?, &mut found);
        } else {
            found.push(format!("table {name} is missing"));
        }
    }
    Ok(found)
}

/// The tables and columns of a version that the file lacks.
///
/// # Errors
/// SQLite's error.
pub fn missing(connection: &Connection, version: u32) -> Result<Vec<String>> {
    let present = tables(connection)?;
    let mut found = Vec::new();
    for (name, expected) in of_version(version)? {
        if !present.contains(&name) {
            found.push(format!("table {name} is missing"));
            continue;
        }
        let actual = columns(connection, &name)?;
        for column in expected.columns.iter().filter(|column| actual.iter().all(|other| other.name != column.name)) {
            found.push(format!("column {name}.{} is missing", column.name));
        }
    }
    Ok(found)
}

fn compare(table: &str, expected: &Table, actual: &Table, found: &mut Vec<String>) {
    if actual.kind != expected.kind {
        found.push(format!("{table} is a {}, not a {}", actual.kind, expected.kind));
        return;
    }
    let before = found.len();
    for column in &expected.columns {
        match actual.columns.iter().find(|other| other.name == column.name) {
            None => found.push(format!("column {table}.{} is missing", column.name)),
            Some(other) if other.description != column.description => found
                .push(format!("column {table}.{} is {}, not {}", column.name, other.description, column.description)),
            Some(_) => {}
        }
    }
    for column in &actual.columns {
        if !expected.columns.iter().any(|other| other.name == column.name) {
            found.push(format!("column {table}.{} ({}) is not known", column.name, column.description));
        }
    }
    for key in expected.keys.iter().filter(|key| !actual.keys.contains(key)) {
        found.push(format!("table {table} has no {key}"));
    }
    for key in actual.keys.iter().filter(|key| !expected.keys.contains(key)) {
        found.push(format!("table {table} has {key}, which is not known"));
    }
    if found.len() == before && actual.columns != expected.columns {
        found.push(format!("the columns of {table} are in another order"));
    }
}

fn table(connection: &Connection, name: &str) -> Result<Table> {
    Ok(Table { kind: kind(connection, name)?, columns: columns(connection, name)?, keys: keys(connection, name)? })
}

fn kind(connection: &Connection, table: &str) -> Result<String> {
    const SQL: &str = "SELECT type || iif(wr, ' WITHOUT ROWID', '') || iif(strict, ' STRICT', '') \
                       FROM pragma_table_list WHERE schema = 'main' AND name = ?1";
    Ok(connection.query_row(SQL, [table], |row| row.get(0))?)
}

fn columns(connection: &Connection, table: &str) -> Result<Vec<Column>> {
    let mut statement = connection.prepare(
        "SELECT name, upper(type) || iif(\"notnull\", ' NOT NULL', '') || coalesce(' DEFAULT ' || dflt_value, '') \
         || iif(pk, ' PRIMARY KEY (part ' || pk || ')', '') || iif(hidden, ' GENERATED', '') \
         FROM pragma_table_xinfo(?1, 'main') ORDER BY cid",
    )?;
    let columns = statement.query_map([table], |row| Ok(Column { name: row.get(0)?, description: row.get(1)? }))?;
    Ok(columns.collect::<rusqlite::Result<_>>()?)
}

fn keys(connection: &Connection, table: &str) -> Result<Vec<String>> {
    let mut unique = connection.prepare(
        "SELECT iif(l.origin = 'pk', 'PRIMARY KEY', 'UNIQUE') || ' (' || group_concat(i.name || \
         iif(i.coll = 'BINARY', '', ' COLLATE ' || i.coll), ', ' ORDER BY i.seqno) || ')' \
         FROM pragma_index_list(?1, 'main') AS l, pragma_index_xinfo(l.name, 'main') AS i \
         WHERE l.origin IN ('pk', 'u') AND i.key GROUP BY l.name",
    )?;
    let mut foreign = connection.prepare(
        "SELECT 'FOREIGN KEY (' || group_concat(\"from\", ', ' ORDER BY seq) || ') REFERENCES ' || \"table\" || '(' || \
         group_concat(coalesce(\"to\", ''), ', ' ORDER BY seq) || ') ON UPDATE ' || on_update || ' ON DELETE ' || on_delete \
         FROM pragma_foreign_key_list(?1, 'main') GROUP BY id",
    )?;
    let mut keys = Vec::new();
    for statement in [&mut unique, &mut foreign] {
        let texts = statement.query_map(params![table], |row| row.get::<_, String>(0))?;
        keys.extend(texts.collect::<rusqlite::Result<Vec<_>>>()?);
    }
    keys.sort();
    Ok(keys)
}

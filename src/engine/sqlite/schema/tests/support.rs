//! Files of every kind, and what is in them.

use std::fmt::Write;
use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;
use rusqlite::types::Value;

use crate::engine::sqlite::schema::{Prepare, migrations::ALL};
use crate::error::Error;
pub use crate::test_folder::Folder;

/// The fixtures: what the JavaScript layer wrote.
pub const FIXTURES: [&str; 3] = ["js-layer.db", "js-layer-seven-indexes.db", "js-layer-crashed/visual.db"];

/// The tables that hold the user's rows.
pub const TABLES: [&str; 4] = ["worktrees", "zones", "worktree_zones", "zone_executions"];

/// A connection as the package opens it, but for the schema.
pub fn open(path: &Path) -> Connection {
    let connection = Connection::open(path).unwrap();
    // A process that is killed loses nothing that it handed to the system: no need to wait for the disk.
    connection
        .execute_batch("PRAGMA foreign_keys = ON; PRAGMA recursive_triggers = ON; PRAGMA synchronous = OFF")
        .unwrap();
    connection.busy_timeout(Duration::from_millis(100)).unwrap();
    connection
}

pub fn memory() -> Connection {
    open(Path::new(":memory:"))
}

/// One in memory with the schema of a version.
pub fn at_version(version: u32) -> Connection {
    let connection = memory();
    crate::engine::sqlite::schema::up(&connection, &Prepare::default(), Some(version)).unwrap();
    connection
}

/// Every row of the user's tables.
pub fn content(connection: &Connection) -> String {
    let mut text = String::new();
    for table in TABLES {
        let mut statement = connection.prepare(&format!("SELECT * FROM {table} ORDER BY 1")).unwrap();
        let columns = statement.column_count();
        let mut rows = statement.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let values: Vec<Value> = (0..columns).map(|column| row.get(column).unwrap()).collect();
            writeln!(text, "{table} {values:?}").unwrap();
        }
    }
    text
}

/// Everything that the file's schema says, history and all.
pub fn schema(connection: &Connection) -> Vec<String> {
    let mut statement = connection
        .prepare("SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_schema ORDER BY type, name")
        .unwrap();
    statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

pub fn header(connection: &Connection) -> (i32, i64) {
    crate::engine::sqlite::schema::inspect::header(connection).unwrap()
}

/// A worktree, a zone and executions: `runs` of them, every third one failed.
pub fn fill(connection: &Connection, runs: u32) {
    connection
        .execute_batch(
            "INSERT INTO worktrees (id, path, port, branch_name, created_at)
               VALUES ('w1', '/w1', 1, 'b', 't'), ('w2', '/w2', 2, 'b', 't');
             INSERT INTO zones (id, name, created_at) VALUES ('z1', 'Z', 't'), ('z2', 'Z', 't');",
        )
        .unwrap();
    run(connection, "e", runs);
}

/// Executions, spread over both zones, both worktrees and three agents.
pub fn run(connection: &Connection, prefix: &str, runs: u32) {
    let mut statement = connection
        .prepare(
            "INSERT INTO zone_executions (id, zone_id, worktree_id, agent_type, prompt, success, executed_at)
             VALUES (?1, ?2, ?3, ?4, 'p', ?5, 't')",
        )
        .unwrap();
    for n in 0..runs {
        statement
            .execute((
                format!("{prefix}{n}"),
                format!("z{}", n % 2 + 1),
                format!("w{}", n / 2 % 2 + 1),
                format!("agent-{}", n % 3),
                u8::from(n % 3 != 2),
            ))
            .unwrap();
    }
}

pub fn code(error: &Error) -> &'static str {
    match error {
        Error::Coded { code, .. } => code,
        Error::Range(_) => "RangeError",
        other => panic!("{other:?}"),
    }
}

pub fn one<T: rusqlite::types::FromSql>(connection: &Connection, sql: &str) -> T {
    connection.query_row(sql, [], |row| row.get(0)).unwrap()
}

/// The schema as the migrations up to a version make it in an empty file.
pub fn model(version: u32) -> Vec<String> {
    let connection = memory();
    connection.execute_batch(crate::engine::sqlite::schema::migrations::HISTORY).unwrap();
    for migration in ALL.iter().take(version as usize) {
        connection.execute_batch(migration.up).unwrap();
    }
    schema(&connection)
}

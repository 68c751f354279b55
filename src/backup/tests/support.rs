//! Folders that go away, databases to back up.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use rusqlite::Connection;

/// A folder of its own for each test.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("visual-db-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        fs::create_dir(&path).unwrap();
        Self(path)
    }

    pub fn join(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// A file of the JavaScript layer.
    pub fn fixture(&self, name: &str) -> PathBuf {
        let path = self.join("visual.db");
        fs::copy(format!("{}/__test__/fixtures/{name}", env!("CARGO_MANIFEST_DIR")), &path).unwrap();
        path
    }

    /// The same, crashed, with its write-ahead log.
    pub fn crashed(&self) -> PathBuf {
        let path = self.fixture("js-layer-crashed/visual.db");
        let wal = format!("{}/__test__/fixtures/js-layer-crashed/visual.db-wal", env!("CARGO_MANIFEST_DIR"));
        fs::copy(wal, self.join("visual.db-wal")).unwrap();
        path
    }

    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<_> =
            fs::read_dir(&self.0).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

pub fn open(path: &Path) -> Connection {
    let connection = Connection::open(path).unwrap();
    connection.execute_batch("PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON").unwrap();
    connection
}

/// All rows of all tables, as text.
pub fn content(connection: &Connection) -> String {
    let mut rows = String::new();
    for table in ["worktrees", "zones", "worktree_zones", "zone_executions"] {
        let mut statement = connection.prepare(&format!("SELECT * FROM {table} ORDER BY rowid")).unwrap();
        let width = statement.column_count();
        let mut found = statement.query([]).unwrap();
        while let Some(row) = found.next().unwrap() {
            for column in 0..width {
                write!(rows, "{:?}|", row.get_ref(column).unwrap()).unwrap();
            }
            rows += "\n";
        }
    }
    rows
}

pub fn content_of(path: &Path) -> String {
    content(&open(path))
}

pub fn add_zone(connection: &Connection, id: &str) {
    connection
        .execute("INSERT INTO zones (id, name, created_at) VALUES (?1, ?1, '2026-01-01T00:00:00.000Z')", [id])
        .unwrap();
}

pub fn code(error: &crate::error::Error) -> String {
    match error {
        crate::error::Error::Coded { code, .. } => (*code).into(),
        crate::error::Error::Sqlite { code, .. } => code.to_string(),
        other => format!("{other:?}"),
    }
}

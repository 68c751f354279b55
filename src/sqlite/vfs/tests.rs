//! A log that is written in whole frames holds what SQLite wrote: the default VFS recovers it from the files alone.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, ffi};

use super::super::open::raw;

const FLAGS: i32 = ffi::SQLITE_OPEN_READWRITE | ffi::SQLITE_OPEN_CREATE;

/// A folder of its own, which goes with it.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("visual-db-frames-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn database(&self) -> PathBuf {
        self.0.join("visual.db")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn open(path: &Path, setup: &str) -> Connection {
    assert!(super::register());
    let connection = raw(path, FLAGS, Some(super::NAME)).unwrap();
    connection.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL").unwrap();
    connection.execute_batch(setup).unwrap();
    connection
}

/// How many rows and what sum somebody finds who has the files as they are now; panics where they are not sound.
fn recovered(path: &Path) -> (i64, i64) {
    let copy = path.with_extension("copy");
    for end in ["", "-wal"] {
        std::fs::copy(format!("{}{end}", path.display()), format!("{}{end}", copy.display())).unwrap();
    }
    let found = raw(&copy, FLAGS, None).unwrap();
    let sound: String = found.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(sound, "ok");
    found.query_row("SELECT count(*), coalesce(sum(v), 0) FROM t", [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap()
}

const TABLE: &str = "CREATE TABLE IF NOT EXISTS t (id INTEGER PRIMARY KEY, v INTEGER, filler BLOB)";
const INSERT: &str = "INSERT INTO t (v, filler) VALUES (1, randomblob(3000))";

#[test]
fn a_commit_is_whole_in_the_log_when_it_returns() {
    let folder = Folder::new("commit");
    let connection = open(&folder.database(), TABLE);
    for rows in 1..=40 {
        connection.execute(INSERT, []).unwrap();
        assert_eq!(recovered(&folder.database()), (rows, rows));
    }
}

#[test]
fn so_is_one_that_wrote_frames_early_and_then_wrote_them_anew() {
    let folder = Folder::new("anew");
    // Pages leave a cache of ten during the transaction; changed again, they are written over, and at the commit SQLite
    // writes the headers of all frames behind them anew, without their pages.
    let connection =
        open(&folder.database(), &format!("{TABLE}; PRAGMA cache_size = 10; PRAGMA wal_autocheckpoint = 0"));
    for round in 1..=5 {
        connection.execute_batch("BEGIN").unwrap();
        for _ in 0..60 {
            connection.execute(INSERT, []).unwrap();
        }
        connection.execute("UPDATE t SET v = v + 1", []).unwrap();
        connection.execute("UPDATE t SET v = v + 1 WHERE id % 7 = 0", []).unwrap();
        connection.execute("UPDATE t SET v = v - 1 WHERE id % 7 = 0", []).unwrap();
        connection.execute_batch("COMMIT").unwrap();
        let expected: i64 = (1..=round).map(|age| 60 * (1 + age)).sum();
        assert_eq!(recovered(&folder.database()), (60 * round, expected));
    }
}

#[test]
fn two_that_write_in_turn_and_begin_the_log_anew_go_on_from_each_other() {
    let folder = Folder::new("turns");
    let pair = [open(&folder.database(), TABLE), open(&folder.database(), TABLE)];
    for rows in 1..=60 {
        let writer = &pair[(rows % 3 % 2) as usize];
        writer.execute(INSERT, []).unwrap();
        writer.execute_batch("BEGIN; UPDATE t SET v = 9; ROLLBACK").unwrap();
        if rows % 10 == 0 {
            let mode = ["RESTART", "TRUNCATE"][(rows / 10 % 2) as usize];
            writer.execute_batch(&format!("PRAGMA wal_checkpoint({mode})")).unwrap();
        }
        assert_eq!(recovered(&folder.database()), (rows, rows));
    }
}

//! A WAL that is written in whole commits holds what SQLite wrote: the default VFS recovers it from the files alone, and
//! reads the same beside it.

use std::path::Path;

use rusqlite::{Connection, ffi};

use super::super::open::raw;
use crate::test_folder::Folder;

const FLAGS: i32 = ffi::SQLITE_OPEN_READWRITE | ffi::SQLITE_OPEN_CREATE;

fn open(path: &Path, setup: &str) -> Connection {
    assert!(super::register());
    let connection = raw(path, FLAGS, Some(super::NAME)).unwrap();
    connection.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL").unwrap();
    connection.execute_batch(setup).unwrap();
    connection
}

/// How many rows, and which sum, are in a copy of the files as they are now; panics where they are damaged.
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
fn a_commit_is_whole_in_the_wal_when_it_returns() {
    let folder = Folder::new();
    let connection = open(&folder.database(), TABLE);
    for rows in 1..=40 {
        connection.execute(INSERT, []).unwrap();
        assert_eq!(recovered(&folder.database()), (rows, rows));
    }
}

#[test]
fn so_is_one_that_wrote_frames_early_and_then_wrote_them_again() {
    let folder = Folder::new();
    // A cache of ten spills pages during the transaction; changed again, their frames are overwritten, and at the commit
    // SQLite writes the headers of all frames behind them again, without their pages.
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
fn two_that_write_in_turn_and_reset_the_wal_go_on_from_each_other() {
    let folder = Folder::new();
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

#[test]
fn what_a_transaction_took_back_is_not_written_over_what_comes_next() {
    let folder = Folder::new();
    let setup = format!("{TABLE}; PRAGMA cache_size = 10; PRAGMA wal_autocheckpoint = 0");
    let [first, second] = [open(&folder.database(), &setup), open(&folder.database(), &setup)];
    for rows in 1..=40 {
        second.execute(INSERT, []).unwrap();
        first.execute_batch("BEGIN; UPDATE t SET v = 9").unwrap();
        first.execute_batch("SAVEPOINT s; UPDATE t SET v = 8; ROLLBACK TO s; UPDATE t SET v = 7; ROLLBACK").unwrap();
        second.execute_batch("UPDATE t SET v = 2").unwrap();
        first.execute_batch("UPDATE t SET v = v - 1").unwrap();
        assert_eq!(recovered(&folder.database()), (rows, rows));
    }
}

#[test]
fn who_locks_the_file_for_good_writes_as_it_comes() {
    let folder = Folder::new();
    let setup = format!("{TABLE}; PRAGMA cache_size = 10; PRAGMA wal_autocheckpoint = 0");
    let first = open(&folder.database(), &setup);
    for rows in 1..=20 {
        first.execute(INSERT, []).unwrap();
        first.execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN; UPDATE t SET v = 9; ROLLBACK").unwrap();
        first.execute_batch("PRAGMA locking_mode = NORMAL").unwrap();
        content(&first);
        open(&folder.database(), "UPDATE t SET v = 2");
        first.execute_batch("UPDATE t SET v = v - 1").unwrap();
        assert_eq!(recovered(&folder.database()), (rows, rows));
    }
}

/// What a reader finds: every row, so every page.
fn content(connection: &Connection) -> Vec<(i64, i64, i64)> {
    let mut rows = connection.prepare("SELECT id, v, length(filler) FROM t ORDER BY id").unwrap();
    let rows = rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap();
    rows.map(|row| row.unwrap()).collect()
}

/// Whether a checkpoint was blocked, how many frames the WAL has, and how many of them are backfilled then.
fn checkpoint(connection: &Connection, mode: &str) -> rusqlite::Result<(i64, i64, i64)> {
    let state = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
    connection.query_row(&format!("PRAGMA wal_checkpoint({mode})"), [], state)
}

/// The same numbers in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

#[test]
fn whatever_anybody_does_a_reader_finds_what_the_files_hold() {
    let folder = Folder::new();
    let path = folder.database();
    let small = format!("{TABLE}; PRAGMA cache_size = 10");
    let watched = [open(&path, &small), open(&path, &small)];
    let plain = raw(&path, FLAGS, None).unwrap();
    plain.execute_batch("PRAGMA synchronous = NORMAL; PRAGMA cache_size = 10; PRAGMA wal_autocheckpoint = 40").unwrap();
    let mut dice = Dice(7);
    for _ in 0..1_000 {
        let anybody = match dice.roll(4) {
            0 => &watched[0],
            1 => &watched[1],
            _ => &plain,
        };
        let id = dice.roll(120);
        let change = match dice.roll(4) {
            0 => format!("DELETE FROM t WHERE id = {id}"),
            1 => format!("UPDATE t SET v = v + 1 WHERE id % 9 = {}", id % 9),
            _ => format!("INSERT OR REPLACE INTO t VALUES ({id}, {id}, randomblob({}))", 10 << dice.roll(11)),
        };
        match dice.roll(24) {
            0 => anybody.execute_batch(&format!("BEGIN; {change}; UPDATE t SET v = v + 7; ROLLBACK")).unwrap(),
            1 => anybody.execute_batch("VACUUM").unwrap(),
            2 => {
                let mode = ["PASSIVE", "FULL", "RESTART", "TRUNCATE"][dice.roll(4) as usize];
                anybody.execute_batch(&format!("PRAGMA wal_checkpoint({mode})")).unwrap();
            }
            // Somebody reads from an older snapshot, while others commit and backfill what they may.
            3 => {
                let reader = &watched[dice.roll(2) as usize];
                reader.execute_batch("BEGIN").unwrap();
                let before = content(reader);
                plain.execute_batch(&change).unwrap();
                plain.execute_batch("PRAGMA wal_checkpoint(PASSIVE)").unwrap();
                assert_eq!(content(reader), before);
                reader.execute_batch("COMMIT").unwrap();
            }
            4 => anybody
                .execute_batch(&format!("BEGIN; {change}; SAVEPOINT s; UPDATE t SET v = 0; ROLLBACK TO s; COMMIT"))
                .unwrap(),
            _ => anybody.execute_batch(&change).unwrap(),
        }
        let expected = content(&plain);
        for reader in &watched {
            assert_eq!(content(reader), expected);
        }
    }
}

#[test]
fn a_wal_that_is_turned_off_and_on_is_read_again() {
    let folder = Folder::new();
    let connection = open(&folder.database(), TABLE);
    for v in 0..10 {
        connection.execute_batch("PRAGMA journal_mode = DELETE").unwrap();
        connection.execute(INSERT, []).unwrap();
        connection.execute_batch(&format!("UPDATE t SET v = {v}; PRAGMA journal_mode = WAL")).unwrap();
        let [first, second] = [content(&connection), content(&open(&folder.database(), ""))];
        assert_eq!(first, second);
        assert!(first.iter().all(|row| row.1 == v));
    }
}

#[test]
fn what_a_transaction_wrote_early_and_took_back_is_read_by_nobody() {
    let folder = Folder::new();
    let setup = format!("{TABLE}; PRAGMA cache_size = 10; PRAGMA wal_autocheckpoint = 0");
    let [first, second] = [open(&folder.database(), &setup), open(&folder.database(), &setup)];
    for _ in 0..40 {
        first.execute(INSERT, []).unwrap();
    }
    for v in 0..20 {
        first.execute_batch(&format!("BEGIN; UPDATE t SET v = -{v}")).unwrap();
        content(&first);
        first.execute_batch("ROLLBACK").unwrap();
        second.execute_batch(&format!("UPDATE t SET v = {v}")).unwrap();
        assert!(content(&first).iter().all(|row| row.1 == v));
    }
}

#[test]
fn readers_that_poll_do_not_keep_the_wal_from_being_backfilled() {
    let folder = Folder::new();
    let reader = open(&folder.database(), TABLE);
    let writer = open(&folder.database(), "PRAGMA wal_autocheckpoint = 100");
    for rows in 1..=2_000 {
        writer.execute("INSERT INTO t (v, filler) VALUES (1, x'')", []).unwrap();
        assert_eq!(content(&reader).len(), rows);
    }
    let log = std::fs::metadata(folder.join("visual.db-wal")).unwrap().len();
    assert!(log < 140 * 4120, "{log}");
    assert_eq!(checkpoint(&writer, "TRUNCATE"), Ok((0, 0, 0)));
}

#[test]
fn a_checkpoint_is_full_beside_a_reader_who_has_read_the_latest_commit() {
    let folder = Folder::new();
    let setup = format!("{TABLE}; PRAGMA wal_autocheckpoint = 0");
    let [reader, writer] = [open(&folder.database(), &setup), open(&folder.database(), &setup)];
    for _ in 0..3 {
        writer.execute(INSERT, []).unwrap();
        content(&reader);
        writer.execute(INSERT, []).unwrap();
        reader.execute_batch("BEGIN").unwrap();
        content(&reader);
        let (busy, frames, moved) = checkpoint(&writer, "FULL").unwrap();
        assert_eq!((busy, moved), (0, frames));
        reader.execute_batch("COMMIT").unwrap();
    }
}

/// How often this thread has called the system to write.
#[cfg(target_os = "linux")]
fn writes() -> u64 {
    let counters = std::fs::read_to_string("/proc/thread-self/io").unwrap();
    counters.lines().find_map(|line| line.strip_prefix("syscw: ")).unwrap().parse().unwrap()
}

#[test]
#[cfg(target_os = "linux")]
fn a_commit_is_one_write_however_it_is_synced() {
    for synchronous in ["NORMAL", "FULL"] {
        let folder = Folder::new();
        let connection = open(&folder.database(), &format!("{TABLE}; PRAGMA synchronous = {synchronous}"));
        // The first one after opening also writes the WAL's own header.
        connection.execute(INSERT, []).unwrap();
        connection.execute(INSERT, []).unwrap();
        for _ in 0..20 {
            let before = writes();
            connection.execute(INSERT, []).unwrap();
            assert_eq!(writes() - before, 1, "{synchronous}");
        }
    }
}

#[test]
fn it_is_used_with_the_very_sqlite_that_was_reviewed() {
    assert_eq!(super::unreviewed(), None);
    for other in [c"", c"2026-10-16 14:45:20", c"2026-10-16 14:45:20 alt1"] {
        assert!(!super::is_reviewed(other));
    }
}

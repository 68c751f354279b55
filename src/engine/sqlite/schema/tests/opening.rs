use std::cell::RefCell;
use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::support::{FIXTURES, Folder, at_version, code, header, memory, model, one, open, schema};
use crate::engine::sqlite::schema::{
    APPLICATION_ID, Backup, LATEST, Prepare, Report, State, down, prepare, status, up,
};
use crate::error::Error;

#[test]
fn an_empty_file_gets_the_latest_schema_and_is_marked_as_ours() {
    let connection = memory();
    let report = prepare(&connection, &Prepare::default()).unwrap();
    assert_eq!(report, Report { from: 0, version: LATEST, ..Report::default() });
    assert_eq!(header(&connection), (APPLICATION_ID, LATEST.into()));
    assert_eq!(schema(&connection), model(LATEST));
}

#[test]
fn a_current_file_is_left_alone() {
    let folder = Folder::new();
    let path = folder.join("a.db");
    prepare(&open(&path), &Prepare::default()).unwrap();
    let before = fs::read(&path).unwrap();
    let connection = open(&path);
    let report = prepare(&connection, &Prepare::default()).unwrap();
    assert_eq!(report, Report { from: LATEST, version: LATEST, ..Report::default() });
    assert_eq!(connection.total_changes(), 0);
    drop(connection);
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn a_newer_file_is_refused_naming_both_versions_and_not_touched() {
    let folder = Folder::new();
    let path = folder.join("a.db");
    let connection = open(&path);
    connection.execute_batch("PRAGMA journal_mode = WAL").unwrap();
    prepare(&connection, &Prepare::default()).unwrap();
    connection.execute_batch("PRAGMA user_version = 99; CREATE TABLE later (x)").unwrap();
    // As a crash leaves it: the newest pages are in the WAL only.
    let crashed = folder.join("crashed.db");
    fs::copy(&path, &crashed).unwrap();
    fs::copy(path.with_extension("db-wal"), crashed.with_extension("db-wal")).unwrap();
    let bytes = || (fs::read(&crashed).unwrap(), fs::read(crashed.with_extension("db-wal")).unwrap());
    let before = bytes();

    let other = open(&crashed);
    let error = prepare(&other, &Prepare { path: Some(&crashed), ..Prepare::default() }).unwrap_err();
    drop(other);
    assert_eq!(code(&error), "ERR_SCHEMA_NEWER");
    for word in ["crashed.db", "version 99", "knows 6"] {
        assert!(error.message().contains(word), "{error}");
    }
    assert_eq!(bytes(), before);
}

#[test]
fn another_programs_file_is_refused_and_not_touched() {
    for (sql, reason) in [
        ("PRAGMA application_id = 0x47504B47; CREATE TABLE tiles (x)", "application_id is 0x47504b47"),
        ("CREATE TABLE customers (id); CREATE VIEW best AS SELECT 1", "other tables (best, customers)"),
        ("PRAGMA user_version = 7; CREATE TABLE worktrees (id)", "user_version is 7"),
    ] {
        let folder = Folder::new();
        let path = folder.join("a.db");
        open(&path).execute_batch(sql).unwrap();
        let before = fs::read(&path).unwrap();
        let error = prepare(&open(&path), &Prepare::default()).unwrap_err();
        assert_eq!(code(&error), "ERR_SCHEMA_FOREIGN");
        assert!(error.message().contains(reason), "{error}");
        assert_eq!(fs::read(&path).unwrap(), before);
    }
}

#[test]
fn without_migrate_an_older_file_is_an_error_that_says_what_to_do() {
    let folder = Folder::new();
    let options = Prepare { migrate: false, ..Prepare::default() };
    for (name, word) in [("older.db", "version 1"), ("empty.db", "is empty"), ("layer.db", "JavaScript layer's")] {
        let connection = open(&folder.join(name));
        match name {
            "older.db" => {
                connection.execute_batch("PRAGMA user_version = 1; PRAGMA application_id = 0x56444231").unwrap();
            }
            "layer.db" => connection.execute_batch(crate::engine::sqlite::schema::ALL[0].up).unwrap(),
            _ => {}
        }
        let before = schema(&connection);
        let error = prepare(&connection, &options).unwrap_err();
        assert_eq!(code(&error), "ERR_SCHEMA_OLDER");
        assert!(error.message().contains(word) && error.message().contains("visual-db migrate up"), "{error}");
        assert_eq!(schema(&connection), before);
    }
    assert_eq!(prepare(&at_version(LATEST), &options).unwrap().version, LATEST);
}

#[test]
fn readonly_reads_an_older_file_as_it_is() {
    for name in FIXTURES {
        let folder = Folder::new();
        let connection = open(&folder.fixture(name));
        let before = schema(&connection);
        let report = prepare(&connection, &Prepare { readonly: true, ..Prepare::default() }).unwrap();
        assert_eq!(report.version, 1);
        assert_eq!(schema(&connection), before);
    }
    let options = Prepare { readonly: true, ..Prepare::default() };
    assert_eq!(prepare(&at_version(2), &options).unwrap().version, 2);
    assert_eq!(code(&prepare(&memory(), &options).unwrap_err()), "ERR_SCHEMA_OLDER");
}

#[test]
fn a_file_with_content_is_backed_up_before_it_is_migrated_and_an_empty_one_is_not() {
    let folder = Folder::new();
    let calls = RefCell::new(Vec::new());
    let backup = |connection: &rusqlite::Connection, label: &str| {
        let tables: i64 = one(connection, "SELECT count(*) FROM sqlite_schema WHERE type = 'table'");
        calls.borrow_mut().push((label.to_owned(), tables));
        Ok(PathBuf::from("the backup"))
    };
    let options = Prepare {
        backup: Some(Backup { make: &backup, discard: &|_| panic!("nothing failed after it") }),
        ..Prepare::default()
    };
    let report = prepare(&open(&folder.fixture("js-layer.db")), &options).unwrap();
    assert_eq!(report.backup, Some("the backup".into()));
    prepare(&memory(), &options).unwrap();
    assert_eq!(*calls.borrow(), [(format!("before-version-{LATEST}"), 4)]);
}

#[test]
fn where_the_backup_fails_nothing_is_changed() {
    let folder = Folder::new();
    let connection = open(&folder.fixture("js-layer.db"));
    let before = schema(&connection);
    let backup = |_: &rusqlite::Connection, _: &str| Err(Error::Plain("the disk is full".into()));
    let error = prepare(
        &connection,
        &Prepare {
            backup: Some(Backup { make: &backup, discard: &|_| panic!("nothing failed after it") }),
            ..Prepare::default()
        },
    )
    .unwrap_err();
    assert_eq!(error, Error::Plain("the disk is full".into()));
    assert_eq!(schema(&connection), before);
    assert!(connection.is_autocommit());
}

#[test]
fn another_processs_migration_is_waited_for_beyond_the_connections_timeout() {
    let folder = Folder::new();
    let path = folder.fixture("js-layer.db");
    let holder = open(&path);
    holder.execute_batch("BEGIN IMMEDIATE").unwrap();
    let waiter = {
        let path = path.clone();
        std::thread::spawn(move || prepare(&open(&path), &Prepare::default()).map(|report| (report, Instant::now())))
    };
    // Three times the connection's timeout.
    std::thread::sleep(Duration::from_millis(300));
    let released = Instant::now();
    holder.execute_batch("ROLLBACK").unwrap();
    let (report, done) = waiter.join().unwrap().unwrap();
    assert!(done > released && report.version == LATEST && report.adopted);
}

#[test]
fn the_wait_ends_with_what_happened() {
    let folder = Folder::new();
    let path = folder.fixture("js-layer.db");
    let holder = open(&path);
    holder.execute_batch("BEGIN IMMEDIATE").unwrap();
    let options = Prepare { path: Some(&path), patience: Duration::from_millis(150), ..Prepare::default() };
    let error = prepare(&open(&path), &options).unwrap_err();
    assert!(matches!(error, Error::Engine { number: rusqlite::ffi::SQLITE_BUSY, .. }), "{error:?}");
    assert!(error.message().starts_with("database is locked: another process has held"), "{error}");
}

#[test]
fn twenty_connections_open_one_old_file_at_once() {
    for name in FIXTURES {
        let folder = Folder::new();
        let path = folder.fixture(name);
        let threads: Vec<_> = (0..20)
            .map(|_| {
                let path = path.clone();
                std::thread::spawn(move || prepare(&open(&path), &Prepare::default()))
            })
            .collect();
        let reports: Vec<_> = threads.into_iter().map(|thread| thread.join().unwrap().unwrap()).collect();
        assert!(reports.iter().all(|report| report.version == LATEST));
        assert_eq!(reports.iter().filter(|report| report.adopted).count(), 1, "one of them adopts");
    }
}

#[test]
fn a_file_is_looked_at_in_one_state_while_another_process_migrates_it() {
    let folder = Folder::new();
    let path = folder.fixture("js-layer.db");
    let migrating = open(&path);
    migrating.execute_batch("PRAGMA journal_mode = WAL").unwrap();
    let thread = std::thread::spawn(move || {
        for _ in 0..5_000 {
            for [id, version] in [[APPLICATION_ID, LATEST as i32], [0, 0]] {
                let marks = format!("PRAGMA application_id = {id}; PRAGMA user_version = {version}");
                migrating.execute_batch(&format!("BEGIN IMMEDIATE; {marks}; COMMIT")).unwrap();
            }
        }
    });
    let looking = open(&path);
    while !thread.is_finished() {
        let status = status(&looking).unwrap();
        assert!([State::JavascriptLayer, State::Current].contains(&status.state), "{status:?}");
    }
    thread.join().unwrap();
}

#[test]
fn a_file_rolled_back_on_purpose_stays_there_until_migrate_up() {
    let connection = at_version(LATEST);
    down(&connection, &Prepare::default(), 1).unwrap();
    for migrate in [true, false] {
        let report = prepare(&connection, &Prepare { migrate, ..Prepare::default() }).unwrap();
        assert_eq!((report.version, report.pinned), (1, true));
    }
    assert_eq!(status(&connection).unwrap().state, State::Pinned);
    // One step up: pinned there, since the next one is still undone.
    assert!(up(&connection, &Prepare::default(), Some(2)).unwrap().pinned);
    assert_eq!(prepare(&connection, &Prepare::default()).unwrap().version, 2);
    assert!(!up(&connection, &Prepare::default(), None).unwrap().pinned);
    assert_eq!(prepare(&connection, &Prepare::default()).unwrap().version, LATEST);
}

#[test]
fn a_file_rolled_back_to_nothing_has_nothing_to_work_with() {
    let connection = at_version(LATEST);
    down(&connection, &Prepare::default(), 0).unwrap();
    let error = prepare(&connection, &Prepare::default()).unwrap_err();
    assert_eq!(code(&error), "ERR_SCHEMA_OLDER");
    assert!(error.message().contains("rolled back to nothing"), "{error}");
    up(&connection, &Prepare::default(), None).unwrap();
    assert_eq!(schema(&connection), model(LATEST));
}

#[test]
fn a_copy_made_as_sql_text_has_lost_the_header_and_gets_it_back() {
    let connection = at_version(LATEST);
    connection.execute_batch("PRAGMA application_id = 0; PRAGMA user_version = 0").unwrap();
    let report = prepare(&connection, &Prepare::default()).unwrap();
    assert_eq!((report.from, report.version, report.adopted), (LATEST, LATEST, false));
    assert_eq!(header(&connection), (APPLICATION_ID, LATEST.into()));
}

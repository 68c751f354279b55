//! A process is killed at the start of every statement of every migration, up and down; each time the file has the old
//! schema or the new one, opens, and lacks no row.
#![cfg(unix)]

use std::ffi::{c_int, c_uint, c_void};
use std::fs;
use std::path::Path;
use std::process::Command;
use std::ptr;
use std::sync::atomic::{AtomicU32, Ordering};

use rusqlite::{Connection, ffi};

use super::support::{FIXTURES, Folder, content, header, model, open, schema};
use crate::engine::sqlite::schema::{LATEST, Prepare, down, prepare, up, verify};

/// The statement at which the child dies.
static LEFT: AtomicU32 = AtomicU32::new(0);

const SIGKILL: c_int = 9;

unsafe extern "C" {
    fn raise(signal: c_int) -> c_int;
}

unsafe extern "C" fn count_down(_: c_uint, _: *mut c_void, _: *mut c_void, _: *mut c_void) -> c_int {
    if LEFT.fetch_sub(1, Ordering::Relaxed) == 1 {
        // SAFETY: `raise` takes any number, and sends the signal to this process itself.
        unsafe { raise(SIGKILL) };
    }
    0
}

/// Runs in the child only: does the job and dies on the way, or says that it got through.
#[test]
#[ignore = "the child of the test below"]
fn child() {
    let Ok(job) = std::env::var("VISUAL_DB_KILL") else { return };
    let [path, statement, to] = job.split('|').collect::<Vec<_>>().try_into().unwrap();
    LEFT.store(statement.parse().unwrap(), Ordering::Relaxed);
    let connection = open(Path::new(path));
    // SAFETY: the handle is open; the callback has no context.
    unsafe {
        ffi::sqlite3_trace_v2(connection.handle(), ffi::SQLITE_TRACE_STMT as c_uint, Some(count_down), ptr::null_mut())
    };
    match to {
        "open" => prepare(&connection, &Prepare::default()).map(|_| ()).unwrap(),
        to => down(&connection, &Prepare::default(), to.parse().unwrap()).map(|_| ()).unwrap(),
    }
    println!("got through");
}

/// Whether the child got through.
fn runs_through(path: &Path, statement: u32, to: &str) -> bool {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "engine::sqlite::schema::tests::killing::child", "--ignored", "--nocapture"])
        .env("VISUAL_DB_KILL", format!("{}|{statement}|{to}", path.display()))
        .output()
        .unwrap();
    let through = String::from_utf8_lossy(&output.stdout).contains("got through");
    let killed = std::os::unix::process::ExitStatusExt::signal(&output.status) == Some(SIGKILL);
    assert!(through != killed, "{output:?}");
    through
}

/// Kills at statement 1, 2, 3 … until the job gets through; returns how many there were.
fn kill_everywhere(make: &dyn Fn(&Folder) -> std::path::PathBuf, to: &str, check: &dyn Fn(&Connection)) -> u32 {
    for statement in 1.. {
        let folder = Folder::new();
        let path = make(&folder);
        let through = runs_through(&path, statement, to);
        check(&open(&path));
        if through {
            return statement - 1;
        }
    }
    unreachable!()
}

#[test]
fn killed_at_any_statement_of_an_adoption_the_file_is_the_old_one_or_the_new_one() {
    for name in FIXTURES {
        let folder = Folder::new();
        let original = open(&folder.fixture(name));
        let (rows, old) = (content(&original), schema(&original));
        let killed = kill_everywhere(&|folder| folder.fixture(name), "open", &|connection| {
            if header(connection).1 == 0 {
                assert_eq!(schema(connection), old, "{name}");
            }
            assert_eq!(content(connection), rows, "{name}");
            prepare(connection, &Prepare::default()).unwrap();
            assert_eq!(content(connection), rows, "{name}");
            assert_eq!(verify(connection).unwrap(), Vec::<String>::new(), "{name}");
        });
        assert!(killed > 40, "{name}: only {killed} statements");
    }
}

#[test]
fn killed_at_any_statement_of_a_rollback_the_file_is_the_new_one_or_the_old_one() {
    let folder = Folder::new();
    let path = folder.fixture("js-layer.db");
    let connection = open(&path);
    prepare(&connection, &Prepare::default()).unwrap();
    let (rows, new) = (content(&connection), schema(&connection));
    drop(connection);
    let make = |other: &Folder| {
        let copy = other.join("visual.db");
        fs::copy(&path, &copy).unwrap();
        copy
    };
    let killed = kill_everywhere(&make, "1", &|connection| {
        match header(connection).1 {
            1 => assert_eq!(schema(connection).len(), model(1).len()),
            _ => assert_eq!(schema(connection), new),
        }
        assert_eq!(content(connection), rows);
        up(connection, &Prepare::default(), None).unwrap();
        assert_eq!(header(connection).1, i64::from(LATEST));
        assert_eq!(verify(connection).unwrap(), Vec::<String>::new());
    });
    assert!(killed > 15, "only {killed} statements");
}

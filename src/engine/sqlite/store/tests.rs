//! Statistics against a scan of everything.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::Store;
use super::queries::Query;
use crate::engine::sqlite::driver::open::{Options, bare};
use crate::engine::sqlite::driver::{Bind, Statement};
use crate::engine::sqlite::schema::{Prepare, counts, prepare};

const ZONES: u32 = 3;
const WORKTREES: u32 = 4;

pub(super) fn open(path: &Path) -> Store {
    let options = Options { readonly: false, must_exist: false, timeout: Duration::from_secs(5), watched: false };
    let connection = bare(path, options).unwrap();
    let prepared = connection
        .with(|inner| {
            inner
                .execute_batch("PRAGMA foreign_keys = ON; PRAGMA recursive_triggers = ON; PRAGMA synchronous = OFF")?;
            prepare(inner, &Prepare::default())
        })
        .unwrap();
    Store::new(&connection, &prepared)
}

/// The tables of which a statement reads all, but for those of which it may, and its plan.
pub(super) fn scanned(store: &Store, sql: &str, may: &[&str]) -> (Vec<String>, Vec<String>) {
    let read = |inner: &rusqlite::Connection| {
        let mut statement = inner.prepare(&format!("EXPLAIN QUERY PLAN {sql}"))?;
        let rows = statement.raw_query().mapped(|row| row.get::<_, String>("detail"));
        Ok(rows.collect::<rusqlite::Result<Vec<_>>>()?)
    };
    let plan = store.connection.with(read).unwrap();
    let tables =
        plan.iter().filter_map(|step| step.strip_prefix("SCAN ")?.trim_start_matches("main.").split(' ').next());
    let scanned = tables.filter(|table| *table != "CONSTANT" && !may.contains(table)).map(ToOwned::to_owned).collect();
    (scanned, plan)
}

/// How often a statement is compiled again where it is run with one value after the other.
pub(super) fn recompilations(statement: &Statement) -> i32 {
    for value in [1, 2] {
        let values = vec![Bind::Integer(value); statement.parameter_count()];
        // A statement that a constraint refuses was compiled, too.
        let _ = statement.with_bound(&values, Statement::step);
    }
    statement.recompilations()
}

fn sql(store: &Store, sql: &str) {
    store.connection.with(|inner| Ok(inner.execute_batch(sql)?)).unwrap();
}

fn counted(store: &Store, zone: Option<&str>, worktree: Option<&str>) -> [i64; 4] {
    let summary = store.summary(zone, worktree).unwrap().unwrap();
    [summary.counts.total, summary.counts.successful, summary.counts.failed, summary.agents]
}

/// What a scan of everything answers.
fn truth(store: &Store, zone: Option<&str>, worktree: Option<&str>) -> [i64; 4] {
    let read = |row: &rusqlite::Row<'_>| {
        Ok([0, 1, 2, 3].map(|column| row.get::<_, Option<i64>>(column).ok().flatten().unwrap_or(0)))
    };
    let query = &Query::CountExecutions.sql();
    store.connection.with(|inner| Ok(inner.query_row(query, (zone, worktree), read)?)).unwrap()
}

fn assert_right(store: &Store, what: &str) {
    let all = counted(store, None, None);
    assert_eq!(all, truth(store, None, None), "{what}");
    for zone in (0..ZONES).map(|n| format!("z{n}")) {
        let zone = Some(zone.as_str());
        assert_eq!(counted(store, zone, None), truth(store, zone, None), "{what}");
        for worktree in (0..WORKTREES).map(|n| format!("w{n}")) {
            let worktree = Some(worktree.as_str());
            let both = counted(store, zone, worktree);
            assert_eq!(both, truth(store, zone, worktree), "{what}");
            let one = counted(store, None, worktree);
            assert_eq!(one, truth(store, None, worktree), "{what}");
        }
    }
}

fn parents(store: &Store) {
    for n in 0..ZONES {
        sql(store, &format!("INSERT OR IGNORE INTO zones (id, name, created_at) VALUES ('z{n}', 'Z', 't')"));
    }
    for n in 0..WORKTREES {
        sql(
            store,
            &format!(
                "INSERT OR IGNORE INTO worktrees (id, path, port, branch_name, created_at)
                   VALUES ('w{n}', 'p', {n}, 'b{n}', 't')"
            ),
        );
    }
}

fn runs(store: &Store, from: u32, count: u32) {
    sql(
        store,
        &format!(
            "INSERT INTO zone_executions (id, zone_id, worktree_id, agent_type, prompt, success, executed_at)
               WITH RECURSIVE n(n) AS (SELECT {from} UNION ALL SELECT n + 1 FROM n LIMIT {count})
               SELECT n, 'z' || (n * 7 / 3 % {ZONES}), 'w' || (n * 5 / 2 % {WORKTREES}), 'agent' || (n % 5), 'p',
                 n % 4 > 0, 't' FROM n"
        ),
    );
}

/// The worktree that was archived last under an id takes the place of the one that has it now.
fn restore(store: &Store, id: &str) {
    let last = format!("SELECT max(key) FROM archived_worktrees WHERE id = '{id}' AND restored_at IS NULL");
    let last = store.connection.with(|inner| Ok(inner.query_row(&last, [], |row| row.get::<_, Option<i64>>(0))?));
    if let Some(key) = last.unwrap() {
        sql(store, &format!("DELETE FROM worktrees WHERE id = '{id}'"));
        store.atomically(|| store.restore("restoreWorktree", key, None, 0)).unwrap();
    }
}

struct File(PathBuf);

impl File {
    fn new(name: &str) -> Self {
        Self(std::env::temp_dir().join(format!("visual-db-stats-{}-{name}.db", std::process::id())))
    }
}

impl Drop for File {
    fn drop(&mut self) {
        for side in ["", "-wal", "-shm", "-journal"] {
            let _ = std::fs::remove_file(format!("{}{side}", self.0.display()));
        }
    }
}

/// The two tests that the statements of each list have: that they keep to their indexes, told by SQLite and not by a clock, and
/// are not compiled again by their values. `$may_scan` tells what reads all of a table, and why that is little.
macro_rules! statements_are_planned {
    ($sql:ident, $may_scan:ident) => {
        #[test]
        fn no_statement_looks_at_more_than_it_needs() {
            use $crate::engine::sqlite::store::tests::{open, scanned};
            let folder = $crate::test_folder::Folder::new();
            let store = open(&folder.database());
            for sql in $sql::ALL {
                let (scanned, plan) = scanned(&store, &sql.sql(), $may_scan(*sql));
                assert_eq!(scanned, [] as [&str; 0], "{}: {plan:?}", sql.name());
            }
        }

        #[test]
        fn no_statement_is_compiled_again_by_its_values() {
            use $crate::engine::sqlite::store::statements::Listed;
            use $crate::engine::sqlite::store::tests::{open, recompilations};
            let folder = $crate::test_folder::Folder::new();
            let store = open(&folder.database());
            for sql in $sql::ALL {
                assert_eq!(recompilations(sql.compiled(&store).unwrap()), 0, "{}", sql.name());
            }
        }
    };
}

pub(super) use statements_are_planned;

#[test]
fn statistics_are_what_a_scan_of_everything_says_whatever_anybody_does_in_between() {
    let file = File::new("anybody");
    let (one, other) = (open(&file.0), open(&file.0));
    sql(&one, "PRAGMA journal_mode = WAL");
    parents(&one);
    let mut from = 0;
    let mut dice: u32 = 1;
    for round in 0..40 {
        // A linear congruential generator: the same rounds in every run.
        dice = dice.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let (writer, reader) = if dice >> 16 & 1 == 0 { (&one, &other) } else { (&other, &one) };
        let what = match (dice >> 17) % 10 {
            0 => "DELETE FROM zone_executions WHERE id % 7 = 3",
            1 => "UPDATE zone_executions SET success = NULL WHERE id % 11 = 5",
            2 => "UPDATE zone_executions SET zone_id = 'z1', agent_type = 'agent9' WHERE id % 13 = 1",
            3 => "DELETE FROM zones WHERE id = 'z2'",
            4 => "archive",
            5 => "restore",
            _ => "",
        };
        match what {
            "archive" => drop(writer.atomically(|| writer.archive("w1", None, 0)).unwrap()),
            "restore" => restore(writer, "w1"),
            what => sql(writer, what),
        }
        assert_right(reader, what);
        parents(writer);
        let count = [1, 3, 50, 900][(dice >> 24) as usize % 4];
        if dice >> 28 == 0 {
            sql(writer, "BEGIN IMMEDIATE");
            runs(writer, from, count);
            assert_right(writer, "inside a transaction");
            assert_right(reader, "beside a transaction");
            sql(writer, "ROLLBACK");
        } else {
            runs(writer, from, count);
            from += count;
        }
        assert_right(reader, &format!("round {round}: {what}"));
        assert_right(writer, &format!("round {round}: {what}"));
    }
}

#[test]
fn rows_of_the_log_that_were_rolled_back_are_not_taken_for_those_that_got_their_numbers() {
    let file = File::new("rolled-back");
    let (one, other) = (open(&file.0), open(&file.0));
    parents(&one);
    runs(&one, 0, 10);
    assert_right(&one, "before");
    sql(&one, "BEGIN IMMEDIATE");
    runs(&one, 10, 5);
    assert_right(&one, "inside");
    sql(&one, "ROLLBACK");
    runs(&other, 103, 5);
    assert_right(&one, "after");
}

#[test]
fn a_restored_file_is_another_log_even_where_the_numbers_fit() {
    let (file, copy) = (File::new("restored"), File::new("copy"));
    let store = open(&file.0);
    parents(&store);
    runs(&store, 0, 50);
    let mut older = rusqlite::Connection::open(&copy.0).unwrap();
    store
        .connection
        .with(|inner| {
            rusqlite::backup::Backup::new(inner, &mut older)?.run_to_completion(1000, Duration::ZERO, None)?;
            Ok(())
        })
        .unwrap();
    runs(&store, 50, 30);
    assert_right(&store, "before");
    let mut live = rusqlite::Connection::open(&file.0).unwrap();
    rusqlite::backup::Backup::new(&older, &mut live).unwrap().run_to_completion(1000, Duration::ZERO, None).unwrap();
    assert_eq!(counted(&store, None, None)[0], 50);
    live.execute_batch("DELETE FROM zone_executions").unwrap();
    assert_right(&store, "restored, and as many rows written as were read before");
    sql(&store, "SELECT 1");
    store.connection.with(counts::rebuild).unwrap();
    runs(&store, 500, 3);
    assert_right(&store, "rebuilt");
}

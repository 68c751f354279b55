use rusqlite::Connection;

use super::support::{at_version, fill, one, run};
use crate::engine::sqlite::schema::counts::{Look, Verdict, check, look, rebuild};
use crate::engine::sqlite::schema::{LATEST, Prepare, up, verify};

const THOROUGH: Look = Look { write: true, thorough: true };

/// What the package's statistics add up: the counts' tables and what the log adds.
fn total(connection: &Connection) -> i64 {
    one(
        connection,
        "SELECT coalesce((SELECT sum(total) FROM execution_counts_of_zones), 0)
              + coalesce((SELECT sum(count) FROM changes WHERE op <> 0 AND seq > counted_to), 0) FROM changes_state",
    )
}

fn assert_right(connection: &Connection, what: &str) {
    assert_eq!(check(connection).unwrap(), [], "{what}");
    assert_eq!(total(connection), one::<i64>(connection, "SELECT count(*) FROM zone_executions"), "{what}");
}

#[test]
fn the_migration_counts_what_is_there() {
    let connection = at_version(2);
    fill(&connection, 500);
    up(&connection, &Prepare::default(), None).unwrap();
    assert_right(&connection, "migrated");
    assert_eq!(one::<i64>(&connection, "SELECT count(*) FROM changes WHERE count <> 0"), 0);
}

#[test]
fn inserts_updates_and_deletes_are_counted_whoever_makes_them() {
    let connection = at_version(LATEST);
    fill(&connection, 600);
    for sql in [
        "UPDATE zone_executions SET success = 1 - success WHERE agent_type = 'agent-1'",
        "UPDATE zone_executions SET success = NULL WHERE rowid % 7 = 0",
        "UPDATE zone_executions SET zone_id = 'z2', worktree_id = 'w1' WHERE rowid % 5 = 0",
        "UPDATE zone_executions SET agent_type = 'renamed' WHERE rowid % 11 = 0",
        "UPDATE zone_executions SET prompt = 'longer', executed_at = 'later'",
        "INSERT OR REPLACE INTO zone_executions (id, zone_id, worktree_id, agent_type, prompt, executed_at)
           VALUES ('e3', 'z1', 'w1', 'other', 'p', 't')",
        "DELETE FROM zone_executions WHERE rowid % 3 = 0",
        "DELETE FROM worktrees WHERE id = 'w2'",
        "DELETE FROM zones WHERE id = 'z1'",
        "DELETE FROM zone_executions",
    ] {
        connection.execute(sql, []).unwrap();
        assert_right(&connection, sql);
    }
}

/// How far the log is in the tables, and where it begins.
fn folded(connection: &Connection) -> (i64, i64) {
    let sql = "SELECT counted_to, (SELECT min(seq) FROM changes) FROM changes_state";
    connection.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap()
}

#[test]
fn the_log_is_folded_into_the_tables_each_8192nd_row() {
    let connection = at_version(LATEST);
    connection.execute_batch("BEGIN").unwrap();
    fill(&connection, 9_000);
    assert_right(&connection, "after the first fold");
    assert_eq!(folded(&connection), (8_191, 0));
    connection
        .execute_batch(
            "DELETE FROM zones WHERE id = 'z1'; INSERT INTO zones (id, name, created_at) VALUES ('z1', 'Z', 't')",
        )
        .unwrap();
    connection
        .execute_batch(
            "INSERT INTO zone_executions (id, zone_id, worktree_id, agent_type, prompt, executed_at)
               SELECT 'again' || value, 'z2', 'w1', 'agent-0', 'p', 't' FROM (WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n LIMIT 4000) SELECT value FROM n)",
        )
        .unwrap();
    assert_right(&connection, "after the second fold");
    assert_eq!(folded(&connection), (16_383, 0));
    for table in ["execution_counts_of_worktrees", "execution_counts_of_zones"] {
        let left = one::<i64>(&connection, &format!("SELECT count(*) FROM {table} WHERE zone_id = 'z1'"));
        assert_eq!(left, 0, "what there is none of any more has no row in {table}");
    }
    connection.execute_batch("COMMIT").unwrap();
}

#[test]
fn what_was_folded_stays_as_many_rows_and_as_long_as_the_file_says() {
    for (keep, first) in [
        ("keep_rows = 131072, keep_ms = 604800000", 0),
        ("keep_rows = 0", 16_384),
        ("keep_rows = 8192", 8_192),
        // A whole number of folds: rather more than less.
        ("keep_rows = 8193", 0),
        ("keep_ms = 3600000", 8_192),
        ("keep_ms = 10800000", 0),
        ("keep_ms = -1", 16_384),
    ] {
        let connection = at_version(LATEST);
        connection.execute_batch(&format!("UPDATE changes_state SET {keep}; BEGIN")).unwrap();
        fill(&connection, 9_000);
        connection.execute_batch("UPDATE changes SET at = at - 7200000").unwrap();
        run(&connection, "later", 8_000);
        connection.execute_batch("COMMIT").unwrap();
        assert_eq!(folded(&connection), (16_383, first), "{keep}");
        assert_right(&connection, keep);
        assert_eq!(look(&connection, THOROUGH), Verdict::Right, "{keep}");
    }
}

/// A program that leaves `recursive_triggers` off, as SQLite does unless told otherwise.
fn foreign(connection: &Connection, sql: &str) {
    connection
        .execute_batch(&format!("PRAGMA recursive_triggers = OFF; {sql}; PRAGMA recursive_triggers = ON"))
        .unwrap();
}

const DOUBTS: &str = "SELECT doubts FROM changes_state";

#[test]
fn a_foreign_replace_of_an_id_is_counted_and_what_replaces_nothing_is_not() {
    let connection = at_version(LATEST);
    fill(&connection, 10);
    for sql in [
        "INSERT OR REPLACE INTO zone_executions (id, zone_id, worktree_id, agent_type, prompt, executed_at)
           SELECT id, 'z1', 'w1', 'replaced', 'p', 't' FROM zone_executions WHERE rowid % 2",
        "INSERT OR IGNORE INTO zone_executions (id, zone_id, worktree_id, agent_type, prompt, executed_at)
           SELECT id, 'z1', 'w1', 'ignored', 'p', 't' FROM zone_executions",
        "INSERT INTO zone_executions (id, zone_id, worktree_id, agent_type, prompt, executed_at)
           VALUES ('e0', 'z2', 'w2', 'upserted', 'p', 't') ON CONFLICT (id) DO UPDATE SET agent_type = excluded.agent_type",
    ] {
        foreign(&connection, sql);
        assert_eq!(check(&connection).unwrap(), [], "{sql}");
    }
    assert_eq!(one::<i64>(&connection, DOUBTS), 0);
    assert_eq!(look(&connection, THOROUGH), Verdict::Right);
}

#[test]
fn what_a_foreign_replace_of_a_rowid_leaves_wrong_is_a_doubt_and_rebuilt() {
    let connection = at_version(LATEST);
    fill(&connection, 10);
    foreign(
        &connection,
        "INSERT OR REPLACE INTO zone_executions (rowid, id, zone_id, worktree_id, agent_type, prompt, executed_at)
           VALUES (1, 'new', 'z1', 'w1', 'agent-0', 'p', 't')",
    );
    assert_eq!(one::<i64>(&connection, DOUBTS), 1);
    let drifts = check(&connection).unwrap();
    assert_eq!(drifts.len(), 2);
    assert_eq!(
        (drifts[0].table, drifts[0].rows, drifts[0].example.as_str()),
        ("execution_counts_of_worktrees", 1, "w1 / z1 / agent-0")
    );
    rebuild(&connection).unwrap();
    assert_right(&connection, "rebuilt");
    assert_eq!(one::<i64>(&connection, DOUBTS), 0);
    run(&connection, "after", 10);
    assert_right(&connection, "counted on");
}

/// What somebody may do to a log, before and after a fold of it.
const DONE_TO_THE_LOG: [&str; 8] = [
    "DELETE FROM changes",
    "DELETE FROM changes; DELETE FROM changes_state",
    "DELETE FROM changes_state",
    "DELETE FROM changes WHERE seq BETWEEN (SELECT max(seq) - 5 FROM changes) AND (SELECT max(seq) - 2 FROM changes)",
    "DELETE FROM changes WHERE seq < 5",
    "UPDATE changes_state SET counted_to = 9223372036854775807",
    "UPDATE changes_state SET counted_to = -9223372036854775808",
    "INSERT INTO changes (seq, at, entity, op) VALUES (9223372036854775806, 0, 0, 0)",
];

#[test]
fn a_log_that_somebody_changed_is_noticed_and_starts_over_where_a_reader_finds_what_it_knows_gone() {
    for sql in DONE_TO_THE_LOG {
        for runs in [20, 9_000] {
            let connection = at_version(LATEST);
            connection.execute_batch("BEGIN").unwrap();
            fill(&connection, runs);
            connection.execute_batch("COMMIT").unwrap();
            let known: Vec<(i64, i64)> = rows(&connection);
            connection.execute_batch(sql).unwrap();
            assert!(matches!(look(&connection, THOROUGH), Verdict::Mended(_)), "{sql}");
            assert_right(&connection, sql);
            assert!(rows(&connection).iter().all(|row| !known.contains(row)), "{sql}");
            assert_eq!(folded(&connection).1 % 8_192, 0, "{sql}");
            connection.execute_batch("BEGIN").unwrap();
            run(&connection, "after", 9_000);
            connection.execute_batch("COMMIT").unwrap();
            assert_right(&connection, sql);
            assert_eq!(look(&connection, THOROUGH), Verdict::Right, "{sql}");
        }
    }
}

fn rows(connection: &Connection) -> Vec<(i64, i64)> {
    let mut statement = connection.prepare("SELECT seq, stamp FROM changes").unwrap();
    statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect()
}

#[test]
fn a_version_3_from_before_it_was_released_becomes_this_one() {
    for checked in [true, false] {
        let connection = at_version(2);
        connection.execute_batch(include_str!("../../../../../__test__/fixtures/earlier_version_3.sql")).unwrap();
        connection
            .execute_batch(
                "ALTER TABLE schema_migrations DROP COLUMN min_reader; ALTER TABLE schema_migrations DROP COLUMN min_writer;
                 INSERT INTO schema_migrations VALUES (3, 'execution_counts', 'of another text', 't', '1.0.0', NULL);
                 PRAGMA user_version = 3",
            )
            .unwrap();
        if !checked {
            connection
                .execute_batch(
                    "DROP TRIGGER execution_counts_doubt_insert; DROP TRIGGER execution_counts_doubt_update;
                     DROP TABLE execution_counts_checked",
                )
                .unwrap();
        }
        fill(&connection, 30);
        assert!(matches!(look(&connection, THOROUGH), Verdict::Mended(_)));
        assert_right(&connection, "mended");
        assert_eq!(verify(&connection).unwrap(), Vec::<String>::new());
        let history: (String, i64) = connection
            .query_row("SELECT name, min_writer FROM schema_migrations WHERE version = 3", [], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .unwrap();
        assert_eq!(history, ("changes".into(), 1));
        assert_eq!(
            one::<i64>(
                &connection,
                "SELECT count(*) FROM sqlite_schema WHERE name LIKE 'execution\\_counts%' ESCAPE '\\'"
            ),
            2,
            "only this version's tables of counts are left"
        );
        run(&connection, "after", 10);
        assert_right(&connection, "counted on");
        assert_eq!(look(&connection, THOROUGH), Verdict::Right);
    }
}

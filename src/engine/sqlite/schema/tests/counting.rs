use rusqlite::Connection;

use super::support::{at_version, fill, one, run};
use crate::engine::sqlite::schema::counts::{check, rebuild};
use crate::engine::sqlite::schema::{LATEST, Prepare, up};

/// What the package's statistics add up: the counts' tables and the log.
fn total(connection: &Connection) -> i64 {
    one(
        connection,
        "SELECT coalesce((SELECT sum(total) FROM execution_counts_by_zone), 0)
              + coalesce((SELECT sum(total) FROM execution_counts_log), 0)",
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
    assert_eq!(one::<i64>(&connection, "SELECT count(*) FROM execution_counts_log WHERE total <> 0"), 0);
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

#[test]
fn the_log_is_folded_into_the_tables_before_it_grows_long() {
    let connection = at_version(LATEST);
    connection.execute_batch("BEGIN").unwrap();
    fill(&connection, 9_000);
    assert_right(&connection, "after the first fold");
    assert_eq!(one::<i64>(&connection, "SELECT count(*) FROM execution_counts_log"), 9_000 - 8_191);
    assert_eq!(one::<i64>(&connection, "SELECT min(id) FROM execution_counts_log"), 8_192);
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
    assert_eq!(one::<i64>(&connection, "SELECT min(id) FROM execution_counts_log"), 16_384);
    for table in ["execution_counts", "execution_counts_by_zone"] {
        let left = one::<i64>(&connection, &format!("SELECT count(*) FROM {table} WHERE zone_id = 'z1'"));
        assert_eq!(left, 0, "what there is none of any more has no row in {table}");
    }
    connection.execute_batch("COMMIT").unwrap();
}

#[test]
fn a_rollback_takes_the_counts_back_too() {
    let connection = at_version(LATEST);
    fill(&connection, 8_180);
    connection.execute_batch("BEGIN").unwrap();
    run(&connection, "undone", 50);
    connection.execute_batch("ROLLBACK").unwrap();
    assert_right(&connection, "rolled back across a fold");
    assert_eq!(total(&connection), 8_180);
}

#[test]
fn what_a_foreign_replace_leaves_wrong_is_found_and_rebuilt() {
    let connection = at_version(LATEST);
    fill(&connection, 10);
    connection.execute_batch("PRAGMA recursive_triggers = OFF").unwrap();
    connection
        .execute_batch(
            "INSERT OR REPLACE INTO zone_executions (id, zone_id, worktree_id, agent_type, prompt, executed_at)
               VALUES ('e0', 'z1', 'w1', 'agent-0', 'p', 't')",
        )
        .unwrap();
    let drifts = check(&connection).unwrap();
    assert_eq!(drifts.len(), 2);
    assert_eq!(
        (drifts[0].table, drifts[0].rows, drifts[0].example.as_str()),
        ("execution_counts", 1, "w1 / z1 / agent-0")
    );
    rebuild(&connection).unwrap();
    assert_right(&connection, "rebuilt");
    run(&connection, "after", 10);
    assert_right(&connection, "counted on");
}

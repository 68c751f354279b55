use std::fs;

use super::support::{FIXTURES, Folder, code, content, memory, model, one, open, schema};
use crate::engine::sqlite::schema::{ALL, LATEST, Prepare, State, down, prepare, status, verify};

#[test]
fn every_file_of_the_javascript_layer_is_adopted_with_every_row_as_it_was() {
    for name in FIXTURES {
        let folder = Folder::new();
        let connection = open(&folder.fixture(name));
        let before = content(&connection);
        let report = prepare(&connection, &Prepare::default()).unwrap();
        assert!(report.adopted && report.version == LATEST, "{name}: {report:?}");
        assert_eq!(content(&connection), before, "{name}");
        assert_eq!(verify(&connection).unwrap(), Vec::<String>::new(), "{name}");

        down(&connection, &Prepare::default(), 1).unwrap();
        assert_eq!(content(&connection), before, "{name}, rolled back");
        drop(connection);
        let connection = open(&folder.join("visual.db"));
        assert!(prepare(&connection, &Prepare::default()).unwrap().pinned);
        assert_eq!(content(&connection), before, "{name}, opened again");
    }
}

#[test]
fn an_adopted_file_has_the_indexes_that_a_new_one_has() {
    let names = |schema: &[String]| -> Vec<String> {
        schema
            .iter()
            .filter(|line| line.starts_with("index") || line.starts_with("trigger"))
            .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
            .collect()
    };
    for name in FIXTURES {
        let folder = Folder::new();
        let connection = open(&folder.fixture(name));
        prepare(&connection, &Prepare::default()).unwrap();
        assert_eq!(names(&schema(&connection)), names(&model(LATEST)), "{name}");
    }
}

#[test]
fn a_file_without_any_index_is_adopted_too() {
    let connection = memory();
    connection.execute_batch(ALL[0].up).unwrap();
    connection.execute_batch("DROP INDEX idx_zones_trigger; DROP INDEX idx_executions_zone").unwrap();
    assert!(prepare(&connection, &Prepare::default()).unwrap().adopted);
    assert_eq!(schema(&connection), model(LATEST));
}

/// The JavaScript layer's schema with one thing changed, and what is said about it.
const DIFFERENT: [(&str, &str, &str); 13] = [
    ("issue_url TEXT,", "", "column worktrees.issue_url is missing"),
    ("issue_url TEXT,", "issue_url TEXT, extra BLOB,", "column worktrees.extra (BLOB) is not known"),
    ("port INTEGER NOT NULL", "port TEXT NOT NULL", "column worktrees.port is TEXT NOT NULL, not INTEGER NOT NULL"),
    ("path TEXT NOT NULL", "path TEXT", "column worktrees.path is TEXT, not TEXT NOT NULL"),
    ("DEFAULT 'active'", "DEFAULT 'idle'", "column worktrees.status is TEXT DEFAULT 'idle', not TEXT DEFAULT 'active'"),
    ("id TEXT PRIMARY KEY", "id TEXT", "column worktrees.id is TEXT, not TEXT PRIMARY KEY (part 1)"),
    (",\n  UNIQUE(port)", "", "table worktrees has no UNIQUE (port)"),
    ("UNIQUE(port)", "UNIQUE(port), UNIQUE(path)", "table worktrees has UNIQUE (path), which is not known"),
    (
        "ON DELETE CASCADE",
        "",
        "table worktree_zones has no FOREIGN KEY (worktree_id) REFERENCES worktrees(id) ON UPDATE NO ACTION ON DELETE CASCADE",
    ),
    (
        "path TEXT NOT NULL,\n  port INTEGER NOT NULL,",
        "port INTEGER NOT NULL,\n  path TEXT NOT NULL,",
        "the columns of worktrees are in another order",
    ),
    (
        "CREATE TABLE IF NOT EXISTS zone_executions",
        "CREATE TABLE IF NOT EXISTS runs",
        "table zone_executions is missing",
    ),
    (
        "updated_at TEXT,\n  UNIQUE(port)\n)",
        "updated_at TEXT,\n  UNIQUE(port)\n) STRICT",
        "worktrees is a table STRICT, not a table",
    ),
    ("id TEXT PRIMARY KEY", "id TEXT COLLATE NOCASE PRIMARY KEY", "table worktrees has no PRIMARY KEY (id)"),
];

#[test]
fn a_file_whose_tables_differ_is_refused_with_what_differs_and_left_as_it_was() {
    let (tables, _) = ALL[0].up.split_once("CREATE INDEX").unwrap();
    for (what, instead, said) in DIFFERENT {
        let folder = Folder::new();
        let path = folder.join("a.db");
        let sql = tables.replacen(what, instead, 1);
        assert_ne!(sql, tables);
        open(&path).execute_batch(&sql).unwrap();
        let before = fs::read(&path).unwrap();
        let error = prepare(&open(&path), &Prepare { path: Some(&path), ..Prepare::default() }).unwrap_err();
        assert_eq!(code(&error), "ERR_SCHEMA_DIFFERENT");
        assert!(error.message().contains(said) && error.message().contains("a.db"), "{said}: {error}");
        assert_eq!(fs::read(&path).unwrap(), before);
        assert_eq!(status(&open(&path)).unwrap().state, State::Different);
    }
}

#[test]
fn what_somebody_added_beside_the_four_tables_stays() {
    let connection = memory();
    connection.execute_batch(ALL[0].up).unwrap();
    connection
        .execute_batch(
            "CREATE TABLE notes (id INTEGER PRIMARY KEY AUTOINCREMENT, text);
             CREATE VIEW busy AS SELECT * FROM worktrees WHERE status = 'active';
             CREATE INDEX mine ON zones(name);
             CREATE TRIGGER log AFTER INSERT ON zones BEGIN INSERT INTO notes (text) VALUES (NEW.id); END;
             INSERT INTO zones (id, name, created_at) VALUES ('z', 'Z', 't');",
        )
        .unwrap();
    prepare(&connection, &Prepare::default()).unwrap();
    assert_eq!(
        one::<i64>(&connection, "SELECT count(*) FROM sqlite_schema WHERE name IN ('notes', 'busy', 'mine', 'log')"),
        4
    );
    assert_eq!(one::<String>(&connection, "SELECT text FROM notes"), "z");
    assert_eq!(verify(&connection).unwrap(), Vec::<String>::new());
}

#[test]
fn somebody_elses_table_in_a_place_that_is_ours_is_named() {
    let connection = memory();
    connection.execute_batch(ALL[0].up).unwrap();
    connection.execute_batch("CREATE TABLE schema_migrations (version TEXT NOT NULL PRIMARY KEY)").unwrap();
    let error = prepare(&connection, &Prepare::default()).unwrap_err();
    assert_eq!(code(&error), "ERR_SCHEMA_DIFFERENT");
    assert!(error.message().contains("column schema_migrations.sha256 is missing"), "{error}");

    let connection = memory();
    connection.execute_batch(ALL[0].up).unwrap();
    connection.execute_batch("CREATE TABLE execution_counts_of_zones (x)").unwrap();
    let before = schema(&connection);
    let error = prepare(&connection, &Prepare::default()).unwrap_err();
    assert!(error.message().contains("migration 3 (changes) failed and nothing was changed"), "{error}");
    assert_eq!(schema(&connection), before);
}

#[test]
fn rows_that_another_tool_left_without_their_zone_are_no_reason_to_refuse_a_file() {
    let connection = memory();
    connection.execute_batch(ALL[0].up).unwrap();
    connection
        .execute_batch(
            "PRAGMA foreign_keys = OFF;
             INSERT INTO zone_executions (id, zone_id, worktree_id, agent_type, prompt, executed_at)
               VALUES ('e', 'gone', 'gone', 'a', 'p', 't');
             PRAGMA foreign_keys = ON;",
        )
        .unwrap();
    let report = prepare(&connection, &Prepare::default()).unwrap();
    assert_eq!(report.foreign_key_violations, 2);
    assert_eq!(verify(&connection).unwrap().len(), 1);
}

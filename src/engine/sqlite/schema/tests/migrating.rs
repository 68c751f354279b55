use super::support::{Folder, at_version, code, content, fill, header, memory, model, one, open, schema};
use crate::engine::sqlite::schema::migrate::run;
use crate::engine::sqlite::schema::{
    APPLICATION_ID, LATEST, Migration, Prepare, State, down, prepare, status, up, verify,
};

#[test]
fn every_version_is_what_its_migrations_make() {
    for version in 1..=LATEST {
        let connection = at_version(version);
        assert_eq!(schema(&connection), model(version));
        assert_eq!(header(&connection), (APPLICATION_ID, version.into()));
        assert_eq!(verify(&connection).unwrap(), Vec::<String>::new());
    }
}

#[test]
fn up_down_up_leaves_an_identical_schema_and_every_row() {
    for version in 1..LATEST {
        let connection = at_version(LATEST);
        fill(&connection, 30);
        let (before, rows) = (schema(&connection), content(&connection));
        let report = down(&connection, &Prepare::default(), version).unwrap();
        assert_eq!((report.from, report.version, report.pinned), (LATEST, version, true));
        assert_eq!(schema(&connection), model(version));
        assert_eq!(content(&connection), rows);
        up(&connection, &Prepare::default(), None).unwrap();
        assert_eq!(schema(&connection), before);
        assert_eq!(content(&connection), rows);
        assert_eq!(verify(&connection).unwrap(), Vec::<String>::new());
    }
}

#[test]
fn versions_that_make_no_sense_are_range_errors() {
    let connection = at_version(2);
    let options = Prepare::default();
    assert_eq!(code(&up(&connection, &options, Some(1)).unwrap_err()), "RangeError");
    assert_eq!(code(&up(&connection, &options, Some(LATEST + 1)).unwrap_err()), "RangeError");
    assert_eq!(code(&up(&connection, &options, Some(0)).unwrap_err()), "RangeError");
    assert_eq!(code(&down(&connection, &options, 2).unwrap_err()), "RangeError");
    assert_eq!(code(&down(&memory(), &options, 0).unwrap_err()), "RangeError");
    assert_eq!(header(&connection).1, 2);
}

#[test]
fn the_history_says_what_was_applied_when_and_by_whom() {
    let connection = at_version(LATEST);
    down(&connection, &Prepare::default(), 2).unwrap();
    let status = status(&connection).unwrap();
    assert_eq!((status.state, status.version, status.latest), (State::Pinned, 2, LATEST));
    let steps: Vec<_> = status.migrations.iter().map(|step| (step.version, step.name.as_str(), step.applied)).collect();
    assert_eq!(
        steps,
        [
            (1, "javascript_layer", true),
            (2, "indexes", true),
            (3, "changes", false),
            (4, "runs", false),
            (5, "board", false),
            (6, "history", false)
        ]
    );
    let last = status.migrations[2].history.as_ref().unwrap();
    assert_eq!(last.package_version, env!("CARGO_PKG_VERSION"));
    assert_eq!(last.sha256.len(), 64);
    assert!(last.applied_at.ends_with('Z') && last.rolled_back_at.as_ref().is_some_and(|at| *at >= last.applied_at));
}

/// A table that is rebuilt, as SQLite advises, and a mistake in doing so.
const REBUILD: [(&str, bool); 2] = [
    ("CREATE TABLE new (id TEXT PRIMARY KEY, name TEXT NOT NULL); INSERT INTO new SELECT id, name FROM zones;
      DROP TABLE zones; ALTER TABLE new RENAME TO zones;", true),
    ("CREATE TABLE new (id TEXT PRIMARY KEY, name TEXT NOT NULL); INSERT INTO new SELECT id, name FROM zones WHERE id <> 'z1';
      DROP TABLE zones; ALTER TABLE new RENAME TO zones;", false),
];

#[test]
fn a_table_that_is_rebuilt_keeps_what_refers_to_its_rows_or_nothing_happens() {
    for (sql, whole) in REBUILD {
        let connection = memory();
        prepare(&connection, &Prepare::default()).unwrap();
        fill(&connection, 30);
        let (before, executions) =
            (schema(&connection), one::<i64>(&connection, "SELECT count(*) FROM zone_executions"));
        // The header can have only versions that are known, so the step leads to one of these.
        connection.execute_batch("PRAGMA user_version = 2").unwrap();
        let rebuild = Migration {
            version: 3,
            name: "rebuild",
            up: sql,
            down: "",
            rebuilds_tables: true,
            min_reader: 1,
            min_writer: 1,
        };
        let result = run(&connection, &Prepare::default(), &[rebuild], &|_, _| Ok(3));
        assert_eq!(one::<i64>(&connection, "SELECT count(*) FROM zone_executions"), executions);
        assert!(one::<bool>(&connection, "PRAGMA foreign_keys"), "foreign keys are on again");
        if whole {
            result.unwrap();
        } else {
            assert_eq!(code(&result.unwrap_err()), "ERR_SCHEMA_FOREIGN_KEYS");
            assert_eq!((schema(&connection), header(&connection).1), (before, 2));
        }
    }
}

#[test]
fn a_migration_that_fails_leaves_the_file_as_it_was() {
    let folder = Folder::new();
    let connection = open(&folder.fixture("js-layer.db"));
    let before = (schema(&connection), content(&connection), header(&connection));
    let broken = Migration {
        version: 1,
        name: "broken",
        up: "DELETE FROM zone_executions; DROP TABLE worktree_zones; SELECT no_such_thing()",
        down: "",
        min_reader: 1,
        min_writer: 1,
        rebuilds_tables: false,
    };
    let error = run(&connection, &Prepare::default(), &[broken], &|_, _| Ok(1)).unwrap_err();
    assert!(
        error.message().starts_with("the database: migration 1 (broken) failed and nothing was changed: "),
        "{error}"
    );
    assert_eq!((schema(&connection), content(&connection), header(&connection)), before);
}

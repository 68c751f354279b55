use super::support::{at_version, memory};
use crate::engine::sqlite::schema::{ALL, LATEST, verify};

/// What somebody did to a file, and what verify says.
const DONE: [(&str, &str); 9] = [
    (
        "UPDATE schema_migrations SET sha256 = 'abc' WHERE version = 2",
        "version 2 (indexes) was applied from another text: its checksum was abc",
    ),
    ("DELETE FROM schema_migrations WHERE version = 2", "schema_migrations knows nothing of version 2 (indexes)"),
    ("DROP TABLE schema_migrations", "table schema_migrations is missing"),
    ("DROP INDEX idx_executions_zone", "index idx_executions_zone is missing"),
    (
        "DROP INDEX idx_zones_created; CREATE INDEX idx_zones_created ON zones(name)",
        "index idx_zones_created is not the one of version 6",
    ),
    ("DROP TRIGGER changes_execution_delete", "trigger changes_execution_delete is missing"),
    ("ALTER TABLE zones ADD COLUMN colour TEXT", "column zones.colour (TEXT) is not known"),
    ("DROP TABLE execution_counts_of_zones", "table execution_counts_of_zones is missing"),
    (
        "INSERT INTO execution_counts_of_zones VALUES ('z', 'a', 1, 1, 0)",
        "execution_counts_of_zones: 1 rows are not what zone_executions says (such as z / a)",
    ),
];

#[test]
fn names_what_is_not_as_the_version_says() {
    for (sql, said) in DONE {
        let connection = at_version(LATEST);
        assert_eq!(verify(&connection).unwrap(), Vec::<String>::new());
        connection.execute_batch(sql).unwrap();
        let problems = verify(&connection).unwrap();
        assert!(problems.iter().any(|problem| problem.contains(said)), "{sql}: {problems:?}");
    }
}

#[test]
fn a_file_that_is_not_ours_yet_is_a_finding_too() {
    let connection = memory();
    assert_eq!(verify(&connection).unwrap(), ["the file is empty"]);
    connection.execute_batch(ALL[0].up).unwrap();
    assert_eq!(verify(&connection).unwrap(), ["the file is the JavaScript layer's: it was not adopted yet"]);
}

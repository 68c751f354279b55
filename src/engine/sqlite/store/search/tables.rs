//! The tables of the index. They are made when somebody turns the search on, so no other file has them. No trigger of the file
//! touches an FTS5 table: programs without FTS5 write as before.

use super::sql::Sql;
use super::state::State;
use crate::engine::sqlite::driver::Bind;
use crate::engine::sqlite::store::Store;
use crate::error::{Error, Result};
use crate::model::search::Mode;

/// One row: what is indexed, and how far the index is built. phase 0: all of it; 1: up to this row of the history; 2: all runs
/// are in it, and up to this number it was checked that they still are.
const TABLES: &str = "
CREATE TABLE main.search_state (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  words INTEGER NOT NULL,
  substring INTEGER NOT NULL,
  phase INTEGER NOT NULL,
  at INTEGER NOT NULL,
  key INTEGER NOT NULL,
  done INTEGER NOT NULL
);
CREATE TRIGGER main.search_doubted AFTER UPDATE OF doubts ON changes_state WHEN NEW.doubts > OLD.doubts BEGIN
  DELETE FROM changes_readers WHERE name = 'search';
END;";

/// run: a run's `runs.key`; id: that of an execution that was only recorded. print: a hash of all that was indexed of it. doc is
/// never another run's.
const RUNS: &str = "
  doc INTEGER PRIMARY KEY,
  run INTEGER,
  id TEXT,
  print INTEGER
);";

/// Logs that a text was changed, by a row that says nothing else: nothing but the search has to know.
pub(super) const TRIGGER: &str = "
CREATE TRIGGER main.search_text_changed AFTER UPDATE OF prompt, result ON zone_executions
WHEN OLD.prompt IS NOT NEW.prompt OR OLD.result IS NOT NEW.result
BEGIN
  INSERT INTO changes (at, entity, op, id)
  VALUES (max(CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER),
              coalesce((SELECT at FROM changes ORDER BY seq DESC LIMIT 1), 0)),
          0, 0, NEW.id);
END;";

fn index(schema: &str, mode: Mode) -> String {
    match mode {
        Mode::Words => format!(
            "CREATE VIRTUAL TABLE {schema}.search_words USING fts5(prompt, result, error, question, answer, facets, \
             content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 2');"
        ),
        Mode::Substring => format!(
            "CREATE VIRTUAL TABLE {schema}.search_substrings USING fts5(text, zone, worktree, agent, status, parent, model, month, day, \
             length, content='', contentless_delete=1, detail=none, tokenize='trigram');"
        ),
    }
}

fn runs(schema: &str) -> String {
    format!(
        "CREATE TABLE {schema}.search_runs ({RUNS}
         CREATE UNIQUE INDEX {schema}.search_runs_run ON search_runs (run) WHERE run IS NOT NULL;
         CREATE UNIQUE INDEX {schema}.search_runs_id ON search_runs (id) WHERE id IS NOT NULL;"
    )
}

const DROP: &str = "
DROP TRIGGER IF EXISTS main.search_text_changed;
DROP TRIGGER IF EXISTS main.search_doubted;
DROP TABLE IF EXISTS main.search_words;
DROP TABLE IF EXISTS main.search_substrings;
DROP TABLE IF EXISTS main.search_runs;
DROP TABLE IF EXISTS main.search_state;
DELETE FROM main.changes_readers WHERE name = 'search';";

impl Store {
    fn exec(&self, sql: &str) -> Result<()> {
        self.connection.exec(sql, |_| Ok(()))
    }

    /// Changes the schema in what counts of executions have nothing to do with: where they were right before, they still are.
    fn beside_the_counts(&self, change: impl FnOnce() -> Result<()>) -> Result<()> {
        let version =
            || Ok::<i64, Error>(self.first(Sql::SchemaVersion, &[], |row| row.integer(0))?.unwrap_or_default());
        let before = version()?;
        change()?;
        self.search.seen.set(None);
        self.write_run(Sql::SameCounts, &[Bind::Integer(version()?), Bind::Integer(before)]).map(drop)
    }

    /// Makes sure that there is an index for this mode beside the existing ones. A new one is empty, and so are all others from
    /// then on. In a transaction that may write.
    pub(super) fn make_tables(&self, mode: Mode) -> Result<()> {
        let known = self.search_state()?;
        if known.is_some_and(|state| state.has(mode)) {
            return Ok(());
        }
        let bits = known.map_or(0, State::bits) | mode.bit();
        self.beside_the_counts(|| self.make_all(bits))
    }

    fn make_all(&self, bits: i64) -> Result<()> {
        self.exec(DROP)?;
        self.exec(TABLES)?;
        self.exec(&runs("main"))?;
        self.exec(TRIGGER)?;
        for mode in [Mode::Words, Mode::Substring].into_iter().filter(|mode| bits & mode.bit() != 0) {
            self.exec(&index("main", mode))?;
        }
        let has = |mode: Mode| i64::from(bits & mode.bit() != 0);
        let (words, substring) = (has(Mode::Words), has(Mode::Substring));
        self.exec(&format!("INSERT INTO main.search_state VALUES (1, {words}, {substring}, 1, 0, 0, 0);"))
    }

    /// Drops all tables; returns whether there were any.
    pub(super) fn drop_tables(&self) -> Result<bool> {
        let was_there = self.search_state()?.is_some();
        if was_there {
            self.beside_the_counts(|| self.exec(DROP))?;
        }
        Ok(was_there)
    }

    /// Makes the tables in TEMP again, without a row.
    pub(super) fn make_tail_tables(&self, state: State) -> Result<()> {
        self.exec(
            "DROP TABLE IF EXISTS temp.search_words; DROP TABLE IF EXISTS temp.search_substrings; \
             DROP TABLE IF EXISTS temp.search_runs; DROP TABLE IF EXISTS temp.search_tail;",
        )?;
        self.exec(
            "CREATE TEMP TABLE search_tail (id INTEGER PRIMARY KEY, from_seq INTEGER, from_stamp INTEGER, to_seq INTEGER, to_stamp INTEGER);",
        )?;
        self.exec(&runs("temp"))?;
        for mode in [Mode::Words, Mode::Substring].into_iter().filter(|mode| state.has(*mode)) {
            self.exec(&index("temp", mode))?;
        }
        Ok(())
    }

    /// Whether TEMP has them.
    pub(super) fn has_tail_tables(&self) -> Result<bool> {
        let sql = "SELECT count(*) FROM temp.sqlite_schema WHERE name IN ('search_tail', 'search_runs')";
        self.connection.with(|inner| Ok(inner.query_row(sql, [], |row| row.get::<_, i64>(0))? == 2))
    }

    /// Makes the trigger again that went with a table which somebody created again: nobody knows what was written meanwhile, so
    /// the index is rebuilt.
    pub(super) fn make_trigger(&self) -> Result<()> {
        self.beside_the_counts(|| {
            self.exec("DROP TRIGGER IF EXISTS main.search_text_changed;")?;
            self.exec(TRIGGER)
        })?;
        self.write_run(Sql::Forget, &[]).map(drop)
    }
}

//! The statements of the search. Those of the index exist twice: for the file's, and for the one in TEMP that has what the file's
//! doesn't have yet. `+?1` is a value by which SQLite is not to choose a plan, as in `queries`.

use super::super::queries::queries;

macro_rules! run_of_doc {
    ($schema:literal) => {
        concat!("SELECT run, id FROM ", $schema, ".search_runs WHERE doc = ?1")
    };
}

macro_rules! find {
    ($schema:literal, $table:literal, $hits:literal) => {
        concat!(
            "SELECT rowid, ",
            $hits,
            " FROM ",
            $schema,
            ".",
            $table,
            " WHERE ",
            $table,
            " MATCH ?1 AND rowid <= ?2 ORDER BY rowid DESC"
        )
    };
}

macro_rules! put {
    ($schema:literal, words) => {
        concat!(
            "INSERT INTO ",
            $schema,
            ".search_words (rowid, prompt, result, error, question, answer, facets) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"
        )
    };
    ($schema:literal, substrings) => {
        concat!(
            "INSERT INTO ",
            $schema,
            ".search_substrings (rowid, text, zone, worktree, agent, status, parent, model, month, day, length) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"
        )
    };
    ($schema:literal, run) => {
        concat!("INSERT OR REPLACE INTO ", $schema, ".search_runs (doc, run, id, print) VALUES (?1, ?2, ?3, ?4)")
    };
}

queries! {
    /// A statement of the search.
    Sql;

    /// What is indexed, and how far the index is built.
    State = "SELECT words, substring, phase, at, key, done FROM main.search_state";
    /// Sets how far the index is built.
    SetBuilt = "UPDATE main.search_state SET phase = ?1, at = ?2, key = ?3, done = ?4";
    /// How far it has read the log, and whether that row is still there.
    Read =
        "SELECT r.seq, r.stamp, c.stamp FROM main.changes_readers AS r LEFT JOIN main.changes AS c ON c.seq = r.seq WHERE r.name = 'search'";
    /// Sets up to which row it has read the log.
    SetRead = "INSERT OR REPLACE INTO main.changes_readers (name, seq, stamp) VALUES ('search', ?1, ?2)";
    /// Deletes that: the index has to be rebuilt.
    Forget = "DELETE FROM main.changes_readers WHERE name = 'search'";
    /// Whether the file has the trigger that logs changed texts.
    HasTrigger = "SELECT 1 FROM main.sqlite_schema WHERE type = 'trigger' AND name = 'search_text_changed' AND tbl_name = 'zone_executions'";
    /// Whether the search was ever on.
    IsThere = "SELECT 1 FROM main.sqlite_schema WHERE type = 'table' AND name = 'search_state'";
    /// Counts that were right before the schema was changed are right still.
    SameCounts = "UPDATE main.changes_state SET schema_version = ?1 WHERE schema_version = ?2";
    /// SQLite's schema version.
    SchemaVersion = "PRAGMA main.schema_version";

    /// What the log says, after a row of it, of runs, executions and texts, and of deleted zones.
    Touched =
        "SELECT seq, stamp, id, entity FROM main.changes WHERE seq > ?1 AND id IS NOT NULL \
         AND (entity IN (0, 4, 5) OR (entity = 2 AND op = 3)) ORDER BY seq LIMIT +?2";
    /// The runs of the history after one, and their ids.
    NextRuns =
        "SELECT h.at, h.key, coalesce(h.id, (SELECT r.id FROM main.runs AS r WHERE r.key = h.key)) FROM main.history AS h \
         WHERE (h.at, h.key) > (?1, ?2) ORDER BY h.at, h.key LIMIT +?3";
    /// What is indexed after a number.
    NextDocs =
        "SELECT doc, coalesce(s.id, (SELECT r.id FROM main.runs AS r WHERE r.key = s.run)) FROM main.search_runs AS s \
         WHERE doc > ?1 ORDER BY doc LIMIT +?2";
    /// How many runs the history has.
    HowMany = "SELECT count(*) FROM main.history";
    /// How many runs the index has.
    HowManyDocs = "SELECT count(*) FROM main.search_runs";
    /// When the first and the last of the runs that have a time were made.
    Times = "SELECT (SELECT at FROM main.history WHERE at >= ?1 ORDER BY at LIMIT 1), (SELECT at FROM main.history ORDER BY at DESC LIMIT 1)";
    /// The id of an archived worktree.
    ArchivedId = "SELECT id FROM main.archived_worktrees WHERE key = ?1";

    /// What a run says, but for what it says as an execution.
    OfRun = "SELECT worktree_id, prompt, result, error, question, answer, executed, id FROM main.runs WHERE key = ?1";
    /// What an execution says.
    OfExecution =
        "SELECT worktree_id, prompt, result FROM main.zone_executions WHERE id = ?1 \
         UNION ALL SELECT worktree_id, prompt, result FROM \
         (SELECT * FROM main.archived_executions WHERE id = +?1 ORDER BY key DESC LIMIT 1)";

    /// A run's number in the index, and the hash of what was indexed.
    DocOfRun = "SELECT doc, print FROM main.search_runs WHERE run = ?1 AND run IS NOT NULL";
    /// The same of an execution.
    DocOfId = "SELECT doc, print FROM main.search_runs WHERE id = ?1 AND id IS NOT NULL";
    /// The same in TEMP.
    TailDocOfRun = "SELECT doc, print FROM temp.search_runs WHERE run = ?1 AND run IS NOT NULL";
    /// The same in TEMP.
    TailDocOfId = "SELECT doc, print FROM temp.search_runs WHERE id = ?1 AND id IS NOT NULL";
    /// The last number.
    LastDoc = "SELECT doc FROM main.search_runs ORDER BY doc DESC LIMIT 1";
    /// The last number in TEMP.
    TailLastDoc = "SELECT doc FROM temp.search_runs ORDER BY doc DESC LIMIT 1";
    /// What is indexed under a number.
    RunOfDoc = run_of_doc!("main");
    /// The same in TEMP.
    TailRunOfDoc = run_of_doc!("temp");

    /// Inserts or replaces a run.
    PutRun = put!("main", run);
    /// The same in TEMP.
    TailPutRun = put!("temp", run);
    /// Deletes it.
    RemoveRun = "DELETE FROM main.search_runs WHERE doc = ?1";
    /// Indexes its words.
    PutWords = put!("main", words);
    /// The same in TEMP.
    TailPutWords = put!("temp", words);
    /// Removes them.
    RemoveWords = "DELETE FROM main.search_words WHERE rowid = ?1";
    /// The same in TEMP.
    TailRemoveWords = "DELETE FROM temp.search_words WHERE rowid = ?1";
    /// Indexes its trigrams.
    PutSubstrings = put!("main", substrings);
    /// The same in TEMP.
    TailPutSubstrings = put!("temp", substrings);
    /// Removes them.
    RemoveSubstrings = "DELETE FROM main.search_substrings WHERE rowid = ?1";
    /// The same in TEMP.
    TailRemoveSubstrings = "DELETE FROM temp.search_substrings WHERE rowid = ?1";

    /// The part of the log that TEMP has.
    TailEnds = "SELECT from_seq, from_stamp, to_seq, to_stamp FROM temp.search_tail";
    /// Sets that.
    SetTailEnds = "INSERT OR REPLACE INTO temp.search_tail (id, from_seq, from_stamp, to_seq, to_stamp) VALUES (1, ?1, ?2, ?3, ?4)";

    /// The numbers of what has these words, the last first.
    FindWords = find!("main", "search_words", "visual_hits(search_words)");
    /// The same in TEMP.
    TailFindWords = find!("temp", "search_words", "visual_hits(search_words)");
    /// The numbers of what may have this text, the last first.
    FindSubstrings = find!("main", "search_substrings", "NULL");
    /// The same in TEMP.
    TailFindSubstrings = find!("temp", "search_substrings", "NULL");
    /// Whether a number is among what has these words.
    HasWords = "SELECT 1 FROM main.search_words WHERE search_words MATCH ?1 AND rowid = ?2";
    /// The same of trigrams.
    HasSubstrings = "SELECT 1 FROM main.search_substrings WHERE search_substrings MATCH ?1 AND rowid = ?2";
}

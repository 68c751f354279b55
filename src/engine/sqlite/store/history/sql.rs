//! The statements of the history. Tables are named with `main.`, since a TEMP table of the same name would come first. `+?1` is a
//! value by which SQLite is not to choose a plan, as in `queries`.

use super::super::queries::queries;

/// What is read of a row of the history, in the order in which `Line` reads it.
macro_rules! line {
    () => {
        "SELECT h.at, h.key, h.zone_id, h.worktree_id, h.agent_type, h.status, h.parent_run_id, h.duration_ms, h.cost_micros, h.id, h.made_text, h.finished_at, h.input_tokens, h.output_tokens "
    };
}

/// The rows with ?4 in `$column`, the latest first: before (?1, ?2), not before the time ?3.
macro_rules! latest {
    ($column:literal) => {
        concat!(
            line!(),
            "FROM main.history AS h WHERE h.",
            $column,
            " = +?4 AND (h.at, h.key) < (?1, ?2) AND h.at >= ?3 ORDER BY h.at DESC, h.key DESC"
        )
    };
}

/// The same, the earliest first: after (?1, ?2), not after the time ?3.
macro_rules! earliest {
    ($column:literal) => {
        concat!(
            line!(),
            "FROM main.history AS h WHERE h.",
            $column,
            " = +?4 AND (h.at, h.key) > (?1, ?2) AND h.at <= ?3 ORDER BY h.at, h.key"
        )
    };
}

/// The rows below (?3, ?1, ?2) with at least ?4 in `$column`, the largest first.
macro_rules! largest {
    ($column:literal) => {
        concat!(
            line!(),
            "FROM main.history AS h WHERE (h.",
            $column,
            ", h.at, h.key) < (?3, ?1, ?2) AND h.",
            $column,
            " >= ?4 ORDER BY h.",
            $column,
            " DESC, h.at DESC, h.key DESC"
        )
    };
}

queries! {
    /// A statement of the history.
    Sql;

    /// How far the history has read the log, and whether that row is still there; whether it is being built.
    Read =
        "SELECT r.seq, r.stamp, c.stamp, EXISTS (SELECT 1 FROM main.history_building) \
         FROM main.changes_readers AS r LEFT JOIN main.changes AS c ON c.seq = r.seq WHERE r.name = 'history'";
    /// How often somebody has done what the log isn't told, and the stamp of that count.
    Doubts = "SELECT doubts, stamp FROM main.changes_state";
    /// Sets up to which row the history has read the log.
    SetRead = "INSERT OR REPLACE INTO main.changes_readers (name, seq, stamp) VALUES ('history', ?1, ?2)";
    /// What the log says, after a row of it, of runs and executions, of worktrees that were archived or restored, and of zones
    /// that were deleted, which take what is archived along.
    Touched =
        "SELECT seq, stamp, id, entity = 4 AND op = 1, entity, worktree_id FROM main.changes WHERE seq > ?1 \
         AND (entity IN (4, 5) OR (entity = 1 AND op IN (4, 5)) OR (entity = 2 AND op = 3)) ORDER BY seq LIMIT +?2";
    /// The ids of what the history has of a worktree.
    OfWorktree =
        "SELECT coalesce(h.id, (SELECT r.id FROM main.runs AS r WHERE r.key = h.key)) FROM main.history AS h WHERE h.worktree_id = +?1";
    /// The ids of what it has of a zone.
    OfZone =
        "SELECT coalesce(h.id, (SELECT r.id FROM main.runs AS r WHERE r.key = h.key)) FROM main.history AS h WHERE h.zone_id = +?1";
    /// The id of an archived worktree.
    ArchivedId = "SELECT id FROM main.archived_worktrees WHERE key = ?1";
    /// The archived worktrees on a branch.
    ArchivedOnBranch = "SELECT key FROM main.archived_worktrees WHERE branch_name = ?1 AND restored_at IS NULL";

    /// A run as the history has it.
    RunOf =
        "SELECT key, created_at, zone_id, worktree_id, agent_type, status, parent_run_id, started_at, finished_at, duration_ms, \
         executed AND NOT EXISTS (SELECT 1 FROM main.zone_executions AS e WHERE e.id = r.id) \
         /*archive*/AND NOT EXISTS (SELECT 1 FROM main.archived_executions AS a WHERE a.id = r.id)/*end*/, \
         EXISTS (SELECT 1 FROM main.leases AS l WHERE l.run_id = r.id) FROM main.runs AS r WHERE id = ?1";
    /// An execution as the history has it.
    ExecutionOf =
        "SELECT zone_id, worktree_id, agent_type, success, executed_at, NULL FROM main.zone_executions WHERE id = ?1 \
         /*archive*/UNION ALL SELECT zone_id, worktree_id, agent_type, success, executed_at, key >> 32 FROM \
         (SELECT * FROM main.archived_executions WHERE id = +?1 ORDER BY key DESC LIMIT 1)/*end*/";
    /// The models that a run used, and how much of each.
    ModelsOf = "SELECT model, input_tokens, output_tokens, cost_micros FROM main.run_models WHERE run = +?1 ORDER BY model";
    /// The runs after one, by key.
    NextRuns = "SELECT key, id FROM main.runs WHERE key > ?1 ORDER BY key LIMIT +?2";
    /// The executions after one, by rowid.
    NextExecutions = "SELECT rowid, id FROM main.zone_executions WHERE rowid > ?1 ORDER BY rowid LIMIT +?2";

    /// The key of a run.
    RunKey = "SELECT key FROM main.runs WHERE id = ?1 AND key > 0";
    /// The history's row of a run.
    LineOfRun = concat!(
        line!(),
        "FROM main.runs AS r CROSS JOIN main.history AS h ON h.at = r.created_at AND h.key = r.key WHERE r.key = +?1"
    );
    /// The history's row of an execution that was only recorded.
    LineOfId = concat!(line!(), "FROM main.history AS h WHERE h.id = ?1");

    /// Where the history has an execution.
    PlaceOf = "SELECT at, key FROM main.history WHERE id = ?1";
    /// Inserts the row of a run or an execution, or updates it.
    Put =
        "INSERT INTO main.history (at, key, zone_id, worktree_id, agent_type, status, parent_run_id, duration_ms, length, cost_micros, id, made_text, \
         finished_at, input_tokens, output_tokens) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15) \
         ON CONFLICT (at, key) DO UPDATE SET worktree_id = excluded.worktree_id, status = excluded.status, duration_ms = excluded.duration_ms, length = excluded.length, \
         cost_micros = excluded.cost_micros, finished_at = excluded.finished_at, input_tokens = excluded.input_tokens, output_tokens = excluded.output_tokens";
    /// The history's row at a position.
    At = concat!(line!(), "FROM main.history AS h WHERE h.at = ?1 AND h.key = ?2");
    /// Deletes it.
    Remove = "DELETE FROM main.history WHERE at = ?1 AND key = ?2";
    /// Puts a model that it used, and how much.
    PutModel =
        "INSERT OR REPLACE INTO main.history_models (at, key, model, input_tokens, output_tokens, cost_micros) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    /// The models that it used, and how much of each.
    ModelsAt = "SELECT model, input_tokens, output_tokens, cost_micros FROM main.history_models WHERE at = ?1 AND key = ?2";
    /// Deletes them.
    RemoveModels = "DELETE FROM main.history_models WHERE at = ?1 AND key = ?2";
    /// Whether it used a model.
    UsedModel = "SELECT 1 FROM main.history_models WHERE model = +?3 AND at = ?1 AND key = ?2";

    /// What ended when it was made, between two times.
    EndedAtOnce = concat!(line!(), "FROM main.history AS h WHERE h.at BETWEEN ?1 AND ?2 AND h.finished_at = h.at");
    /// What ended later than it was made, between two times.
    EndedLater = concat!(
        line!(),
        "FROM main.history AS h INDEXED BY history_finished WHERE h.finished_at BETWEEN ?1 AND ?2 AND h.finished_at <> h.at"
    );

    /// How many there are of those two, as far as `list` counts; of the first, all that were made then.
    SomeAtOnce = "SELECT count(*) FROM (SELECT 1 FROM main.history WHERE at BETWEEN +?1 AND +?2 LIMIT 5001)";
    SomeLater =
        "SELECT count(*) FROM (SELECT 1 FROM main.history INDEXED BY history_finished \
         WHERE finished_at BETWEEN +?1 AND +?2 AND finished_at <> at LIMIT 5001)";

    /// What a series comes to on a day.
    Rollup = "SELECT quarters FROM main.rollups WHERE dimension = +?1 AND day = +?2 AND key = +?3";
    /// Writes that.
    PutRollup = "INSERT OR REPLACE INTO main.rollups (dimension, day, key, whole, quarters) VALUES (?1, ?2, ?3, ?4, ?5)";
    /// Deletes it.
    RemoveRollup = "DELETE FROM main.rollups WHERE dimension = +?1 AND day = +?2 AND key = +?3";
    /// Deletes all of them.
    EmptyRollups = "DELETE FROM main.rollups";
    /// What a series comes to on a day, its quarters only where these are wanted.
    OneRollup = "SELECT whole, iif(+?4, quarters, NULL) FROM main.rollups WHERE dimension = +?1 AND day = +?2 AND key = +?3";
    /// The same of what was pruned.
    OneKept = "SELECT whole, iif(+?4, quarters, NULL) FROM main.rollups_kept WHERE dimension = +?1 AND day = +?2 AND key = +?3";
    /// What each series comes to on some days, likewise.
    Rollups = "SELECT day, key, whole, iif(+?4, quarters, NULL) FROM main.rollups WHERE dimension = +?1 AND day BETWEEN +?2 AND +?3";
    /// The same of what was pruned.
    AllKept = "SELECT day, key, whole, iif(+?4, quarters, NULL) FROM main.rollups_kept WHERE dimension = +?1 AND day BETWEEN +?2 AND +?3";
    /// Whether anything was pruned.
    AnyKept = "SELECT 1 FROM main.rollups_kept LIMIT 1";
    /// Which of some days have any.
    Days = "SELECT day FROM main.rollups WHERE dimension = 0 AND day BETWEEN +?1 AND +?2 \
         UNION ALL SELECT day FROM main.rollups_kept WHERE dimension = 0 AND day BETWEEN +?1 AND +?2";
    /// The branch that each worktree is on.
    Branches = "SELECT id, branch_name FROM main.worktrees";
    /// The same of the archive.
    ArchivedBranches = "SELECT key, branch_name FROM main.archived_worktrees WHERE restored_at IS NULL";

    /// What the pruned runs of a series come to on a day.
    Kept = "SELECT quarters FROM main.rollups_kept WHERE dimension = +?1 AND day = +?2 AND key = +?3";
    /// Writes that.
    PutKept = "INSERT OR REPLACE INTO main.rollups_kept (dimension, day, key, whole, quarters) VALUES (?1, ?2, ?3, ?4, ?5)";
    /// Deletes it.
    RemoveKept = "DELETE FROM main.rollups_kept WHERE dimension = +?1 AND day = +?2 AND key = +?3";
    /// What the pruned runs of a worktree come to, day by day.
    KeptOfWorktree = "SELECT day, quarters FROM main.rollups_kept INDEXED BY rollups_kept_of_worktrees WHERE dimension = 4 AND key = +?1";
    /// Where a run is in the history.
    PlaceOfRun = "SELECT created_at, key FROM main.runs WHERE id = ?1 AND key > 0";
    /// Deletes the history's place in the log: it has to be rebuilt.
    Forget = "DELETE FROM main.changes_readers WHERE name = 'history'";

    /// Empties the history.
    Empty = "DELETE FROM main.history";
    /// Empties its models.
    EmptyModels = "DELETE FROM main.history_models";
    /// How far it is built.
    Building = "SELECT run, execution, next_key FROM main.history_building";
    /// Sets how far it is built.
    SetBuilding = "INSERT OR REPLACE INTO main.history_building (id, run, execution, next_key) VALUES (1, ?1, ?2, ?3)";
    /// It is built.
    Built = "DELETE FROM main.history_building";

    /// The longest that any run took, in binary digits.
    MostDigits = "SELECT max(length) FROM main.history WHERE length IS NOT NULL";
    /// The executions of the archive after one, by key.
    NextArchived = "SELECT key, id FROM main.archived_executions WHERE key > ?1 AND id IS NOT NULL ORDER BY key LIMIT +?2";
    /// The worktrees on a branch.
    OnBranch = "SELECT id FROM main.worktrees WHERE branch_name = ?1";

    /// All runs before a position, the latest first.
    Latest =
        concat!(line!(), "FROM main.history AS h WHERE (h.at, h.key) < (?1, ?2) AND h.at >= ?3 ORDER BY h.at DESC, h.key DESC");
    /// All runs after a position, the earliest first.
    Earliest = concat!(line!(), "FROM main.history AS h WHERE (h.at, h.key) > (?1, ?2) AND h.at <= ?3 ORDER BY h.at, h.key");
    /// Of a zone.
    LatestOfZone = latest!("zone_id");
    /// Of a zone.
    EarliestOfZone = earliest!("zone_id");
    /// Of a worktree.
    LatestOfWorktree = latest!("worktree_id");
    /// Of a worktree.
    EarliestOfWorktree = earliest!("worktree_id");
    /// Of an agent.
    LatestOfAgent = latest!("agent_type");
    /// Of an agent.
    EarliestOfAgent = earliest!("agent_type");
    /// In a state.
    LatestOfStatus = latest!("status");
    /// In a state.
    EarliestOfStatus = earliest!("status");
    /// Parts of a run.
    LatestOfParent = latest!("parent_run_id");
    /// Parts of a run.
    EarliestOfParent = earliest!("parent_run_id");
    /// With a duration of so many binary digits.
    LatestOfLength = latest!("length");
    /// With a duration of so many binary digits.
    EarliestOfLength = earliest!("length");
    /// That used a model.
    LatestOfModel = concat!(
        line!(),
        "FROM main.history_models AS m INDEXED BY history_of_models CROSS JOIN main.history AS h ON h.at = m.at AND h.key = m.key \
         WHERE m.model = +?4 AND (m.at, m.key) < (?1, ?2) AND m.at >= ?3 ORDER BY m.at DESC, m.key DESC"
    );
    /// That used a model.
    EarliestOfModel = concat!(
        line!(),
        "FROM main.history_models AS m INDEXED BY history_of_models CROSS JOIN main.history AS h ON h.at = m.at AND h.key = m.key \
         WHERE m.model = +?4 AND (m.at, m.key) > (?1, ?2) AND m.at <= ?3 ORDER BY m.at, m.key"
    );
    /// Those that took longest.
    Longest = largest!("duration_ms");
    /// Those that cost most.
    Costliest = largest!("cost_micros");
}

//! The statements of the archive. Tables are named with `main.`, since a TEMP table of the same name would come first. `+?1` is a
//! value by which SQLite is not to choose a plan, as in `queries`.

use super::super::queries::queries;

/// What a worktree has in the archive beside the columns of the table, in the order in which `list` pushes them.
macro_rules! archived {
    () => {
        "{worktree}, key, zone_id, archived_at, \"by\", reason, executions, cost_micros, metadata"
    };
}

queries! {
    /// A statement of the archive.
    Sql;

    /// Puts a worktree into the archive as it is now, with its assignment and what is beside it: at which time, by whom, why.
    PutWorktree =
        "INSERT INTO main.archived_worktrees ({worktree}, zone_id, assigned_at, assigned_rowid, at_rowid, cost_micros, metadata, archived_at, \"by\", reason) \
         SELECT {w.worktree}, a.zone_id, a.assigned_at, a.rowid, w.rowid, (SELECT cost_micros FROM main.worktree_costs WHERE worktree_id = w.id), \
           (SELECT data FROM main.metadata WHERE entity = 1 AND id = w.id), ?2, ?3, ?4 \
         FROM main.worktrees AS w LEFT JOIN main.worktree_zones AS a ON a.worktree_id = w.id WHERE w.id = +?1";
    /// Whether it has executions, and whether more than some.
    HasExecutions =
        "SELECT EXISTS (SELECT 1 FROM main.zone_executions WHERE worktree_id = +?1), \
         EXISTS (SELECT 1 FROM main.zone_executions WHERE worktree_id = +?1 LIMIT 1 OFFSET +?2)";
    /// Puts them into the archive.
    PutExecutions =
        "INSERT OR FAIL INTO main.archived_executions (key, at_rowid, made_at, id, zone_id, worktree_id, agent_type, prompt, result, success, executed_at) \
         SELECT (?1 << 32) + o.n - 1, e.rowid, coalesce(CAST(round((julianday(e.executed_at) - 2440587.5) * 86400000) AS INTEGER), 0), \
           e.id, e.zone_id, e.worktree_id, e.agent_type, e.prompt, e.result, e.success, e.executed_at \
         FROM (SELECT rowid AS r, row_number() OVER (ORDER BY executed_at, rowid) AS n FROM main.zone_executions WHERE worktree_id = +?2) AS o \
         CROSS JOIN main.zone_executions AS e ON e.rowid = o.r";
    /// Takes them off the board.
    TakeExecutions = "DELETE FROM main.zone_executions WHERE worktree_id = ?2";
    /// Puts them on the board again, at the rowids that they had.
    RestoreExecutions =
        "INSERT OR FAIL INTO main.zone_executions (rowid, id, zone_id, worktree_id, agent_type, prompt, result, success, executed_at) \
         SELECT at_rowid, id, zone_id, worktree_id, agent_type, prompt, result, success, executed_at FROM main.archived_executions \
         WHERE key BETWEEN ?1 << 32 AND (?1 << 32) + 4294967295 AND at_rowid IS NOT NULL ORDER BY at_rowid";
    /// And those whose rowids others have, after all others.
    RestoreOthers =
        "INSERT OR FAIL INTO main.zone_executions (id, zone_id, worktree_id, agent_type, prompt, result, success, executed_at) \
         SELECT id, zone_id, worktree_id, agent_type, prompt, result, success, executed_at FROM main.archived_executions \
         WHERE key BETWEEN ?1 << 32 AND (?1 << 32) + 4294967295 AND at_rowid IS NULL ORDER BY key";
    /// Hides what the log says of them after a row: as an `op` that only worktrees have in the feed.
    Untell = "UPDATE main.changes SET op = 4 WHERE seq > ?1 AND entity = 4 AND op IN (1, 3)";
    /// Notes its open runs in the archive; they end when it leaves the board.
    PutOpenRuns =
        "INSERT INTO main.archived_runs (run, worktree) SELECT run, ?1 FROM (SELECT run FROM main.run_queue WHERE worktree_id = +?2 \
         UNION ALL SELECT run FROM main.run_delayed WHERE worktree_id = +?2 UNION ALL SELECT run FROM main.leases WHERE worktree_id = +?2 \
         UNION ALL SELECT key FROM main.runs WHERE status = 'waiting' AND worktree_id = +?2)";
    /// Says why they ended.
    SayArchived =
        "UPDATE main.runs SET error = 'The worktree was archived' WHERE key IN (SELECT run FROM main.archived_runs WHERE worktree = ?1)";
    /// Notes those that had ended.
    PutEndedRuns =
        "INSERT OR IGNORE INTO main.archived_runs (run, worktree) \
         SELECT key, ?1 FROM main.runs WHERE worktree_id = +?2 AND finished_at IS NOT NULL AND executed = 0";
    /// Sets how many executions it has.
    CountExecutions =
        "UPDATE main.archived_worktrees SET executions = (SELECT count(*) FROM main.archived_executions \
         WHERE key BETWEEN ?1 << 32 AND (?1 << 32) + 4294967295) WHERE key = ?1";
    /// Logs what its executions count, so many times, for a name.
    CountFor =
        "INSERT INTO main.changes (at, entity, op, zone_id, worktree_id, agent_type, success, count) \
         SELECT max(?4, coalesce((SELECT at FROM main.changes ORDER BY seq DESC LIMIT 1), 0)), 4, 4, zone_id, ?2, \
           agent_type, success, ?3 * count(*) \
         FROM main.archived_executions WHERE key BETWEEN ?1 << 32 AND (?1 << 32) + 4294967295 GROUP BY zone_id, agent_type, success";
    /// Logs what was pruned of it, so many times, for a name.
    CountPruned =
        "INSERT INTO main.changes (at, entity, op, zone_id, worktree_id, agent_type, success, count) \
         SELECT max(?4, coalesce((SELECT at FROM main.changes ORDER BY seq DESC LIMIT 1), 0)), 4, 4, p.zone_id, ?2, p.agent_type, s.value, \
           ?3 * CASE s.value WHEN 1 THEN p.successful WHEN 0 THEN p.failed ELSE p.total - p.successful - p.failed END \
         FROM main.executions_pruned AS p CROSS JOIN (SELECT 1 AS value UNION ALL SELECT 0 UNION ALL SELECT NULL) AS s \
         WHERE p.worktree_id = +?1";
    /// Keeps that by another name.
    RenamePruned = "UPDATE main.executions_pruned SET worktree_id = ?2 WHERE worktree_id = ?1";
    /// Makes the log's rows that say that it is gone say that it is archived, under which key, and why.
    TellArchived =
        "UPDATE main.changes SET op = iif(entity = 1, 4, op), worktree_id = iif(entity = 1, ?3, worktree_id), reason = ?4 \
         WHERE seq > ?1 AND id = ?2 AND entity IN (1, 3) AND op = 3";
    /// The same for rows that were taken out of the log meanwhile.
    TellUnreadArchived =
        "UPDATE main.changes_unread SET op = iif(entity = 1, 4, op), reason = ?3 \
         WHERE seq > ?1 AND id = ?2 AND entity IN (1, 3) AND op = 3";

    /// The worktree that was archived last under an id, or the one of a key.
    LastOf =
        "SELECT key FROM main.archived_worktrees WHERE id = +?1 AND restored_at IS NULL AND (?2 IS NULL OR key = ?2) ORDER BY key DESC LIMIT 1";
    /// What a worktree has that may be taken by now, the name by which counts know it, and how many executions it has.
    Takes =
        "SELECT id, port, branch_name, history, executions FROM main.archived_worktrees WHERE key = ?1 AND restored_at IS NULL";
    /// The worktree that has an id.
    TakenId = "SELECT id FROM main.worktrees WHERE id = ?1";
    /// The worktree that has a port.
    TakenPort = "SELECT id FROM main.worktrees WHERE port = ?1";
    /// A worktree that has a branch.
    TakenBranch = "SELECT id FROM main.worktrees WHERE branch_name = +?1 LIMIT 1";
    /// A zone that its executions are of and that isn't there.
    MissingZone =
        "SELECT zone_id FROM main.archived_executions WHERE key BETWEEN ?1 << 32 AND (?1 << 32) + 4294967295 \
         AND zone_id NOT IN (SELECT id FROM main.zones) LIMIT 1";
    /// Puts a worktree on the board again; where another port is given, at that, as changed now.
    RestoreWorktree =
        "INSERT INTO main.worktrees (rowid, id, path, port, branch_name, issue_url, task_id, status, position_x, position_y, created_at, updated_at) \
         SELECT iif(EXISTS (SELECT 1 FROM main.worktrees AS l WHERE l.rowid = at_rowid), NULL, at_rowid), id, path, coalesce(?2, port), branch_name, issue_url, task_id, status, position_x, position_y, created_at, \
           iif(?2 IS NULL OR ?2 IS port, updated_at, ?3) FROM main.archived_worktrees WHERE key = ?1";
    /// Makes the log's row say so, and under which key it was in the archive.
    TellRestored =
        "UPDATE main.changes SET op = 5, worktree_id = ?3 WHERE seq > ?1 AND id = ?2 AND entity = 1 AND op = 1";
    /// The same for rows that were taken out of the log meanwhile.
    TellUnreadRestored = "UPDATE main.changes_unread SET op = 5 WHERE seq > ?1 AND id = ?2 AND entity = 1 AND op = 1";
    /// Puts it into its zone again, if that is there. An assignment may be left of a worktree with its id, where somebody deleted
    /// that with foreign keys off.
    RestoreAssignment =
        "INSERT INTO main.worktree_zones (rowid, worktree_id, zone_id, assigned_at) \
         SELECT iif(EXISTS (SELECT 1 FROM main.worktree_zones AS l WHERE l.rowid = w.assigned_rowid), NULL, w.assigned_rowid), w.id, z.id, w.assigned_at FROM main.archived_worktrees AS w JOIN main.zones AS z ON z.id = w.zone_id WHERE w.key = +?1 \
         ON CONFLICT (worktree_id) DO UPDATE SET zone_id = excluded.zone_id, assigned_at = excluded.assigned_at";
    /// Restores what its runs cost.
    RestoreCost =
        "INSERT OR REPLACE INTO main.worktree_costs (worktree_id, cost_micros) \
         SELECT id, cost_micros FROM main.archived_worktrees WHERE key = ?1 AND cost_micros IS NOT NULL";
    /// Restores its metadata.
    RestoreMetadata =
        "INSERT OR REPLACE INTO main.metadata (entity, id, data) \
         SELECT 1, id, metadata FROM main.archived_worktrees WHERE key = ?1 AND metadata IS NOT NULL";
    /// Logs that.
    TellMetadata =
        "INSERT INTO main.changes (at, entity, op, id, data, \"by\") \
         SELECT max(?2, coalesce((SELECT at FROM main.changes ORDER BY seq DESC LIMIT 1), 0)), 6, 2, id, \
           json_object('entity', 'worktree', 'metadata', json(metadata)), ?3 \
         FROM main.archived_worktrees WHERE key = ?1 AND metadata IS NOT NULL";
    /// Forgets those rowids of its executions that other executions got meanwhile.
    LoseRowids =
        "UPDATE main.archived_executions SET at_rowid = NULL WHERE key BETWEEN ?1 << 32 AND (?1 << 32) + 4294967295 \
         AND EXISTS (SELECT 1 FROM main.zone_executions AS e WHERE e.rowid = at_rowid)";
    /// Deletes its executions from the archive.
    DropExecutions = "DELETE FROM main.archived_executions WHERE key BETWEEN ?1 << 32 AND (?1 << 32) + 4294967295";
    /// Deletes the archive's rows of its runs.
    DropRuns = "DELETE FROM main.archived_runs WHERE worktree = ?1";
    /// Keeps that it was there, so that its key is never used again.
    SetRestored = "UPDATE main.archived_worktrees SET restored_at = ?2, metadata = NULL WHERE key = ?1";

    /// A worktree of the archive.
    One = concat!("SELECT ", archived!(), " FROM main.archived_worktrees WHERE key = ?1");
    /// The worktrees that were archived last, before a key.
    Latest =
        concat!("SELECT ", archived!(), " FROM main.archived_worktrees WHERE restored_at IS NULL AND key < ?1 ORDER BY key DESC LIMIT +?2");

    /// Which archived worktree a run belongs to. Somebody may have given its execution to another worktree than the run is of;
    /// that one's archive has none of the run. Notes on an execution are where the execution is.
    OwnerOfRun =
        "SELECT coalesce((SELECT worktree FROM main.archived_runs WHERE run = +?1), (SELECT w.key \
         FROM main.archived_worktrees AS w \
         WHERE w.key = (SELECT a.key >> 32 FROM main.archived_executions AS a WHERE a.id = +?2 ORDER BY a.key DESC LIMIT 1) \
         AND NOT EXISTS (SELECT 1 FROM main.zone_executions AS e WHERE e.id = +?2) \
         AND (+?1 < 0 OR w.id = (SELECT worktree_id FROM main.runs AS r WHERE r.key = +?1))))";
    /// Adds to what its runs cost in all.
    AddCost =
        "UPDATE main.archived_worktrees SET cost_micros = min(coalesce(cost_micros, 0) + ?2, 9007199254740991) WHERE key = ?1";
}

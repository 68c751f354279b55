//! The statements of what is beside a board. Tables are named with `main.`, since a TEMP table of the same name would come first.

use super::super::queries::queries;

macro_rules! recorded {
    () => {
        "SELECT e.executed_at, e.id, e.success, e.rowid, r.key, r.status, r.created_at FROM main.zone_executions AS e \
         LEFT JOIN main.runs AS r ON r.id = e.id AND r.key > 0 WHERE e.worktree_id = +?1 "
    };
}

queries! {
    /// A statement of what is beside a board.
    Sql;

    /// The metadata of a worktree that is there.
    OfWorktree = "SELECT (SELECT data FROM main.metadata WHERE entity = 1 AND id = w.id) FROM main.worktrees AS w WHERE id = ?1";
    /// The metadata of a zone that is there.
    OfZone = "SELECT (SELECT data FROM main.metadata WHERE entity = 2 AND id = z.id) FROM main.zones AS z WHERE id = ?1";
    /// The metadata of all worktrees, or all zones.
    AllMetadata = "SELECT id, data FROM main.metadata WHERE entity = ?1";
    /// Sets it.
    SetMetadata = "INSERT OR REPLACE INTO main.metadata (entity, id, data) VALUES (?1, ?2, ?3)";
    /// Deletes it.
    RemoveMetadata = "DELETE FROM main.metadata WHERE entity = ?1 AND id = ?2";
    /// Logs it.
    LogMetadata =
        "INSERT INTO main.changes (at, entity, op, id, data, \"by\") \
         VALUES (max(?1, coalesce((SELECT at FROM main.changes ORDER BY seq DESC LIMIT 1), 0)), 6, 2, ?2, ?3, ?4)";

    /// How many worktrees a zone that is there may have.
    WipLimit = "SELECT (SELECT most FROM main.wip_limits WHERE zone_id = z.id) FROM main.zones AS z WHERE id = ?1";
    /// How many each zone may have.
    AllWipLimits = "SELECT zone_id, most FROM main.wip_limits";
    /// Sets that.
    SetWipLimit = "INSERT OR REPLACE INTO main.wip_limits (zone_id, most) VALUES (?1, ?2)";
    /// Removes it.
    LiftWipLimit = "DELETE FROM main.wip_limits WHERE zone_id = ?1";

    /// The ports of a range that are taken.
    PortsTaken = "SELECT port FROM main.worktrees WHERE port BETWEEN ?1 AND ?2 ORDER BY port";

    /// The worktree, the run and the state of each that has not ended: 0 queued, 1 at work, 2 waiting.
    OpenRuns =
        "SELECT worktree_id, run, 0 FROM main.run_queue UNION ALL SELECT worktree_id, run, 0 FROM main.run_delayed \
         UNION ALL SELECT worktree_id, run, 1 FROM main.leases \
         UNION ALL SELECT worktree_id, key, 2 FROM main.runs WHERE status = 'waiting'";
    /// A run by its key.
    OpenRun = "SELECT id, created_at FROM main.runs WHERE key = ?1";
    /// The latest run of a worktree that ended and is no execution.
    UnexecutedRun =
        "SELECT key, id, status, created_at FROM main.runs \
         WHERE worktree_id = +?1 AND finished_at IS NOT NULL AND executed = 0 AND key > 0 \
         AND NOT EXISTS (SELECT 1 FROM main.archived_runs WHERE run = key) ORDER BY key DESC LIMIT 1";
    /// The executions of a worktree, the latest first in the order of texts, and the run that each is, where it is one.
    Recorded = concat!(recorded!(), "ORDER BY e.executed_at DESC, e.rowid DESC");
    /// Those of which others have written the time in another form than ours, within a range of texts.
    RecordedOtherwise = concat!(
        recorded!(),
        "AND e.executed_at >= +?2 AND e.executed_at < +?3 AND e.executed_at NOT GLOB '????-??-??T??:??:??.???Z'"
    );
    /// What the runs of each worktree cost.
    AllCosts = "SELECT worktree_id, cost_micros FROM main.worktree_costs";

    /// The last row of the log, and how often something was changed that the log can't tell.
    EndOfLog =
        "SELECT seq, stamp, (SELECT doubts FROM main.changes_state) FROM main.changes ORDER BY seq DESC LIMIT 1";
}

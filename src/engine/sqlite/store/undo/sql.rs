//! The statements of undo. Tables are named with `main.`, since a TEMP table of the same name would come first. `+?1` is a value by
//! which SQLite is not to choose a plan, as in `queries`.

use super::super::queries::queries;

queries! {
    /// A statement of undo.
    Sql;

    /// A worktree, and what is beside it, in the order of `model::undo::beside`.
    WorktreeState =
        "SELECT {w.worktree}, m.data, a.zone_id, a.assigned_at, a.rowid FROM main.worktrees AS w \
         LEFT JOIN main.worktree_zones AS a ON a.worktree_id = w.id \
         LEFT JOIN main.metadata AS m ON m.entity = 1 AND m.id = w.id WHERE w.id = +?1";
    /// The same of a zone.
    ZoneState =
        "SELECT {zone}, (SELECT data FROM main.metadata WHERE entity = 2 AND id = +?1) FROM main.zones WHERE id = +?1";
    /// Appends what was done; returns what tells the transaction, which is a new one where none is given. The time is never
    /// before that of the log's last row: whatever clocks do, a step is remembered as long as the log is.
    Insert =
        "INSERT INTO main.undo_steps (\"by\", tx, at, data) VALUES (?1, coalesce(?2, random()), \
         max(?3, coalesce((SELECT at FROM main.changes ORDER BY seq DESC LIMIT 1), ?3)), ?4) RETURNING tx";
    /// Deletes what was undone and is not to be done again.
    ForgetUndone = "DELETE FROM main.undo_steps WHERE \"by\" = ?1 AND undone = 1";
    /// The transaction whose steps are undone next.
    Last = "SELECT tx FROM main.undo_steps WHERE \"by\" = +?1 AND undone = 0 ORDER BY key DESC LIMIT 1";
    /// The transaction whose steps are done again next.
    FirstUndone = "SELECT tx FROM main.undo_steps WHERE \"by\" = +?1 AND undone = 1 ORDER BY key LIMIT 1";
    /// The last step of it that was done.
    LastOf = "SELECT key, data FROM main.undo_steps WHERE \"by\" = +?1 AND undone = 0 AND tx = +?2 ORDER BY key DESC LIMIT 1";
    /// The first step of it that was undone.
    FirstUndoneOf =
        "SELECT key, data FROM main.undo_steps WHERE \"by\" = +?1 AND undone = 1 AND tx = +?2 ORDER BY key LIMIT 1";
    /// Marks a step as undone, or as done; it may have another key in the archive then.
    Mark = "UPDATE main.undo_steps SET undone = ?2, data = ?3 WHERE key = ?1";
    /// A worktree that was archived again has another key in the archive: its steps get that. Rare enough to read all of them.
    Rekey =
        "UPDATE main.undo_steps SET data = json_set(data, '$.key', ?2) WHERE json_extract(data, '$.key') = +?1";
    /// Deletes what can't be undone.
    GiveUp = "DELETE FROM main.undo_steps WHERE \"by\" = ?1 AND undone = ?2 AND tx = ?3";
    /// The steps of a transaction, all or none.
    Savepoint = "SAVEPOINT undo_steps";
    /// Rolls all of them back.
    RollbackTo = "ROLLBACK TO undo_steps";
    /// Keeps them all.
    Release = "RELEASE undo_steps";
    /// Puts a worktree into the zone again, since then and at the rowid that it had, if that is free.
    Reassign =
        "UPDATE main.worktree_zones SET zone_id = ?2, assigned_at = ?3, rowid = iif(EXISTS (SELECT 1 FROM main.worktree_zones WHERE rowid = ?4), \
         rowid, ?4) WHERE worktree_id = ?1";
    /// The same where it is in none.
    Assign =
        "INSERT INTO main.worktree_zones (rowid, worktree_id, zone_id, assigned_at) \
         VALUES (iif(EXISTS (SELECT 1 FROM main.worktree_zones WHERE rowid = ?4), NULL, ?4), ?1, ?2, ?3)";
}

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
    /// Something was done: what tells the transaction, which is a new one where none is given. Its time is that of the log, which never
    /// goes back: whatever clocks do, it is remembered as long as the log is.
    Insert =
        "INSERT INTO main.undo_steps (\"by\", tx, at, data) VALUES (?1, coalesce(?2, random()), \
         max(?3, coalesce((SELECT at FROM main.changes ORDER BY seq DESC LIMIT 1), ?3)), ?4) RETURNING tx";
    /// What was undone is not to be done again.
    ForgetUndone = "DELETE FROM main.undo_steps WHERE \"by\" = ?1 AND undone = 1";
    /// The transaction whose steps are undone next.
    Last = "SELECT tx FROM main.undo_steps WHERE \"by\" = +?1 AND undone = 0 ORDER BY key DESC LIMIT 1";
    /// The transaction whose steps are done again next.
    FirstUndone = "SELECT tx FROM main.undo_steps WHERE \"by\" = +?1 AND undone = 1 ORDER BY key LIMIT 1";
    /// The last step that was done of it.
    LastOf = "SELECT key, data FROM main.undo_steps WHERE \"by\" = +?1 AND undone = 0 AND tx = +?2 ORDER BY key DESC LIMIT 1";
    /// The first one that was undone.
    FirstUndoneOf =
        "SELECT key, data FROM main.undo_steps WHERE \"by\" = +?1 AND undone = 1 AND tx = +?2 ORDER BY key LIMIT 1";
    /// A step is undone, or is not, and may be of another key in the archive.
    Mark = "UPDATE main.undo_steps SET undone = ?2, data = ?3 WHERE key = ?1";
    /// Who was archived again has another key in the archive: what was done to it is done to that. Rare enough to look at all.
    Rekey =
        "UPDATE main.undo_steps SET data = json_set(data, '$.key', ?2) WHERE json_extract(data, '$.key') = +?1";
    /// What can't be undone is given up.
    GiveUp = "DELETE FROM main.undo_steps WHERE \"by\" = ?1 AND undone = ?2 AND tx = ?3";
    /// The steps of a transaction, all or none.
    Savepoint = "SAVEPOINT undo_steps";
    /// None.
    RollbackTo = "ROLLBACK TO undo_steps";
    /// All.
    Release = "RELEASE undo_steps";
    /// A worktree is in the zone again, since then and in the row that it had, if that is free.
    Reassign =
        "UPDATE main.worktree_zones SET zone_id = ?2, assigned_at = ?3, rowid = iif(EXISTS (SELECT 1 FROM main.worktree_zones WHERE rowid = ?4), \
         rowid, ?4) WHERE worktree_id = ?1";
    /// The same where it is in none.
    Assign =
        "INSERT INTO main.worktree_zones (rowid, worktree_id, zone_id, assigned_at) \
         VALUES (iif(EXISTS (SELECT 1 FROM main.worktree_zones WHERE rowid = ?4), NULL, ?4), ?1, ?2, ?3)";
}

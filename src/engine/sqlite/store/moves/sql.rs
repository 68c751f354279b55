//! The statements of moves. Tables are named with `main.`, since a TEMP table of the same name would come first. `+?1` is a value
//! by which SQLite is not to choose a plan, as in `queries`.

use super::super::queries::queries;

/// The columns of a move, in the order in which `cells` reads them.
macro_rules! moved {
    () => {
        "key, seq, stamp, nth, at, worktree_id, branch_name, from_zone_id, from_name, to_zone_id, to_name, \"by\", reason"
    };
}

queries! {
    /// A statement of moves.
    Sql;

    /// How far the ledger has read the log, and whether that row is still there.
    MovesRead =
        "SELECT r.seq, r.stamp, c.stamp FROM main.changes_readers AS r LEFT JOIN main.changes AS c ON c.seq = r.seq WHERE r.name = 'moves'";
    /// What the ledger has still to read of a log that was cut.
    MovesUnread =
        "SELECT seq, stamp, at, entity, op, id, zone_id, data, \"by\", reason FROM main.changes_unread WHERE seq > ?1 ORDER BY seq";
    /// What it has still to read of the log.
    MovesUnreadLog =
        "SELECT seq, stamp, at, entity, op, id, zone_id, data, \"by\", reason FROM main.changes \
         WHERE seq > ?1 AND entity IN (1, 2, 3) ORDER BY seq";
    /// The board as far as the ledger has read.
    LedgerWorktrees = "SELECT id, branch_name, is_there, zone_id FROM main.moves_worktrees";
    /// Its zones.
    LedgerZones = "SELECT id, name FROM main.moves_zones";
    /// The board as it is.
    BoardWorktrees =
        "SELECT w.id, w.branch_name, 1, a.zone_id FROM main.worktrees AS w LEFT JOIN main.worktree_zones AS a ON a.worktree_id = w.id \
         UNION ALL SELECT worktree_id, '', 0, zone_id FROM main.worktree_zones WHERE worktree_id NOT IN (SELECT id FROM main.worktrees)";
    /// Its zones.
    BoardZones = "SELECT id, name FROM main.zones";
    /// Sets how far it has read the log.
    SetMovesRead = "UPDATE main.changes_readers SET seq = ?1, stamp = ?2 WHERE name = 'moves'";
    /// Deletes what was kept of a cut log for the ledger: it was read.
    ForgetUnread = "DELETE FROM main.changes_unread";
    /// Sets what the ledger knows of a worktree.
    SetLedgerWorktree = "INSERT OR REPLACE INTO main.moves_worktrees (id, branch_name, is_there, zone_id) VALUES (?1, ?2, ?3, ?4)";
    /// Deletes that.
    DeleteLedgerWorktree = "DELETE FROM main.moves_worktrees WHERE id = ?1";
    /// Sets what a zone is called.
    SetLedgerZone = "INSERT OR REPLACE INTO main.moves_zones (id, name) VALUES (?1, ?2)";
    /// Deletes that.
    DeleteLedgerZone = "DELETE FROM main.moves_zones WHERE id = ?1";
    /// Empties the ledger's worktrees.
    EmptyLedgerWorktrees = "DELETE FROM main.moves_worktrees";
    /// Fills them from the board.
    FillLedgerWorktrees =
        "INSERT INTO main.moves_worktrees (id, branch_name, is_there, zone_id) \
         SELECT w.id, w.branch_name, 1, a.zone_id FROM main.worktrees AS w LEFT JOIN main.worktree_zones AS a ON a.worktree_id = w.id \
         WHERE w.id IS NOT NULL \
         UNION ALL SELECT worktree_id, '', 0, zone_id FROM main.worktree_zones WHERE worktree_id NOT IN (SELECT id FROM main.worktrees WHERE id IS NOT NULL)";
    /// Empties its zones.
    EmptyLedgerZones = "DELETE FROM main.moves_zones";
    /// Fills them from the board.
    FillLedgerZones = "INSERT INTO main.moves_zones (id, name) SELECT id, name FROM main.zones WHERE id IS NOT NULL";
    /// Appends a move.
    InsertMove =
        "INSERT INTO main.moves (seq, stamp, nth, at, worktree_id, branch_name, from_zone_id, from_name, to_zone_id, to_name, \"by\", reason) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
    /// The key of the table's latest move.
    LastMove = "SELECT coalesce((SELECT key FROM main.moves ORDER BY key DESC LIMIT 1), 0)";
    /// The key of the latest move that was made at a time or before.
    LastMoveUntil = "SELECT key FROM main.moves WHERE at <= ?1 ORDER BY at DESC, key DESC LIMIT 1";
    /// A move by its key.
    MoveAt = concat!("SELECT ", moved!(), " FROM main.moves WHERE key = ?1");
    /// The latest moves before one.
    Moves = concat!("SELECT ", moved!(), " FROM main.moves WHERE key < ?1 ORDER BY key DESC");
    /// The same of a worktree.
    MovesOfWorktree = concat!("SELECT ", moved!(), " FROM main.moves WHERE key < ?1 AND worktree_id = +?2 ORDER BY key DESC");
    /// The same out of a zone, or into it.
    MovesOfZone =
        "SELECT key FROM (SELECT key FROM main.moves WHERE from_zone_id = +?2 AND key < ?1 ORDER BY key DESC) \
         UNION SELECT key FROM (SELECT key FROM main.moves WHERE to_zone_id = +?2 AND key < ?1 ORDER BY key DESC) ORDER BY key DESC";
    /// Where a worktree is: its branch, and the zone it is in.
    WhereIs =
        "SELECT w.branch_name, z.id, z.name FROM main.worktrees AS w LEFT JOIN main.worktree_zones AS a ON a.worktree_id = w.id \
         LEFT JOIN main.zones AS z ON z.id = a.zone_id WHERE w.id = +?1";
    /// Where it is to go: the zone's name, and how many it is to have at most.
    WhereTo =
        "SELECT name, (SELECT most FROM main.wip_limits WHERE zone_id = id) FROM main.zones WHERE id = ?1";
    /// How many worktrees are in a zone.
    CountInZone =
        "SELECT count(*) FROM main.worktree_zones AS a CROSS JOIN main.worktrees AS w ON w.id = a.worktree_id WHERE a.zone_id = +?1";
    /// Sets the reason in a row of the log.
    SetReason = "UPDATE main.changes SET reason = ?2 WHERE seq = ?1";
}

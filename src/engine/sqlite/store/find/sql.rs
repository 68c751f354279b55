//! The statements that find worktrees. Tables are named with `main.`, since a TEMP table of the same name would come first. `+?1`
//! is a value by which SQLite is not to choose a plan, as in `queries`.
//!
//! Each reads the columns of a worktree and the zone it is in: along an order from ?1 on, to ?2; or those that a zone or an id names.

use super::super::queries::queries;

/// What is read of each worktree.
macro_rules! found {
    ($from:literal) => {
        concat!(
            "SELECT {w.worktree}, (SELECT zone_id FROM main.worktree_zones AS a WHERE a.worktree_id = w.id) FROM ",
            $from
        )
    };
}

queries! {
    /// A statement that finds worktrees.
    Sql;

    /// The newest first.
    Newest = found!("main.worktrees AS w WHERE created_at <= ?1 AND created_at >= ?2 ORDER BY created_at DESC");
    /// The oldest first.
    Oldest = found!("main.worktrees AS w WHERE created_at >= ?1 AND created_at <= ?2 ORDER BY created_at");
    /// By their branch.
    ByBranch = found!("main.worktrees AS w WHERE branch_name >= ?1 AND branch_name <= ?2 ORDER BY branch_name");
    /// Of a status, the newest first.
    NewestOfStatus =
        found!("main.worktrees AS w WHERE status = +?3 AND created_at <= ?1 AND created_at >= ?2 ORDER BY created_at DESC");
    /// Of a status, the oldest first.
    OldestOfStatus =
        found!("main.worktrees AS w WHERE status = +?3 AND created_at >= ?1 AND created_at <= ?2 ORDER BY created_at");
    /// In a zone.
    InZone = found!("main.worktree_zones AS z CROSS JOIN main.worktrees AS w ON w.id = z.worktree_id WHERE z.zone_id = +?1");
    /// By id.
    ById = found!("main.worktrees AS w WHERE w.id = ?1");
    /// All that is in the archive, its key and its metadata.
    Archived = "SELECT {w.worktree}, zone_id, key, metadata FROM main.archived_worktrees AS w WHERE restored_at IS NULL";
    /// One of the archive.
    ArchivedByKey = "SELECT {w.worktree}, zone_id FROM main.archived_worktrees AS w WHERE key = ?1";
    /// Those that have open runs, once for each run.
    WithOpenRuns =
        "SELECT worktree_id FROM main.run_queue UNION ALL SELECT worktree_id FROM main.run_delayed \
         UNION ALL SELECT worktree_id FROM main.leases UNION ALL SELECT worktree_id FROM main.runs WHERE status = 'waiting'";
    /// The metadata of a worktree.
    MetadataOf = "SELECT data FROM main.metadata WHERE entity = 1 AND id = ?1";
}

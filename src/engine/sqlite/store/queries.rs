//! The statements, each with the columns of its result in the order of the object's keys.
//!
//! Tables are named with `main.`, since a TEMP table of the same name would come first.

macro_rules! worktree {
    () => {
        "id, path, port, branch_name, issue_url, task_id, status, position_x, position_y, created_at, updated_at"
    };
}

macro_rules! zone {
    () => {
        "id, name, description, trigger, agents, prompt_template, actions, \
         position_x, position_y, size_width, size_height, created_at, updated_at"
    };
}

macro_rules! execution {
    () => {
        "id, zone_id, worktree_id, agent_type, prompt, result, success, executed_at"
    };
}

/// The columns of a worktree.
pub const WORKTREE: &str = worktree!();
/// The columns of a zone.
pub const ZONE: &str = zone!();

macro_rules! queries {
    ($($(#[$doc:meta])* $name:ident = $sql:expr;)*) => {
        /// A statement of the domain.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Query { $($(#[$doc])* $name),* }

        impl Query {
            /// All of them, in the order of their discriminants.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// Its SQL.
            #[must_use]
            pub const fn sql(self) -> &'static str {
                match self { $(Self::$name => $sql),* }
            }

            /// Its name.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name)),* }
            }
        }
    };
}

queries! {
    /// Several reads of one snapshot begin.
    BeginRead = "BEGIN";
    /// They end.
    EndRead = "COMMIT";

    /// A worktree by id, and its rowid.
    GetWorktree = concat!("SELECT ", worktree!(), ", rowid FROM main.worktrees WHERE id = ?1");
    /// A worktree at a rowid, if it has the id.
    GetWorktreeAt = concat!("SELECT ", worktree!(), " FROM main.worktrees WHERE rowid = ?2 AND id = ?1");
    /// All worktrees.
    ListWorktrees = concat!("SELECT ", worktree!(), " FROM main.worktrees ORDER BY created_at DESC, rowid");
    /// The worktrees of a status.
    ListWorktreesByStatus =
        concat!("SELECT ", worktree!(), " FROM main.worktrees WHERE status = ?1 ORDER BY created_at DESC, rowid");
    /// A new worktree.
    InsertWorktree =
        "INSERT INTO main.worktrees (id, path, port, branch_name, issue_url, task_id, status, position_x, position_y, \
         created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
    /// A worktree goes, its assignment and executions with it.
    DeleteWorktree = "DELETE FROM main.worktrees WHERE id = ?1";

    /// A zone by id, and its rowid.
    GetZone = concat!("SELECT ", zone!(), ", rowid FROM main.zones WHERE id = ?1");
    /// A zone at a rowid, if it has the id.
    GetZoneAt = concat!("SELECT ", zone!(), " FROM main.zones WHERE rowid = ?2 AND id = ?1");
    /// All zones.
    ListZones = concat!("SELECT ", zone!(), " FROM main.zones ORDER BY created_at DESC, rowid");
    /// A new zone.
    InsertZone =
        "INSERT INTO main.zones (id, name, description, trigger, agents, prompt_template, actions, position_x, \
         position_y, size_width, size_height, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
    /// A zone goes, its assignments and executions with it.
    DeleteZone = "DELETE FROM main.zones WHERE id = ?1";

    /// A worktree goes into a zone. The row is made anew, so that rowids tell the order within a millisecond;
    /// where the zone doesn't exist, SQLite takes the whole statement back and the earlier assignment stays.
    AssignWorktree = "INSERT OR REPLACE INTO main.worktree_zones (worktree_id, zone_id, assigned_at) VALUES (?1, ?2, ?3)";
    /// The same where the time alone tells the order, so that the row can stay where it is: two pages less to write.
    /// Changes nothing where another came into the zone in this millisecond, or later by its clock.
    MoveWorktree =
        "INSERT INTO main.worktree_zones (worktree_id, zone_id, assigned_at) VALUES (?1, ?2, ?3) \
         ON CONFLICT (worktree_id) DO UPDATE SET zone_id = excluded.zone_id, assigned_at = excluded.assigned_at \
         WHERE NOT EXISTS (SELECT 1 FROM main.worktree_zones \
                           WHERE zone_id = excluded.zone_id AND assigned_at >= excluded.assigned_at)";
    /// A worktree leaves its zone.
    RemoveAssignment = "DELETE FROM main.worktree_zones WHERE worktree_id = ?1";
    /// The zone of a worktree, and the assignment's rowid.
    GetWorktreeZone = "SELECT zone_id, rowid FROM main.worktree_zones WHERE worktree_id = ?1";
    /// The zone of an assignment at a rowid, if it is the worktree's.
    GetWorktreeZoneAt = "SELECT zone_id FROM main.worktree_zones WHERE rowid = ?2 AND worktree_id = ?1";
    /// The worktrees of a zone.
    ListWorktreesInZone =
        "SELECT w.id, w.path, w.port, w.branch_name, w.issue_url, w.task_id, w.status, w.position_x, w.position_y, \
         w.created_at, w.updated_at FROM main.worktree_zones AS a CROSS JOIN main.worktrees AS w ON w.id = a.worktree_id \
         WHERE a.zone_id = ?1 ORDER BY a.assigned_at, a.rowid";
    /// Every assignment: worktree and zone, a zone's in their order.
    ListAssignments = "SELECT worktree_id, zone_id FROM main.worktree_zones ORDER BY zone_id, assigned_at, rowid";

    /// A run of an agent.
    InsertExecution =
        "INSERT INTO main.zone_executions (id, zone_id, worktree_id, agent_type, prompt, result, success, executed_at) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    /// A run by id, and its rowid.
    GetExecution = concat!("SELECT ", execution!(), ", rowid FROM main.zone_executions WHERE id = ?1");
    /// A run at a rowid, if it has the id.
    GetExecutionAt = concat!("SELECT ", execution!(), " FROM main.zone_executions WHERE rowid = ?2 AND id = ?1");
    /// The latest runs in a zone.
    ListExecutionsOfZone = concat!("SELECT ", execution!(),
        " FROM main.zone_executions WHERE zone_id = ?1 ORDER BY executed_at DESC, rowid DESC LIMIT ?2");
    /// The latest runs in a worktree.
    ListExecutionsOfWorktree = concat!("SELECT ", execution!(),
        " FROM main.zone_executions WHERE worktree_id = ?1 ORDER BY executed_at DESC, rowid DESC LIMIT ?2");

    /// The log of counts, from a row on that was read before.
    ReadCountsLog =
        "SELECT id, stamp, zone_id, worktree_id, agent_type, total, successful, failed FROM main.execution_counts_log \
         WHERE id >= ?1 ORDER BY id";
    /// The counts of all zones.
    CountsOfAll = "SELECT agent_type, total, successful, failed FROM main.execution_counts_by_zone";
    /// How many runs there are in them.
    TotalOfAll = "SELECT coalesce(sum(total), 0) FROM main.execution_counts_by_zone";
    /// The counts of a zone.
    CountsOfZone =
        "SELECT agent_type, total, successful, failed FROM main.execution_counts_by_zone WHERE zone_id = ?1";
    /// The counts of a worktree, in each zone.
    CountsOfWorktree = "SELECT agent_type, total, successful, failed FROM main.execution_counts WHERE worktree_id = ?1";
    /// The counts of a worktree in a zone.
    CountsOfBoth =
        "SELECT agent_type, total, successful, failed FROM main.execution_counts WHERE worktree_id = ?2 AND zone_id = ?1";
    /// Rows of the small tables.
    CountSmall =
        "SELECT (SELECT count(*) FROM main.worktrees), (SELECT count(*) FROM main.zones), \
         (SELECT count(*) FROM main.worktree_zones)";

    /// Counts of runs in a file of an older version, which can only be read: it has no tables of counts.
    CountExecutions =
        "SELECT count(*), sum(success = 1), sum(success = 0), count(DISTINCT agent_type) FROM main.zone_executions \
         WHERE (?1 IS NULL OR zone_id = ?1) AND (?2 IS NULL OR worktree_id = ?2)";
    /// Rows of every table in such a file.
    CountRows =
        "SELECT (SELECT count(*) FROM main.worktrees), (SELECT count(*) FROM main.zones), \
         (SELECT count(*) FROM main.worktree_zones), (SELECT count(*) FROM main.zone_executions)";
}

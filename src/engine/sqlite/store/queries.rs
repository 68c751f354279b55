//! The statements. `{worktree}`, `{zone}` and `{execution}` stand for the columns of an entity as the model declares them,
//! in the order of the object's keys; `{w.worktree}` for the same of the table `w`, `{new worktree}` for what an INSERT says
//! after the table's name.
//!
//! Tables are named with `main.`, since a TEMP table of the same name would come first. `+?1` is a value by which SQLite is not
//! to choose a plan: where it may (an ORDER BY beside an equality, a LIMIT), it compiles the statement again whenever a value is
//! bound, which takes a dozen microseconds.
//!
//! What stands between `/*archive*/` and `/*end*/` is left out where the file is of a version that has no archive.

use crate::model::{EXECUTION, Entity, WORKTREE, ZONE};

macro_rules! queries {
    ($(#[$about:meta])* $set:ident; $($(#[$doc:meta])* $name:ident = $sql:expr;)*) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $set { $($(#[$doc])* $name),* }

        impl $set {
            /// All of them, in the order of their discriminants.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// Its SQL.
            #[must_use]
            pub fn sql(self) -> String {
                $crate::engine::sqlite::store::queries::expand(match self { $(Self::$name => $sql),* })
            }

            /// Its name.
            #[must_use]
            #[allow(dead_code, reason = "tests say by it which one it was")]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name)),* }
            }
        }
    };
}

pub(super) use queries;

queries! {
    /// A statement of the domain.
    Query;

    /// Several reads of one snapshot begin.
    BeginRead = "BEGIN";
    /// They end.
    EndRead = "COMMIT";

    /// A worktree by id, and its rowid.
    GetWorktree = "SELECT {worktree}, rowid FROM main.worktrees WHERE id = ?1";
    /// A worktree at a rowid, if it has the id.
    GetWorktreeAt = "SELECT {worktree} FROM main.worktrees WHERE rowid = ?2 AND id = ?1";
    /// All worktrees.
    ListWorktrees = "SELECT {worktree} FROM main.worktrees ORDER BY created_at DESC, rowid";
    /// The worktrees of a status.
    ListWorktreesByStatus =
        "SELECT {worktree} FROM main.worktrees WHERE status = +?1 ORDER BY created_at DESC, rowid";
    /// A new worktree.
    InsertWorktree = "INSERT INTO main.worktrees {new worktree}";
    /// A worktree goes, its assignment and executions with it.
    DeleteWorktree = "DELETE FROM main.worktrees WHERE id = ?1";

    /// A zone by id, and its rowid.
    GetZone = "SELECT {zone}, rowid FROM main.zones WHERE id = ?1";
    /// A zone at a rowid, if it has the id.
    GetZoneAt = "SELECT {zone} FROM main.zones WHERE rowid = ?2 AND id = ?1";
    /// All zones.
    ListZones = "SELECT {zone} FROM main.zones ORDER BY created_at DESC, rowid";
    /// A new zone.
    InsertZone = "INSERT INTO main.zones {new zone}";
    /// A zone goes, its assignments and executions with it.
    DeleteZone = "DELETE FROM main.zones WHERE id = ?1";

    /// A worktree goes into a zone. Its row gets a rowid above all others, so that rowids tell the order within a millisecond;
    /// above the greatest possible one there is none. Not by REPLACE, which deletes first: two changes in the log for one move.
    AssignWorktree =
        "INSERT INTO main.worktree_zones (worktree_id, zone_id, assigned_at) VALUES (?1, ?2, ?3) \
         ON CONFLICT (worktree_id) DO UPDATE SET zone_id = excluded.zone_id, assigned_at = excluded.assigned_at, \
         rowid = (SELECT iif(max(rowid) < 9223372036854775807, max(rowid) + 1, worktree_zones.rowid) FROM main.worktree_zones)";
    /// The same where the time alone tells the order, so that the row can keep its rowid: two fewer pages to write. Changes
    /// nothing where another came into the zone in this millisecond, or later by its clock.
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
        "SELECT {w.worktree} FROM main.worktree_zones AS a CROSS JOIN main.worktrees AS w ON w.id = a.worktree_id \
         WHERE a.zone_id = +?1 ORDER BY a.assigned_at, a.rowid";
    /// Every assignment: worktree and zone, a zone's in their order.
    ListAssignments = "SELECT worktree_id, zone_id FROM main.worktree_zones ORDER BY zone_id, assigned_at, rowid";

    /// A run of an agent.
    InsertExecution = "INSERT INTO main.zone_executions {new execution}";
    /// A run by id, and its rowid.
    GetExecution =
        "SELECT {execution}, rowid FROM main.zone_executions WHERE id = ?1 /*archive*/UNION ALL SELECT {execution}, -1 FROM \
         (SELECT * FROM main.archived_executions WHERE id = +?1 ORDER BY key DESC LIMIT 1)/*end*/";
    /// A run at a rowid, if it has the id.
    GetExecutionAt = "SELECT {execution} FROM main.zone_executions WHERE rowid = ?2 AND id = ?1";
    /// The latest runs in a zone.
    ListExecutionsOfZone =
        "SELECT {execution} FROM main.zone_executions WHERE zone_id = +?1 \
         ORDER BY executed_at DESC, rowid DESC LIMIT +?2";
    /// The latest runs in a worktree.
    ListExecutionsOfWorktree =
        "SELECT {execution} FROM main.zone_executions WHERE worktree_id = +?1 \
         ORDER BY executed_at DESC, rowid DESC LIMIT +?2";

    /// Whether the archive has runs in a zone. Always a row: until the statement is reset, all reads are of one snapshot.
    ArchiveHasZone = "SELECT EXISTS (SELECT 1 FROM main.archived_executions WHERE zone_id = ?1)";
    /// Which archived worktree an id means, if the board has none with it: the last one. Always a row, likewise.
    ArchivedWorktree =
        "SELECT (SELECT key FROM main.archived_worktrees AS w WHERE w.id = +?1 AND restored_at IS NULL \
           AND NOT EXISTS (SELECT 1 FROM main.worktrees AS l WHERE l.id = +?1) \
           AND NOT EXISTS (SELECT 1 FROM main.zone_executions WHERE worktree_id = +?1) ORDER BY key DESC LIMIT 1)";
    /// The name by which counts know it.
    HistoryOf = "SELECT history FROM main.archived_worktrees WHERE key = ?1";
    /// The latest runs in a zone, of the board and of the archive.
    ListAllOfZone =
        "SELECT {execution} FROM (SELECT {execution}, rowid AS place FROM main.zone_executions WHERE zone_id = +?1 \
           UNION ALL SELECT {execution}, at_rowid FROM main.archived_executions WHERE zone_id = +?1 \
           ORDER BY executed_at DESC, place DESC LIMIT +?2)";
    /// The latest runs in an archived worktree.
    ListArchivedOfWorktree =
        "SELECT {execution} FROM main.archived_executions WHERE key BETWEEN ?1 << 32 AND (?1 << 32) + 4294967295 \
         ORDER BY key DESC LIMIT +?2";

    /// The last row of the log.
    LogEnd = "SELECT seq, stamp, at FROM main.changes ORDER BY seq DESC LIMIT 1";
    /// The first one.
    LogStart = "SELECT seq, stamp FROM main.changes ORDER BY seq LIMIT 1";
    /// A row of it.
    LogRow = "SELECT seq, stamp FROM main.changes WHERE seq = ?1";
    /// The rows after one.
    LogBehind =
        "SELECT seq, stamp, at, \"by\", entity, op, id, zone_id, worktree_id, agent_type, success, data, count \
         FROM main.changes WHERE seq > ?1 ORDER BY seq";
    /// Those about one kind of entity.
    LogOf = "SELECT seq, op, id, data FROM main.changes WHERE seq > ?1 AND entity = +?2 ORDER BY seq";
    /// The last piece of output of each run at work.
    OutputEnds =
        "SELECT l.run_id, o.id & 4294967295, o.at FROM main.leases AS l CROSS JOIN main.run_output AS o ON o.id = \
         (SELECT max(id) FROM main.run_output WHERE id BETWEEN l.run << 32 AND (l.run << 32) + 4294967295)";
    /// The last piece of output of one run.
    OutputEnd =
        "SELECT r.id, o.id & 4294967295, o.at FROM main.runs AS r CROSS JOIN main.run_output AS o ON o.id = \
         (SELECT max(id) FROM main.run_output WHERE id BETWEEN r.key << 32 AND (r.key << 32) + 4294967295) WHERE r.id = +?1";
    /// Signs the log's rows after one: with who it was, and when, which is not before that row's time.
    Sign = "UPDATE main.changes SET \"by\" = coalesce(?1, \"by\"), at = coalesce(max(?2, ?3), at) WHERE seq > ?4";
    /// The same for rows that were taken out of the log meanwhile.
    SignUnread =
        "UPDATE main.changes_unread SET \"by\" = coalesce(?1, \"by\"), at = coalesce(max(?2, ?3), at) WHERE seq > ?4";

    /// The last check of the counts, up to which row the tables have the log, and whether the log goes on from the check: its
    /// last row then is still there, or was cut off with all before it (the first row's number is a multiple of 8,192 then).
    CountsChecked =
        "SELECT s.stamp, s.doubts, s.schema_version, s.counted_to, c.stamp IS s.checked_stamp \
         OR (SELECT seq > s.checked_to AND seq % 8192 = 0 FROM main.changes ORDER BY seq LIMIT 1) IS 1 \
         FROM main.changes_state AS s LEFT JOIN main.changes AS c ON c.seq = s.checked_to";
    /// Whether the tables of counts have rows.
    CountsThere =
        "SELECT EXISTS (SELECT 1 FROM main.execution_counts_of_worktrees), \
         EXISTS (SELECT 1 FROM main.execution_counts_of_zones)";
    /// SQLite's schema version.
    SchemaVersion = "PRAGMA main.schema_version";
    /// What the log adds to the counts' tables, from a row on. A row that says what is about to be replaced counts only where the
    /// next one is the insert itself: whether it is such a row, and by how much it counts.
    ReadLog =
        "SELECT c.seq, c.stamp, c.op = 0 AND c.count <> 0, c.zone_id, c.worktree_id, c.agent_type, \
         CASE WHEN c.op <> 0 OR c.count = 0 THEN c.count ELSE coalesce((SELECT n.op = 1 AND n.entity = 4 AND n.id = c.id \
           FROM main.changes AS n WHERE n.seq = c.seq + 1), 0) * c.count END, c.success IS 1, c.success IS 0 \
         FROM main.changes AS c WHERE c.seq >= ?1 ORDER BY c.seq";
    /// The counts of all zones.
    CountsOfAll = "SELECT agent_type, total, successful, failed FROM main.execution_counts_of_zones";
    /// The counts of a zone.
    CountsOfZone =
        "SELECT agent_type, total, successful, failed FROM main.execution_counts_of_zones WHERE zone_id = ?1";
    /// The counts of a worktree, in each zone.
    CountsOfWorktree = "SELECT agent_type, total, successful, failed FROM main.execution_counts_of_worktrees WHERE worktree_id = ?1";
    /// The counts of a worktree in a zone.
    CountsOfBoth =
        "SELECT agent_type, total, successful, failed FROM main.execution_counts_of_worktrees WHERE worktree_id = ?2 AND zone_id = ?1";
    /// How many rows the small tables have; the runs in the counts of all zones: NULL where there are none; how many of them were
    /// pruned.
    CountSmall =
        "SELECT (SELECT count(*) FROM main.worktrees), (SELECT count(*) FROM main.zones), \
         (SELECT count(*) FROM main.worktree_zones), (SELECT sum(total) FROM main.execution_counts_of_zones) \
         /*archive*/, (SELECT sum(total) FROM main.executions_pruned)/*end*/";

    /// Counts the runs themselves, where the counts may be wrong, or where a file of an older version, which can only be read,
    /// has none.
    CountExecutions =
        "SELECT coalesce(sum(n), 0), sum(s), sum(f), count(DISTINCT agent_type) FROM \
         (SELECT agent_type, 1 AS n, success = 1 AS s, success = 0 AS f FROM main.zone_executions WHERE (?1 IS NULL OR zone_id = ?1) AND (?2 IS NULL OR worktree_id = ?2) \
         /*archive*/UNION ALL SELECT agent_type, 1, success = 1, success = 0 FROM main.archived_executions WHERE (?1 IS NULL OR zone_id = ?1) AND (?2 IS NULL OR key >> 32 = \
           (SELECT max(key) FROM main.archived_worktrees AS w WHERE w.id = +?2 AND restored_at IS NULL \
            AND NOT EXISTS (SELECT 1 FROM main.worktrees AS l WHERE l.id = +?2) \
            AND NOT EXISTS (SELECT 1 FROM main.zone_executions WHERE worktree_id = +?2))) \
         UNION ALL SELECT agent_type, total, successful, failed FROM main.executions_pruned WHERE (?1 IS NULL OR zone_id = ?1) AND (?2 IS NULL OR worktree_id = \
           coalesce((SELECT history FROM main.archived_worktrees AS w WHERE w.id = +?2 AND restored_at IS NULL \
            AND NOT EXISTS (SELECT 1 FROM main.worktrees AS l WHERE l.id = +?2) ORDER BY key DESC LIMIT 1), ?2))/*end*/)";
    /// How many rows each of the board's tables has.
    CountRows =
        "SELECT (SELECT count(*) FROM main.worktrees), (SELECT count(*) FROM main.zones), \
         (SELECT count(*) FROM main.worktree_zones), (SELECT count(*) FROM main.zone_executions) \
         /*archive*/+ (SELECT count(*) FROM main.archived_executions)/*end*/";
}

fn new_row(entity: &Entity) -> String {
    let columns: Vec<&str> = entity.written().map(|field| field.column).collect();
    let values: Vec<String> = (1..=columns.len()).map(|n| format!("?{n}")).collect();
    format!("({}) VALUES ({})", columns.join(", "), values.join(", "))
}

/// The statement for a file that has no archive.
pub(super) fn without_archive(sql: &str) -> String {
    let mut pieces = sql.split("/*archive*/");
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |kept, piece| kept + piece.split_once("/*end*/").map_or(piece, |(_, rest)| rest))
}

/// Replaces the placeholders by the columns that they stand for.
pub(super) fn expand(sql: &str) -> String {
    let mut sql = sql.replace("{w.worktree}", &WORKTREE.columns("w."));
    for entity in [&WORKTREE, &ZONE, &EXECUTION] {
        if sql.contains('{') {
            sql = sql.replace(&format!("{{{}}}", entity.name), &entity.columns(""));
            sql = sql.replace(&format!("{{new {}}}", entity.name), &new_row(entity));
        }
    }
    sql
}

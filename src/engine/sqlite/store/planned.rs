//! The plans that the statements must have, in SQLite's words. `plans` checks that they do.

use super::queries::Query;

/// The plan that a statement must have. A statement that isn't here doesn't compile.
#[allow(clippy::too_many_lines, reason = "a line a statement")]
pub fn plan(query: Query) -> &'static [&'static str] {
    match query {
        Query::GetWorktree => &["SEARCH worktrees USING INDEX sqlite_autoindex_worktrees_1 (id=?)"],
        // A delete also finds what goes with it.
        Query::DeleteWorktree => &[
            "SEARCH worktrees USING INDEX sqlite_autoindex_worktrees_1 (id=?)",
            "SEARCH zone_executions USING COVERING INDEX idx_executions_worktree (worktree_id=?)",
            "SEARCH worktree_zones USING COVERING INDEX sqlite_autoindex_worktree_zones_1 (worktree_id=?)",
        ],
        Query::GetWorktreeAt => &["SEARCH worktrees USING INTEGER PRIMARY KEY (rowid=?)"],
        Query::GetZoneAt => &["SEARCH zones USING INTEGER PRIMARY KEY (rowid=?)"],
        Query::GetExecutionAt => &["SEARCH zone_executions USING INTEGER PRIMARY KEY (rowid=?)"],
        Query::GetWorktreeZoneAt => &["SEARCH worktree_zones USING INTEGER PRIMARY KEY (rowid=?)"],
        Query::ListWorktrees => &["SCAN worktrees USING INDEX idx_worktrees_created"],
        Query::ListWorktreesByStatus => &["SEARCH worktrees USING INDEX idx_worktrees_status (status=?)"],
        Query::GetZone => &["SEARCH zones USING INDEX sqlite_autoindex_zones_1 (id=?)"],
        Query::DeleteZone => &[
            "SEARCH zones USING INDEX sqlite_autoindex_zones_1 (id=?)",
            "SEARCH zone_executions USING COVERING INDEX idx_executions_zone (zone_id=?)",
            "SEARCH worktree_zones USING COVERING INDEX idx_worktree_zones_zone (zone_id=?)",
        ],
        Query::ListZones => &["SCAN zones USING INDEX idx_zones_created"],
        Query::RemoveAssignment | Query::GetWorktreeZone => {
            &["SEARCH worktree_zones USING INDEX sqlite_autoindex_worktree_zones_1 (worktree_id=?)"]
        }
        Query::ListWorktreesInZone => &[
            "SEARCH a USING INDEX idx_worktree_zones_zone (zone_id=?)",
            "SEARCH w USING INDEX sqlite_autoindex_worktrees_1 (id=?)",
        ],
        // The greatest rowid.
        Query::AssignWorktree => &["SCALAR SUBQUERY 2", "SEARCH worktree_zones"],
        Query::MoveWorktree => &[
            "CORRELATED SCALAR SUBQUERY 2",
            "SEARCH worktree_zones USING COVERING INDEX idx_worktree_zones_zone (zone_id=? AND assigned_at>?)",
        ],
        Query::ListAssignments => &["SCAN worktree_zones USING INDEX idx_worktree_zones_zone"],
        // The archive is searched where the board has no such execution.
        Query::GetExecution => &[
            "COMPOUND QUERY",
            "LEFT-MOST SUBQUERY",
            "SEARCH zone_executions USING INDEX sqlite_autoindex_zone_executions_1 (id=?)",
            "UNION ALL",
            "CO-ROUTINE (subquery-2)",
            "SEARCH archived_executions USING INDEX archived_executions_id (id=?)",
            "SCAN (subquery-2)",
        ],
        Query::ArchiveHasZone => &[
            "SCAN CONSTANT ROW",
            "SCALAR SUBQUERY 1",
            "SEARCH archived_executions USING COVERING INDEX archived_executions_zone (zone_id=?)",
        ],
        Query::ArchivedWorktree => &[
            "SCAN CONSTANT ROW",
            "SCALAR SUBQUERY 3",
            "SEARCH w USING INDEX archived_worktrees_id (id=?)",
            "SCALAR SUBQUERY 1",
            "SEARCH l USING COVERING INDEX sqlite_autoindex_worktrees_1 (id=?)",
            "SCALAR SUBQUERY 2",
            "SEARCH zone_executions USING COVERING INDEX idx_executions_worktree (worktree_id=?)",
        ],
        Query::HistoryOf => &["SEARCH archived_worktrees USING INTEGER PRIMARY KEY (rowid=?)"],
        Query::ListAllOfZone => &[
            "CO-ROUTINE (subquery-2)",
            "MERGE (UNION ALL)",
            "LEFT",
            "SEARCH zone_executions USING INDEX idx_executions_zone (zone_id=?)",
            "RIGHT",
            "SEARCH archived_executions USING INDEX archived_executions_zone (zone_id=?)",
            "SCAN (subquery-2)",
        ],
        Query::ListArchivedOfWorktree => {
            &["SEARCH archived_executions USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"]
        }
        Query::ListExecutionsOfZone => &["SEARCH zone_executions USING INDEX idx_executions_zone (zone_id=?)"],
        Query::ListExecutionsOfWorktree => {
            &["SEARCH zone_executions USING INDEX idx_executions_worktree (worktree_id=?)"]
        }
        // From the last row that was read on: never more rows than the tables lack.
        Query::ReadLog => &[
            "SEARCH c USING INTEGER PRIMARY KEY (rowid>?)",
            "CORRELATED SCALAR SUBQUERY 1",
            "SEARCH n USING INTEGER PRIMARY KEY (rowid=?)",
        ],
        Query::CountsOfZone => &["SEARCH execution_counts_of_zones USING PRIMARY KEY (zone_id=?)"],
        Query::CountsOfWorktree => &["SEARCH execution_counts_of_worktrees USING PRIMARY KEY (worktree_id=?)"],
        Query::CountsOfBoth => {
            &["SEARCH execution_counts_of_worktrees USING PRIMARY KEY (worktree_id=? AND zone_id=?)"]
        }
        // As many rows as there are zones times agents, however long the history.
        Query::CountsOfAll => &["SCAN execution_counts_of_zones"],
        Query::CountSmall => &[
            "SCAN CONSTANT ROW",
            "SCALAR SUBQUERY 1",
            "SCAN worktrees USING COVERING INDEX sqlite_autoindex_worktrees_2",
            "SCALAR SUBQUERY 2",
            "SCAN zones USING COVERING INDEX idx_zones_created",
            "SCALAR SUBQUERY 3",
            "SCAN worktree_zones USING COVERING INDEX sqlite_autoindex_worktree_zones_1",
            "SCALAR SUBQUERY 4",
            "SCAN execution_counts_of_zones",
            // As many rows as there are worktrees times agents of which anything was pruned.
            "SCALAR SUBQUERY 5",
            "SCAN executions_pruned",
        ],
        // As there are triggers, SQLite checks whether rows already refer to the new one.
        Query::InsertWorktree => &[
            "SEARCH zone_executions USING COVERING INDEX idx_executions_worktree (worktree_id=?)",
            "SEARCH worktree_zones USING COVERING INDEX sqlite_autoindex_worktree_zones_1 (worktree_id=?)",
        ],
        Query::InsertZone => &[
            "SEARCH zone_executions USING COVERING INDEX idx_executions_zone (zone_id=?)",
            "SEARCH worktree_zones USING COVERING INDEX idx_worktree_zones_zone (zone_id=?)",
        ],
        // The last row, and the first.
        Query::LogEnd | Query::LogStart => &["SCAN changes"],
        Query::LogRow => &["SEARCH changes USING INTEGER PRIMARY KEY (rowid=?)"],
        // What a call has brought; what comes after a place in the log.
        Query::Sign | Query::LogBehind | Query::LogOf => &["SEARCH changes USING INTEGER PRIMARY KEY (rowid>?)"],
        Query::SignUnread => &["SEARCH changes_unread USING INTEGER PRIMARY KEY (rowid>?)"],
        // As many rows as there are runs at work.
        Query::OutputEnds => &[
            "SCAN l",
            "SEARCH o USING INTEGER PRIMARY KEY (rowid=?)",
            "CORRELATED SCALAR SUBQUERY 1",
            "SEARCH run_output USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)",
        ],
        Query::OutputEnd => &[
            "SEARCH r USING COVERING INDEX sqlite_autoindex_runs_1 (id=?)",
            "SEARCH o USING INTEGER PRIMARY KEY (rowid=?)",
            "CORRELATED SCALAR SUBQUERY 1",
            "SEARCH run_output USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)",
        ],
        // Inserts without a plan; control of transactions; what counts the rows themselves.
        Query::InsertExecution
        | Query::BeginRead
        | Query::EndRead
        | Query::SchemaVersion
        | Query::CountExecutions
        | Query::CountRows => &[],
        // One row, the row that it names, and only where that is gone the first one.
        Query::CountsChecked => &[
            "SCAN s",
            "SEARCH c USING INTEGER PRIMARY KEY (rowid=?) LEFT-JOIN",
            "CORRELATED SCALAR SUBQUERY 1",
            "SCAN changes",
        ],
        // The first row of each.
        Query::CountsThere => &[
            "SCAN CONSTANT ROW",
            "SCALAR SUBQUERY 1",
            "SCAN execution_counts_of_worktrees",
            "SCALAR SUBQUERY 2",
            "SCAN execution_counts_of_zones",
        ],
    }
}

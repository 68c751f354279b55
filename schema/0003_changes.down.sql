-- Back to version 2: no counts, no log. Triggers go with their tables, these with their own names.
DROP TRIGGER IF EXISTS changes_worktree_replaced;
DROP TRIGGER IF EXISTS changes_worktree_insert;
DROP TRIGGER IF EXISTS changes_worktree_update;
DROP TRIGGER IF EXISTS changes_worktree_delete;
DROP TRIGGER IF EXISTS changes_zone_replaced;
DROP TRIGGER IF EXISTS changes_zone_insert;
DROP TRIGGER IF EXISTS changes_zone_update;
DROP TRIGGER IF EXISTS changes_zone_delete;
DROP TRIGGER IF EXISTS changes_assignment_insert;
DROP TRIGGER IF EXISTS changes_assignment_update;
DROP TRIGGER IF EXISTS changes_assignment_delete;
DROP TRIGGER IF EXISTS changes_execution_replaced;
DROP TRIGGER IF EXISTS changes_execution_insert;
DROP TRIGGER IF EXISTS changes_execution_delete;
DROP TRIGGER IF EXISTS changes_execution_update;
DROP TRIGGER IF EXISTS changes_execution_doubt_insert;
DROP TRIGGER IF EXISTS changes_execution_doubt_update;
DROP TABLE IF EXISTS changes;
DROP TABLE IF EXISTS changes_state;
DROP TABLE IF EXISTS changes_readers;
DROP TABLE IF EXISTS changes_unread;
DROP TABLE IF EXISTS execution_counts_of_zones;
DROP TABLE IF EXISTS execution_counts_of_worktrees;

-- Nor what a version 3 that was never released left, where such a file goes back before it was opened.
DROP TRIGGER IF EXISTS execution_counts_insert;
DROP TRIGGER IF EXISTS execution_counts_delete;
DROP TRIGGER IF EXISTS execution_counts_update;
DROP TRIGGER IF EXISTS execution_counts_doubt_insert;
DROP TRIGGER IF EXISTS execution_counts_doubt_update;
DROP TABLE IF EXISTS execution_counts_log;
DROP TABLE IF EXISTS execution_counts_by_zone;
DROP TABLE IF EXISTS execution_counts;
DROP TABLE IF EXISTS execution_counts_checked;

-- Back to version 4, without what was to be undone. What is archived is not to be lost: it has to be restored first.
DO $$
BEGIN
  IF EXISTS (SELECT 1 FROM {s}.archived_worktrees WHERE restored_at IS NULL) THEN
    RAISE EXCEPTION 'worktrees are archived, and version 4 has no archive. Restore them first: visual-db archived, visual-db restore-worktree';
  END IF;
END $$;
DROP TRIGGER forget_steps ON {s}.changes;
DROP TRIGGER remember_assignment ON {s}.worktree_zones;
DROP TRIGGER remember_change ON {s}.zones;
DROP TRIGGER remember_change ON {s}.worktrees;
DROP TRIGGER archive_zones_truncated ON {s}.zones;
DROP TRIGGER archive_zone_deleted ON {s}.zones;
DROP TRIGGER archived_of_renamed ON {s}.zone_executions;
DROP TRIGGER archived_of_deleted ON {s}.zone_executions;
DROP TABLE {s}.undo_steps;
DROP TABLE {s}.archived_executions;
DROP TABLE {s}.archived_worktrees;
DROP FUNCTION {s}.forget_steps;
DROP FUNCTION {s}.remember_archive;
DROP FUNCTION {s}.remember_assignment;
DROP FUNCTION {s}.remember_change;
DROP FUNCTION {s}.changed;
DROP FUNCTION {s}.remember;
DROP FUNCTION {s}.remembers;
DROP FUNCTION {s}.archive_zones_deleted;
DROP FUNCTION {s}.archived_of_renamed;
DROP FUNCTION {s}.archived_of_deleted;
DROP FUNCTION {s}.archived_again;
DROP FUNCTION {s}.archived_executions_deleted;
DROP FUNCTION {s}.archived;
ALTER TABLE {s}.worktree_zones ALTER COLUMN seq SET GENERATED ALWAYS;

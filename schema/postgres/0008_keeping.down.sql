-- Back to version 7. Of what was pruned is lost what counts and trends had of it.
ALTER TABLE {s}.moves DROP COLUMN nth;
ALTER TABLE {s}.moves DROP COLUMN seq;
DROP TRIGGER number_note ON {s}.runs;
DROP FUNCTION {s}.number_note;
ALTER TABLE {s}.runs DROP COLUMN note;
DROP SEQUENCE {s}.notes;
DROP TRIGGER restore_pruned ON {s}.worktrees;
DROP TRIGGER forget_pruned ON {s}.zones;
DROP TRIGGER forget_pruned ON {s}.worktrees;
DROP FUNCTION {s}.restore_pruned;
DROP FUNCTION {s}.forget_pruned;
DROP TABLE {s}.rollups_kept;
ALTER TABLE {s}.archived_executions DROP COLUMN nth;
ALTER TABLE {s}.archived_worktrees DROP COLUMN history;
DROP TABLE {s}.executions_pruned;
DROP TABLE {s}.retention;

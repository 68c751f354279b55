-- Back to version 1, without metadata and limits.
ALTER TABLE {s}.zones DROP COLUMN wip_limit;
ALTER TABLE {s}.zones DROP COLUMN metadata;
ALTER TABLE {s}.worktrees DROP COLUMN metadata;

-- What is kept with worktrees and zones: metadata, as JSON text; how many worktrees a zone may have.
ALTER TABLE {s}.worktrees ADD COLUMN metadata text COLLATE "C";
ALTER TABLE {s}.zones ADD COLUMN metadata text COLLATE "C";
ALTER TABLE {s}.zones ADD COLUMN wip_limit bigint;

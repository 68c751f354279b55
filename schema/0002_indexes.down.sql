DROP INDEX idx_worktrees_status;
DROP INDEX idx_worktrees_created;
DROP INDEX idx_zones_created;
DROP INDEX idx_worktree_zones_zone;
DROP INDEX idx_executions_zone;
DROP INDEX idx_executions_worktree;

CREATE INDEX idx_worktrees_status ON worktrees(status);
CREATE INDEX idx_executions_zone ON zone_executions(zone_id);
CREATE INDEX idx_executions_worktree ON zone_executions(worktree_id);

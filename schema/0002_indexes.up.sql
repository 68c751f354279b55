-- The indexes that the package's queries read in their order. They keep the JavaScript layer's names, so that its
-- CREATE INDEX IF NOT EXISTS leaves them alone; IF EXISTS, since a file may have either of its two sets, or neither.
DROP INDEX IF EXISTS idx_worktrees_status;
DROP INDEX IF EXISTS idx_executions_zone;
DROP INDEX IF EXISTS idx_executions_worktree;
DROP INDEX IF EXISTS idx_worktree_zones_zone;
-- UNIQUE(port) is an index already, and nothing asks for all executions by time.
DROP INDEX IF EXISTS idx_worktrees_port;
DROP INDEX IF EXISTS idx_executions_timestamp;

CREATE INDEX idx_worktrees_status ON worktrees(status, created_at DESC);
CREATE INDEX idx_worktrees_created ON worktrees(created_at DESC);
CREATE INDEX idx_zones_created ON zones(created_at DESC);
CREATE INDEX idx_worktree_zones_zone ON worktree_zones(zone_id, assigned_at);
CREATE INDEX idx_executions_zone ON zone_executions(zone_id, executed_at);
CREATE INDEX idx_executions_worktree ON zone_executions(worktree_id, executed_at);

-- Back to version 3. Runs that ended as executions stay what they are in zone_executions; what else runs knew is in the backup
-- that is made before.
DROP TRIGGER IF EXISTS runs_wanted;
DROP TRIGGER IF EXISTS runs_worktree_deleted;
DROP TRIGGER IF EXISTS runs_zone_deleted;
DROP TABLE IF EXISTS run_limits;
DROP TABLE IF EXISTS budgets;
DROP TABLE IF EXISTS spent;
DROP TABLE IF EXISTS run_models;
DROP TABLE IF EXISTS usage_events;
DROP TABLE IF EXISTS run_output;
DROP TABLE IF EXISTS run_attempts;
DROP TABLE IF EXISTS leases;
DROP TABLE IF EXISTS run_delayed;
DROP TABLE IF EXISTS run_queue;
DROP TABLE IF EXISTS runs;

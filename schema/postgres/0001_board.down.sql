-- Children before parents: nothing is left to point at what goes.
DROP TABLE {s}.zone_executions;
DROP TABLE {s}.worktree_zones;
DROP TABLE {s}.zones;
DROP TABLE {s}.worktrees;

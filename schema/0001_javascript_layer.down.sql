-- Children before parents: nothing is left to point at what goes.
DROP TABLE zone_executions;
DROP TABLE worktree_zones;
DROP TABLE zones;
DROP TABLE worktrees;

DROP TRIGGER IF EXISTS execution_counts_insert;
DROP TRIGGER IF EXISTS execution_counts_delete;
DROP TRIGGER IF EXISTS execution_counts_update;
DROP TRIGGER IF EXISTS execution_counts_doubt_insert;
DROP TRIGGER IF EXISTS execution_counts_doubt_update;
-- With the log go its own triggers, execution_counts_fold and execution_counts_folding.
DROP TABLE IF EXISTS execution_counts_log;
DROP TABLE IF EXISTS execution_counts_by_zone;
DROP TABLE IF EXISTS execution_counts;
DROP TABLE IF EXISTS execution_counts_checked;
DROP TABLE IF EXISTS changes;

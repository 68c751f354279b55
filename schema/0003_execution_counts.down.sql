DROP TRIGGER execution_counts_insert;
DROP TRIGGER execution_counts_delete;
DROP TRIGGER execution_counts_update;
-- With the log go its own triggers, execution_counts_fold and execution_counts_folding.
DROP TABLE execution_counts_log;
DROP TABLE execution_counts_by_zone;
DROP TABLE execution_counts;

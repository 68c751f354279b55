DROP TRIGGER execution_counts_insert;
DROP TRIGGER execution_counts_delete;
DROP TRIGGER execution_counts_update;
-- With the log goes its own trigger, execution_counts_fold.
DROP TABLE execution_counts_log;
DROP TABLE execution_counts_by_zone;
DROP TABLE execution_counts;

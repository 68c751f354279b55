-- Back to version 6: no index. Its triggers are there where somebody wanted one (enableSearch makes them).
DROP TRIGGER IF EXISTS search_run ON {s}.runs;
DROP TRIGGER IF EXISTS search_run_changed ON {s}.runs;
DROP TRIGGER IF EXISTS search_execution ON {s}.zone_executions;
DROP TRIGGER IF EXISTS search_execution_changed ON {s}.zone_executions;
DROP TRIGGER IF EXISTS search_archived_changed ON {s}.archived_executions;
DROP FUNCTION {s}.search_execution;
DROP FUNCTION {s}.search_run;
DROP TABLE {s}.search_runs;
DROP TABLE {s}.search_due;
DROP TABLE {s}.search_state;

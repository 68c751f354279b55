-- Back to version 5: no views.
DROP VIEW {s}.v_daily;
DROP VIEW {s}.v_board;
DROP VIEW {s}.v_runs;

-- Views for people's SQL, with the columns of a file's views (schema/views.sql).

-- Every run, also executions that are only recorded, and what is in the archive. Times are ISO 8601, UTC; those of recorded executions are
-- as they were written; costs are millionths.
CREATE VIEW {s}.v_runs AS
SELECT
  r.id,
  r.zone_id,
  r.worktree_id,
  r.agent_type,
  r.status,
  r.priority,
  r.attempt,
  r.parent_run_id,
  r.worker_id,
  CASE WHEN r.recorded THEN e.executed_at
    ELSE to_char(to_timestamp(r.created_at / 1000.0) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') END AS created_at,
  to_char(to_timestamp(r.started_at / 1000.0) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS started_at,
  CASE WHEN r.recorded THEN e.executed_at
    ELSE to_char(to_timestamp(r.finished_at / 1000.0) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') END AS finished_at,
  CASE WHEN r.finished_at IS NOT NULL AND r.started_at IS NOT NULL THEN r.duration_ms END AS duration_ms,
  (SELECT sum(m.cost_micros)::bigint FROM {s}.run_models AS m WHERE m.run = r.key) AS cost_micros,
  r.exit_code,
  r.error,
  r.question,
  r.answer,
  coalesce(e.prompt, r.prompt, '') AS prompt,
  CASE WHEN r.executed THEN e.result ELSE r.result END AS result,
  (r.archive IS NOT NULL)::integer AS is_archived
FROM {s}.runs AS r
LEFT JOIN LATERAL (
  SELECT x.executed_at, x.prompt, x.result FROM {s}.zone_executions AS x WHERE r.archive IS NULL AND x.id = r.id
  UNION ALL
  SELECT a.executed_at, a.prompt, a.result FROM {s}.archived_executions AS a WHERE a.archive = r.archive AND a.id = r.id
) AS e ON r.executed
WHERE NOT r.executed OR e.executed_at IS NOT NULL;

-- Every worktree of the board with its zone, its open runs and its costs.
CREATE VIEW {s}.v_board AS
SELECT
  w.id,
  w.branch_name,
  w.path,
  w.port,
  w.status,
  w.position_x,
  w.position_y,
  w.created_at,
  w.updated_at,
  z.id AS zone_id,
  z.name AS zone_name,
  a.assigned_at,
  (SELECT count(*) FROM {s}.runs AS o WHERE o.worktree_id = w.id AND o.status IN ('queued', 'running', 'waiting')) AS open_runs,
  (SELECT c.cost_micros FROM {s}.worktree_costs AS c WHERE c.worktree_id = w.id) AS cost_micros
FROM {s}.worktrees AS w
LEFT JOIN {s}.worktree_zones AS a ON a.worktree_id = w.id
LEFT JOIN {s}.zones AS z ON z.id = a.zone_id;

-- How the runs of each day (UTC), zone and agent ended.
CREATE VIEW {s}.v_daily AS
SELECT
  to_char(to_timestamp(finished_at / 1000.0) AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day,
  zone_id,
  agent_type,
  count(*) AS runs,
  count(*) FILTER (WHERE status = 'succeeded') AS succeeded,
  count(*) FILTER (WHERE status = 'failed') AS failed,
  count(*) FILTER (WHERE status NOT IN ('succeeded', 'failed')) AS otherwise,
  sum(CASE WHEN started_at IS NOT NULL THEN duration_ms END)::bigint AS duration_ms,
  sum(cost_micros)::bigint AS cost_micros
FROM {s}.runs
WHERE finished_at IS NOT NULL
GROUP BY 1, 2, 3;

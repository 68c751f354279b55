-- Views for who asks with SQL: in this connection only, as TEMP views. Nothing over the four tables may stand in the file: SQLite refuses
-- to rename a table that a view is over, and that is how tables are made anew. `db.db` makes them where a statement names one; elsewhere:
-- sqlite3 visual.db '.read schema/views.sql' 'SELECT * FROM v_runs'. They need version 6 of the schema.

-- Every run, also what was recorded as an execution only and what is in the archive. Times are ISO 8601, UTC; costs millionths.
CREATE TEMP VIEW IF NOT EXISTS v_runs AS /* @ai-orchestra/visual-db */
SELECT
  r.id,
  r.zone_id,
  r.worktree_id,
  r.agent_type,
  iif(l.run_id IS NULL, r.status, 'running') AS status,
  r.priority,
  coalesce(l.attempt, r.attempt) AS attempt,
  r.parent_run_id,
  coalesce(l.worker_id, r.worker_id) AS worker_id,
  strftime('%Y-%m-%dT%H:%M:%fZ', r.created_at / 1000.0, 'unixepoch') AS created_at,
  strftime('%Y-%m-%dT%H:%M:%fZ', coalesce(l.started_at, r.started_at) / 1000.0, 'unixepoch') AS started_at,
  strftime('%Y-%m-%dT%H:%M:%fZ', r.finished_at / 1000.0, 'unixepoch') AS finished_at,
  iif(r.finished_at IS NOT NULL AND r.started_at IS NOT NULL, r.duration_ms, NULL) AS duration_ms,
  (SELECT sum(m.cost_micros) FROM main.run_models AS m WHERE m.run = r.key) AS cost_micros,
  r.exit_code,
  r.error,
  r.question,
  r.answer,
  coalesce(e.prompt, a.prompt, r.prompt, '') AS prompt,
  iif(r.executed, coalesce(e.result, a.result), r.result) AS result,
  a.id IS NOT NULL OR EXISTS (SELECT 1 FROM main.archived_runs AS o WHERE o.run = r.key) AS is_archived
FROM main.runs AS r
LEFT JOIN main.leases AS l ON l.run_id = r.id
LEFT JOIN main.zone_executions AS e ON r.executed AND e.id = r.id
LEFT JOIN main.archived_executions AS a ON r.executed AND e.id IS NULL
  AND a.key = (SELECT o.key FROM main.archived_executions AS o WHERE o.id = r.id ORDER BY o.key DESC LIMIT 1)
WHERE r.key > 0 AND (NOT r.executed OR e.id IS NOT NULL OR a.id IS NOT NULL)
UNION ALL
SELECT
  e.id, e.zone_id, e.worktree_id, e.agent_type, iif(coalesce(e.success, 0) = 0, 'failed', 'succeeded'), 0, 1, NULL, NULL,
  e.executed_at, NULL, e.executed_at, NULL,
  (SELECT sum(m.cost_micros) FROM main.runs AS n JOIN main.run_models AS m ON m.run = n.key WHERE n.id = e.id),
  NULL, NULL, NULL, NULL, e.prompt, e.result, e.is_archived
FROM (
  SELECT id, zone_id, worktree_id, agent_type, prompt, result, success, executed_at, 0 AS is_archived FROM main.zone_executions
  UNION ALL
  SELECT id, zone_id, worktree_id, agent_type, prompt, result, success, executed_at, 1 FROM main.archived_executions AS a
  WHERE NOT EXISTS (SELECT 1 FROM main.zone_executions AS e WHERE e.id = a.id)
    AND a.key = (SELECT o.key FROM main.archived_executions AS o WHERE o.id = a.id ORDER BY o.key DESC LIMIT 1)
) AS e
WHERE typeof(e.id) = 'text' AND NOT EXISTS (SELECT 1 FROM main.runs AS r WHERE r.id = e.id AND r.key > 0);

-- Every worktree of the board with its zone, and what is going on in it.
CREATE TEMP VIEW IF NOT EXISTS v_board AS /* @ai-orchestra/visual-db */
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
  iif(z.id IS NULL, NULL, a.assigned_at) AS assigned_at,
  (SELECT count(*) FROM main.run_queue AS q WHERE q.worktree_id = w.id)
    + (SELECT count(*) FROM main.run_delayed AS q WHERE q.worktree_id = w.id)
    + (SELECT count(*) FROM main.leases AS q WHERE q.worktree_id = w.id)
    + (SELECT count(*) FROM main.runs AS q WHERE q.status = 'waiting' AND q.worktree_id = w.id) AS open_runs,
  (SELECT c.cost_micros FROM main.worktree_costs AS c WHERE c.worktree_id = w.id) AS cost_micros
FROM main.worktrees AS w
LEFT JOIN main.worktree_zones AS a ON a.worktree_id = w.id
LEFT JOIN main.zones AS z ON z.id = a.zone_id;

-- How the runs ended of each day (UTC), zone and agent.
CREATE TEMP VIEW IF NOT EXISTS v_daily AS /* @ai-orchestra/visual-db */
SELECT
  date(finished_at) AS day,
  zone_id,
  agent_type,
  count(*) AS runs,
  sum(status = 'succeeded') AS succeeded,
  sum(status = 'failed') AS failed,
  sum(status NOT IN ('succeeded', 'failed')) AS otherwise,
  sum(duration_ms) AS duration_ms,
  sum(cost_micros) AS cost_micros
FROM v_runs
WHERE date(finished_at) IS NOT NULL
GROUP BY 1, 2, 3;

// Makes every execution of a file a run that has ended, in the tables of each peer.
import { OURS } from './index.mjs';

const OUR_TABLE = `
INSERT INTO runs (id, status, zone_id, worktree_id, agent_type, priority, available_at, created_at, started_at, finished_at,
  attempt, token, finished_token, executed, worker_id, exit_code)
SELECT id, iif(success, 'succeeded', 'failed'), zone_id, worktree_id, agent_type, 0, at, at, at, at, 1, 1, 1, 1, 'worker-1', 0
FROM (SELECT *, CAST(unixepoch(executed_at, 'subsec') * 1000 AS INTEGER) AS at FROM zone_executions ORDER BY rowid)`;

const ONE_TABLE = `
INSERT INTO runs (id, status, urgency, zone_id, worktree_id, agent_type, priority, available_at, created_at, started_at,
  finished_at, attempt, max_attempts, token, finished_token, worker_id, exit_code)
SELECT id, iif(success, 'succeeded', 'failed'), 0, zone_id, worktree_id, agent_type, 0, executed_at, executed_at, executed_at,
  executed_at, 1, 1, 1, 1, 'worker-1', 0
FROM zone_executions ORDER BY rowid`;

export function addRunsThatEnded(peer, db) {
  if (peer === OURS) db.db.exec(OUR_TABLE);
  else db.driver.exec(ONE_TABLE);
}

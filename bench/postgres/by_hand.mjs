// The same calls by hand, as an application makes them with a client: statements tuned as the package's are, prepared once, on tables of
// the same shape. The clients differ in `query(name, text, values)`.

const COLUMNS =
  'id, path, port, branch_name, issue_url, task_id, status, position_x, position_y, created_at, updated_at';

const worktreeOf = (row) => ({
  id: row.id,
  path: row.path,
  port: Number(row.port),
  branchName: row.branch_name,
  issueUrl: row.issue_url,
  taskId: row.task_id,
  status: row.status,
  position: { x: row.position_x, y: row.position_y },
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});

/** Tables of an application beside the board: its moves and its queue. */
export const TABLES = `
  CREATE SCHEMA by_hand;
  CREATE TABLE by_hand.moves (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, worktree_id text NOT NULL, from_zone text, to_zone text,
    reason text, at timestamptz NOT NULL DEFAULT now());
  CREATE TABLE by_hand.runs (key bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, id text NOT NULL UNIQUE, status text NOT NULL,
    zone_id text NOT NULL, worktree_id text NOT NULL, agent_type text NOT NULL, prompt text NOT NULL, priority int NOT NULL DEFAULT 0,
    token bigint, lease_until timestamptz, attempt int NOT NULL DEFAULT 0, result text, finished_at timestamptz);
  CREATE INDEX ON by_hand.runs (priority DESC, key) WHERE status = 'queued';
  CREATE TABLE by_hand.log (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, run text NOT NULL, what text NOT NULL);
  CREATE SEQUENCE by_hand.tokens`;

export function byHand(query, schema) {
  const t = (name) => `"${schema}".${name}`;
  const within = async (work) => {
    await query('begin', 'BEGIN');
    try {
      const answer = await work();
      await query('commit', 'COMMIT');
      return answer;
    } catch (error) {
      await query('rollback', 'ROLLBACK');
      throw error;
    }
  };
  return {
    async getWorktree(id) {
      const [row] = await query('get', `SELECT ${COLUMNS} FROM ${t('worktrees')} WHERE id = $1`, [id]);
      return row ? worktreeOf(row) : null;
    },
    async listWorktrees() {
      const rows = await query('list', `SELECT ${COLUMNS} FROM ${t('worktrees')} ORDER BY created_at DESC, seq`);
      return rows.map(worktreeOf);
    },
    async updateWorktree(id, { status }) {
      const [row] = await query(
        'update',
        `UPDATE ${t('worktrees')} SET status = $2, updated_at = $3 WHERE id = $1 RETURNING ${COLUMNS}`,
        [id, status, new Date().toISOString()],
      );
      return row ? worktreeOf(row) : null;
    },
    async recordExecution({ zoneId, worktreeId, agentType, prompt }) {
      const id = `exec-${Date.now()}-${Math.random().toString(36).slice(2)}`;
      await query(
        'record',
        `INSERT INTO ${t('zone_executions')} (id, zone_id, worktree_id, agent_type, prompt, result, success, executed_at)
         VALUES ($1, $2, $3, $4, $5, $6, 1, $7)`,
        [id, zoneId, worktreeId, agentType, prompt, '{}', new Date().toISOString()],
      );
      return id;
    },
    moveWorktree: (worktreeId, zoneId, { reason }) =>
      within(async () => {
        const [before] = await query(
          'zone of',
          `SELECT zone_id FROM ${t('worktree_zones')} WHERE worktree_id = $1 FOR UPDATE`,
          [worktreeId],
        );
        await query(
          'assign',
          `INSERT INTO ${t('worktree_zones')} (worktree_id, zone_id, assigned_at) VALUES ($1, $2, $3)
           ON CONFLICT (worktree_id) DO UPDATE SET zone_id = excluded.zone_id, assigned_at = excluded.assigned_at`,
          [worktreeId, zoneId, new Date().toISOString()],
        );
        await query(
          'moved',
          'INSERT INTO by_hand.moves (worktree_id, from_zone, to_zone, reason) VALUES ($1, $2, $3, $4)',
          [worktreeId, before?.zone_id ?? null, zoneId, reason],
        );
        return { from: before?.zone_id ?? null, to: zoneId };
      }),
    async enqueueRun({ zoneId, worktreeId, agentType, prompt }) {
      const id = `run-${Date.now()}-${Math.random().toString(36).slice(2)}`;
      const [row] = await query(
        'enqueue',
        `INSERT INTO by_hand.runs (id, status, zone_id, worktree_id, agent_type, prompt) VALUES ($1, 'queued', $2, $3, $4, $5)
         RETURNING *`,
        [id, zoneId, worktreeId, agentType, prompt],
      );
      return row;
    },
    claimRun: () =>
      within(async () => {
        const [run] = await query(
          'next',
          `SELECT key FROM by_hand.runs WHERE status = 'queued' ORDER BY priority DESC, key LIMIT 1 FOR UPDATE SKIP LOCKED`,
        );
        if (!run) return null;
        const [claimed] = await query(
          'claim',
          `UPDATE by_hand.runs SET status = 'running', token = nextval('by_hand.tokens'), lease_until = now() + interval '1 minute',
             attempt = attempt + 1 WHERE key = $1 RETURNING *`,
          [run.key],
        );
        await query('log', 'INSERT INTO by_hand.log (run, what) VALUES ($1, $2)', [claimed.id, 'claimed']);
        return { run: claimed, token: claimed.token };
      }),
    finishRun: (id, token, { status, result }) =>
      within(async () => {
        const [run] = await query(
          'finish',
          `UPDATE by_hand.runs SET status = $3, result = $4, finished_at = now(), lease_until = NULL
           WHERE id = $1 AND token = $2 AND status = 'running' RETURNING *`,
          [id, token, status, JSON.stringify(result)],
        );
        await query(
          'of it',
          `INSERT INTO ${t('zone_executions')} (id, zone_id, worktree_id, agent_type, prompt, result, success, executed_at)
           VALUES ($1, $2, $3, $4, $5, $6, 1, $7)`,
          [id, run.zone_id, run.worktree_id, run.agent_type, run.prompt, run.result, new Date().toISOString()],
        );
        await query('log', 'INSERT INTO by_hand.log (run, what) VALUES ($1, $2)', [id, status]);
        return run;
      }),
  };
}

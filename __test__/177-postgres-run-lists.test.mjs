// A page of runs costs its rows, not the history: each order and each filter is gone along an index. Told by how many rows the server
// has looked at.
import { describe, expect, it, vi } from 'vitest';
import { board, queued } from './support/runs.mjs';
import { sql } from './support/sql.mjs';
import { open, place } from './support/temporary.mjs';

vi.setConfig({ testTimeout: 120_000 });

const RUNS = 20_000;
/** A page of 20, and what is looked at for the next one, for what an execution has, and by plans that look at a few more. */
const FEW = 400;

const FILTERS = {
  nothing: {},
  'the oldest': { orderBy: 'oldest' },
  'the longest': { orderBy: 'longest' },
  'the costliest': { orderBy: 'costliest' },
  'a zone': { zoneId: 'zone-1' },
  'a worktree': { worktreeId: 'wt-2' },
  'an agent': { agentType: 'agent-1' },
  'a state': { status: 'failed' },
  'what is open': { status: ['queued', 'running', 'waiting'] },
  'a parent': { parentRunId: 'run-1' },
  'a branch': { branchName: 'branch of few' },
  'a time': { since: new Date(9_000), until: new Date(9_500) },
  'when it ended': { finishedSince: new Date(9_000), finishedUntil: new Date(9_050) },
  'a duration': { minDurationMs: 9_990 },
};

describe('of a history of many runs a page of', () => {
  it(Object.keys(FILTERS).join(', '), async () => {
    const at = place();
    const db = board(at);
    db.createWorktree({ id: 'few', path: '/few', port: 4999, branchName: 'branch of few' });
    const raw = sql(db);
    raw.exec(
      `INSERT INTO runs (id, status, zone_id, worktree_id, agent_type, available_at, created_at, started_at, finished_at, duration_ms, cost_micros, parent_run_id)
       SELECT 'run-' || n, CASE WHEN n % 5 = 0 THEN 'failed' ELSE 'succeeded' END, 'zone-' || (1 + n % 2),
       CASE WHEN n % 1000 = 0 THEN 'few' ELSE 'wt-' || (1 + n % 3) END, 'agent-' || (n % 7), n, n, n, n + 5, (n * 7919) % 10007, n % 1009,
       CASE WHEN n % 500 = 0 THEN 'run-1' END FROM generate_series(1, ${RUNS}) AS n`,
    );
    queued(db);
    raw.exec('ANALYZE runs');
    const looked = () =>
      raw
        .prepare(
          `SELECT seq_tup_read::int AS seq, idx_tup_fetch::int AS idx, (seq_scan + idx_scan)::int AS scans
           FROM pg_stat_user_tables WHERE schemaname = current_schema() AND relname = 'runs'`,
        )
        .get();
    for (const [name, filter] of Object.entries(FILTERS)) {
      // What a session has counted is told once it has ended.
      const before = looked();
      const reader = open(at);
      const { items } = reader.listRuns({ ...filter, limit: 20 });
      reader.close();
      expect(items.length, name).toBeGreaterThan(0);
      await vi.waitFor(() => expect(looked().scans).toBeGreaterThan(before.scans), { timeout: 20_000, interval: 20 });
      const after = looked();
      expect(after.seq - before.seq, name).toBe(0);
      expect(after.idx - before.idx, name).toBeLessThan(FEW);
    }
  });
});

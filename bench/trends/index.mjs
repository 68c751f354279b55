// How long a month of `getTrend` by day takes, beside the grouping query by hand on better-sqlite3 on the same file:
// `node bench/trends/index.mjs [--runs 100000,1000000] [--rounds 3]`, with the addon built. The runs ended within a year, each with a
// duration, tokens and a model. Each is measured in processes of its own, in turns. Decision 32 quotes it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { VisualDatabase } from '../../lib/index.mjs';
import { start } from '../node24.mjs';
import { furnishBoard, median } from '../wide_board.mjs';

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '100000,1000000' }, rounds: { type: 'string', default: '3' } },
});
const PEERS = ['ours', 'by_hand'];
const BEGIN = Date.parse('2026-01-01T00:00:00Z');
const YEAR = 365 * 86_400_000;

/** Makes a file in which `runs` runs ended: written straight into the package's tables, since calls would take hours. */
function furnish(dbPath, runs) {
  const db = new VisualDatabase({ dbPath });
  furnishBoard(db);
  db.db.exec(`
    BEGIN;
    WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${runs} - 1)
    INSERT INTO runs (key, id, status, zone_id, worktree_id, agent_type, priority, available_at, created_at, started_at, finished_at,
      duration_ms, attempt, input_tokens, output_tokens, cost_micros, prompt)
    SELECT n + 1, 'run-' || n, iif(n % 10, 'succeeded', 'failed'), 'zone-' || (abs(random()) % 20), 'wt-' || (n * 7 % 200), 'agent-' || (n % 5),
      0, made, made, made, made + took, took, 1, 5000, 700, 12345, 'p'
    FROM (SELECT n, CAST(${BEGIN} + n * ${YEAR / runs} AS INTEGER) AS made, CAST(exp(6.9 + abs(random()) % 1000 / 125.0) AS INTEGER) AS took
      FROM numbers);
    INSERT INTO run_models (run, model, input_tokens, output_tokens, cost_micros) SELECT key, 'model-' || key % 3, 5000, 700, 12345 FROM runs;
    DELETE FROM changes_readers WHERE name = 'history';
    COMMIT`);
  db.listRuns({ limit: 1 });
  db.close();
}

const folder = mkdtempSync(join(tmpdir(), 'visual-db-trends-'));
try {
  for (const runs of values.runs.split(',').map(Number)) {
    const dbPath = join(folder, `${runs}.db`);
    furnish(dbPath, runs);
    const found = new Map();
    for (let round = 0; round < Number(values.rounds); round += 1) {
      for (const peer of PEERS) {
        const child = await start(`trends/${peer}.mjs`, dbPath);
        for (const [trend, taken] of Object.entries(child.first))
          found.set(trend, [...(found.get(trend) ?? []), taken]);
        await child.stop();
      }
    }
    console.table([...found].map(([trend, taken]) => ({ runs, trend, took: `${median(taken).toFixed(2)} ms` })));
  }
} finally {
  rmSync(folder, { recursive: true });
}

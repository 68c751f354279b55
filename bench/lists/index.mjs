// What a page of `listRuns` takes, beside the best SQL by hand on better-sqlite3 with the same tables and indexes, in files of
// several sizes: `node bench/lists/index.mjs [--runs 10000,1000000] [--rounds 3]`, with the addon built. Each is measured in processes of its
// own, in turns, on the first page and on the 40th. Decision 31 quotes it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { VisualDatabase } from '../../lib/index.mjs';
import { start } from '../node24.mjs';

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '10000,1000000' }, rounds: { type: 'string', default: '3' } },
});
const PEERS = ['ours', 'by_hand'];
const STEP = 1000;

/** A file in which so many runs were recorded. */
function furnish(dbPath, runs) {
  const db = new VisualDatabase({ dbPath });
  for (let n = 0; n < 20; n++) db.createZone({ id: `zone-${n}`, name: `Zone ${n}` });
  for (let n = 0; n < 200; n++)
    db.createWorktree({ id: `wt-${n}`, path: `/worktrees/${n}`, port: 3000 + n, branchName: `feature/${n}` });
  const execution = (n) => ({
    zoneId: `zone-${n % 20}`,
    worktreeId: `wt-${(n * 7) % 200}`,
    agentType: `agent-${n % 5}`,
    prompt: 'Implement what the issue says. '.repeat(6),
    result: { output: 'All tests passed. '.repeat(10) },
    success: n % 10 > 0,
  });
  for (let n = 0; n < runs; n += STEP)
    db.recordExecutions(Array.from({ length: Math.min(STEP, runs - n) }, (_, nth) => execution(n + nth)));
  db.listRuns({ limit: 1 });
  db.close();
}

const median = (numbers) => numbers.toSorted((one, other) => one - other)[numbers.length >> 1];

const folder = mkdtempSync(join(tmpdir(), 'visual-db-lists-'));
try {
  for (const runs of values.runs.split(',').map(Number)) {
    const dbPath = join(folder, `${runs}.db`);
    furnish(dbPath, runs);
    const found = new Map();
    for (let round = 0; round < Number(values.rounds); round += 1) {
      for (const peer of PEERS) {
        const child = await start(`lists/${peer}.mjs`, dbPath);
        for (const [list, pages] of Object.entries(child.first)) {
          const of = found.get(list) ?? {};
          found.set(list, { ...of, [peer]: [...(of[peer] ?? []), ...pages] });
        }
        await child.stop();
      }
    }
    console.table(
      [...found].map(([list, of]) => {
        const [ours, byHand] = PEERS.map((peer) => (of[peer] ? median(of[peer]) : NaN));
        return {
          runs,
          list,
          ours: `${ours.toFixed(0)} µs`,
          'by hand': `${byHand.toFixed(0)} µs`,
          ratio: (byHand / ours).toFixed(2),
        };
      }),
    );
  }
} finally {
  rmSync(folder, { recursive: true });
}

// How long a page of `listRuns` takes, beside the best SQL by hand on better-sqlite3 with the same tables and indexes, in files of
// several sizes: `node bench/lists/index.mjs [--runs 10000,1000000] [--rounds 3]`, with the addon built. Each is measured in processes of its
// own, in turns, on the first page and on the 40th. Decision 31 quotes it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { VisualDatabase } from '../../lib/index.mjs';
import { start } from '../node24.mjs';
import { furnishBoard, median, record } from '../wide_board.mjs';

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '10000,1000000' }, rounds: { type: 'string', default: '3' } },
});
const PEERS = ['ours', 'by_hand'];

/** Makes a file in which `runs` runs were recorded. */
function furnish(dbPath, runs) {
  const db = new VisualDatabase({ dbPath });
  furnishBoard(db);
  record(db, runs, { prompt: 6, output: 10 });
  db.listRuns({ limit: 1 });
  db.close();
}

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

// How long a page of `searchRuns` takes, beside LIKE by hand on better-sqlite3, in files of several sizes, how long building the index
// takes, and its size: `node bench/search/index.mjs [--runs 10000,100000] [--mode words]`, with the addon built. Times are medians of CPU
// time. Decision 33 quotes it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { VisualDatabase } from '../../lib/index.mjs';
import { start } from '../node24.mjs';
import { furnishBoard, STEP } from '../wide_board.mjs';

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '10000,100000' }, mode: { type: 'string', default: 'words' } },
});
const PEERS = ['ours', 'by_hand'];
const COMMON = 'the fix add test to run of and in error file function please make sure all tests pass'.split(' ');
const RARE = ['get', 'set', 'user', 'index', 'parse', 'http', 'test', 'error'];

/** Pseudo-random numbers, the same in every run of the benchmark. */
function dice() {
  let value = 1;
  return (sides) => {
    value = (Math.imul(value, 1_664_525) + 1_013_904_223) >>> 0;
    return (value >>> 4) % sides;
  };
}

/** Makes a file with `runs` runs: half of their words are common, the others as rare as words usually are. */
function furnish(dbPath, runs) {
  const db = new VisualDatabase({ dbPath });
  const next = dice();
  furnishBoard(db);
  const rare = (n) => `${RARE[n % RARE.length]}${n.toString(36)}`;
  const word = () => (next(2) ? COMMON[next(COMMON.length)] : rare(Math.floor(20_000 ** (next(1e6) / 1e6))));
  const text = (length) => Array.from({ length }, word).join(' ');
  const execution = () => ({
    zoneId: `zone-${next(20)}`,
    worktreeId: `wt-${next(200)}`,
    agentType: `agent-${next(5)}`,
    prompt: text(30 + next(30)),
    result: { message: text(20) },
    success: next(10) > 0,
  });
  for (let n = 0; n < runs; n += STEP) db.recordExecutions(Array.from({ length: Math.min(STEP, runs - n) }, execution));
  db.listRuns({ limit: 1 });
  const pages = () => db.db.pragma('page_count', { simple: true }) * db.db.pragma('page_size', { simple: true });
  const before = pages();
  const from = process.cpuUsage();
  db.enableSearch({ mode: values.mode });
  const { user, system } = process.cpuUsage(from);
  const said = db.db.prepare('SELECT sum(length(prompt) + length(result)) FROM zone_executions').pluck().get();
  const size = ((pages() - before) / said).toFixed(2);
  db.close();
  console.log(`${runs} runs: index built in ${((user + system) / 1e6).toFixed(1)} s of CPU time, ${size} of the text`);
}

const folder = mkdtempSync(join(tmpdir(), 'visual-db-search-'));
try {
  for (const runs of values.runs.split(',').map(Number)) {
    const dbPath = join(folder, `${runs}.db`);
    furnish(dbPath, runs);
    const found = {};
    for (const peer of PEERS) {
      const child = await start(`search/${peer}.mjs`, dbPath, values.mode);
      found[peer] = child.first;
      await child.stop();
    }
    console.table(
      Object.keys(found.ours).map((name) => ({
        runs,
        search: name,
        ours: `${found.ours[name].toFixed(2)} ms`,
        'LIKE by hand': `${found.by_hand[name].toFixed(2)} ms`,
      })),
    );
  }
} finally {
  rmSync(folder, { recursive: true });
}

// One library in a process of its own: sends the names of the cases, then measures those that it is asked for.
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepare } from './cases.mjs';

const require = createRequire(import.meta.url);
const library = process.argv[2];
const Database = library === 'ours' ? require('../../lib/index.js').Database : require('better-sqlite3');

const folder = mkdtempSync(join(tmpdir(), 'visual-db-bench-'));
const db = new Database(join(folder, 'raw.db'));
db.pragma('journal_mode = WAL');
const cases = prepare(db);
for (const { before, round, calls } of cases) {
  before?.();
  round(Math.ceil(calls / 4)); // Warms up, so that the engine has compiled the code before the first round.
}

process.on('message', (index) => {
  const { before, round, calls } = cases[index];
  before?.();
  globalThis.gc?.();
  const start = process.hrtime.bigint();
  round(calls);
  process.send(Number(process.hrtime.bigint() - start) / calls);
});
process.on('disconnect', () => {
  db.close();
  rmSync(folder, { recursive: true, force: true });
});
process.send(cases.map(({ name }) => name));

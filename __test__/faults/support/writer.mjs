// A process that writes until it is killed. Says on its standard output what it is about to do, and then, after the
// call has returned, what came back: `node writer.mjs FILE SEED [BROKEN]`, BROKEN being a fault that must be noticed.
import fs from 'node:fs';
import { VisualDatabase } from '../../../lib/index.mjs';
import { perform } from './board.mjs';
import { operations } from './operations.mjs';

const [file, seed, broken] = process.argv.slice(2);
const say = (what) => fs.writeSync(1, `${JSON.stringify(what)}\n`);

const visual = new VisualDatabase(file);
if (broken === 'no journal') visual.db.exec('PRAGMA journal_mode = MEMORY; PRAGMA cache_size = 1');
if (broken === 'no transactions') withoutTransactions();
const board = { worktrees: visual.listWorktrees().map(({ id }) => id), zones: visual.listZones().map(({ id }) => id) };
say({ ready: true });
for (const operation of operations(Number(seed), `p${seed}`, board)) {
  say({ begins: operation });
  if (broken === 'hasty') say({ returned: [] });
  const returned = perform(visual, operation);
  if (broken !== 'hasty') say({ returned });
}

/** Nested ones stay, so that what fails on purpose is still undone. */
function withoutTransactions() {
  let outer = true;
  visual.transaction = (body) => {
    if (!outer) return VisualDatabase.prototype.transaction.call(visual, body);
    outer = false;
    try {
      return body();
    } finally {
      outer = true;
    }
  };
}

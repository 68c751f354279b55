// Prunes to the end, a slice and a pause, each as long as the option `retention` has it.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { VisualDatabase } = require('../../../../lib/index.js');
const [dbPath, policy] = process.argv.slice(2);
const db = new VisualDatabase({ dbPath, retention: false });
const [SLICE, PAUSE] = [20, 60];
const done = { runs: 0, bodies: 0, slowest: 0, slices: 0 };

function slice() {
  const from = performance.now();
  const { runs, bodies, more } = db.prune({ ...JSON.parse(policy), budgetMs: SLICE });
  done.slowest = Math.max(done.slowest, performance.now() - from);
  done.runs += runs;
  done.bodies += bodies;
  done.slices += 1;
  if (more) return setTimeout(slice, PAUSE);
  db.close();
  return process.stdout.write(`${JSON.stringify(done)}\n`);
}
slice();

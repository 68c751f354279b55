// Does something very often and says what the process held before and after: `node --expose-gc cycles.mjs WHAT COUNT FILE`.
import fs from 'node:fs';
import { Worker } from 'node:worker_threads';
import { VisualDatabase } from '../../../lib/index.mjs';
import { perform } from './board.mjs';
import { operations } from './operations.mjs';

const [what, count, file] = [process.argv[2], Number(process.argv[3]), process.argv[4]];
const collect = globalThis.gc;

const things = {
  /** Opened, used and closed. */
  open() {
    using(new VisualDatabase(file), (visual) => visual.getStats());
  },
  /** Opened and forgotten. */
  forget() {
    new VisualDatabase(file).getStats();
  },
  /** In memory, with something in it. */
  memory() {
    using(new VisualDatabase(':memory:'), (visual) => visual.createZone({ id: 'zone', name: 'Zone' }));
  },
  /** Refused. */
  refuse() {
    try {
      new VisualDatabase('/dev/null').close();
    } catch {
      // As it should be.
    }
  },
  /** Calls of all kinds, everything that can be collected being collected after each. */
  call: (() => {
    let visual;
    let endless;
    return () => {
      visual ??= new VisualDatabase(file);
      endless ??= operations(1);
      perform(visual, endless.next().value);
      visual.listWorktrees();
      visual.getExecutionStats();
      visual.db.prepare('SELECT ?').get('kept by nobody');
      collect();
    };
  })(),
  /** A worker thread that is ended in mid-call. */
  async terminate() {
    const code = `
      const { VisualDatabase } = require(${JSON.stringify(new URL('../../../lib/index.js', import.meta.url).pathname)});
      const visual = new VisualDatabase(${JSON.stringify(file)});
      require('node:worker_threads').parentPort.postMessage('begins');
      for (;;) visual.transaction(() => { visual.listZones(); visual.updateZone('zone', { name: 'Zone' }); });`;
    const worker = new Worker(code, { eval: true });
    await new Promise((resolve) => worker.once('message', resolve));
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 5));
    await worker.terminate();
  },
};

function using(visual, body) {
  body(visual);
  visual.close();
}

/** What the operating system says that this process holds. */
async function held() {
  // What was forgotten goes when it is collected, and what that lets go of in the next round.
  for (let round = 0; round < 5; round += 1) {
    collect();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const mappings = fs.readFileSync('/proc/self/maps', 'utf8').split('\n');
  return {
    descriptors: fs.readdirSync('/proc/self/fd').length,
    ofTheFile: mappings.filter((line) => line.includes(file)).length,
    resident: Math.round(process.memoryUsage().rss / 2 ** 20),
  };
}

const visual = new VisualDatabase(file);
if (visual.getZone('zone') === null) visual.createZone({ id: 'zone', name: 'Zone' });
visual.close();
const rounds = async (number) => {
  for (let round = 0; round < number; round += 1) {
    await things[what]();
    // Node lets go of native objects between the turns of its event loop.
    if (round % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
    // What is forgotten closes when it is collected, which a busy engine may put off for long.
    if (round % 500 === 0 || (what === 'forget' && round % 50 === 0)) await held();
  }
};
// The allocator takes what it works with during the first rounds.
await rounds(Math.ceil(count / 2));
const before = await held();
await rounds(count);
console.log(JSON.stringify({ before, after: await held() }));

// `waiter.mjs FILE WAY`: waits for commits in that way, and says when it heard of each, or what waiting cost.
import { readFileSync, readdirSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { VisualDatabase } from '../../lib/index.mjs';
import { WAYS } from './ways.mjs';

const [file, way] = process.argv.slice(2);
const db = new VisualDatabase(file);
const wait = WAYS[way](db);

/** The CPU time of this process so far, in nanoseconds: of all threads, as precise as the system says it. */
function cpu() {
  try {
    return readdirSync('/proc/self/task')
      .map((task) => Number(readFileSync(`/proc/self/task/${task}/schedstat`, 'utf8').split(' ')[0]))
      .reduce((sum, time) => sum + time);
  } catch {
    const { user, system } = process.cpuUsage();
    return (user + system) * 1000;
  }
}

const ASKED = {
  /** Waits `count` times at once, and says when all had heard of a commit. */
  async once({ count = 1 }) {
    const waiting = Array.from({ length: count }, () => wait());
    process.send('waits');
    await Promise.all(waiting);
    process.send(String(process.hrtime.bigint()));
  },

  /** Waits again and again for `milliseconds`, and says which share of a core that took, and how often it heard of a commit. */
  async cost({ milliseconds }) {
    let heard = 0;
    const end = performance.now() + milliseconds;
    const before = cpu();
    const waits = async () => {
      while (performance.now() < end) {
        await wait();
        heard += 1;
      }
    };
    await Promise.race([waits(), setTimeout(milliseconds)]);
    process.send({ share: (cpu() - before) / 1e6 / milliseconds, heard });
  },
};

process.on('message', ({ ask, ...given }) => ASKED[ask](given));
process.on('disconnect', () => process.exit(0));
process.send('open');

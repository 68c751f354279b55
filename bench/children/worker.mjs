// One peer on one file: runs a round of a case whenever it is asked to, and answers with that round's median.
import { measure } from 'mitata';
import { CASES } from '../cases/index.mjs';
import { BEFORE, open } from '../peers/index.mjs';
import { median } from '../statistics.mjs';
import { Elsewhere } from './elsewhere.mjs';

const [peer, path, options, file] = process.argv.slice(2);
const db = await open(peer, path, JSON.parse(options), file);
const elsewhere = new Elsewhere(path);
const calls = new Map();
const now = () => performance.now() * 1e6;
const common = { gc: false, batch_samples: 256, batch_threshold: 20_000 };

const kinds = {
  again(run, effort) {
    let i = 0;
    return measure(() => run(db, i++), { ...common, min_samples: 3, min_cpu_time: effort * 1e6 });
  },
  cold(run, effort, { name }) {
    const coldCall = () => {
      const i = calls.get(name) ?? 0;
      calls.set(name, i + 1);
      elsewhere.commit();
      const start = now();
      run(db, i);
      return now() - start;
    };
    const samples = { min_samples: 3, max_samples: effort * 5, min_cpu_time: effort * 1e6 };
    return measure(coldCall, { ...common, ...samples, manual: 'manual' });
  },
  each(run, effort, { every }) {
    const samples = [];
    const time = (values, call) => {
      for (const value of values) {
        const start = now();
        call(value);
        samples.push(now() - start);
      }
    };
    for (let batch = 0; batch < Math.max(1, effort / every); batch++) run(db, time);
    return { p50: median(samples), samples };
  },
  timed(run, effort, { every }) {
    let perOperation;
    const time = (operations, fn) => {
      const start = now();
      fn();
      perOperation = (now() - start) / operations;
    };
    const batch = () => {
      run(db, time);
      return perOperation;
    };
    const samples = { min_samples: 3, max_samples: Math.max(3, Math.round(effort / every)), min_cpu_time: Infinity };
    return measure(batch, { ...common, ...samples, manual: 'manual' });
  },
};

process.on('message', async ({ name, effort }) => {
  const found = CASES.find((one) => one.name === name);
  const kind = Object.keys(kinds).find((key) => key in found);
  try {
    const { p50, samples } = await kinds[kind](found[kind], effort, found);
    process.send({ median: p50, samples: samples.length });
  } catch (error) {
    // An earlier version lacks the methods that came later.
    if (peer !== BEFORE || !error.message.endsWith('is not a function')) throw error;
    process.send({ missing: true });
  }
});
process.on('disconnect', () => {
  elsewhere.close();
  db.close();
});
process.send('ready');

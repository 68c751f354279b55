// `peer.mjs NAME URL SCHEMA`: one peer, which measures cases on request: the median of the calls, in microseconds.
import { CASES } from './cases.mjs';
import { PEERS } from './peers.mjs';

const [name, url, schema] = process.argv.slice(2);
const db = await PEERS[name](url, schema);
let n = 0;

process.on('message', async ({ of, share }) => {
  const { calls, prepare, call } = CASES[of];
  const taken = [];
  try {
    for (let left = Math.ceil(calls * share); left > 0; left -= 1) {
      const given = await prepare?.(db);
      const start = performance.now();
      await call(db, (n += 1), given);
      taken.push(performance.now() - start);
    }
    process.send({ median: taken.toSorted((one, other) => one - other)[taken.length >> 1] * 1000 });
  } catch ({ code, message }) {
    process.send({ failed: `${code}: ${message}` });
  }
});
process.on('disconnect', () => process.exit(0));
process.send('ready');

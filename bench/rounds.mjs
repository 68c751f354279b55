// Rounds, interleaved: A B C D, B C D A, … A noisy minute then falls on every peer alike.
import { CASES } from './cases/index.mjs';
import { start } from './node24.mjs';
import { fresh } from './files.mjs';

/** Measures every case of one size of history; a result has each peer's medians, one for each round, in nanoseconds. */
export async function measureCases({ size, peers, rounds, effort, only, say }) {
  const cases = CASES.filter(({ sizes, name }) => sizes.includes(size) && only.test(name));
  const workers = new Map();
  if (cases.length === 0) return [];
  for (const peer of peers) {
    const path = await fresh(size, peer);
    workers.set(peer, await start('children/worker.mjs', peer, path, '{}'));
  }
  const results = [];
  for (const { name, group } of cases) {
    say(`${size.toLocaleString('en')}: ${name}`);
    const medians = await interleaved(peers, rounds, async (peer) => {
      const { median } = await workers.get(peer).ask({ name, effort });
      return median;
    });
    results.push({ name, group, size, medians });
  }
  for (const worker of workers.values()) await worker.stop();
  return results;
}

/** `measure(peer, round)` for each peer in each round, the first peer a different one each time. */
export async function interleaved(peers, rounds, measure) {
  const medians = Object.fromEntries(peers.map((peer) => [peer, []]));
  for (let round = 0; round < rounds; round++) {
    const turn = round % peers.length;
    for (const peer of [...peers.slice(turn), ...peers.slice(0, turn)]) medians[peer].push(await measure(peer, round));
  }
  return medians;
}

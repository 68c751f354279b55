// Rounds, interleaved: A B C D, B C D A, … A noisy minute then falls on every peer alike.
import { CASES } from './cases/index.mjs';
import { start } from './node24.mjs';
import { fresh } from './files.mjs';
import { AS_WRITTEN } from './peers/index.mjs';
import { SIZES } from './workload.mjs';

/** From this many nanoseconds on, a case is slow. */
const SLOW = 5e7;

/**
 * Measures every case with one size of history, on the plain files or on those with runs; a result has each peer's medians, one
 * for each round, in nanoseconds.
 */
export async function measureCases({ size, file, peers: all, rounds, effort, only, say }) {
  const cases = CASES.filter((one) => one.sizes.includes(size) && one.file === file && only.test(one.name));
  const peers = all.filter((peer) => !(peer === AS_WRITTEN && file === 'runs' && size !== SIZES[0]));
  const workers = new Map();
  if (cases.length === 0) return [];
  for (const peer of peers) {
    const path = await fresh(size, peer, file);
    workers.set(peer, await start('children/worker.mjs', peer, path, '{}', file ?? ''));
  }
  const results = [];
  for (const { name, group, tunedOnly } of cases) {
    say(`${size.toLocaleString('en')}: ${name}`);
    const round = async (peer) => (await workers.get(peer).ask({ name, effort })).median;
    // A round that doesn't count, in which code is compiled and pages come into the system's cache.
    const able = [];
    for (const peer of peers.filter((one) => !(tunedOnly && one === AS_WRITTEN))) {
      const { missing } = await workers.get(peer).ask({ name, effort: effort / 4 });
      if (!missing) able.push(peer);
    }
    const medians = await interleaved(able, rounds, round, SLOW);
    results.push({ name, group, size, medians });
  }
  for (const worker of workers.values()) await worker.stop();
  return results;
}

/**
 * Calls `measure(peer, round)` for each peer in each round, beginning with a different peer each time. Where a measurement takes longer
 * than `slow` nanoseconds, three rounds are enough.
 */
export async function interleaved(peers, rounds, measure, slow = Infinity) {
  const medians = Object.fromEntries(peers.map((peer) => [peer, []]));
  const isSlow = () => Object.values(medians).some(([first]) => first > slow);
  for (let round = 0; round < rounds && !(round >= 3 && isSlow()); round++) {
    const turn = round % peers.length;
    for (const peer of [...peers.slice(turn), ...peers.slice(0, turn)]) medians[peer].push(await measure(peer, round));
  }
  return medians;
}

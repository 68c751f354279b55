// Measurements of whole processes, from outside.
import { fileURLToPath } from 'node:url';
import { forThisRun, fresh } from './files.mjs';
import { installed } from './installed.mjs';
import { start, untilFirstOutput } from './node24.mjs';
import { AS_WRITTEN, BEFORE, OURS } from './peers/index.mjs';
import { interleaved } from './rounds.mjs';

const CROWD = 8;
const ROOT = fileURLToPath(new URL('..', import.meta.url));

async function onFiles(size, peers, file) {
  const paths = {};
  for (const peer of peers) paths[peer] = await fresh(size, peer, file);
  return paths;
}

/** The package in its installed form, on which the cost of a start depends, as environment variables. */
function asInstalled(peers) {
  const checkouts = { [OURS]: ['VISUAL_DB_OURS', ROOT], [BEFORE]: ['VISUAL_DB_BEFORE', process.env.VISUAL_DB_BEFORE] };
  const own = Object.entries(checkouts).filter(([peer]) => peers.includes(peer));
  return Object.fromEntries(own.map(([peer, [name, checkout]]) => [name, installed(checkout, forThisRun(peer))]));
}

export async function coldStarts({ size, peers, rounds, say }) {
  say('cold start to first answer');
  const paths = await onFiles(size, peers);
  const env = asInstalled(peers);
  const medians = await interleaved(peers, rounds * 3, (peer) =>
    untilFirstOutput('children/cold_start.mjs', env, peer, paths[peer]),
  );
  return { name: 'cold start to first answer', group: 'cold start', size, medians };
}

export async function crowds({ size, peers, rounds, effort, say }) {
  say(`${CROWD} processes on one file`);
  const paths = await onFiles(size, peers);
  // Enough for several checkpoints of the WAL.
  const operations = effort * 30;
  const medians = await interleaved(peers, rounds, async (peer, round) => {
    const members = await Promise.all(
      Array.from({ length: CROWD }, (_, i) =>
        start('children/crowd.mjs', peer, paths[peer], round * CROWD + i, operations),
      ),
    );
    const before = performance.now();
    await Promise.all(members.map((member) => member.ask('go')));
    return ((performance.now() - before) * 1e6) / (CROWD * operations);
  });
  return { name: `${CROWD} processes on one file, per call`, group: 'every other case', size, medians };
}

/** Eight workers on one queue for a while: the time of a run's life for all of them together, and each one's share of the runs. */
export async function crowdsOfWorkers({ size, peers: all, rounds, effort, say }) {
  say(`${CROWD} processes on one queue`);
  const peers = all.filter((peer) => peer !== AS_WRITTEN && peer !== BEFORE);
  const paths = await onFiles(size, peers, 'runs');
  const shares = Object.fromEntries(peers.map((peer) => [peer, []]));
  const milliseconds = effort * 40;
  const medians = await interleaved(peers, rounds, async (peer) => {
    const members = await Promise.all(
      Array.from({ length: CROWD }, (_, i) =>
        start('children/crowd_of_workers.mjs', peer, paths[peer], i, milliseconds),
      ),
    );
    const counts = await Promise.all(members.map((member) => member.ask('go')));
    const sum = counts.reduce((a, b) => a + b, 0);
    shares[peer].push(counts.map((count) => (count * CROWD) / sum));
    return (milliseconds * 1e6) / sum;
  });
  return { name: `${CROWD} processes on one queue, per run`, group: 'runs of 8 processes', size, medians, shares };
}

/** The peak resident bytes for a fixed number of calls, by peer. */
export async function peakMemory({ size, peers, say }) {
  say('peak memory');
  const bytes = {};
  for (const peer of peers) bytes[peer] = (await start('children/memory.mjs', peer, await fresh(size, peer))).first;
  return bytes;
}

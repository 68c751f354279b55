// A worker on a host of its own: claims runs, takes a second for each, and finishes them.
import { setTimeout } from 'node:timers/promises';
import { VisualDatabase } from '@ai-orchestra/visual-db';
import { patient } from './patient.mjs';

const { DATABASE_URL: url, WORKER: workerId } = process.env;
const stop = new AbortController();
const { signal } = stop;
for (const name of ['SIGINT', 'SIGTERM']) process.once(name, () => stop.abort());
// The board is there once the orchestrator has made it.
const db = await patient(() => new VisualDatabase({ url }));

while (!signal.aborted) {
  // A claim whose answer was lost runs out after this time, and the run is claimed again.
  const claimed = await patient(() => db.claimRun({ workerId, leaseMs: 10_000 }), { signal });
  await (claimed ? work(claimed) : setTimeout(200));
}
db.close();

async function work({ run, token }) {
  try {
    await setTimeout(500);
    await patient(() => db.heartbeatRun(run.id, token));
    await setTimeout(500);
    await patient(() => db.finishRun(run.id, token, { status: 'succeeded', exitCode: 0 }));
    console.log(JSON.stringify({ finished: run.prompt, by: workerId }));
  } catch (error) {
    // There was no leader for longer than the lease, and another worker has the run: what was done here doesn't count.
    if (error.code !== 'ERR_LEASE_LOST') throw error;
  }
}

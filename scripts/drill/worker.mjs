// A run worker: enqueues a run, claims one, perhaps another worker's, sends a heartbeat, and finishes it.
import { given, isOn, isUnknown, note, open, untilAnswered, untilKnown } from './told.mjs';

const { name } = given;
const db = await open();

async function enqueue(prompt) {
  try {
    await untilAnswered(() =>
      db.enqueueRun({ zoneId: name, worktreeId: name, agentType: 'drill', prompt, maxAttempts: 100 }),
    );
    return 'acknowledged';
  } catch (error) {
    if (!isUnknown(error)) throw error;
    note({ told: error.code });
    return 'unknown';
  }
}

async function claim() {
  try {
    return await untilAnswered(() => db.claimRun({ workerId: name, leaseMs: 10_000 }));
  } catch (error) {
    if (!isUnknown(error)) throw error;
    // If the claim was made after all, its lease runs out.
    note({ told: error.code });
    return null;
  }
}

/** Heartbeat and end of a run, which may be repeated with the same token. */
async function finish({ run: { id }, token }) {
  try {
    await untilKnown(() => db.heartbeatRun(id, token));
    await untilKnown(() => db.finishRun(id, token, { status: 'succeeded', result: { token } }));
    return 'acknowledged';
  } catch (error) {
    // Another worker has the run by now; or its acknowledged claim is gone.
    if (error.code !== 'ERR_LEASE_LOST' && error.code !== 'ERR_NOT_FOUND') throw error;
    return error.code;
  }
}

try {
  for (let n = 1; await isOn(); n += 1) {
    const id = `${name}-${n}`;
    note({ kind: 'enqueue', id, told: await enqueue(id) });
    const claimed = await claim();
    if (claimed) note({ kind: 'finish', id: claimed.run.id, token: claimed.token, told: await finish(claimed) });
  }
} catch (error) {
  note({ kind: 'error', message: `${error.code}: ${error.message}` });
  throw error;
} finally {
  db.close();
}

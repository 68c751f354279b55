// Calls that wait for a leader.
import { setTimeout } from 'node:timers/promises';

const LATER = new Set(['ERR_DATABASE_UNAVAILABLE', 'ERR_OUTCOME_UNKNOWN', 'SQLITE_BUSY']);

/**
 * The answer of a call, once there is a leader. If it is unknown whether the call was done, it is made again, so it has to be one that does
 * no harm twice: a run with an `idempotencyKey`, a claim, whose lease runs out, or a call with a run's token.
 */
export async function patient(call, { signal } = {}) {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (!LATER.has(error.code) || signal?.aborted) throw error;
      await setTimeout(100);
    }
  }
}

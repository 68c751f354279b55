// Calls that wait for somebody to lead.
import { setTimeout } from 'node:timers/promises';

const LATER = new Set(['ERR_DATABASE_UNAVAILABLE', 'ERR_OUTCOME_UNKNOWN', 'SQLITE_BUSY']);

/**
 * What the call answers, once a host leads. Where nobody knows whether it was done it is made again, so it has to be one that does
 * no harm twice: a run with an `idempotencyKey`, a claim, whose lease runs out, or what is said of a run with its token.
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

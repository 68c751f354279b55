// What writers and run workers have in common: calls that may find nobody, and the journal of what they were told.
import fs from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { VisualDatabase } from '../../lib/index.mjs';

/** Nothing was done, and it may be asked again: nobody leads yet, or somebody else's commit waits for its standby. */
const LATER = new Set(['ERR_DATABASE_UNAVAILABLE', 'SQLITE_BUSY']);
const PAUSE = 100;

/** What this process was started with. */
export const given = JSON.parse(process.argv[2]);

const journal = fs.openSync(given.journal, 'a');
/** A line of the journal, written before anything else is done. */
export const note = (line) => fs.writeSync(journal, `${JSON.stringify({ at: Date.now(), ...line })}\n`);

/** Until somebody closes our input. */
let isWanted = true;
process.stdin.resume().on('end', () => (isWanted = false));
export async function isOn() {
  await setTimeout(1);
  return isWanted;
}

/** The connection, which is made as soon as somebody leads. */
export const open = () => untilAnswered(() => new VisualDatabase({ url: given.url }));

/** Whether a call of its own has said that nobody knows whether it was done. */
export const isUnknown = ({ code }) => code === 'ERR_OUTCOME_UNKNOWN';

/** What the call answers, once there is somebody to answer. Other errors are the caller's, `ERR_OUTCOME_UNKNOWN` among them. */
export async function untilAnswered(call) {
  for (;;) {
    try {
      return call();
    } catch (error) {
      if (!LATER.has(error.code)) throw error;
      note({ told: error.code });
      await setTimeout(PAUSE);
    }
  }
}

/** The same of a call that does no harm when it is made twice. */
export async function untilKnown(call) {
  for (;;) {
    try {
      return await untilAnswered(call);
    } catch (error) {
      if (!isUnknown(error)) throw error;
      note({ told: error.code });
      await setTimeout(PAUSE);
    }
  }
}

// Shared by writers and run workers: calls that may find no leader, and the journal of the answers.
import fs from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { VisualDatabase } from '../../lib/index.mjs';

/** Codes after which nothing was done and the call may be repeated: there is no leader yet, or another commit waits for its standby. */
const LATER = new Set(['ERR_DATABASE_UNAVAILABLE', 'SQLITE_BUSY']);
const PAUSE = 100;

/** The arguments of this process. */
export const given = JSON.parse(process.argv[2]);

const journal = fs.openSync(given.journal, 'a');
/** Writes a line of the journal at once, before anything else is done. */
export const note = (line) => fs.writeSync(journal, `${JSON.stringify({ at: Date.now(), ...line })}\n`);

/** Whether to go on: `false` once standard input is closed. */
let isWanted = true;
process.stdin.resume().on('end', () => (isWanted = false));
export async function isOn() {
  await setTimeout(1);
  return isWanted;
}

/** Opens the connection as soon as there is a leader. */
export const open = () => untilAnswered(() => new VisualDatabase({ url: given.url }));

/** Whether an error says that it is unknown whether the call was done. */
export const isUnknown = ({ code }) => code === 'ERR_OUTCOME_UNKNOWN';

/** The answer of a call, repeated until there is a leader. Other errors are thrown, `ERR_OUTCOME_UNKNOWN` among them. */
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

/** The same for a call that does no harm when it is made twice: it is repeated while its outcome is unknown, too. */
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

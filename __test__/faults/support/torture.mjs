import fs from 'node:fs';

/** Whether this is `npm run torture`: everything in full, figures collected. */
const full = process.env.VISUAL_DB_TORTURE !== undefined;

/** How much of something: a little in the ordinary test command, all of it in `npm run torture`. */
export const amount = (shortened, inFull) => (full ? inFull : shortened);

/** Notes a measured figure, which `npm run torture` prints at its end. */
export function figure(what, value) {
  if (full) fs.appendFileSync(process.env.VISUAL_DB_TORTURE, `${JSON.stringify([what, value])}\n`);
}

/** Milliseconds that a test may take: `shortened` for the ordinary command, `inFull` minutes for all of it. */
export const within = (seconds, minutesInFull) => ({ timeout: full ? minutesInFull * 60_000 : seconds * 1000 });

// What this package is called to do where a search is to find all that runs say.
import fc from 'fast-check';
import { queued, running } from './runs.mjs';
import { execution } from './samples.mjs';

const CALLS = {
  enqueue: (db, said) => queued(db, { prompt: said }),
  record: (db, said) => db.recordExecution(execution({ prompt: said, result: { said } })),
  work(db, said) {
    const { run, token } = running(db, { prompt: 'cart' });
    db.finishRun(run.id, token, { status: said.length % 2 ? 'failed' : 'succeeded', error: said, result: [said] });
  },
  wait(db, said) {
    const { run, token } = running(db, { prompt: 'login' });
    db.waitRun(run.id, token, { question: said });
    if (said.length % 2) db.answerRun(run.id, { answer: said });
  },
  archive: (db) => db.archiveWorktree('wt-1'),
  restore: (db) => db.restoreWorktree('wt-1'),
  deleteZone: (db) => db.deleteZone('zone-1'),
};

/** Any of these calls, with texts of `said`. */
export const callsOf = (said) =>
  fc.array(
    fc.record({
      call: fc.constantFrom(...Object.keys(CALLS), 'record', 'work', 'wait'),
      said,
      undone: fc.nat({ max: 5 }),
    }),
    { minLength: 5, maxLength: 15 },
  );

/** Makes them, each in a transaction that may be undone. */
export function act(db, made) {
  for (const { call, said, undone } of made) {
    try {
      db.transaction(() => {
        CALLS[call](db, said);
        if (undone === 0) throw new Error('undone');
      });
    } catch {
      // What can't be done, or is undone.
    }
  }
}

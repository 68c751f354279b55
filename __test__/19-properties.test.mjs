// Random sequences of calls, with transactions and failures among them, against a model that has no database.
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { anySteps, dropInSteps } from './support/calls.mjs';
import { Model } from './support/model.mjs';
import { outcome, perform, withoutExecutionIds } from './support/steps.mjs';
import { expectSound, sql } from './support/sql.mjs';
import { inFiles, open, place } from './support/temporary.mjs';
import { readBack } from './support/rows.mjs';

vi.setConfig({ testTimeout: 60_000 });

const START = new Date('2026-05-06T07:08:09.010Z').getTime();
beforeEach(() => vi.useFakeTimers({ now: START, toFake: ['Date'] }));
afterEach(() => vi.useRealTimers());

const tick = (milliseconds) => vi.advanceTimersByTime(milliseconds);

/** What the steps answer on `db`, and all that is in it in the end. */
function told(db, steps) {
  vi.setSystemTime(START);
  const outcomes = steps.map((step) => outcome(() => perform(db, step, tick)));
  return withoutExecutionIds({ outcomes, end: readBack(db) });
}

function empty(db) {
  sql(db).exec('DELETE FROM worktrees; DELETE FROM zones');
  if (inFiles) db.db.exec('DELETE FROM archived_worktrees');
}

function expectModelsAnswers(anyOf, numRuns) {
  const db = open();
  fc.assert(
    fc.property(anyOf, (steps) => {
      empty(db);
      expect(told(db, steps)).toStrictEqual(told(new Model(), steps));
    }),
    { numRuns },
  );
}

function expectTheSameAgain(anyOf, numRuns) {
  const at = place();
  fc.assert(
    fc.property(anyOf, (steps) => {
      const db = open(at);
      empty(db);
      const { end } = told(db, steps);
      db.close();
      const again = open(at);
      expect(withoutExecutionIds(readBack(again))).toStrictEqual(end);
      expectSound(again);
      again.close();
    }),
    { numRuns },
  );
}

describe('any sequence of the drop-in’s calls', () => {
  it('answers as the model does, call by call', () => expectModelsAnswers(dropInSteps, 60));

  it('leaves a board that says the same when it is opened again, its references intact', () =>
    expectTheSameAgain(dropInSteps, 10));
});

describe('any sequence of calls', () => {
  it.runIf(inFiles)('answers as the model does, call by call', () => expectModelsAnswers(anySteps, 300));

  it.runIf(inFiles)(
    'leaves a board that says the same when it is opened again, sound and with its references intact',
    () => expectTheSameAgain(anySteps, 25),
  );

  it.runIf(inFiles)('that ends in a throw inside one transaction leaves nothing at all', () => {
    const db = open();
    fc.assert(
      fc.property(anySteps, anySteps, (first, second) => {
        empty(db);
        const { end } = told(db, first);
        const value = {};
        let caught;
        try {
          db.transaction(() => {
            for (const step of second) outcome(() => perform(db, step, tick));
            throw value;
          });
        } catch (error) {
          caught = error;
        }
        expect(caught).toBe(value);
        expect(withoutExecutionIds(readBack(db))).toStrictEqual(end);
      }),
      { numRuns: 100 },
    );
  });
});

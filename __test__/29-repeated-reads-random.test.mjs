// Random calls again, now on a board that two share, where a read that is repeated is answered from memory.
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { anySteps, dropInSteps } from './support/calls.mjs';
import { Model } from './support/model.mjs';
import { scribble } from './support/scribble.mjs';
import { outcome, perform, withoutExecutionIds } from './support/steps.mjs';
import { sql } from './support/sql.mjs';
import { inFiles, open, place } from './support/temporary.mjs';

vi.setConfig({ testTimeout: 60_000 });

describe('random calls on a board, by two connections in turn, every read three times and scribbled over', () => {
  const START = new Date('2026-05-06T07:08:09.010Z').getTime();

  /** Anything with the methods, of which each read is asked three times. */
  const insistent = (database) =>
    new Proxy(database, {
      get(target, method) {
        const value = target[method];
        if (typeof value !== 'function') return value;
        if (!/^(get|list|find|count)/.test(method)) return value.bind(target);
        return (...given) => {
          const first = target[method](...given);
          const kept = structuredClone(first);
          scribble(first);
          scribble(target[method](...given));
          expect(target[method](...given)).toStrictEqual(kept);
          return kept;
        };
      },
    });

  it('are answered as the model does', () => {
    vi.useFakeTimers({ now: START, toFake: ['Date'] });
    const tick = (milliseconds) => vi.advanceTimersByTime(milliseconds);
    const at = place();
    const sides = [open(at), open({ ...at, cacheSize: 100_000 })];
    try {
      fc.assert(
        fc.property(inFiles ? anySteps : dropInSteps, (steps) => {
          sql(sides[0]).exec('DELETE FROM worktrees; DELETE FROM zones');
          if (inFiles) sql(sides[0]).exec('DELETE FROM archived_worktrees');
          vi.setSystemTime(START);
          const here = steps.map((step, n) => outcome(() => perform(insistent(sides[(n >> 1) % 2]), step, tick)));
          vi.setSystemTime(START);
          const model = new Model();
          const there = steps.map((step) => outcome(() => perform(model, step, tick)));
          expect(withoutExecutionIds(here)).toStrictEqual(withoutExecutionIds(there));
        }),
        { numRuns: inFiles ? 150 : 30 },
      );
    } finally {
      vi.useRealTimers();
    }
  });
});

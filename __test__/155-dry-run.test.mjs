// prune({ dryRun: true }): what would go is said as prune would do it, whatever has been put into the lists of runs, and nothing is changed.
import { describe, expect, test, vi } from 'vitest';
import { ended, everything, queued, running } from './support/runs.mjs';
import { execution, worktree, zone } from './support/samples.mjs';
import { inFiles, open, place } from './support/temporary.mjs';

vi.setConfig({ testTimeout: 120_000 });

const DAY = 86_400_000;
const START = Date.parse('2026-01-01T00:00:00.000Z');

/** A board with a clock that tests set: `at` is the day. */
function dated() {
  const clock = { at: 0 };
  const now = () => Math.floor(START + clock.at * DAY);
  const where = place();
  const db = open({ ...where, clock: now, retention: false });
  for (const n of [1, 2]) db.createZone(zone(n));
  for (const n of [1, 2, 3]) db.createWorktree(worktree(n));
  /** Another connection, that may only read. */
  const reader = () => open({ ...where, readonly: true, clock: now });
  return { db, clock, reader };
}

const record = (db, more) =>
  db.recordExecution({ ...execution(), prompt: 'a prompt', result: { of: 1 }, success: true, ...more });

/** Runs of all kinds over ten days: with output, open, with an open child, pinned, late, archived. */
function furnish({ db, clock }) {
  for (clock.at = 0; clock.at < 10; clock.at += 0.25) {
    const n = clock.at * 4;
    const of = { zoneId: `zone-${(n % 2) + 1}`, worktreeId: `wt-${(n % 3) + 1}` };
    record(db, of);
    const { run, token } = running(db, { ...of, prompt: 'x'.repeat(n * 40) }, { leaseMs: 60_000 });
    db.appendOutput(run.id, token, [{ stream: 'stdout', text: 'y'.repeat(n * 100) }]);
    if (n % 7 === 0) queued(db, { parentRunId: run.id });
    if (n % 11 === 0) db.setMetadata('run', run.id, { pinned: true });
    if (n % 13 !== 5) db.finishRun(run.id, token, { status: n % 5 ? 'succeeded' : 'failed', result: { n } });
  }
  ended(db, { worktreeId: 'wt-3' });
  db.archiveWorktree('wt-3');
}

const POLICIES = [
  { runs: '8d' },
  { perZone: 5 },
  { runs: '6d', perZone: 9, bodies: '3d', output: '1d' },
  { bodies: '2d' },
  { output: '4d' },
  { runs: '9d', maxBytes: 1 },
];

describe('a dry run', () => {
  test('says what would go, and changes nothing', () => {
    const { db, clock } = dated();
    for (let n = 0; n < 10; n += 1) record(db);
    clock.at = 50;
    for (let n = 0; n < 4; n += 1) record(db);
    clock.at = 100;
    const policy = { runs: '80d', bodies: '30d' };
    db.prune({ ...policy, dryRun: true });
    const before = everything(db);
    const dry = db.prune({ ...policy, dryRun: true });
    expect(everything(db)).toEqual(before);
    expect({ ...db.prune({ ...policy, budgetMs: 60_000 }), diskBytes: 0 }).toEqual(dry);
    expect(dry).toMatchObject({ runs: 10, bodies: 4 });
  });

  test.each(POLICIES)('of %j says the same, in every connection, as is pruned then', (policy) => {
    const board = dated();
    furnish(board);
    const { db, reader } = board;
    // A file of nobody's lists yet, one that has some, and one whose lists are to be rebuilt.
    const asked = { ...policy, dryRun: true };
    const first = reader().prune(asked);
    db.listRuns();
    expect(reader().prune(asked)).toEqual(first);
    record(db);
    const inTransaction = db.transaction(() => db.prune(asked));
    const second = reader().prune(asked);
    expect(inTransaction).toEqual(second);
    if (inFiles) db.db.exec("DELETE FROM changes_readers WHERE name = 'history'");
    expect(reader().prune(asked)).toEqual(second);
    expect(db.prune(asked)).toEqual(second);
    expect(second.runs + second.bodies + second.bytes).toBeGreaterThan(0);
    expect({ ...db.prune({ ...policy, budgetMs: 60_000 }), diskBytes: 0 }).toEqual(second);
    expect(db.prune(asked)).toMatchObject({ runs: 0, bodies: 0, bytes: 0 });
  });

  test.runIf(inFiles)(
    'of a size reckons how much that is, to about a fifth: bodies of the oldest first, and then runs',
    () => {
      const { db, clock, reader } = dated();
      for (const prompt of [300, 1_500, 3_000, 9_000]) {
        db.transaction(() => {
          for (let n = 0; n < 700; n += 1) record(db, { prompt: 'x'.repeat(prompt) });
        });
        clock.at += 1;
      }
      db.listRuns();
      const used =
        (db.db.pragma('page_count', { simple: true }) - db.db.pragma('freelist_count', { simple: true })) * 4096;
      for (const maxBytes of [used * 2, used * 0.9, used * 0.6, used * 0.4].map(Math.round)) {
        const dry = reader().prune({ maxBytes, dryRun: true });
        expect(db.prune({ maxBytes, dryRun: true })).toEqual(dry);
        const done = db.prune({ maxBytes, budgetMs: 60_000 });
        expect(done.more).toBe(false);
        expect(dry.runs).toBe(done.runs);
        expect(Math.abs(dry.bodies - done.bodies)).toBeLessThanOrEqual(64 + done.bodies / 5);
      }
      const dry = db.prune({ maxBytes: 2_000_000, dryRun: true });
      expect(dry.runs).toBeGreaterThan(0);
      const done = db.prune({ maxBytes: 2_000_000, budgetMs: 60_000 });
      expect(dry.bodies).toBe(done.bodies);
      expect(Math.abs(dry.runs - done.runs)).toBeLessThanOrEqual(64 + done.runs / 5);
    },
  );
});

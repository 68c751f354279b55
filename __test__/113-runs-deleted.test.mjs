// A worktree or a zone that is deleted, by whomever, ends its open runs as cancelled, and nothing else.
import { describe, expect, it } from 'vitest';
import { board, claim, ended, idsOf, queued, refusal, running, waiting } from './support/runs.mjs';
import { inFiles, temporaryFile } from './support/temporary.mjs';
import { WRITERS } from './support/writers.mjs';

const OURS = [
  ['deleteWorktree', 'worktree', (db) => db.deleteWorktree('wt-1')],
  ['deleteZone', 'zone', (db) => db.deleteZone('zone-1')],
  ['SQL on db.db', 'worktree', (db) => db.db.exec("DELETE FROM worktrees WHERE id = 'wt-1'")],
  ['SQL on db.db', 'zone', (db) => db.db.exec("DELETE FROM zones WHERE id = 'zone-1'")],
];
const THEIRS = Object.entries(WRITERS).flatMap(([name, write]) => [
  [name, 'worktree', (db) => write(db.db.name, "DELETE FROM worktrees WHERE id = 'wt-1'")],
  [name, 'zone', (db) => write(db.db.name, "DELETE FROM zones WHERE id = 'zone-1'")],
]);

const AS_OTHERS = 'PRAGMA foreign_keys = OFF; PRAGMA recursive_triggers = OFF';

/** A file whose zone 1 and worktree 1 have a run in each open state, and zone 2 with worktree 2 as well. */
function furnished() {
  const db = board({ dbPath: temporaryFile() });
  const inEachState = (given) => ({
    queued: queued(db, given),
    delayed: queued(db, { ...given, availableAt: new Date(Date.now() + 3_600_000) }),
    running: running(db, given),
    waiting: waiting(db, given),
  });
  return { db, gone: inEachState({}), kept: inEachState({ zoneId: 'zone-2', worktreeId: 'wt-2' }) };
}

const runsOf = ({ running: held, ...others }) => [...Object.values(others), held.run];

describe.each([...OURS, ...THEIRS])('%s that deletes a %s', (_, what, remove) => {
  it('ends its open runs as cancelled, and says why', () => {
    const { db, gone } = furnished();
    remove(db);
    for (const { id } of runsOf(gone)) {
      const run = db.getRun(id);
      expect(run).toMatchObject({ status: 'cancelled', leaseExpiresAt: null, prompt: 'Build it' });
      expect(run.error).toMatch(new RegExp(`${what} was deleted`));
      expect(Date.parse(run.finishedAt)).toBeGreaterThan(Date.now() - 60_000);
      expect(db.getExecution(id)).toBeNull();
    }
    expect(db.listRuns({ status: 'cancelled' }).items).toHaveLength(4);
    expect(db.getStats().executions).toBe(0);
  });

  it('leaves all other runs as they are', () => {
    const { db, kept } = furnished();
    const before = runsOf(kept).map(({ id }) => db.getRun(id));
    remove(db);
    expect(runsOf(kept).map(({ id }) => db.getRun(id))).toEqual(before);
    expect(idsOf([claim(db).run])).toEqual([kept.queued.id]);
    expect(claim(db)).toBeNull();
    const { run, token } = kept.running;
    expect(db.finishRun(run.id, token, { status: 'succeeded' }).status).toBe('succeeded');
    expect(db.answerRun(kept.waiting.id, { answer: 'Yes' }).status).toBe('queued');
  });

  it('takes the run away from its worker, which hears it at its next call', () => {
    const { db, gone } = furnished();
    const { run, token } = gone.running;
    remove(db);
    for (const call of [
      () => db.heartbeatRun(run.id, token),
      () => db.appendOutput(run.id, token, [{ stream: 'stdout', text: 'late' }]),
      () => db.waitRun(run.id, token, { question: 'Late?' }),
      () => db.releaseRun(run.id, token),
      () => db.finishRun(run.id, token, { status: 'succeeded' }),
    ])
      expect(refusal(call).code).toBe('ERR_LEASE_LOST');
    expect(db.getRun(run.id).status).toBe('cancelled');
    expect(refusal(() => db.answerRun(gone.waiting.id, { answer: 'Yes' })).code).toBe('ERR_RUN_TRANSITION');
  });

  it('gives their places back', () => {
    const { db, gone } = furnished();
    db.setRunLimit({}, 2);
    expect(claim(db)).toBeNull();
    remove(db);
    expect(gone.running.run.id).not.toBe(claim(db).run.id);
    expect(db.getRunLimits()).toMatchObject([{ running: 2 }]);
  });

  it('keeps usage and output of the cancelled runs', () => {
    const { db, gone } = furnished();
    const { run, token } = gone.running;
    db.appendOutput(run.id, token, [{ stream: 'stdout', text: 'before' }]);
    db.recordUsage(run.id, { model: 'large', costMicros: 7 });
    remove(db);
    expect(db.getOutput(run.id).items).toMatchObject([{ text: 'before' }]);
    expect(db.getRun(run.id).usage).toMatchObject({ costMicros: 7 });
    expect(db.recordUsage(run.id, { model: 'large', costMicros: 1 })).toMatchObject({ costMicros: 8 });
  });
});

describe('a run that had ended', () => {
  it.each([
    ['worktree', (db) => db.deleteWorktree('wt-1')],
    ['zone', (db) => db.deleteZone('zone-1')],
  ])('goes with its %s, as its execution does', (_, remove) => {
    const db = board();
    const { id } = ended(db);
    const other = ended(db, { zoneId: 'zone-2', worktreeId: 'wt-2' });
    remove(db);
    expect(db.getExecution(id)).toBeNull();
    expect(db.getRun(id)).toBeNull();
    expect(idsOf(db.listRuns().items)).toEqual([other.id]);
  });

  it.runIf(inFiles).each(Object.entries(WRITERS))('is as it was after %s has deleted another worktree', (_, write) => {
    const db = board({ dbPath: temporaryFile() });
    const run = ended(db);
    write(db.db.name, "DELETE FROM worktrees WHERE id = 'wt-3'");
    expect(db.getRun(run.id)).toStrictEqual(run);
  });
});

describe('a worktree that went without a delete trigger', () => {
  const GONE = {
    'was replaced by another one on its port': `INSERT OR REPLACE INTO worktrees (id, path, port, branch_name, created_at)
      SELECT 'wt-9', path, port, branch_name, created_at FROM worktrees WHERE id = 'wt-1'`,
    'has another id now': "UPDATE worktrees SET id = 'wt-9' WHERE id = 'wt-1'",
  };
  const writers = Object.entries(WRITERS).flatMap(([name, write]) =>
    Object.entries(GONE).map(([what, sql]) => [what, name, (file) => write(file, `${AS_OTHERS}; ${sql}`)]),
  );

  it.runIf(inFiles).each(writers)(
    '%s, by %s: no claim gives a run of it, and the claim that comes to one ends it',
    (_, __, write) => {
      const { db, gone, kept } = furnished();
      write(db.db.name);
      expect(idsOf([claim(db).run])).toEqual([kept.queued.id]);
      expect(claim(db)).toBeNull();
      expect(db.getRun(gone.queued.id)).toMatchObject({ status: 'cancelled', error: 'The worktree was deleted' });
    },
  );
});

describe('what is no deletion', () => {
  it.runIf(inFiles).each(Object.entries(WRITERS))(
    'an update, or a REPLACE that keeps the row’s id, by %s ends no run',
    (_, write) => {
      const { db, gone } = furnished();
      write(db.db.name, "UPDATE worktrees SET status = 'merged'; UPDATE zones SET name = 'Other'");
      write(
        db.db.name,
        `${AS_OTHERS};
       INSERT OR REPLACE INTO worktrees SELECT * FROM worktrees WHERE id = 'wt-1'`,
      );
      expect(runsOf(gone).map(({ id }) => db.getRun(id).status)).toEqual(['queued', 'queued', 'waiting', 'running']);
    },
  );

  it('a deletion that is rolled back ends no run', () => {
    const { db, gone } = furnished();
    expect(() =>
      db.transaction(() => {
        db.deleteWorktree('wt-1');
        throw new Error('after all not');
      }),
    ).toThrow('after all not');
    expect(runsOf(gone).map(({ id }) => db.getRun(id).status)).toEqual(['queued', 'queued', 'waiting', 'running']);
    const { run, token } = gone.running;
    expect(db.finishRun(run.id, token, { status: 'succeeded' }).status).toBe('succeeded');
  });
});

describe('a worktree of the same id that is made again', () => {
  it('has nothing of the runs before: they stay cancelled, and new ones run', () => {
    const { db, gone } = furnished();
    const made = db.getWorktree('wt-1');
    db.deleteWorktree('wt-1');
    db.createWorktree({ ...made, updatedAt: undefined });
    expect(runsOf(gone).every(({ id }) => db.getRun(id).status === 'cancelled')).toBe(true);
    const run = queued(db, { priority: 9 });
    expect(claim(db).run.id).toBe(run.id);
  });
});

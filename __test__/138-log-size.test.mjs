// The log of changes stays small: a busy day of it, and what compacting leaves.
import { describe, expect, it, test, vi } from 'vitest';
import { visualDb } from './support/backups.mjs';
import { board } from './support/runs.mjs';
import { execution, worktree } from './support/samples.mjs';
import { temporaryFile } from './support/temporary.mjs';

vi.setConfig({ testTimeout: 120_000 });

const HOUR = 3_600_000;
const MIB = 1024 * 1024;

/** A board whose clock is the test's, a day ahead. */
function clocked() {
  const dbPath = temporaryFile();
  const time = { now: Date.now() + HOUR };
  return { dbPath, time, db: board({ dbPath, clock: () => time.now }) };
}

/** What the log, the ledger and the kept boards take of the file. */
const bytesOfLog = (db) =>
  db.db
    .prepare(
      `SELECT sum(pgsize) FROM dbstat WHERE name LIKE 'changes%' OR name LIKE 'moves%' OR name IN ('boards', 'undo_steps', 'undo_steps_by')`,
    )
    .pluck()
    .get();

/** Drags a card, so many positions at ten a second. */
function drag(db, time, id, positions) {
  for (let n = 0; n < positions; n += 1) {
    time.now += 100;
    db.updateWorktree(id, { position: { x: n * 1.25, y: 400 - n * 0.75 } });
  }
}

const positions = (db, id) =>
  db
    .getChanges({ limit: 1000 })
    .items.filter((change) => change.id === id && change.op === 'update' && change.fields.position !== undefined);

describe('compacting', () => {
  it('leaves of a drag where it ended, with what only its earlier positions said', () => {
    const { db, dbPath, time } = clocked();
    drag(db, time, 'wt-1', 20);
    time.now += 100;
    db.updateWorktree('wt-1', { position: { x: 1000 } });
    time.now += 2 * HOUR;
    db.updateWorktree('wt-2', { status: 'later' });
    const before = db.getBoard({ at: new Date(time.now - 1) });
    expect(positions(db, 'wt-1')).toHaveLength(21);
    expect(visualDb('vacuum', '--db', dbPath).status).toBe(0);
    expect(positions(db, 'wt-1')).toMatchObject([
      { fields: { position: { x: 1000, y: 385.75 }, updatedAt: expect.any(String) } },
    ]);
    const { next, ...board } = before;
    expect(db.getBoard({ at: new Date(time.now - 1) })).toMatchObject(board);
  });

  it('keeps apart what is not one drag: another’s, a pause, anything else of that worktree between', () => {
    const { db, dbPath, time } = clocked();
    const anna = db.as({ kind: 'user', id: 'anna' });
    const steps = [
      () => drag(db, time, 'wt-1', 3),
      () => drag(anna, time, 'wt-1', 3),
      () => (time.now += 61_000),
      () => drag(anna, time, 'wt-1', 3),
      () => anna.moveWorktree('wt-1', 'zone-1'),
      () => drag(anna, time, 'wt-1', 3),
      () => anna.updateWorktree('wt-1', { position: { x: 5 }, status: 'done' }),
      () => drag(anna, time, 'wt-1', 3),
      () => drag(anna, time, 'wt-2', 3),
      () => drag(anna, time, 'wt-1', 3),
    ];
    for (const step of steps) step();
    time.now += 2 * HOUR;
    db.updateWorktree('wt-3', { status: 'later' });
    visualDb('vacuum', '--db', dbPath);
    expect(positions(db, 'wt-1')).toHaveLength(6);
    expect(positions(db, 'wt-2')).toHaveLength(1);
  });

  it('leaves the last hour as it is: whoever follows loses no place', () => {
    const { db, dbPath, time } = clocked();
    time.now = Date.now();
    drag(db, time, 'wt-1', 5);
    const { next } = db.getBoard();
    drag(db, time, 'wt-1', 5);
    visualDb('vacuum', '--db', dbPath);
    expect(db.getChanges({ after: next })).toMatchObject({ gap: false, items: { length: 5 } });
  });

  it('leaves the ledger, the counts and what is undone as they are', () => {
    const { db, dbPath, time } = clocked();
    const anna = db.as({ kind: 'user', id: 'anna' });
    anna.moveWorktree('wt-1', 'zone-1', { position: { x: 1 } });
    for (let n = 0; n < 30; n += 1) db.recordExecution(execution());
    drag(anna, time, 'wt-1', 30);
    time.now += 2 * HOUR;
    db.updateWorktree('wt-3', { status: 'later' });
    const told = () => [
      db.getMoves(),
      db.getStats(),
      db.getExecutionStats(),
      visualDb('doctor', '--db', dbPath, '--json').json().checks?.length,
    ];
    const before = told();
    visualDb('vacuum', '--db', dbPath);
    expect(told()).toEqual(before);
    for (let n = 0; n < 30; n += 1) anna.undo();
    expect(db.getWorktree('wt-1').position.x).toBe(1);
  });
});

test('a busy day, 100,000 changes of 200 worktrees, takes less than 12 MB, and half of that once it is compacted', () => {
  const { db, dbPath, time } = clocked();
  db.createWorktrees(Array.from({ length: 200 }, (_, n) => worktree(n + 10)));
  const count = () => db.db.prepare('SELECT max(seq) FROM changes').pluck().get();
  const first = count();
  for (let n = 0; count() - first < 100_000; n += 1) {
    const id = `wt-${10 + (n % 200)}`;
    db.transaction(() => {
      drag(db, time, id, 25);
      db.moveWorktree(id, n % 2 ? 'zone-1' : 'zone-2', { position: { x: n } });
      db.updateWorktree(id, { status: n % 3 ? 'active' : 'done' });
      for (let run = 0; run < 8; run += 1) db.recordExecution(execution({ worktreeId: id }));
    });
    time.now += 20_000;
  }
  db.getMoves({ limit: 1 });
  const day = bytesOfLog(db);
  expect(day / 1e6).toBeLessThan(12);
  time.now += 2 * HOUR;
  db.updateWorktree('wt-1', { status: 'later' });
  expect(visualDb('vacuum', '--db', dbPath).status).toBe(0);
  expect(bytesOfLog(db) / day).toBeLessThan(0.6);
  expect(db.db.pragma('integrity_check', { simple: true })).toBe('ok');
  console.log(`a busy day: ${(day / MIB).toFixed(1)} MiB, ${(bytesOfLog(db) / MIB).toFixed(1)} MiB compacted`);
});

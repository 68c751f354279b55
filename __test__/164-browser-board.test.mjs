// The board that Studio's page keeps: whatever anybody does, what the feed makes of it is what the class says.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Board } from '../studio/src/shared/board.js';
import { open, temporaryFile } from './support/temporary.mjs';
import { elsewhere } from './support/schema.mjs';
import { changesSince } from './support/replica.mjs';

const n = fc.nat({ max: 3 });
/** What somebody may do; what is refused changes nothing. */
const STEPS = {
  createZone: (db, a, b) => db.createZone({ id: `z${a}`, name: `Zone ${b}`, position: { x: b } }),
  createWorktree: (db, a, b) => db.createWorktree({ id: `w${a}`, path: '/w', port: 3001 + b, branchName: `b${b}` }),
  move: (db, a, b) => db.moveWorktree(`w${a}`, `z${b}`, { position: { y: b } }),
  leave: (db, a) => db.removeWorktreeFromZone(`w${a}`),
  update: (db, a, b) => db.updateWorktree(`w${a}`, { status: `s${b}`, position: { x: b } }),
  resize: (db, a, b) =>
    db.updateZone(`z${a}`, { size: { width: 100 + b }, position: { y: b }, promptTemplate: `p${b}` }),
  limit: (db, a, b) => db.setWipLimit(`z${a}`, b),
  note: (db, a, b) => db.setMetadata('worktree', `w${a}`, { b }),
  archive: (db, a) => db.archiveWorktree(`w${a}`),
  restore: (db, a) => db.restoreWorktree(`w${a}`),
  deleteZone: (db, a) => db.deleteZone(`z${a}`),
  deleteWorktree: (db, a) => db.deleteWorktree(`w${a}`),
  undo: (db) => db.as({ kind: 'user', id: 'anna' }).undo({ onConflict: 'skip' }),
};
const steps = fc.array(fc.tuple(fc.constantFrom(...Object.keys(STEPS)), n, n), { minLength: 1, maxLength: 40 });

const byId = (one, other) => (one.id < other.id ? -1 : 1);

/** What is shown, in one form; what the feed doesn't tell is left out. */
const shown = ({ zones, worktrees, places }) => ({
  zones: [...zones].map(({ revision: _, ...zone }) => ({ ...zone, wipLimit: zone.wipLimit ?? null })).toSorted(byId),
  worktrees: [...worktrees]
    .map(({ revision: _1, openRuns: _2, latestRun: _3, costMicros: _4, ...worktree }) => worktree)
    .toSorted(byId),
  places: Object.fromEntries([...places].toSorted()),
});
const kept = (board) =>
  shown({ zones: board.zones.values(), worktrees: board.worktrees.values(), places: board.places });
const told = ({ zones, worktrees, assignments }) =>
  shown({ zones, worktrees, places: assignments.map(({ worktreeId, zoneId }) => [worktreeId, zoneId]) });

describe('the page’s board', () => {
  test('is what getBoard says, after any changes', () => {
    const db = open({ dbPath: temporaryFile() });
    fc.assert(
      fc.property(steps, (all) => {
        let { next, ...first } = db.getBoard({ runs: true });
        const board = new Board().read(first);
        for (const [name, a, b] of all) {
          try {
            STEPS[name](db.as({ kind: 'user', id: 'anna' }), a, b);
          } catch (error) {
            if (error.code === undefined) throw error;
          }
          const { items, next: behind } = changesSince(db, next);
          board.applyAll(items);
          next = behind;
        }
        expect(kept(board)).toEqual(told(db.getBoard()));
      }),
      { numRuns: 200 },
    );
  });

  test('also after what other programs do', () => {
    const dbPath = temporaryFile();
    const db = open({ dbPath });
    db.createZone({ id: 'z1', name: 'One' });
    db.createWorktree({ id: 'w1', path: '/w', port: 3001, branchName: 'b' });
    const { next, ...first } = db.getBoard();
    const board = new Board().read(first);
    elsewhere(
      dbPath,
      "INSERT OR REPLACE INTO worktrees (id, path, port, branch_name, created_at) VALUES ('w2', '/x', 3001, 'c', 'then'); UPDATE zones SET name = 'Two', size_width = 5; INSERT INTO worktree_zones VALUES ('w2', 'z1', 'then')",
    );
    board.applyAll(changesSince(db, next).items);
    expect(kept(board)).toEqual(told(db.getBoard()));
  });
});

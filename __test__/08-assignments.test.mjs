import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { failure, thrown } from './support/failure.mjs';
import { rows } from './support/rows.mjs';
import { furnish, worktree, zone } from './support/samples.mjs';
import { open } from './support/temporary.mjs';

beforeEach(() => vi.useFakeTimers({ now: new Date('2026-05-06T07:08:09.010Z'), toFake: ['Date'] }));
afterEach(() => vi.useRealTimers());

const ids = (worktrees) => worktrees.map(({ id }) => id);

/** A canvas with worktrees 1 to 5 and zones 1 and 2, nothing assigned. */
function canvas() {
  const db = open();
  for (const n of [1, 2]) db.createZone(zone(n));
  for (const n of [1, 2, 3, 4, 5]) db.createWorktree(worktree(n));
  return db;
}

describe('assignWorktreeToZone(worktreeId, zoneId)', () => {
  it('true; the worktree is in that zone', () => {
    const db = canvas();
    expect(db.assignWorktreeToZone('wt-1', 'zone-1')).toBe(true);
    expect(db.getWorktreeZone('wt-1')).toBe('zone-1');
    expect(db.getStats().assignments).toBe(1);
  });

  it('one zone at a time: replaces the earlier one', () => {
    const db = canvas();
    db.assignWorktreeToZone('wt-1', 'zone-1');
    expect(db.assignWorktreeToZone('wt-1', 'zone-2')).toBe(true);
    expect(db.getWorktreeZone('wt-1')).toBe('zone-2');
    expect(db.getWorktreesInZone('zone-1')).toEqual([]);
    expect(db.getStats().assignments).toBe(1);
  });

  it.each([
    ['nowhere', 'zone-1'],
    ['wt-1', 'nowhere'],
    ['nowhere', 'nowhere'],
  ])('unknown ids (%o, %o): FOREIGN KEY constraint failed', (worktreeId, zoneId) => {
    const db = canvas();
    expect(failure(() => db.assignWorktreeToZone(worktreeId, zoneId))).toEqual({
      name: 'SqliteError',
      code: 'SQLITE_CONSTRAINT_FOREIGNKEY',
      message: 'FOREIGN KEY constraint failed',
    });
    expect(db.getStats().assignments).toBe(0);
  });

  it('re-assigning to a zone that does not exist: the old assignment stays', () => {
    const db = canvas();
    db.assignWorktreeToZone('wt-1', 'zone-1');
    const before = rows(db);
    vi.advanceTimersByTime(1000);
    expect(failure(() => db.assignWorktreeToZone('wt-1', 'nowhere')).code).toBe('SQLITE_CONSTRAINT_FOREIGNKEY');
    expect(db.getWorktreeZone('wt-1')).toBe('zone-1');
    expect(rows(db)).toEqual(before);
  });

  it.each([
    [[]],
    [['wt-1']],
    [[undefined, 'zone-1']],
    [[null, 'zone-1']],
    [['wt-1', null]],
    [['', 'zone-1']],
    [['wt-1', '']],
  ])('a missing id is a TypeError: %o', (given) => {
    const db = canvas();
    expect(thrown(() => db.assignWorktreeToZone(...given))).toBeInstanceOf(TypeError);
    expect(db.getStats().assignments).toBe(0);
  });
});

describe('getWorktreeZone(worktreeId)', () => {
  it.each(['wt-2', 'nowhere', '', undefined, null])('null where there is none: %o', (id) =>
    expect(furnish(open()).getWorktreeZone(id)).toBeNull(),
  );
});

describe('removeWorktreeFromZone(worktreeId)', () => {
  it('true; the worktree is in no zone, and still there', () => {
    const db = furnish(open());
    expect(db.removeWorktreeFromZone('wt-1')).toBe(true);
    expect(db.getWorktreeZone('wt-1')).toBeNull();
    expect(db.getStats()).toEqual({ worktrees: 3, zones: 2, assignments: 0, executions: 1 });
  });

  it.each(['wt-2', 'nowhere', '', undefined, null])('true also where there was nothing to remove: %o', (id) => {
    const db = furnish(open());
    const before = rows(db);
    expect(db.removeWorktreeFromZone(id)).toBe(true);
    expect(rows(db)).toEqual(before);
  });
});

describe('getWorktreesInZone(zoneId)', () => {
  it('in order of assignment', () => {
    const db = canvas();
    for (const n of [3, 1, 5, 2]) {
      db.assignWorktreeToZone(`wt-${n}`, 'zone-1');
      vi.advanceTimersByTime(1);
    }
    db.assignWorktreeToZone('wt-4', 'zone-2');
    expect(ids(db.getWorktreesInZone('zone-1'))).toEqual(['wt-3', 'wt-1', 'wt-5', 'wt-2']);
    expect(db.getWorktreesInZone('zone-1')[0]).toStrictEqual(db.getWorktree('wt-3'));
  });

  it('of two in one millisecond in order of the calls', () => {
    const db = canvas();
    for (const n of [3, 1, 5, 2, 4]) db.assignWorktreeToZone(`wt-${n}`, 'zone-1');
    expect(ids(db.getWorktreesInZone('zone-1'))).toEqual(['wt-3', 'wt-1', 'wt-5', 'wt-2', 'wt-4']);
  });

  it('a worktree that is assigned again, even to the same zone, comes last: within a millisecond as after it', () => {
    const db = canvas();
    for (const n of [1, 2, 3]) db.assignWorktreeToZone(`wt-${n}`, 'zone-1');
    db.assignWorktreeToZone('wt-1', 'zone-1');
    expect(ids(db.getWorktreesInZone('zone-1'))).toEqual(['wt-2', 'wt-3', 'wt-1']);
    db.assignWorktreeToZone('wt-3', 'zone-2');
    db.assignWorktreeToZone('wt-3', 'zone-1');
    expect(ids(db.getWorktreesInZone('zone-1'))).toEqual(['wt-2', 'wt-1', 'wt-3']);
    vi.advanceTimersByTime(1);
    db.assignWorktreeToZone('wt-2', 'zone-1');
    expect(ids(db.getWorktreesInZone('zone-1'))).toEqual(['wt-1', 'wt-3', 'wt-2']);
  });

  it.each(['zone-2', 'nowhere', '', undefined, null])('nothing: an empty array (%o)', (id) =>
    expect(furnish(open()).getWorktreesInZone(id)).toStrictEqual([]),
  );
});

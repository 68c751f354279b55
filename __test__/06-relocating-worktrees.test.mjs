// `relocateWorktree`: what `updateWorktree` leaves as it is.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { thrown } from './support/failure.mjs';
import { worktree } from './support/samples.mjs';
import { open } from './support/temporary.mjs';

const NOW = '2026-05-06T07:08:09.010Z';
beforeEach(() => vi.useFakeTimers({ now: new Date(NOW), toFake: ['Date'] }));
afterEach(() => vi.useRealTimers());

/** A database with two worktrees, and what is stored of the first. */
function stored() {
  const db = open();
  const [before, other] = [worktree(1, { createdAt: 'then' }), worktree(2)].map((w) => db.createWorktree(w));
  return { db, before, other };
}

describe('relocateWorktree(id, location)', () => {
  it.each([
    [{ path: '/srv/other' }, { path: '/srv/other' }],
    [{ port: 4001 }, { port: 4001 }],
    [{ port: '4001' }, { port: 4001 }],
    [{ branchName: 'feature/other' }, { branchName: 'feature/other' }],
    [
      { path: '/a', port: 1, branchName: 'b' },
      { path: '/a', port: 1, branchName: 'b' },
    ],
    [{ path: '/a', port: undefined }, { path: '/a' }],
  ])('%o changes that and updatedAt, and nothing else', (location, changed) => {
    const { db, before } = stored();
    const after = { ...before, ...changed, updatedAt: NOW };
    expect(db.relocateWorktree(before.id, location)).toEqual(after);
    expect(db.getWorktree(before.id)).toEqual(after);
  });

  it('with nothing to change leaves the worktree as it is', () => {
    const { db, before } = stored();
    expect(db.relocateWorktree(before.id, {})).toEqual(before);
  });

  it.each(['nowhere', null, undefined])('of %o is an error: there is none', (id) => {
    const { db } = stored();
    const error = thrown(() => db.relocateWorktree(id, { path: '/a' }));
    expect(error).toMatchObject({ message: `Worktree not found: ${id}`, code: 'ERR_NOT_FOUND', field: 'id' });
  });

  it('refuses a port that another worktree has, and changes nothing', () => {
    const { db, before, other } = stored();
    const error = thrown(() => db.relocateWorktree(before.id, { path: '/a', port: other.port }));
    expect(error).toMatchObject({
      code: 'SQLITE_CONSTRAINT_UNIQUE',
      method: 'relocateWorktree',
      field: 'port',
      value: other.port,
    });
    expect(db.getWorktree(before.id)).toEqual(before);
  });

  it.each([
    [{ path: null }, 'relocateWorktree: path must be a string, got null'],
    [{ branchName: null }, 'relocateWorktree: branchName must be a string, got null'],
    [{ port: null }, 'relocateWorktree: port must be a non-negative integer, got null'],
  ])('refuses %o: there is no worktree without one', (location, message) => {
    const { db, before } = stored();
    expect(thrown(() => db.relocateWorktree(before.id, location))).toMatchObject({ name: 'TypeError', message });
  });

  it.each([
    [{ branch: 'b' }, /unknown key "branch" in location; the nearest known is 'branchName'/],
    [{ status: 'x' }, /"status" in location is not taken: a relocation does not change it/],
  ])('refuses %o, with and without `strict`', (location, message) => {
    const { db, before } = stored();
    const error = thrown(() => db.relocateWorktree(before.id, location));
    expect(error).toMatchObject({ code: 'ERR_UNKNOWN_KEY', message: expect.stringMatching(message) });
  });
});

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { thrown } from './support/failure.mjs';
import { rows } from './support/rows.mjs';
import { worktree } from './support/samples.mjs';
import { open } from './support/temporary.mjs';

const NOW = '2026-05-06T07:08:09.010Z';
beforeEach(() => vi.useFakeTimers({ now: new Date(NOW), toFake: ['Date'] }));
afterEach(() => vi.useRealTimers());

const GIVEN = { status: 'paused', issueUrl: 'https://i/1', taskId: 'T-1', position: { x: 1, y: 2 }, createdAt: 'then' };

/** A database with one worktree and what is stored of it. */
function stored() {
  const db = open();
  return { db, before: db.createWorktree(worktree(1, GIVEN)) };
}

describe('updateWorktree(id, changes)', () => {
  it.each([
    [{ status: 'completed' }, { status: 'completed' }],
    [{ issueUrl: 'https://i/2' }, { issueUrl: 'https://i/2' }],
    [{ taskId: 'T-2' }, { taskId: 'T-2' }],
    [{ position: { x: 10, y: 20 } }, { position: { x: 10, y: 20 } }],
    [{ position: { x: 10 } }, { position: { x: 10, y: 2 } }],
    [{ position: { y: 20 } }, { position: { x: 1, y: 20 } }],
    [{ issue_url: 'https://i/2' }, { issueUrl: 'https://i/2' }],
    [{ task_id: 'T-2' }, { taskId: 'T-2' }],
    [{ position_x: 10 }, { position: { x: 10, y: 2 } }],
    [{ position_y: 20 }, { position: { x: 1, y: 20 } }],
    [
      { status: 'completed', issueUrl: 'u', taskId: 't', position: { x: 0, y: 0 } },
      { status: 'completed', issueUrl: 'u', taskId: 't', position: { x: 0, y: 0 } },
    ],
  ])('%o: the stored Worktree, changed in this alone, updatedAt now', (changes, changed) => {
    const { db, before } = stored();
    const after = db.updateWorktree('wt-1', changes);
    expect(after).toStrictEqual({ ...before, ...changed, updatedAt: NOW });
    expect(db.getWorktree('wt-1')).toStrictEqual(after);
    expect(Object.keys(after)).toEqual(Object.keys(before));
  });

  it.each([
    [{ issueUrl: 'a', issue_url: 'b' }, { issueUrl: 'b' }],
    [{ issue_url: 'b', issueUrl: 'a' }, { issueUrl: 'a' }],
    [{ taskId: 'a', task_id: 'b' }, { taskId: 'b' }],
    [{ task_id: 'b', taskId: 'a' }, { taskId: 'a' }],
    [{ issueUrl: 'a', issue_url: null }, { issueUrl: null }],
    [{ issue_url: 'b', issueUrl: null }, { issueUrl: null }],
    [{ issueUrl: 'a', issue_url: undefined }, { issueUrl: 'a' }],
    [{ issue_url: 'b', issueUrl: undefined }, { issueUrl: 'b' }],
    [Object.create({ issue_url: 'inherited' }, { issueUrl: { value: 'own', enumerable: true } }), { issueUrl: 'own' }],
    [Object.create({ issueUrl: 'inherited' }, { issue_url: { value: 'own', enumerable: true } }), { issueUrl: 'own' }],
  ])('of two spellings the one whose key comes later wins, undefined is none: %o', (changes, changed) => {
    const { db, before } = stored();
    expect(db.updateWorktree('wt-1', changes)).toStrictEqual({ ...before, ...changed, updatedAt: NOW });
  });

  it.each([
    [
      { position: { x: 10 }, position_x: 11, position_y: 12 },
      { x: 10, y: 12 },
    ],
    [
      { position_x: 11, position_y: 12, position: { x: 10 } },
      { x: 10, y: 12 },
    ],
    [
      { position: { x: null, y: undefined }, position_x: 11, position_y: 12 },
      { x: 11, y: 12 },
    ],
    [
      { position: { x: 10, y: 20 }, position_x: null, position_y: undefined },
      { x: 10, y: 20 },
    ],
  ])('a part that position gives wins over its column: %o', (changes, position) => {
    const { db, before } = stored();
    expect(db.updateWorktree('wt-1', changes)).toStrictEqual({ ...before, position, updatedAt: NOW });
  });

  it('keeps empty text: only null clears', () => {
    const { db, before } = stored();
    const empty = { status: '', issueUrl: '', taskId: '' };
    expect(db.updateWorktree('wt-1', empty)).toStrictEqual({ ...before, ...empty, updatedAt: NOW });
  });

  it.each([
    [{}],
    [{ id: 'other', path: '/other', port: 1, branchName: 'b', branch_name: 'b', createdAt: 'x', updatedAt: 'x' }],
    [{ name: 'n', size: { width: 1 }, nonsense: Symbol('s') }],
    [{ position: {} }],
    [{ position: { z: 3 } }],
  ])('nothing to change, other keys are ignored (%o): the row as it is, updatedAt untouched', (changes) => {
    const { db, before } = stored();
    expect(db.updateWorktree('wt-1', changes)).toStrictEqual(before);
  });

  it('an earlier updatedAt stays where there is nothing to change, and moves where there is', () => {
    const { db } = stored();
    db.updateWorktree('wt-1', { status: 'a' });
    vi.setSystemTime(new Date('2026-05-06T07:08:10.000Z'));
    expect(db.updateWorktree('wt-1', {}).updatedAt).toBe(NOW);
    expect(db.updateWorktree('wt-1', { status: 'a' }).updatedAt).toBe('2026-05-06T07:08:10.000Z');
  });

  it.each(['nowhere', '', undefined, null])('null where there is none: %o', (id) => {
    const { db } = stored();
    const before = rows(db);
    expect(db.updateWorktree(id, { status: 'x' })).toBeNull();
    expect(db.updateWorktree(id, {})).toBeNull();
    expect(rows(db)).toEqual(before);
  });

  it('other worktrees stay as they are', () => {
    const { db } = stored();
    const other = db.createWorktree(worktree(2));
    db.updateWorktree('wt-1', { status: 'x', position: { x: 9 } });
    expect(db.getWorktree('wt-2')).toStrictEqual(other);
  });

  it('listWorktrees finds it under its new status only', () => {
    const { db } = stored();
    db.updateWorktree('wt-1', { status: 'done' });
    expect(db.listWorktrees({ status: 'done' })).toHaveLength(1);
    expect(db.listWorktrees({ status: 'paused' })).toEqual([]);
  });
});

describe('updateWorktree: undefined is not given, null clears', () => {
  it('undefined anywhere is not given', () => {
    const { db, before } = stored();
    const nothing = {
      status: undefined,
      issueUrl: undefined,
      taskId: undefined,
      issue_url: undefined,
      task_id: undefined,
    };
    expect(db.updateWorktree('wt-1', nothing)).toStrictEqual(before);
    const nowhere = { position: undefined, position_x: undefined, position_y: undefined };
    expect(db.updateWorktree('wt-1', nowhere)).toStrictEqual(before);
    expect(db.updateWorktree('wt-1', { position: { x: undefined, y: 7 } }).position).toEqual({ x: 1, y: 7 });
  });

  it('null clears issueUrl and taskId', () => {
    const { db, before } = stored();
    const cleared = { ...before, issueUrl: null, taskId: null, updatedAt: NOW };
    expect(db.updateWorktree('wt-1', { issueUrl: null, taskId: null })).toStrictEqual(cleared);
    db.updateWorktree('wt-1', { issueUrl: 'u', taskId: 't' });
    expect(db.updateWorktree('wt-1', { issue_url: null, task_id: null })).toStrictEqual(cleared);
  });

  it.each([{ position: null }, { position: { x: null, y: null } }, { position_x: null, position_y: null }])(
    'null position or parts are not given: %o',
    (changes) => {
      const { db, before } = stored();
      expect(db.updateWorktree('wt-1', changes)).toStrictEqual(before);
    },
  );

  it('status: null is a TypeError, and nothing of the call is done', () => {
    const { db } = stored();
    const before = rows(db);
    const error = thrown(() => db.updateWorktree('wt-1', { taskId: 'T-9', status: null }));
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toMatch(/status.*null/);
    expect(rows(db)).toEqual(before);
  });

  it.each([NaN, Infinity, -Infinity])('a position of %s is a TypeError', (number) => {
    const { db } = stored();
    const before = rows(db);
    for (const changes of [
      { position: { x: number } },
      { position: { y: number } },
      { position_x: number },
      { position_y: number },
    ]) {
      const error = thrown(() => db.updateWorktree('wt-1', { status: 'x', ...changes }));
      expect(error).toBeInstanceOf(TypeError);
      expect(error.message).toMatch(/position.*(NaN|Infinity)/);
    }
    expect(rows(db)).toEqual(before);
  });
});

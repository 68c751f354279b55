import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { failure, thrown } from './support/failure.mjs';
import { rows } from './support/rows.mjs';
import { furnish, without, worktree } from './support/samples.mjs';
import { open } from './support/temporary.mjs';

const NOW = '2026-05-06T07:08:09.010Z';
beforeEach(() => vi.useFakeTimers({ now: new Date(NOW), toFake: ['Date'] }));
afterEach(() => vi.useRealTimers());

const ids = (worktrees) => worktrees.map(({ id }) => id);

describe('createWorktree(w)', () => {
  it('returns the stored Worktree: a plain object, every key, in this order', () => {
    const stored = open().createWorktree({
      id: 'wt-feature-123',
      path: '/tmp/worktrees/feature-123',
      port: 3001,
      branchName: 'feature/user-auth',
      issueUrl: 'https://github.com/owner/repo/issues/123',
      taskId: 'TASK-123',
      status: 'paused',
      position: { x: 100, y: 200 },
      createdAt: '2026-01-02T03:04:05.006Z',
    });
    expect(JSON.stringify(stored)).toBe(
      '{"id":"wt-feature-123","path":"/tmp/worktrees/feature-123","port":3001,"branchName":"feature/user-auth",' +
        '"issueUrl":"https://github.com/owner/repo/issues/123","taskId":"TASK-123","status":"paused",' +
        '"position":{"x":100,"y":200},"createdAt":"2026-01-02T03:04:05.006Z","updatedAt":null}',
    );
    expect(Object.getPrototypeOf(stored)).toBe(Object.prototype);
    expect(Object.getPrototypeOf(stored.position)).toBe(Object.prototype);
  });

  it('an absent optional value is null, never undefined; the rest has its defaults', () => {
    expect(open().createWorktree(worktree())).toStrictEqual({
      id: 'wt-1',
      path: '/worktrees/1',
      port: 3001,
      branchName: 'feature/1',
      issueUrl: null,
      taskId: null,
      status: 'active',
      position: { x: 0, y: 0 },
      createdAt: NOW,
      updatedAt: null,
    });
  });

  it.each([undefined, null, '', 0, false, NaN])('falsy status, issueUrl, taskId (%s): active, null, null', (falsy) => {
    const given = worktree(1, { status: falsy, issueUrl: falsy, taskId: falsy });
    expect(open().createWorktree(given)).toMatchObject({ status: 'active', issueUrl: null, taskId: null });
  });

  it.each([
    [undefined, { x: 0, y: 0 }],
    [null, { x: 0, y: 0 }],
    [{}, { x: 0, y: 0 }],
    [{ x: 5 }, { x: 5, y: 0 }],
    [{ y: 5 }, { x: 0, y: 5 }],
    [
      { x: null, y: NaN },
      { x: 0, y: 0 },
    ],
    [
      { x: '', y: false },
      { x: 0, y: 0 },
    ],
  ])('missing position parts are 0: %o', (position, stored) => {
    expect(open().createWorktree(worktree(1, { position })).position).toStrictEqual(stored);
  });

  it.each([undefined, null, ''])('missing createdAt (%s) is now', (createdAt) => {
    expect(open().createWorktree(worktree(1, { createdAt })).createdAt).toBe(NOW);
  });

  it('a createdAt that is given is kept as it is, whatever text it is', () => {
    const db = open();
    for (const [n, createdAt] of ['2020-01-01', 'yesterday', ' ', '0'].entries())
      expect(db.createWorktree(worktree(n, { createdAt })).createdAt).toBe(createdAt);
  });

  it('a given updatedAt is ignored, as every key that a Worktree is not made of', () => {
    const db = open();
    expect(db.createWorktree(worktree(1, { updatedAt: NOW, name: 'x', zoneId: {} })).updatedAt).toBeNull();
  });

  it.each(['path', 'port', 'branchName'])('missing %s keeps the NOT NULL error', (field) => {
    const db = furnish(open());
    const before = rows(db);
    const column = field === 'branchName' ? 'branch_name' : field;
    const expected = {
      name: 'SqliteError',
      code: 'SQLITE_CONSTRAINT_NOTNULL',
      message: `NOT NULL constraint failed: worktrees.${column}`,
    };
    for (const given of [
      without(worktree(9), field),
      worktree(9, { [field]: null }),
      worktree(9, { [field]: undefined }),
    ])
      expect(failure(() => db.createWorktree(given))).toEqual(expected);
    expect(rows(db)).toEqual(before);
  });

  it('an empty path or branchName is text, and stored', () => {
    expect(open().createWorktree(worktree(1, { path: '', branchName: '' }))).toMatchObject({
      path: '',
      branchName: '',
    });
  });

  it('two worktrees on one port: UNIQUE constraint failed', () => {
    const db = furnish(open());
    const before = rows(db);
    expect(failure(() => db.createWorktree(worktree(9, { port: 3001 })))).toEqual({
      name: 'SqliteError',
      code: 'SQLITE_CONSTRAINT_UNIQUE',
      message: 'UNIQUE constraint failed: worktrees.port',
    });
    expect(rows(db)).toEqual(before);
  });

  it('two worktrees of one id: SQLITE_CONSTRAINT_PRIMARYKEY', () => {
    const db = furnish(open());
    const before = rows(db);
    expect(failure(() => db.createWorktree(worktree(9, { id: 'wt-1' })))).toEqual({
      name: 'SqliteError',
      code: 'SQLITE_CONSTRAINT_PRIMARYKEY',
      message: 'UNIQUE constraint failed: worktrees.id',
    });
    expect(rows(db)).toEqual(before);
  });

  it('takes instances of a class, getters, and objects without a prototype', () => {
    const db = open();
    class Made {
      id = 'made';
      path = '/made';
      branchName = 'made';
      get port() {
        return 4000;
      }
    }
    expect(db.createWorktree(new Made())).toMatchObject({ id: 'made', port: 4000 });
    expect(db.createWorktree(Object.assign(Object.create(null), worktree())).id).toBe('wt-1');
    expect(db.createWorktree(Object.freeze(worktree(2))).id).toBe('wt-2');
  });
});

describe('getWorktree(id)', () => {
  it('the Worktree as createWorktree returned it, a new object each time', () => {
    const db = open();
    const stored = db.createWorktree(worktree(1, { position: { x: 1.5, y: -2 } }));
    expect(db.getWorktree('wt-1')).toStrictEqual(stored);
    expect(db.getWorktree('wt-1')).not.toBe(db.getWorktree('wt-1'));
  });

  it.each(['nowhere', '', 'WT-1', 'wt-1 ', undefined, null])('%o finds nothing: null', (id) => {
    expect(furnish(open()).getWorktree(id)).toBeNull();
  });
});

describe('listWorktrees({ status }?)', () => {
  it('newest createdAt first, equal ones in order of insertion', () => {
    const db = open();
    for (const [n, createdAt] of ['b', 'c', 'a', 'c', 'b', 'c'].entries())
      db.createWorktree(worktree(n, { createdAt }));
    expect(ids(db.listWorktrees())).toEqual(['wt-1', 'wt-3', 'wt-5', 'wt-0', 'wt-4', 'wt-2']);
  });

  it('of one status: the same order', () => {
    const db = open();
    for (const [n, createdAt] of ['a', 'b', 'b', 'c', 'a'].entries())
      db.createWorktree(worktree(n, { createdAt, status: n === 3 ? 'done' : 'active' }));
    expect(ids(db.listWorktrees({ status: 'active' }))).toEqual(['wt-1', 'wt-2', 'wt-0', 'wt-4']);
    expect(ids(db.listWorktrees({ status: 'done' }))).toEqual(['wt-3']);
    expect(db.listWorktrees({ status: 'unheard of' })).toEqual([]);
  });

  it.each([
    [undefined],
    [{}],
    [{ status: undefined }],
    [{ status: null }],
    [{ status: '' }],
    [{ status: 0 }],
    [{ limit: 1 }],
  ])('a falsy or missing status means all: %o', (filter) =>
    expect(furnish(open()).listWorktrees(filter)).toHaveLength(3),
  );

  it('no argument means all; every item is what getWorktree returns', () => {
    const db = furnish(open());
    expect(db.listWorktrees()).toStrictEqual(['wt-1', 'wt-2', 'wt-3'].map((id) => db.getWorktree(id)));
    expect(open().listWorktrees()).toStrictEqual([]);
  });

  it('a thousand and one worktrees come back complete and in order', () => {
    const db = open();
    db.transaction(() => {
      for (let n = 0; n <= 1000; n++) db.createWorktree(worktree(n, { createdAt: String(9999 - n) }));
    });
    expect(ids(db.listWorktrees())).toEqual(Array.from({ length: 1001 }, (_, n) => `wt-${n}`));
  });
});

describe('deleteWorktree(id)', () => {
  it('true; its assignment and executions go with it', () => {
    const db = furnish(open());
    expect(db.deleteWorktree('wt-1')).toBe(true);
    expect(db.getWorktree('wt-1')).toBeNull();
    expect(db.getStats()).toEqual({ worktrees: 2, zones: 2, assignments: 0, executions: 0 });
    expect(db.getExecutionStats().total).toBe(0);
  });

  it.each(['nowhere', '', undefined, null])('%o: an Error, Worktree not found', (id) => {
    const db = furnish(open());
    const before = rows(db);
    const error = thrown(() => db.deleteWorktree(id));
    expect(error.constructor).toBe(Error);
    expect(error.message).toBe(`Worktree not found: ${id}`);
    expect(rows(db)).toEqual(before);
  });

  it('the id and port are free again', () => {
    const db = furnish(open());
    db.deleteWorktree('wt-1');
    expect(db.createWorktree(worktree(1)).id).toBe('wt-1');
  });
});

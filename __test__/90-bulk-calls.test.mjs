// Many at once: what a loop over the single calls would do, as one transaction, at one moment.
// Long because it is read as a specification: each rule of bulk calls is a test.
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { failure, thrown } from './support/failure.mjs';
import { readBack, rows } from './support/rows.mjs';
import { execution, furnish, without, worktree } from './support/samples.mjs';
import { withoutExecutionIds } from './support/steps.mjs';
import { inTransaction, sql } from './support/sql.mjs';
import { inFiles, open, place } from './support/temporary.mjs';

const NOW = new Date('2026-05-06T07:08:09.010Z').getTime();
let calls;
// A clock that is a millisecond on whenever it is asked, so that who asks twice is seen.
beforeEach(() => {
  calls = 0;
  vi.spyOn(Date, 'now').mockImplementation(() => NOW + calls++);
});
afterEach(() => vi.restoreAllMocks());

/** The numbers from 0 to `length`, as `make` makes something of each. */
const numbered = (length, make) => Array.from({ length }, (_, n) => make(n));

/** A file or a database in memory with zones and so many worktrees. */
function board(worktrees = 3, config = {}) {
  const db = furnish(open(config));
  db.transaction(() => {
    for (let n = 4; n <= worktrees; n++) db.createWorktree(worktree(n));
  });
  return db;
}

/** Each bulk call: what it is given for the n-th element, what is refused there, and the single call that does the same. */
const BULK = {
  createWorktrees: {
    argument: 'worktrees',
    make: (n) => worktree(10_000 + n, { position: { x: n }, taskId: `T-${n}` }),
    refused: () => worktree(1, { id: 'other' }),
    error: {
      name: 'SqliteError',
      code: 'SQLITE_CONSTRAINT_UNIQUE',
      message: 'UNIQUE constraint failed: worktrees.port',
    },
    call: (db, list) => db.createWorktrees(list),
    single: (db, item) => db.createWorktree(item),
    answer: (list, singles) => singles,
  },
  assignWorktreesToZone: {
    argument: 'worktreeIds',
    make: (n) => `wt-${n + 1}`,
    refused: () => 'nowhere',
    error: {
      name: 'SqliteError',
      code: 'SQLITE_CONSTRAINT_FOREIGNKEY',
      message: 'FOREIGN KEY constraint failed',
    },
    call: (db, list) => db.assignWorktreesToZone(list, 'zone-2'),
    single: (db, item) => db.assignWorktreeToZone(item, 'zone-2'),
    answer: () => true,
  },
  recordExecutions: {
    argument: 'executions',
    make: (n) => execution({ prompt: `p ${n}`, success: n % 3, result: n % 2 ? [n] : undefined }),
    refused: () => execution({ zoneId: 'nowhere' }),
    error: {
      name: 'SqliteError',
      code: 'SQLITE_CONSTRAINT_FOREIGNKEY',
      message: 'FOREIGN KEY constraint failed',
    },
    call: (db, list) => db.recordExecutions(list),
    single: (db, item) => db.recordExecution(item),
    answer: (list, singles) => singles,
  },
};

const FRAMES = [0, 1, 499, 500, 501, 1200];

describe.each(Object.entries(BULK))('%s', (method, { argument, make, refused, error, call, single, answer }) => {
  it.each(FRAMES)('%i of them: answers and stores what so many single calls do', (length) => {
    vi.spyOn(Date, 'now').mockReturnValue(NOW);
    const [one, other] = [board(length), board(length)];
    const list = numbered(length, make);
    const answered = call(one, list);
    const singles = other.transaction(() => list.map((item) => single(other, item)));
    expect(withoutExecutionIds(answered)).toStrictEqual(withoutExecutionIds(answer(list, singles)));
    expect(withoutExecutionIds(rows(one))).toStrictEqual(withoutExecutionIds(rows(other)));
    expect(withoutExecutionIds(readBack(one))).toStrictEqual(withoutExecutionIds(readBack(other)));
  });

  it.each([0, 1, 498, 499, 500, 501, 999, 1000, 1199])(
    'all or nothing: where element %i is refused, the error says so and nothing is done',
    (index) => {
      const db = board(1200);
      const before = rows(db);
      const list = numbered(1200, make);
      list[index] = refused();
      const refusal = thrown(() => call(db, list));
      expect(refusal.index).toBe(index);
      expect(failure(() => call(db, list))).toEqual({ ...error, message: `${argument}[${index}]: ${error.message}` });
      expect(rows(db)).toEqual(before);
      expect(inTransaction(db)).toBe(false);
    },
  );

  it('the first that is refused counts, and the next call is not told of it', () => {
    const db = board();
    expect(thrown(() => call(db, [make(0), refused(), make(1), refused()])).index).toBe(1);
    expect(thrown(() => call(db, [refused()])).index).toBe(0);
    call(db, [make(0), make(1)]);
  });

  it.each([
    ['undefined', undefined],
    ['null', null],
    ['a number', 5],
    ['a symbol', Symbol('s')],
    ['a boolean', true],
  ])('an element that is %s is a TypeError that says which, and nothing is done', (_, element) => {
    const db = board(1200);
    const before = rows(db);
    for (const index of [0, 2, 600]) {
      const list = numbered(700, make);
      list[index] = element;
      const refusal = thrown(() => call(db, list));
      expect(refusal).toBeInstanceOf(TypeError);
      expect(refusal.index).toBe(index);
      expect(refusal.message).toContain(`${argument}[${index}]`);
      expect(refusal.message).toContain(method);
    }
    expect(rows(db)).toEqual(before);
  });

  it('a hole is undefined, and refused at its place', () => {
    const db = board();
    const before = rows(db);
    // oxlint-disable-next-line no-sparse-arrays
    const refusal = thrown(() => call(db, [make(0), , make(1)]));
    expect(refusal).toBeInstanceOf(TypeError);
    expect(refusal.index).toBe(1);
    expect(refusal.message).toMatch(/\[1\].*undefined/);
    expect(thrown(() => call(db, [make(0), make(1), ...Array(3)])).index).toBe(2);
    const long = [make(0)];
    long.length = 2 ** 32 - 1;
    expect(thrown(() => call(db, long)).index).toBe(1);
    expect(rows(db)).toEqual(before);
  });

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['an array-like object', { length: 1, 0: 'wt-1' }],
    ['a Set', new Set(['wt-1'])],
    ['an iterator', ['wt-1'].values()],
    ['text', 'wt-1'],
    ['a typed array', new Uint8Array(1)],
    ['a function', () => []],
    [
      'arguments',
      (function list() {
        return arguments; // oxlint-disable-line prefer-rest-params
      })('wt-1'),
    ],
  ])('%s is no array: a TypeError that names the argument', (_, list) => {
    const db = board();
    const refusal = thrown(() => call(db, list));
    expect(refusal).toBeInstanceOf(TypeError);
    expect(refusal.message).toMatch(new RegExp(`^${method}: ${argument} must be an array, got `));
    expect(refusal).not.toHaveProperty('index');
  });

  it('takes arrays of any kind: frozen, another realm’s, a Proxy, of a class that iterates otherwise', () => {
    class Liar extends Array {
      *[Symbol.iterator]() {
        yield* [refused(), refused()];
      }
      forEach() {}
      map() {
        return [];
      }
    }
    const list = numbered(3, make);
    const stored = withoutExecutionIds(rows(taken(list)));
    for (const other of [
      Object.freeze([...list]),
      runInNewContext('(list) => Array.from(list)')(list),
      new Proxy(list, {}),
      Liar.from(list),
    ])
      expect(withoutExecutionIds(rows(taken(other)))).toStrictEqual(stored);
  });

  /** The database after a call at a fixed moment. */
  function taken(list) {
    vi.spyOn(Date, 'now').mockReturnValue(NOW);
    const db = board();
    call(db, list);
    return db;
  }

  it('is one moment: the clock is asked once', () => {
    const db = board(1200);
    calls = 0;
    call(db, numbered(1200, make));
    expect(calls).toBe(1);
  });

  it('a clock that throws: its own value arrives, nothing is done, and the next call is one like any other', () => {
    const value = {};
    const at = place();
    const db = furnish(open(at));
    const broken = open({
      ...at,
      clock: () => {
        throw value;
      },
    });
    const before = rows(db);
    expect(thrown(() => call(broken, numbered(3, make)))).toBe(value);
    expect(broken.listZones()).toHaveLength(db.listZones().length);
    expect(rows(db)).toEqual(before);
  });

  it('in a transaction it is a savepoint: its failure undoes it alone', () => {
    const db = board();
    db.transaction(() => {
      db.updateWorktree('wt-3', { status: 'before' });
      expect(thrown(() => call(db, [make(0), refused()])).index).toBe(1);
      call(db, [make(1)]);
      db.updateWorktree('wt-3', { taskId: 'after' });
    });
    const alone = board();
    call(alone, [make(1)]);
    expect(db.getStats()).toEqual(alone.getStats());
    expect(db.getWorktree('wt-3')).toMatchObject({ status: 'before', taskId: 'after' });
  });

  it.runIf(inFiles)('in a transaction that fails it is undone with it', () => {
    const db = board();
    const before = rows(db);
    const mine = new Error('mine');
    const body = () => {
      call(db, [make(0), make(1)]);
      throw mine;
    };
    expect(thrown(() => db.transaction(body))).toBe(mine);
    expect(thrown(() => db.db.transaction(body)())).toBe(mine);
    db.db.exec('BEGIN');
    call(db, [make(0)]);
    db.db.exec('ROLLBACK');
    expect(rows(db)).toEqual(before);
  });

  it('elements that are read by a getter: each once, before anything is done', () => {
    const db = board();
    const before = rows(db);
    const list = [];
    const asked = [];
    for (const n of [0, 1, 2]) {
      Object.defineProperty(list, n, {
        enumerable: true,
        get() {
          asked.push(n);
          expect(rows(db)).toEqual(before);
          return make(n);
        },
      });
    }
    call(db, list);
    expect(asked).toEqual([0, 1, 2]);
    expect(rows(db)).not.toEqual(before);
  });

  it('a getter that throws: its own value arrives, and nothing is done', () => {
    const db = board();
    const before = rows(db);
    for (const value of [new Error('mine'), Object.freeze(new Error('mine')), 5, undefined, null, Symbol('mine')]) {
      const list = [make(0)];
      Object.defineProperty(list, 1, {
        get() {
          throw value;
        },
      });
      let caught;
      try {
        call(db, list);
      } catch (error_) {
        caught = { error: error_ };
      }
      expect(caught).toEqual({ error: value });
      expect(caught.error).toBe(value);
    }
    expect(rows(db)).toEqual(before);
  });

  it.runIf(method !== 'assignWorktreesToZone')('so does the value that a field’s getter throws', () => {
    const db = board();
    const before = rows(db);
    for (const value of [new Error('mine'), 5]) {
      const element = Object.defineProperty({ ...make(1) }, 'worktreeId' in make(1) ? 'prompt' : 'path', {
        get() {
          throw value;
        },
      });
      let caught;
      try {
        call(db, [make(0), element]);
      } catch (error_) {
        caught = error_;
      }
      expect(caught).toBe(value);
    }
    expect(rows(db)).toEqual(before);
  });

  it('a getter that changes the array meanwhile: as many as there were at first', () => {
    const db = board();
    const list = [make(0), make(1)];
    Object.defineProperty(list, 0, {
      get() {
        list.push(refused());
        return make(0);
      },
    });
    call(db, list);
    const shrinking = [0, make(2), make(2)];
    Object.defineProperty(shrinking, 0, {
      get() {
        shrinking.length = 1;
        return make(2);
      },
    });
    expect(thrown(() => call(db, shrinking)).index).toBe(1);
  });

  it('a getter that closes the database: a TypeError, and nothing is done', () => {
    const at = place();
    const db = board(3, at);
    const before = rows(db);
    const list = [make(0)];
    Object.defineProperty(list, 1, { get: () => (db.close(), make(1)) });
    expect(failure(() => call(db, list))).toMatchObject({
      name: 'TypeError',
      message: 'The database connection is not open',
    });
    expect(rows(open(at))).toEqual(before);
  });

  it('a Proxy whose traps throw: their own value arrives', () => {
    const db = board();
    const before = rows(db);
    const mine = new Error('mine');
    const list = new Proxy([make(0)], {
      get() {
        throw mine;
      },
    });
    expect(thrown(() => call(db, list))).toBe(mine);
    const { proxy, revoke } = Proxy.revocable([make(0)], {});
    revoke();
    expect(thrown(() => call(db, proxy))).toBeInstanceOf(TypeError);
    expect(rows(db)).toEqual(before);
  });

  it('on a read-only connection: SQLITE_READONLY, unless there is nothing to do', () => {
    const at = place();
    board(3, at).close();
    const db = open({ ...at, readonly: true });
    const before = rows(db);
    expect(failure(() => call(db, [make(0), make(1)]))).toEqual({
      name: 'SqliteError',
      code: 'SQLITE_READONLY',
      message: `${argument}[0]: attempt to write a readonly database`,
    });
    expect(call(db, [])).toEqual(answer([], []));
    expect(rows(db)).toEqual(before);
  });

  it('while another connection holds the lock: SQLITE_BUSY, of no element', () => {
    const at = place();
    const db = board(3, { ...at, timeout: 0 });
    const before = rows(db);
    open(at).transaction(() => {
      const refusal = thrown(() => call(db, [make(0)]));
      expect(refusal).toMatchObject({ code: 'SQLITE_BUSY', message: 'database is locked' });
      expect(refusal).not.toHaveProperty('index');
    });
    expect(rows(db)).toEqual(before);
    call(db, [make(0)]);
  });

  it('on a closed database: a TypeError', () => {
    const db = board();
    db.close();
    for (const list of [[make(0)], []])
      expect(failure(() => call(db, list))).toMatchObject({
        name: 'TypeError',
        message: 'The database connection is not open',
      });
  });

  it('answers that were kept from before are not given again', () => {
    const at = place();
    const [db, other] = [board(3, at), open(at)];
    for (const reader of [db, other, db, other, db, other]) expect(readBack(reader)).toStrictEqual(readBack(reader));
    const before = readBack(db);
    call(db, [make(0), make(1)]);
    const fresh = open({ ...at, cacheSize: 0 });
    expect(readBack(db)).toStrictEqual(readBack(fresh));
    expect(readBack(other)).toStrictEqual(readBack(fresh));
    expect(readBack(db)).not.toStrictEqual(before);
    expect(thrown(() => call(db, [make(2), refused()])).index).toBe(1);
    expect(readBack(db)).toStrictEqual(readBack(fresh));
  });

  it.runIf(inFiles)('a board that was kept from before is not given again', () => {
    const at = place();
    const [db, other] = [board(3, at), open(at)];
    for (const reader of [db, other, db, other]) expect(reader.getBoard()).toStrictEqual(reader.getBoard());
    call(db, [make(0), make(1)]);
    expect(other.getBoard()).toStrictEqual(open({ ...at, cacheSize: 0 }).getBoard());
  });

  it.runIf(inFiles)('runs within an iteration of a statement as little as a single call does', () => {
    const db = board();
    const message = 'This database connection is busy executing a query';
    for (const _ of db.db.prepare('SELECT 1 UNION SELECT 2').iterate())
      expect(failure(() => call(db, [make(0)]))).toMatchObject({ name: 'TypeError', message });
    call(db, [make(0)]);
  });
});

describe('createWorktrees', () => {
  it.each(FRAMES)('%i of them have one createdAt, and are listed in the order in which they were given', (length) => {
    const db = open();
    const created = db.createWorktrees(numbered(length, worktree));
    expect(new Set(created.map(({ createdAt }) => createdAt)).size).toBe(Math.min(length, 1));
    expect(db.listWorktrees()).toStrictEqual(created);
    expect(created.map(({ id }) => id)).toEqual(numbered(length, (n) => `wt-${n}`));
  });

  it('a createdAt that is given is kept', () => {
    const created = open().createWorktrees([worktree(1, { createdAt: 'then' }), worktree(2)]);
    expect(created.map(({ createdAt }) => createdAt)).toEqual(['then', new Date(NOW + calls - 1).toISOString()]);
  });

  it('long and wide text comes back whole from every frame', () => {
    const db = open();
    const texts = ['plain', 'ü', '😀', 'a\0b', '\ud800', 'x'.repeat(5000), '漢'.repeat(5000), ''];
    const list = numbered(1100, (n) => worktree(n, { path: texts[n % texts.length], issueUrl: texts[(n * 7) % 8] }));
    const created = db.createWorktrees(list);
    expect(created.map(({ path }) => path)).toEqual(list.map(({ path }) => path.toWellFormed()));
    expect(created.map(({ issueUrl }) => issueUrl)).toEqual(list.map((w) => w.issueUrl.toWellFormed() || null));
    expect(db.listWorktrees()).toStrictEqual(created);
  });

  it('gives objects of the caller’s own', () => {
    const db = open();
    const created = db.createWorktrees([worktree(1), worktree(2)]);
    const before = db.listWorktrees();
    for (const one of created) [one.status, one.position.x] = ['changed', 99];
    expect(db.listWorktrees()).toStrictEqual(before);
  });

  it('of two that clash with each other the second is refused', () => {
    const db = open();
    expect(thrown(() => db.createWorktrees([worktree(1), worktree(2), worktree(1)])).index).toBe(2);
    expect(thrown(() => db.createWorktrees([worktree(1), worktree(2, { port: 3001 })])).index).toBe(1);
    expect(db.getStats().worktrees).toBe(0);
  });

  it.each([
    ['id', { id: '' }, TypeError],
    ['port', { port: 1.5 }, RangeError],
    ['status', { status: {} }, TypeError],
    ['position', { position: 5 }, TypeError],
    ['position.x', { position: { x: 'left' } }, TypeError],
  ])('a wrong %s: the single call’s error, with the index', (field, given, Class) => {
    const db = open();
    const refusal = thrown(() => db.createWorktrees([worktree(1), worktree(2, given)]));
    expect(refusal).toBeInstanceOf(Class);
    expect(refusal.index).toBe(1);
    expect(refusal.message).toContain('worktrees[1]');
    expect(refusal.message).toContain('createWorktrees');
    expect(refusal.message).toContain(field);
    expect(db.listWorktrees()).toEqual([]);
  });

  it('a missing field keeps the NOT NULL error', () => {
    expect(failure(() => open().createWorktrees([worktree(1), without(worktree(2), 'branchName')]))).toEqual({
      name: 'SqliteError',
      code: 'SQLITE_CONSTRAINT_NOTNULL',
      message: 'worktrees[1]: NOT NULL constraint failed: worktrees.branch_name',
    });
  });

  it('each field of an element is read once, in one order, before anything is stored', () => {
    const db = open();
    const read = [];
    const watched = (n) =>
      new Proxy(worktree(n, { position: { x: n } }), {
        get: (target, key) => {
          read.push(`${n} ${String(key)}`);
          expect(db.getStats().worktrees).toBe(0);
          return target[key];
        },
      });
    db.createWorktrees([watched(1), watched(2)]);
    const fields = 'position id path port branchName issueUrl taskId status createdAt'.split(' ');
    expect(read).toEqual([1, 2].flatMap((n) => fields.map((field) => `${n} ${field}`)));
  });
});

describe('assignWorktreesToZone', () => {
  it('out of the zones that they were in, in the order given, as often as given', () => {
    const db = board(5);
    expect(db.assignWorktreesToZone(['wt-3', 'wt-1', 'wt-2', 'wt-3'], 'zone-2')).toBe(true);
    expect(db.getWorktreesInZone('zone-1')).toEqual([]);
    expect(db.getWorktreesInZone('zone-2').map(({ id }) => id)).toEqual(['wt-1', 'wt-2', 'wt-3']);
  });

  it('1,200 stay in their order', () => {
    const db = board(1200);
    const ids = numbered(1200, (n) => `wt-${1200 - n}`);
    db.assignWorktreesToZone(ids, 'zone-2');
    expect(db.getWorktreesInZone('zone-2').map(({ id }) => id)).toEqual(ids);
    const at = sql(db).prepare('SELECT DISTINCT assigned_at FROM worktree_zones').pluck().all();
    expect(at).toHaveLength(1);
  });

  it('a zone that is not there, or is no id: refused at the first, and all stay where they were', () => {
    const db = board();
    for (const zoneId of ['nowhere', undefined, 5]) {
      expect(thrown(() => db.assignWorktreesToZone(['wt-1', 'wt-2'], zoneId)).index).toBe(0);
      expect(db.getWorktreeZone('wt-1')).toBe('zone-1');
      expect(db.getWorktreeZone('wt-2')).toBeNull();
    }
  });
});

describe('recordExecutions', () => {
  it('gives the ids in order, all different; of one moment the later given is the newer', () => {
    const db = board();
    const ids = db.recordExecutions(numbered(1200, (n) => execution({ zoneId: 'zone-2', prompt: `p ${n}` })));
    expect(new Set(ids).size).toBe(1200);
    const history = db.getExecutionHistory('zone-2', -1);
    expect(history.map(({ id }) => id)).toEqual(ids.toReversed());
    expect(history.map(({ prompt }) => prompt)).toEqual(numbered(1200, (n) => `p ${1199 - n}`));
    expect(new Set(history.map(({ executedAt }) => executedAt)).size).toBe(1);
  });

  it('are counted like single ones, past the fold of the counts', () => {
    const db = board();
    db.recordExecutions(numbered(20_000, (n) => execution({ agentType: `a${n % 3}`, success: n % 4 })));
    expect(db.getExecutionStats()).toEqual({
      total: 20_001,
      successful: 15_000,
      failed: 5001,
      uniqueAgents: 4,
      successRate: (15_000 / 20_001) * 100,
    });
    const counted = sql(db).prepare('SELECT count(*) FROM zone_executions').pluck().get();
    expect(db.getStats().executions).toBe(counted);
  });

  const cycle = [];
  cycle.push(cycle);
  it.each([
    ['a cycle', cycle],
    ['a BigInt', { count: 1n }],
    ['a function', () => {}],
  ])('a result that is no JSON (%s): a TypeError with the index, nothing is done', (_, result) => {
    const db = board();
    const before = rows(db);
    const refusal = thrown(() => db.recordExecutions([execution(), execution({ result })]));
    expect(refusal).toBeInstanceOf(TypeError);
    expect(refusal.index).toBe(1);
    expect(rows(db)).toEqual(before);
  });

  it('what a toJSON throws arrives as it is', () => {
    const mine = new Error('mine');
    const result = {
      toJSON() {
        throw mine;
      },
    };
    expect(thrown(() => board().recordExecutions([execution({ result })]))).toBe(mine);
  });

  it('text of several MiB is stored, one byte over 64 MiB refused with the index', () => {
    const db = board();
    const prompt = 'ü'.repeat(1024 * 1024);
    const ids = db.recordExecutions(numbered(3, () => execution({ prompt, result: { prompt } })));
    for (const id of ids) expect(db.getExecution(id)).toMatchObject({ prompt, result: { prompt } });
    const before = db.getStats();
    const large = 'p'.repeat(64 * 1024 * 1024 + 1);
    const refusal = thrown(() => db.recordExecutions([execution(), execution(), execution({ prompt: large })]));
    expect(refusal).toBeInstanceOf(RangeError);
    expect(refusal.index).toBe(2);
    expect(refusal.message.length).toBeLessThan(500);
    expect(db.getStats()).toEqual(before);
  });
});

describe('an error says the method, the element and its field, in one form', () => {
  const NO_PORT = 'must be a non-negative integer, got the string "abc"';
  const NO_ID = 'must be a non-empty string, got the number 7';
  it.each([
    [
      'that the addon refuses',
      `createWorktrees: worktrees[1].port ${NO_PORT}`,
      (db) => db.createWorktrees([worktree(8), worktree(9, { port: 'abc' })]),
    ],
    [
      'of a group',
      'createWorktrees: worktrees[0].position.x must be a finite number, got the string "left"',
      (db) => db.createWorktrees([worktree(9, { position: { x: 'left' } })]),
    ],
    [
      'that JavaScript refuses',
      'createWorktrees: worktrees[1].position must be an object, got the number 5',
      (db) => db.createWorktrees([worktree(8), worktree(9, { position: 5 })]),
    ],
    [
      'of an execution',
      `recordExecutions: executions[1].zoneId ${NO_ID}`,
      (db) => db.recordExecutions([execution(), execution({ zoneId: 7 })]),
    ],
    [
      'that is no JSON',
      'recordExecutions: executions[1].result must be a JSON value, got a function',
      (db) => db.recordExecutions([execution(), execution({ result: () => {} })]),
    ],
    [
      'that is the element itself',
      `assignWorktreesToZone: worktreeIds[1] ${NO_ID}`,
      (db) => db.assignWorktreesToZone(['wt-1', 7], 'zone-1'),
    ],
    ['that is of no element', `assignWorktreesToZone: zoneId ${NO_ID}`, (db) => db.assignWorktreesToZone(['wt-1'], 7)],
    [
      'of an object that is none',
      'createWorktrees: worktrees[1] must be an object, got the number 5',
      (db) => db.createWorktrees([worktree(8), 5]),
    ],
    [
      'that SQLite refuses, in its words',
      'worktrees[1]: UNIQUE constraint failed: worktrees.port',
      (db) => db.createWorktrees([worktree(8), worktree(9, { port: 3008 })]),
    ],
  ])('about a value %s', (_, message, call) => {
    const error = thrown(() => call(board()));
    expect(error.message).toBe(message);
    // What Node prints of an error that nobody catches.
    expect(error.stack.split('\n')[0]).toBe(`${error.name}: ${message}`);
  });
});

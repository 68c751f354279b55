// Arguments that act while they are read: they may throw, lie, or use and close the very database they are given to.
import { describe, expect, it } from 'vitest';
import { getting } from './support/acting.mjs';
import { thrown } from './support/failure.mjs';
import { rows } from './support/rows.mjs';
import { execution, furnish, worktree, zone } from './support/samples.mjs';
import { inTransaction } from './support/sql.mjs';
import { inFiles, open, place } from './support/temporary.mjs';
import { VisualDatabase } from './support/visual_database.mjs';

const comparable = (db) => rows(db).worktrees.map(({ id, path, status }) => [id, path, status]);
const asked = () => {
  throw new Error('asked');
};

const TAKERS = {
  createWorktree: [worktree(9), 'path', (db, given) => db.createWorktree(given)],
  updateWorktree: [{ taskId: 'x' }, 'status', (db, given) => db.updateWorktree('wt-1', given)],
  createWorktrees: [worktree(9), 'path', (db, given) => db.createWorktrees([worktree(8), given])],
  relocateWorktree: [{ path: '/elsewhere' }, 'branchName', (db, given) => db.relocateWorktree('wt-1', given)],
  createZone: [zone(9), 'name', (db, given) => db.createZone(given)],
  updateZone: [{ description: 'x' }, 'name', (db, given) => db.updateZone('zone-1', given)],
  recordExecution: [execution(), 'prompt', (db, given) => db.recordExecution(given)],
  recordExecutions: [execution(), 'prompt', (db, given) => db.recordExecutions([execution(), given])],
  listWorktrees: [{}, 'status', (db, given) => db.listWorktrees(given)],
  getExecutionStats: [{}, 'zoneId', (db, given) => db.getExecutionStats(given)],
};

describe.each(Object.entries(TAKERS))('%s', (_, [given, key, call]) => {
  it('a getter that throws: its own value arrives, and nothing is done', () => {
    const db = furnish(open());
    const before = rows(db);
    for (const value of [new Error('mine'), 5, undefined, Symbol('mine')]) {
      let caught;
      try {
        call(
          db,
          getting(given, key, () => {
            throw value;
          }),
        );
      } catch (error) {
        caught = { error };
      }
      expect(caught.error).toBe(value);
      expect(rows(db)).toEqual(before);
    }
  });

  it('a Proxy whose traps throw: the same', () => {
    const db = furnish(open());
    const before = rows(db);
    const mine = new Error('mine');
    const refuse = () => {
      throw mine;
    };
    const proxy = new Proxy(given, {
      get: refuse,
      has: refuse,
      ownKeys: refuse,
      getOwnPropertyDescriptor: refuse,
      getPrototypeOf: refuse,
    });
    expect(thrown(() => call(db, proxy))).toBe(mine);
    expect(rows(db)).toEqual(before);
  });

  it('a revoked Proxy is a TypeError', () => {
    const db = furnish(open());
    const before = rows(db);
    const { proxy, revoke } = Proxy.revocable(given, {});
    revoke();
    expect(thrown(() => call(db, proxy))).toBeInstanceOf(TypeError);
    expect(rows(db)).toEqual(before);
  });

  it('a Proxy that hands everything on is as its target', () => {
    const [one, two] = [furnish(open()), furnish(open())];
    call(one, given);
    call(two, new Proxy(given, {}));
    expect(comparable(two)).toEqual(comparable(one));
  });

  it('a getter that uses the database meanwhile', () => {
    const db = furnish(open());
    call(
      db,
      getting(given, key, () => {
        db.createWorktree(worktree(50));
        db.transaction(() => db.recordExecution(execution()));
        return db.listWorktrees().length > 3 ? 'text' : 'none';
      }),
    );
    expect(db.getWorktree('wt-50').id).toBe('wt-50');
    expect(inTransaction(db)).toBe(false);
  });

  it('a getter that closes the database: a TypeError, nothing of the call is done, no crash', () => {
    const at = place();
    const db = furnish(open(at));
    const before = rows(db);
    const error = thrown(() =>
      call(
        db,
        getting(given, key, () => (db.close(), 'text')),
      ),
    );
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toBe('The database connection is not open');
    expect(rows(open(at))).toEqual(before);
  });

  it('a getter that runs out of stack is a RangeError of the engine', () => {
    const db = furnish(open());
    const before = rows(db);
    const hostile = getting(given, key, () => call(db, hostile));
    expect(thrown(() => call(db, hostile))).toBeInstanceOf(RangeError);
    expect(rows(db)).toEqual(before);
    expect(db.getStats().worktrees).toBe(3);
  });
});

describe('JSON values that act', () => {
  const STORES = [
    (db, value) => db.createZone(zone(9, { agents: value })),
    (db, value) => db.updateZone('zone-1', { actions: value }),
    (db, value) => db.recordExecution(execution({ result: value })),
  ];

  it.each(STORES)('toJSON that throws: its own error, nothing done (%#)', (store) => {
    const db = furnish(open());
    const before = rows(db);
    const mine = new Error('mine');
    expect(
      thrown(() =>
        store(db, {
          toJSON: () => {
            throw mine;
          },
        }),
      ),
    ).toBe(mine);
    expect(rows(db)).toEqual(before);
  });

  it.each(STORES)('toJSON that closes the database (%#)', (store) => {
    const db = furnish(open());
    expect(thrown(() => store(db, { toJSON: () => db.close() ?? 1 })).message).toBe(
      'The database connection is not open',
    );
  });

  it.runIf(inFiles).each(STORES)(
    'toJSON that deletes what is written to (%#): an answer or an error, no crash',
    (store) => {
      const db = furnish(open());
      const hostile = { toJSON: () => (db.deleteZone('zone-1'), db.deleteWorktree('wt-1'), 1) };
      try {
        store(db, hostile);
      } catch (error) {
        expect(error).toBeInstanceOf(Error);
      }
      expect(db.getZone('zone-1')).toBeNull();
      expect(db.db.pragma('foreign_key_check')).toEqual([]);
    },
  );

  // V8 of Node 26 writes and reads JSON without recursion; before that its depth is limited by the stack.
  const UNLIMITED = Number(process.versions.node.split('.')[0]) >= 26;

  it.each(STORES)('nesting beyond the stack is a RangeError of an engine that knows this limit (%#)', (store) => {
    const db = furnish(open());
    const before = rows(db);
    let deep = [];
    for (let n = 0; n < 200_000; n++) deep = [deep];
    if (UNLIMITED) {
      store(db, deep);
      expect(JSON.stringify(rows(db)).includes(JSON.stringify(deep))).toBe(true);
    } else {
      expect(thrown(() => store(db, deep))).toBeInstanceOf(RangeError);
      expect(rows(db)).toEqual(before);
    }
  });
});

describe('values that lie', () => {
  it('a port that is another one each time it is read is read once', () => {
    const db = furnish(open());
    let reads = 0;
    const lying = getting(worktree(9), 'port', () => (reads++ ? 'abc' : 4000));
    expect(db.createWorktree(lying).port).toBe(4000);
    expect(reads).toBe(1);
  });

  it.runIf(inFiles)('toString, valueOf and Symbol.toPrimitive are never asked', () => {
    const db = furnish(open());
    const value = { toString: asked, valueOf: asked, [Symbol.toPrimitive]: asked };
    for (const call of [
      () => db.createWorktree(worktree(9, { path: value })),
      () => db.createWorktree(worktree(9, { port: value })),
      () => db.createWorktree(worktree(9, { position: { x: value } })),
      () => db.getWorktree(value),
      () => db.getExecutionHistory('zone-1', value),
      () => db.transaction(value),
      () => new VisualDatabase({ dbPath: value }),
    ])
      expect(thrown(call)).toBeInstanceOf(TypeError);
  });

  it('a polluted Object.prototype changes nothing of what comes back', () => {
    const db = furnish(open());
    const before = JSON.stringify(db.getWorktree('wt-1'));
    // oxlint-disable-next-line no-extend-native
    Object.defineProperty(Object.prototype, 'status', { set: () => {}, get: () => 'polluted', configurable: true });
    try {
      expect(JSON.stringify(db.getWorktree('wt-1'))).toBe(before);
    } finally {
      delete Object.prototype.status;
    }
  });
});

describe('callbacks that act', () => {
  it.runIf(inFiles)('a logger that uses and closes the database', () => {
    const logger = { info: (message) => message.includes('created') && db.close(), error: () => db.getStats() };
    const db = open({ logger });
    try {
      db.createWorktree(worktree());
    } catch (error) {
      expect(error).toBeInstanceOf(TypeError);
    }
    expect(db.db.open).toBe(false);
  });

  it('transactions nested until the stack ends: a RangeError of the engine, and everything is undone', () => {
    const db = furnish(open());
    const before = rows(db);
    const deeper = () => db.transaction(deeper);
    const fail = () => db.transaction(() => (db.createWorktree(worktree(9)), deeper()));
    expect(thrown(fail)).toBeInstanceOf(RangeError);
    expect(inTransaction(db)).toBe(false);
    expect(rows(db)).toEqual(before);
  });
});

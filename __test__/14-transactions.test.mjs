import { afterEach, describe, expect, it, vi } from 'vitest';
import { startScript } from './support/child.mjs';
import { failure, thrown } from './support/failure.mjs';
import { readBack, rows } from './support/rows.mjs';
import { execution, furnish, worktree, zone } from './support/samples.mjs';
import { inTransaction } from './support/sql.mjs';
import { inFiles, open, place, temporaryFile } from './support/temporary.mjs';

vi.setConfig({ testTimeout: 60_000 });

afterEach(() => vi.useRealTimers());

const raise = (value) => {
  throw value;
};

const ids = (db) =>
  db
    .listWorktrees()
    .map(({ id }) => id)
    .toSorted();

describe('transaction(fn)', () => {
  it('returns what fn returned, whatever it is', () => {
    const db = open();
    const object = {};
    for (const value of [undefined, null, 0, '', object, [1], Symbol.iterator])
      expect(db.transaction(() => value)).toBe(value);
  });

  it('all of fn', () => {
    const db = open();
    db.transaction(() => {
      db.createZone(zone());
      const { id } = db.createWorktree(worktree());
      db.assignWorktreeToZone(id, 'zone-1');
      db.recordExecution(execution());
    });
    expect(db.getStats()).toEqual({ worktrees: 1, zones: 1, assignments: 1, executions: 1 });
    expect(inTransaction(db)).toBe(false);
  });

  it('or nothing of it: a failure in the middle undoes every kind of call', () => {
    const db = furnish(open());
    const [before, read] = [rows(db), readBack(db)];
    const { message } = thrown(() =>
      db.transaction(() => {
        db.createWorktree(worktree(9));
        db.updateWorktree('wt-1', { status: 'x' });
        db.assignWorktreeToZone('wt-1', 'zone-2');
        db.deleteWorktree('wt-2');
        db.createZone(zone(9));
        db.updateZone('zone-1', { name: 'x' });
        db.recordExecution(execution());
        db.deleteZone('zone-2');
        db.createWorktree(worktree(8, { port: 3001 }));
      }),
    );
    expect(message).toBe('UNIQUE constraint failed: worktrees.port');
    expect(rows(db)).toEqual(before);
    expect(readBack(db)).toEqual(read);
    expect(inTransaction(db)).toBe(false);
  });

  it('its own reads see its writes; inTransaction is true inside', () => {
    const db = open();
    db.transaction(() => {
      expect(inTransaction(db)).toBe(true);
      db.createWorktree(worktree());
      expect(db.getWorktree('wt-1').id).toBe('wt-1');
      expect(db.listWorktrees()).toHaveLength(1);
    });
  });

  it.each([
    ['5', 5],
    ['undefined', undefined],
    ['null', null],
    ['text', 'boom'],
    ['a symbol', Symbol('boom')],
    ['an object', { boom: true }],
    ['an error', new Error('boom')],
    ['a frozen error', Object.freeze(new RangeError('boom'))],
  ])('a throw rolls back and the very same value is thrown on: %s', (_, value) => {
    const db = open();
    let caught;
    try {
      db.transaction(() => {
        db.createWorktree(worktree());
        throw value;
      });
    } catch (error) {
      caught = { error };
    }
    expect(caught.error).toBe(value);
    expect(db.getStats().worktrees).toBe(0);
  });

  it('a failure caught inside fn is none: the rest is committed', () => {
    const db = furnish(open());
    db.transaction(() => {
      db.createWorktree(worktree(8));
      expect(thrown(() => db.createWorktree(worktree(9, { port: 3001 }))).code).toBe('SQLITE_CONSTRAINT_UNIQUE');
      expect(thrown(() => db.createWorktree({ id: 7 }))).toBeInstanceOf(TypeError);
      db.createWorktree(worktree(9));
    });
    expect(db.getStats().worktrees).toBe(5);
  });

  it('a second one follows, after a commit as after a rollback', () => {
    const db = open();
    db.transaction(() => db.createWorktree(worktree(1)));
    thrown(() => db.transaction(() => raise(db.createWorktree(worktree(2)))));
    db.transaction(() => db.createWorktree(worktree(3)));
    expect(ids(db)).toEqual(['wt-1', 'wt-3']);
  });
});

describe('nested calls are savepoints', () => {
  it('its failure undoes it alone if the caller catches', () => {
    const db = open();
    db.transaction(() => {
      db.createWorktree(worktree(1));
      thrown(() =>
        db.transaction(() => {
          db.createWorktree(worktree(2));
          throw new Error('inner');
        }),
      );
      expect(db.getStats().worktrees).toBe(1);
      db.transaction(() => db.createWorktree(worktree(3)));
    });
    expect(ids(db)).toEqual(['wt-1', 'wt-3']);
  });

  it('uncaught, it undoes all, and the value arrives outside', () => {
    const db = open();
    const value = { boom: true };
    const nested = () => db.transaction(() => db.transaction(() => raise(value) ?? db.createWorktree(worktree(2))));
    expect(thrown(() => db.transaction(() => nested(db.createWorktree(worktree(1)))))).toBe(value);
    expect(db.getStats().worktrees).toBe(0);
  });

  it('the outer failure undoes what the inner one had finished', () => {
    const db = open();
    thrown(() =>
      db.transaction(() => {
        expect(db.transaction(() => db.createWorktree(worktree(1)).id)).toBe('wt-1');
        throw new Error('outer');
      }),
    );
    expect(db.getStats().worktrees).toBe(0);
  });

  it('a hundred deep', () => {
    const db = open();
    const nest = (depth) => db.transaction(() => (db.createWorktree(worktree(depth)), depth && nest(depth - 1)));
    nest(100);
    expect(db.getStats().worktrees).toBe(101);
  });
});

describe('what fn may not be or return', () => {
  it.each([
    ['an async function', async () => 1],
    ['a function that returns a promise', () => Promise.resolve(1)],
    ['a promise that fails', () => Promise.reject(new Error('late')).catch(() => {})],
  ])('a promise as the result rolls back: %s', (_, fn) => {
    const db = open();
    const error = thrown(() => db.transaction(() => (db.createWorktree(worktree()), fn())));
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toBe('Transaction function cannot return a promise');
    expect(db.getStats().worktrees).toBe(0);
    expect(inTransaction(db)).toBe(false);
  });

  it('a promise of a nested call undoes the nested call', () => {
    const db = open();
    db.transaction(() => {
      db.createWorktree(worktree(1));
      thrown(() => db.transaction(async () => db.createWorktree(worktree(2))));
    });
    expect(db.getStats().worktrees).toBe(1);
  });

  it.each([[undefined], [null], [5], ['fn'], [{}], [[]], [true], [Symbol('fn')], [Promise.resolve()]])(
    'a non-function: %o',
    (fn) => {
      const error = thrown(() => open().transaction(fn));
      expect(error).toBeInstanceOf(TypeError);
      expect(error.message).toBe('Expected first argument to be a function');
    },
  );
});

describe('the write lock', () => {
  it('is taken at the start, so nobody writes between a read and a write of fn', () => {
    const at = place();
    const [db, other] = [furnish(open(at)), open({ ...at, timeout: 0 })];
    db.transaction(() => {
      expect(db.getStats().worktrees).toBe(3);
      expect(failure(() => other.createWorktree(worktree(9))).code).toBe('SQLITE_BUSY');
      expect(other.getStats().worktrees).toBe(3);
      db.createWorktree(worktree(9));
    });
    expect(other.getWorktree('wt-9').id).toBe('wt-9');
  });

  it('is waited for at the start: fn is not called before it is there', () => {
    const at = place();
    const [db, other] = [open({ ...at, timeout: 0 }), open(at)];
    const fn = vi.fn();
    other.transaction(() => expect(failure(() => db.transaction(fn)).code).toBe('SQLITE_BUSY'));
    expect(fn).not.toHaveBeenCalled();
    db.transaction(fn);
    expect(fn).toHaveBeenCalledOnce();
  });

  it.runIf(inFiles)('counters incremented from three processes at once end at the sum', async () => {
    const dbPath = temporaryFile();
    const db = open({ dbPath });
    db.createWorktree(worktree(1, { taskId: '0' }));
    const count = `
      const db = new VisualDatabase({ dbPath, timeout: 30000 });
      for (let n = 0; n < 100; n++)
        db.transaction(() => db.updateWorktree('wt-1', { taskId: String(Number(db.getWorktree('wt-1').taskId) + 1) }));
      db.close();`;
    const ended = await Promise.all([1, 2, 3].map(() => startScript(count, { dbPath }).ended));
    expect(ended.map(({ code, stderr }) => ({ code, stderr }))).toEqual([1, 2, 3].map(() => ({ code: 0, stderr: '' })));
    expect(db.getWorktree('wt-1').taskId).toBe('300');
  });

  it('on a read-only connection it is a plain deferred one, beside a writer', () => {
    const at = place();
    const [writer, reader] = [furnish(open(at)), open({ ...at, readonly: true, timeout: 0 })];
    writer.transaction(() => {
      writer.createWorktree(worktree(9));
      expect(reader.transaction(() => reader.getStats().worktrees)).toBe(3);
    });
    expect(reader.transaction(() => reader.getStats().worktrees)).toBe(4);
  });

  it('a read-only transaction sees one state of the file from its first read to its end', () => {
    const at = place();
    const [writer, reader] = [furnish(open(at)), open({ ...at, readonly: true })];
    reader.transaction(() => {
      expect(reader.getStats().worktrees).toBe(3);
      writer.createWorktree(worktree(9));
      expect(reader.getStats().worktrees).toBe(3);
    });
    expect(reader.getStats().worktrees).toBe(4);
  });
});

describe.runIf(inFiles)('inside a transaction that the caller began through db.db it is a savepoint', () => {
  it('a failure undoes fn alone', () => {
    const db = open();
    db.db.exec('BEGIN');
    db.createWorktree(worktree(1));
    thrown(() => db.transaction(() => raise(db.createWorktree(worktree(2)))));
    db.transaction(() => db.createWorktree(worktree(3)));
    expect(db.db.inTransaction).toBe(true);
    db.db.exec('COMMIT');
    expect(ids(db)).toEqual(['wt-1', 'wt-3']);
  });

  it("the caller's rollback undoes what it had finished", () => {
    const db = open();
    db.db.exec('BEGIN');
    db.transaction(() => db.createWorktree(worktree(1)));
    db.db.exec('ROLLBACK');
    expect(db.getStats().worktrees).toBe(0);
  });

  it('fn that ends the transaction itself and throws: what it threw arrives', () => {
    const db = open();
    const error = thrown(() =>
      db.transaction(() => {
        db.createWorktree(worktree(1));
        db.db.exec('ROLLBACK');
        throw new Error('mine');
      }),
    );
    expect(error.message).toBe('mine');
    expect(db.db.inTransaction).toBe(false);
    expect(db.createWorktree(worktree(1)).id).toBe('wt-1');
  });
});

// `undo` and `redo`: what somebody did to the canvas is taken back, and done again, whichever process asks.
// Long because it is read as a specification: each rule of undo is a test.
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { board } from './support/runs.mjs';
import { worktree } from './support/samples.mjs';
import { sql } from './support/sql.mjs';
import { inFiles, open, place, temporaryFile } from './support/temporary.mjs';
import { WRITERS } from './support/writers.mjs';

vi.setConfig({ testTimeout: 120_000 });

const ANNA = { kind: 'user', id: 'anna' };
const BOB = { kind: 'user', id: 'bob' };

/** The board, without where it is in the feed. */
const shown = (db) => {
  const { next, ...all } = db.getBoard();
  return all;
};

function two() {
  const at = place();
  const db = board(at);
  return { db, dbPath: at.dbPath, anna: db.as(ANNA), bob: open(at).as(BOB) };
}

/** The error that a call throws. */
function thrown(call) {
  try {
    call();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

/** What can be undone, one of each. */
const CHANGES = {
  'a move into a zone': (anna) => anna.moveWorktree('wt-1', 'zone-1', { position: { x: 7, y: 0.1 + 0.2 } }),
  'a move within a zone': (anna) => anna.moveWorktree('wt-1', null, { position: { x: 7 } }),
  'several moves': (anna) =>
    anna.moveWorktrees([
      { worktreeId: 'wt-1', zoneId: 'zone-2' },
      { worktreeId: 'wt-2', zoneId: 'zone-2' },
    ]),
  'an assignment': (anna) => anna.assignWorktreeToZone('wt-1', 'zone-2'),
  'an assignment to the zone that it is in': (anna) => anna.assignWorktreeToZone('wt-3', 'zone-1'),
  'leaving a zone': (anna) => anna.removeWorktreeFromZone('wt-3'),
  'an update of a worktree': (anna) =>
    anna.updateWorktree('wt-1', { status: 'done', taskId: 'ü\0😀', position: { x: -0.5 } }),
  'an update of a zone': (anna) =>
    anna.updateZone('zone-1', { agents: [{ type: 'a' }], size: { width: 9 }, description: null }),
  'a relocation': (anna) => anna.relocateWorktree('wt-1', { port: 3999, branchName: 'other', path: '/other' }),
  'metadata of a worktree': (anna) => anna.setMetadata('worktree', 'wt-1', { a: { b: [1] } }),
  'metadata of a zone that had some': (anna) => anna.setMetadata('zone', 'zone-2', { old: null, new: true }),
  archiving: (anna) => anna.archiveWorktree('wt-3', { reason: 'merged' }),
  'coming back from the archive': (anna) => anna.restoreWorktree('wt-old'),
};

/** A board on which each of them has something to change. */
function furnished() {
  const { db, ...rest } = two();
  db.assignWorktreeToZone('wt-3', 'zone-1');
  db.assignWorktreeToZone('wt-2', 'zone-1');
  db.setMetadata('zone', 'zone-2', { old: 1 });
  db.createWorktree(worktree(8, { id: 'wt-old' }));
  db.archiveWorktree('wt-old');
  return { db, ...rest };
}

describe('undo() and redo()', () => {
  it.each(Object.entries(CHANGES))('take back %s, and do it again', (_, change) => {
    const { db, anna } = furnished();
    const before = shown(db);
    change(anna);
    const after = shown(db);
    expect(after).not.toEqual(before);
    for (let time = 0; time < 3; time += 1) {
      expect(anna.undo()).not.toEqual([]);
      expect(shown(db)).toEqual(before);
      expect(anna.undo()).toBeNull();
      expect(anna.redo()).not.toEqual([]);
      expect(shown(db)).toEqual(after);
      expect(anna.redo()).toBeNull();
    }
  });

  it('give the changes that were made, as the feed tells them, and who made them', () => {
    const { db, anna } = two();
    anna.moveWorktree('wt-1', 'zone-1', { position: { x: 7 } });
    const { next } = db.getBoard();
    const undone = anna.undo();
    expect(undone).toMatchObject([
      { entity: 'worktree', id: 'wt-1', op: 'update', by: ANNA, fields: { position: { x: expect.any(Number) } } },
      { entity: 'assignment', id: 'wt-1', op: 'delete', by: ANNA },
    ]);
    // Within a transaction of a server they have numbers of their own.
    const numbered = inFiles ? (change) => change : ({ seq: _, ...change }) => change;
    expect(db.getChanges({ after: next }).items.map(numbered)).toEqual(undone.map(numbered));
    expect(db.getMoves().items[0]).toMatchObject({ from: 'zone-1', to: null, by: ANNA });
  });

  it.runIf(inFiles)('take back to an infinite number that another program wrote', () => {
    const { db, anna } = two();
    db.db.exec("UPDATE worktrees SET position_x = 9e999, position_y = -9e999 WHERE id = 'wt-1'");
    anna.updateWorktree('wt-1', { position: { x: 1, y: 2 } });
    anna.undo();
    expect(db.getWorktree('wt-1').position).toEqual({ x: Infinity, y: -Infinity });
  });

  it('take back what that actor did last, not what others did since, from whichever process', () => {
    const { db, anna, bob } = two();
    anna.updateWorktree('wt-1', { status: 'anna' });
    bob.updateWorktree('wt-2', { status: 'bob' });
    db.updateWorktree('wt-3', { status: 'nobody' });
    expect(bob.undo({ by: ANNA })).toMatchObject([{ id: 'wt-1', by: BOB }]);
    expect(
      db
        .listWorktrees()
        .map(({ status }) => status)
        .toSorted(),
    ).toEqual(['active', 'bob', 'nobody']);
    expect(db.redo({ by: ANNA })).toMatchObject([{ id: 'wt-1', by: ANNA }]);
    expect(bob.undo()).toMatchObject([{ id: 'wt-2' }]);
    expect(bob.undo()).toBeNull();
  });

  it.each([
    ['a change of it', (anna) => anna.updateWorktree('wt-1', { status: 'same' }), 'undo'],
    [
      'archiving it',
      (anna) => {
        anna.archiveWorktree('wt-1');
        anna.undo();
      },
      'redo',
    ],
    [
      'bringing it back',
      (anna) => {
        anna.archiveWorktree('wt-1');
        anna.restoreWorktree('wt-1');
      },
      'undo',
    ],
  ])('mean the worktree, not another one that has its id since: %s', (_, change, method) => {
    const { db, anna } = two();
    change(anna);
    db.deleteWorktree('wt-1');
    const other = db.createWorktree(worktree(1, { status: 'same', createdAt: '2026-02-03T04:05:06.007Z' }));
    const error = thrown(() => anna[method]());
    expect(error).toMatchObject({ code: 'ERR_CONFLICT', method, current: { createdAt: other.createdAt } });
    expect(db.listWorktrees()).toContainEqual(other);
    expect(db.listArchived().items).toEqual([]);
  });

  it('say which worktree is in the way of one that comes back from the archive', () => {
    const { db, anna } = two();
    anna.archiveWorktree('wt-1');
    const other = db.createWorktree(worktree(1));
    expect(thrown(() => anna.undo())).toMatchObject({ code: 'ERR_CONFLICT', method: 'undo', current: other });
  });

  it.runIf(inFiles).each([':memory:', 'a file'])(
    'take back one by one what was done in transactions that SQL began and ended: %s',
    (where) => {
      const db = board({ dbPath: where === 'a file' ? temporaryFile() : where });
      const anna = db.as(ANNA);
      for (const status of ['one', 'two']) {
        db.db.exec('BEGIN');
        anna.updateWorktree('wt-1', { status });
        anna.updateWorktree('wt-2', { status });
        db.db.exec('COMMIT');
      }
      const statuses = () => ['wt-1', 'wt-2'].map((id) => db.getWorktree(id).status);
      anna.undo();
      expect(statuses()).toEqual(['one', 'one']);
      anna.undo();
      expect(statuses()).toEqual(['active', 'active']);
    },
  );

  it.runIf(inFiles)('take back together what fits no memory, as one', () => {
    const db = board({ dbPath: temporaryFile() });
    const anna = db.as(ANNA);
    db.createWorktrees(Array.from({ length: 4000 }, (_, n) => worktree(n + 10)));
    db.db.pragma('cache_size = 50');
    anna.moveWorktrees(
      Array.from({ length: 4000 }, (_, n) => ({
        worktreeId: `wt-${n + 10}`,
        zoneId: 'zone-1',
        position: { x: n + 1 },
      })),
    );
    expect(anna.undo()).toHaveLength(8000);
    expect(db.getBoard().assignments).toEqual([]);
    expect(anna.undo()).toBeNull();
  });

  it.runIf(inFiles)('tell why it failed where that has rolled back everything', () => {
    const { db, anna } = two();
    anna.moveWorktree('wt-1', 'zone-1', { position: { x: 5 } });
    const after = shown(db);
    db.db.exec("CREATE TRIGGER no BEFORE DELETE ON worktree_zones BEGIN SELECT RAISE(ROLLBACK, 'somebody minds'); END");
    expect(() => anna.undo()).toThrow('somebody minds');
    expect(shown(db)).toEqual(after);
    db.db.exec('DROP TRIGGER no');
    expect(anna.undo()).not.toBeNull();
  });

  it('remember as long as the log does, where a clock has gone back', () => {
    let now = Date.now() + 1e10;
    const db = board({ clock: () => now });
    const anna = db.as(ANNA);
    now -= 1e11;
    anna.updateWorktree('wt-1', { status: 'old' });
    if (inFiles) sql(db).exec('UPDATE changes SET stamp = stamp WHERE seq = (SELECT max(seq) FROM changes)');
    else sql(db).exec('SELECT number_changes(); SELECT cut_changes(max(last)) FROM changes_batches');
    expect(anna.undo()).toHaveLength(1);
  });

  it('take back together what was done in one transaction', () => {
    const { db, anna } = two();
    const before = shown(db);
    anna.transaction(() => {
      anna.updateWorktree('wt-1', { status: 'a' });
      anna.updateWorktree('wt-1', { status: 'b' });
      anna.moveWorktree('wt-1', 'zone-1');
      anna.setMetadata('worktree', 'wt-1', { n: 1 });
    });
    anna.updateWorktree('wt-2', { status: 'later' });
    anna.undo();
    anna.undo();
    expect(shown(db)).toEqual(before);
    anna.redo();
    expect(db.getWorktree('wt-1').status).toBe('b');
    expect(db.getWorktree('wt-2').status).toBe('active');
  });

  it('are no target of undo themselves; a new change is not done again', () => {
    const { db, anna } = two();
    anna.updateWorktree('wt-1', { status: 'one' });
    anna.updateWorktree('wt-1', { status: 'two' });
    anna.undo();
    anna.undo();
    expect(anna.undo()).toBeNull();
    anna.redo();
    anna.updateWorktree('wt-2', { status: 'new' });
    expect(anna.redo()).toBeNull();
    anna.undo();
    anna.undo();
    expect(db.listWorktrees().map(({ status }) => status)).toEqual(['active', 'active', 'active']);
  });

  it('leave what is made and deleted as it is, and what changes nothing', () => {
    const { anna } = two();
    anna.createWorktree(worktree(9));
    anna.deleteWorktree('wt-9');
    anna.setMetadata('worktree', 'wt-1', {});
    anna.moveWorktree('wt-1', null);
    expect(anna.undo()).toBeNull();
  });

  it('of what is rolled back remember nothing', () => {
    const { anna } = two();
    expect(() =>
      anna.transaction(() => {
        anna.updateWorktree('wt-1', { status: 'one' });
        throw new Error('no');
      }),
    ).toThrow('no');
    expect(() => anna.setMetadata('worktree', 'wt-1', 5)).toThrow(TypeError);
    expect(anna.undo()).toBeNull();
  });
});

describe('where others have changed the same since, undo()', () => {
  it('is ERR_CONFLICT with what is there now, and changes nothing', () => {
    const { db, anna, bob } = two();
    anna.updateWorktree('wt-1', { status: 'anna', position: { x: 5 } });
    bob.updateWorktree('wt-1', { status: 'bob' });
    const before = shown(db);
    const error = thrown(() => anna.undo());
    expect(error).toMatchObject({ code: 'ERR_CONFLICT', method: 'undo', current: db.getWorktree('wt-1') });
    expect(error.message).toContain('status of worktree wt-1');
    expect(shown(db)).toEqual(before);
  });

  it.runIf(inFiles).each(Object.entries(WRITERS))(
    'is the same where %s has, and what it wrote elsewhere stays',
    (_, write) => {
      const { db, dbPath, anna } = two();
      anna.updateWorktree('wt-1', { status: 'anna', taskId: 'T-1' });
      anna.updateWorktree('wt-2', { status: 'anna' });
      write(dbPath, "UPDATE worktrees SET position_x = 5; UPDATE worktrees SET status = 'theirs' WHERE id = 'wt-1'");
      expect(anna.undo()).toMatchObject([{ id: 'wt-2', by: ANNA, fields: { status: 'active' } }]);
      expect(thrown(() => anna.undo())).toMatchObject({ code: 'ERR_CONFLICT', current: db.getWorktree('wt-1') });
      expect(db.getWorktree('wt-1')).toMatchObject({ status: 'theirs', taskId: 'T-1', position: { x: 5 } });
      expect(db.getWorktree('wt-2')).toMatchObject({ status: 'active', position: { x: 5 } });
      expect(anna.redo()).toMatchObject([{ id: 'wt-2' }]);
    },
  );

  it('passes over it where that is wanted, and takes back what was before', () => {
    const { db, anna, bob } = two();
    anna.updateWorktree('wt-2', { status: 'first' });
    anna.updateWorktree('wt-1', { status: 'anna' });
    bob.updateWorktree('wt-1', { status: 'bob' });
    expect(anna.undo({ onConflict: 'skip' })).toMatchObject([{ id: 'wt-2' }]);
    expect(anna.undo({ onConflict: 'skip' })).toBeNull();
    expect(db.getWorktree('wt-1').status).toBe('bob');
  });

  it('keeps what they changed beside it', () => {
    const { db, anna, bob } = two();
    anna.updateWorktree('wt-1', { position: { x: 5 } });
    bob.updateWorktree('wt-1', { status: 'bob' });
    anna.undo();
    expect(db.getWorktree('wt-1')).toMatchObject({ status: 'bob', position: { x: expect.not.stringMatching('5') } });
  });

  it.each([
    ['the worktree is gone', (db) => db.deleteWorktree('wt-1')],
    ['the zone it was in is gone', (db) => db.deleteZone('zone-1')],
    ['its port is another’s', (db) => db.relocateWorktree('wt-2', { port: 3001 })],
    ['it is archived', (db) => db.archiveWorktree('wt-1')],
  ])('is ERR_CONFLICT where %s', (_, meanwhile) => {
    const { db, anna } = two();
    db.assignWorktreeToZone('wt-1', 'zone-1');
    db.relocateWorktree('wt-1', { port: 3001 });
    anna.transaction(() => {
      anna.moveWorktree('wt-1', 'zone-2');
      anna.relocateWorktree('wt-1', { port: 3050 });
    });
    meanwhile(db);
    expect(thrown(() => anna.undo()).code).toBe('ERR_CONFLICT');
    expect(anna.undo({ onConflict: 'skip' })).toBeNull();
  });

  it.each([
    ['another worktree has the id', (db) => db.createWorktree(worktree(20, { id: 'wt-1' }))],
    ['it was restored', (db) => db.restoreWorktree('wt-1')],
  ])('of archiving is ERR_CONFLICT where %s', (_, meanwhile) => {
    const { db, anna } = two();
    anna.archiveWorktree('wt-1');
    meanwhile(db);
    expect(thrown(() => anna.undo()).code).toBe('ERR_CONFLICT');
  });
});

describe('a call that names nobody, or says it wrongly', () => {
  it.each([
    ['nobody is named', undefined, 'ERR_INVALID_ARG_VALUE', 'by'],
    ['an actor without an id', { by: { kind: 'user' } }, 'ERR_INVALID_ARG_TYPE', 'id'],
    ['an unknown key', { byy: ANNA }, undefined, undefined],
    ['a conflict to be settled otherwise', { by: ANNA, onConflict: 'force' }, 'ERR_INVALID_ARG_VALUE', 'onConflict'],
  ])('%s is a TypeError', (_, given, code, field) => {
    const db = board();
    for (const method of ['undo', 'redo']) {
      const error = thrown(() => db[method](given));
      expect(error).toBeInstanceOf(TypeError);
      expect(error.method).toBe(method);
      if (code) expect(error).toMatchObject({ code, field });
    }
  });
});

const anyChange = fc.oneof(
  fc.tuple(
    fc.constant('updateWorktree'),
    fc.constantFrom('wt-1', 'wt-2'),
    fc.record({ status: fc.constantFrom('a', 'b') }),
  ),
  fc.tuple(
    fc.constant('updateZone'),
    fc.constantFrom('zone-1', 'zone-2'),
    fc.record({ name: fc.constantFrom('A', 'B') }),
  ),
  fc.tuple(
    fc.constant('moveWorktree'),
    fc.constantFrom('wt-1', 'wt-2', 'wt-3'),
    fc.constantFrom('zone-1', 'zone-2', null),
  ),
  fc.tuple(
    fc.constant('assignWorktreeToZone'),
    fc.constantFrom('wt-1', 'wt-2', 'wt-3'),
    fc.constantFrom('zone-1', 'zone-2'),
  ),
  fc.tuple(
    fc.constant('setMetadata'),
    fc.constant('worktree'),
    fc.constantFrom('wt-1', 'wt-2'),
    fc.record({ n: fc.nat(2) }),
  ),
  fc.tuple(fc.constant('archiveWorktree'), fc.constantFrom('wt-1', 'wt-3')),
  fc.tuple(fc.constant('restoreWorktree'), fc.constantFrom('wt-1', 'wt-3')),
);

it('undoing everything is the board of the beginning, and doing it again that of the end', () => {
  const attempt = (db, [method, ...given]) => {
    try {
      db[method](...given);
    } catch (error) {
      expect(error.code).toMatch(/^(ERR_NOT_FOUND|ERR_CONFLICT|SQLITE_CONSTRAINT_FOREIGNKEY)$/);
    }
  };
  fc.assert(
    fc.property(fc.array(fc.array(anyChange, { minLength: 1, maxLength: 3 }), { maxLength: 12 }), (groups) => {
      const db = board();
      const anna = db.as(ANNA);
      const before = shown(db);
      for (const group of groups) {
        if (group.length === 1) attempt(anna, group[0]);
        else anna.transaction(() => group.forEach((change) => attempt(anna, change)));
      }
      const after = shown(db);
      while (anna.undo() !== null);
      expect(shown(db)).toEqual(before);
      while (anna.redo() !== null);
      expect(shown(db)).toEqual(after);
      db.close();
    }),
    { numRuns: inFiles ? 200 : 30, endOnFailure: true },
  );
});

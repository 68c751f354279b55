// `getBoard({ at })`: the board as it was, whoever has changed it since, in whatever way.
// Long because it is read as a specification: each rule of the board of a time is a test.
import { copyFileSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { board } from './support/runs.mjs';
import { anyHistory } from './support/histories.mjs';
import { describeWriters } from './support/history_writers.mjs';
import { worktree } from './support/samples.mjs';
import { sql } from './support/sql.mjs';
import { inFiles, open, temporaryFile } from './support/temporary.mjs';
import { Database } from './support/visual_database.mjs';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const START = Date.parse('2030-01-01T12:00:00.000Z');

/** A board whose clock is the test's: `tick` sets it on, and gives the time before. */
function clocked(options) {
  let now = START;
  const db = board({ clock: () => now, ...options });
  const tick = (ms = 1000) => {
    now += ms;
    return new Date(now - ms);
  };
  return { db, tick };
}

/** The time of the last change, which boards go by. */
const latest = (db) => sql(db).prepare('SELECT max(at) FROM changes').pluck().get();

/** Keeps a board now, as is done each 8,192 rows. */
const keep = (db) => sql(db).exec(readFileSync(new URL('../schema/keep_board.sql', import.meta.url), 'utf8'));

const kept = (db) => sql(db).prepare('SELECT count(*) FROM boards').pluck().get();

describe('getBoard({ at })', () => {
  it('is the board of then: worktrees, zones with their templates, assignments, metadata, limits, revisions', () => {
    const { db, tick } = clocked();
    const changes = [
      () => db.setMetadata('worktree', 'wt-1', { note: 'ü' }),
      () => db.setWipLimit('zone-1', 3),
      () => db.updateZone('zone-1', { promptTemplate: 'Fix {{ worktree.branch }}', agents: [{ type: 'a' }] }),
      () => db.moveWorktree('wt-1', 'zone-1', { position: { x: 0.1 + 0.2, y: -7 } }),
      () => db.updateWorktree('wt-1', { status: 'done', taskId: '😀' }),
      () => db.setMetadata('worktree', 'wt-1', { note: null }),
      () => db.deleteZone('zone-1'),
      () => db.createWorktree(worktree(9)),
      () => db.moveWorktree('wt-2', 'zone-2'),
      () => db.setMetadata('worktree', 'wt-2', { kept: true }),
      ...(inFiles ? [() => db.archiveWorktree('wt-2'), () => db.restoreWorktree('wt-2')] : []),
      () => db.deleteWorktree('wt-1'),
    ];
    const then = changes.map((change) => {
      change();
      return [tick(), db.getBoard()];
    });
    for (const [at, was] of then) expect(db.getBoard({ at })).toStrictEqual(was);
    for (const [at, was] of then) expect(db.getBoard({ at: at.toISOString() })).toStrictEqual(was);
  });

  it('between two changes is that after the first, and after the last that of now', () => {
    const { db, tick } = clocked();
    db.updateWorktree('wt-1', { status: 'one' });
    const at = tick();
    const was = db.getBoard();
    db.updateWorktree('wt-1', { status: 'two' });
    expect(db.getBoard({ at: new Date(at.getTime() + 999) })).toStrictEqual(was);
    expect(db.getBoard({ at: new Date(START + 1e9) })).toStrictEqual(db.getBoard());
    expect(db.getBoard({ at: null })).toStrictEqual(db.getBoard());
  });

  it('never is one in the middle of a transaction', async () => {
    const db = board();
    db.updateWorktree('wt-1', { status: 'before' });
    const before = db.getBoard();
    const from = Date.now();
    while (Date.now() === from);
    db.transaction(() => {
      for (const status of ['a', 'b', 'c']) {
        db.updateWorktree('wt-1', { status });
        const now = Date.now();
        while (Date.now() < now + 3);
      }
    });
    const after = db.getBoard();
    db.updateWorktree('wt-2', { status: 'later' });
    const seen = new Set();
    for (let at = from; at < latest(db); at += 1) seen.add(JSON.stringify(db.getBoard({ at: new Date(at) })));
    expect([...seen]).toEqual([before, after].map((one) => JSON.stringify(one)));
  });

  it('goes on from its `next`, like any board: the changes since then', () => {
    const { db, tick } = clocked();
    db.updateWorktree('wt-1', { status: 'one' });
    const at = tick();
    db.updateWorktree('wt-1', { status: 'two' });
    const { next } = db.getBoard({ at });
    expect(db.getChanges({ after: next }).items.map(({ id, fields }) => [id, fields.status])).toEqual([
      ['wt-1', 'two'],
    ]);
  });

  it('of several batches has all of them, in their order', () => {
    const { db, tick } = clocked();
    db.createWorktrees(Array.from({ length: 2500 }, (_, n) => worktree(n + 10)));
    db.transaction(() => {
      for (let n = 10; n < 2000; n += 3) db.assignWorktreeToZone(`wt-${n}`, n % 2 ? 'zone-1' : 'zone-2');
    });
    const at = tick();
    const was = db.getBoard();
    db.transaction(() => was.worktrees.forEach(({ id }) => db.deleteWorktree(id)));
    expect(db.getBoard({ at })).toStrictEqual(was);
  });

  it('reads the log from the board that was kept before, however long it is', () => {
    const { db, tick } = clocked();
    const then = [];
    for (let round = 0; round < 4; round += 1) {
      db.transaction(() => {
        for (let n = 0; n < 5000; n += 1) db.updateWorktree('wt-1', { position: { x: round * 5000 + n } });
      });
      then.push([tick(), db.getBoard()]);
    }
    expect(kept(db)).toBeGreaterThan(2);
    for (const [at, was] of then) expect(db.getBoard({ at })).toStrictEqual(was);
  });

  it.runIf(inFiles)('is kept by opening the file and by reading the ledger, too, where only others write', () => {
    const dbPath = temporaryFile();
    const { db } = clocked({ dbPath });
    const others = new Database(dbPath);
    const change = others.prepare("UPDATE worktrees SET position_x = position_x + 1 WHERE id = 'wt-1'");
    const many = () => others.transaction(() => Array.from({ length: 9000 }, () => change.run()))();
    many();
    open({ dbPath }).close();
    expect(kept(db)).toBe(2);
    many();
    db.getMoves();
    expect(kept(db)).toBe(3);
    others.close();
  });

  it.runIf(inFiles)('keeps nobody from rebuilding one of the tables', () => {
    const dbPath = temporaryFile();
    const { db, tick } = clocked({ dbPath });
    db.moveWorktree('wt-1', 'zone-1');
    const at = tick();
    const was = db.getBoard();
    const others = new Database(dbPath);
    others.pragma('foreign_keys = OFF');
    const { sql } = others.prepare("SELECT sql FROM sqlite_schema WHERE name = 'zones'").get();
    others.exec(sql.replace('zones', 'zones_new'));
    others.exec('INSERT INTO zones_new SELECT * FROM zones; DROP TABLE zones; ALTER TABLE zones_new RENAME TO zones');
    others.close();
    db.updateWorktree('wt-1', { status: 'later' });
    expect(db.getBoard({ at }).worktrees).toStrictEqual(was.worktrees);
  });

  it.runIf(inFiles)(
    'has infinite numbers of other programs, in boards that were kept and in the log, and what is said beside them',
    () => {
      const { db, tick } = clocked();
      const set = (x) =>
        db.db.exec(`UPDATE worktrees SET position_x = ${x}, position_y = 7, status = 's' WHERE id = 'wt-1'`);
      const then = [];
      for (const x of ['9e999', '-9e999']) {
        set(x);
        keep(db);
        db.updateWorktree('wt-2', { status: x });
        const was = db.getBoard();
        then.push([tick(), was]);
        db.updateWorktree('wt-2', { status: 'later' });
      }
      for (const [at, was] of then) expect(db.getBoard({ at })).toStrictEqual(was);
      expect(then[1][1].worktrees.find(({ id }) => id === 'wt-1').position.x).toBe(-Infinity);
    },
  );

  it.runIf(inFiles)('takes nothing for changed together that was so in a log which somebody emptied', () => {
    const { db, tick } = clocked();
    db.transaction(() => {
      for (let n = 0; n < 9; n += 1) {
        db.updateWorktree('wt-1', { status: `${n}` });
        tick();
      }
    });
    sql(db).exec('DELETE FROM changes');
    db.updateWorktree('wt-1', { status: 'first' });
    keep(db);
    const then = Array.from({ length: 20 }, (_, n) => {
      db.updateWorktree('wt-1', { status: `${n}` });
      return [tick(), db.getBoard()];
    });
    for (const [at, was] of then) expect(db.getBoard({ at })).toStrictEqual(was);
  });

  it.runIf(inFiles)('has what was done while somebody had dropped triggers, from when they are back', () => {
    const dbPath = temporaryFile();
    const { db, tick } = clocked({ dbPath });
    const triggers = db.db.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger' AND name LIKE 'changes%'");
    for (const name of triggers.pluck().all()) db.db.exec(`DROP TRIGGER ${name}`);
    db.db.exec("UPDATE worktrees SET status = 'unseen'; DELETE FROM zones WHERE id = 'zone-2'");
    db.close();
    tick();
    const later = open({ dbPath, clock: () => Number(tick()) });
    const then = ['one', 'two'].map((status) => {
      later.updateWorktree('wt-1', { status });
      const was = later.getBoard();
      return [tick(), was];
    });
    later.updateWorktree('wt-1', { status: 'three' });
    for (const [at, was] of then) expect(later.getBoard({ at })).toStrictEqual(was);
  });

  it.each([
    ['before all that is kept', new Date(0)],
    ['just before', new Date(START - 1e11)],
  ])('%s is ERR_HISTORY_PRUNED', (_, at) => {
    const { db } = clocked();
    db.updateWorktree('wt-1', { status: 'one' });
    expect(() => db.getBoard({ at })).toThrow(
      expect.objectContaining({ code: 'ERR_HISTORY_PRUNED', method: 'getBoard', field: 'at', value: at }),
    );
  });

  it('of a log that somebody emptied is ERR_HISTORY_PRUNED, too', () => {
    const { db, tick } = clocked();
    db.updateWorktree('wt-1', { status: 'one' });
    const at = tick();
    sql(db).exec('DELETE FROM changes');
    db.updateWorktree('wt-1', { status: 'two' });
    expect(() => db.getBoard({ at })).toThrow(expect.objectContaining({ code: 'ERR_HISTORY_PRUNED' }));
  });

  it.each([
    ['a number', { at: 5 }, 'ERR_INVALID_ARG_TYPE', 'at'],
    ['what is no time', { at: 'yesterday' }, 'ERR_INVALID_ARG_VALUE', 'at'],
    ['a Date that is none', { at: new Date(NaN) }, 'ERR_OUT_OF_RANGE', 'at'],
    ['runs, which are of now', { at: new Date(), runs: true }, 'ERR_INVALID_ARG_VALUE', 'runs'],
  ])('refuses %s', (_, given, code, field) => {
    const db = board();
    expect(() => db.getBoard(given)).toThrow(expect.objectContaining({ code, method: 'getBoard', field }));
  });
});

/** Remembers boards and asks for them again. */
function memory(db) {
  const then = new Map();
  return {
    /** What comes later is of a later time, or tells of the same time what it was at its end. */
    remember() {
      then.set(latest(db), db.getBoard());
      const lead = latest(db) - Date.now();
      const until = Date.now() + (lead > 20 ? 2 : Math.max(lead, 0) + 2);
      while (Date.now() < until);
    },
    askAgain() {
      for (const [at, was] of then) expect(db.getBoard({ at: new Date(at) })).toEqual(was);
      return then.size;
    },
  };
}

describeWriters('with %o', (writers) => {
  it.runIf(inFiles).each(Object.keys(writers))(
    'the board at any time is what it was, after any history by %s and by us',
    async (writer) => {
      const empty = temporaryFile();
      open({ dbPath: empty }).close();
      // Never so little that a clock passes the log's time between two calls, of which nobody remembers the first.
      const jumps = fc.oneof(
        fc.constant(0),
        fc.integer({ min: 60_000, max: 3_600_000 }),
        fc.integer({ min: -3_600_000, max: -60_000 }),
      );
      let [asked, boards] = [0, 0];
      await fc.assert(
        fc.asyncProperty(fc.array(fc.tuple(anyHistory, jumps), { minLength: 3, maxLength: 6 }), async (parts) => {
          const dbPath = temporaryFile();
          copyFileSync(empty, dbPath);
          let jump = 0;
          const db = open({ dbPath, clock: () => Date.now() + jump });
          const { remember, askAgain } = memory(db);
          for (const [history, by] of parts) {
            jump = by;
            await writers[writer](dbPath, history);
            remember();
            const [one, other] = db.listWorktrees();
            const [zone] = db.listZones();
            if (one) db.setMetadata('worktree', one.id, { jump });
            if (one && zone) db.moveWorktree(one.id, zone.id, { position: { x: jump / 7 } });
            if (by % 2) keep(db);
            remember();
            if (zone) db.setWipLimit(zone.id, parts.length);
            if (other) db.deleteWorktree(other.id);
            remember();
          }
          asked += askAgain();
          boards += kept(db);
          db.close();
        }),
        { numRuns: 15, endOnFailure: true },
      );
      expect(asked).toBeGreaterThan(60);
      expect(boards).toBeGreaterThan(25);
    },
  );
});

// Who did it, and when, in the log: of our own calls through an actor or with a clock. What others write names nobody.
import { describe, expect, it } from 'vitest';
import { board, ended, queued, running, waiting } from './support/runs.mjs';
import { execution, worktree, zone } from './support/samples.mjs';
import { elsewhere } from './support/schema.mjs';
import { inTransaction, sql } from './support/sql.mjs';
import { inFiles, place, temporaryFile } from './support/temporary.mjs';

const ANNA = { kind: 'user', id: 'anna' };
const BOT = { kind: 'agent', id: 'bot' };
const YEAR_2040 = Date.UTC(2040, 0, 1);
const HOUR = 3_600_000;

/** The column that says in which order a log's rows came. */
const NTH = inFiles ? 'seq' : 'nth';

const lastOf = (db) => sql(db).prepare(`SELECT max(${NTH}) FROM changes`).pluck().get();

/** The rows that a call adds to the log. */
function logged(db, call) {
  const last = lastOf(db);
  call();
  const rows = sql(db)
    .prepare(`SELECT at, "by", entity, op, id FROM changes WHERE ${NTH} > ? ORDER BY ${NTH}`)
    .all(last);
  return rows.map((row) => ({ ...row, by: row.by === null ? null : JSON.parse(row.by) }));
}

/** By whom they are. */
const names = (rows) => rows.map(({ by }) => by?.id ?? null);

/** Every call of ours that writes the four tables, and what it finds. */
const CALLS = {
  createWorktree: [(db) => db.createWorktree(worktree(9))],
  createWorktrees: [(db) => db.createWorktrees([worktree(8), worktree(9)])],
  updateWorktree: [(db) => db.updateWorktree('wt-1', { status: 'done' })],
  relocateWorktree: [(db) => db.relocateWorktree('wt-1', { port: 4001 })],
  deleteWorktree: [(db) => db.deleteWorktree('wt-1')],
  createZone: [(db) => db.createZone(zone(9))],
  updateZone: [(db) => db.updateZone('zone-1', { name: 'Other' })],
  deleteZone: [(db) => db.deleteZone('zone-1')],
  assignWorktreeToZone: [(db) => db.assignWorktreeToZone('wt-1', 'zone-1')],
  'assignWorktreeToZone, again': [
    (db) => db.assignWorktreeToZone('wt-1', 'zone-2'),
    (db) => db.assignWorktreeToZone('wt-1', 'zone-1'),
  ],
  assignWorktreesToZone: [(db) => db.assignWorktreesToZone(['wt-1', 'wt-2'], 'zone-1')],
  removeWorktreeFromZone: [
    (db) => db.removeWorktreeFromZone('wt-1'),
    (db) => db.assignWorktreeToZone('wt-1', 'zone-1'),
  ],
  recordExecution: [(db) => db.recordExecution(execution())],
  recordExecutions: [(db) => db.recordExecutions([execution(), execution()])],
  'deleteWorktree, with all that goes with it': [
    (db) => db.deleteWorktree('wt-1'),
    (db) => {
      db.assignWorktreeToZone('wt-1', 'zone-1');
      db.recordExecutions([execution(), execution()]);
      running(db);
      waiting(db);
      queued(db);
    },
  ],
  'deleteZone, with all that goes with it': [
    (db) => db.deleteZone('zone-1'),
    (db) => {
      db.assignWorktreeToZone('wt-1', 'zone-1');
      db.recordExecution(execution());
      queued(db);
    },
  ],
  'finishRun, with the execution that it makes': [(db) => ended(db)],
};

describe.each(Object.entries(CALLS))('%s', (name, [call, prepare = () => {}]) => {
  it('names the actor in every row that it brings', () => {
    const db = board();
    prepare(db);
    const rows = logged(db, () => call(db.as(ANNA)));
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.map(({ by }) => by)).toEqual(rows.map(() => ANNA));
  });

  it('names nobody without one', () => {
    const db = board();
    prepare(db.as(ANNA));
    const rows = logged(db, () => call(db));
    expect(names(rows)).toEqual(rows.map(() => null));
  });

  it('is at the clock’s time', () => {
    const db = board({ clock: () => YEAR_2040 });
    prepare(db);
    const rows = logged(db, () => call(db));
    expect(rows.map(({ at }) => at)).toEqual(rows.map(() => YEAR_2040));
    expect(names(rows)).toEqual(rows.map(() => null));
  });

  it('does both', () => {
    const db = board({ clock: () => YEAR_2040 });
    prepare(db);
    const rows = logged(db, () => call(db.as(BOT)));
    expect(rows.map(({ at, by }) => [at, by])).toEqual(rows.map(() => [YEAR_2040, BOT]));
  });
});

describe('a transaction', () => {
  it.runIf(inFiles)('may have several actors, and statements that are nobody’s', () => {
    const db = board();
    const rows = logged(db, () =>
      db.transaction(() => {
        db.as(ANNA).createZone(zone(7));
        db.createZone(zone(8));
        sql(db).exec("UPDATE zones SET name = 'by SQL' WHERE id = 'zone-7'");
        db.as(BOT).updateZone('zone-7', { name: 'by a bot' });
        sql(db).exec("UPDATE zones SET name = 'by SQL' WHERE id = 'zone-8'");
        db.as(ANNA).deleteZone('zone-8');
      }),
    );
    expect(names(rows)).toEqual(['anna', null, null, 'bot', null, 'anna']);
  });

  it('that is taken back leaves nothing, and one within it only what it kept', () => {
    const db = board();
    const rows = logged(db, () => {
      const attempt = () =>
        db.as(ANNA).transaction(() => {
          db.as(ANNA).createZone(zone(7));
          throw new Error('no');
        });
      expect(attempt).toThrow('no');
      db.transaction(() => {
        db.as(BOT).createZone(zone(8));
        expect(attempt).toThrow('no');
        db.createZone(zone(9));
      });
    });
    expect(rows.map(({ id, by }) => [id, by])).toEqual([
      ['zone-8', BOT],
      ['zone-9', null],
    ]);
  });

  it('of a call that is refused is as it was before, within another and alone', () => {
    const db = board();
    const anna = db.as(ANNA);
    const refused = () => expect(() => anna.createWorktrees([worktree(7), worktree(1)])).toThrow('UNIQUE');
    expect(logged(db, refused)).toEqual([]);
    const rows = logged(db, () =>
      db.transaction(() => {
        anna.createZone(zone(7));
        refused();
        expect(() => anna.createZone(zone(7))).toThrow('UNIQUE');
        expect(() => anna.deleteZone('nobody')).toThrow('not found');
      }),
    );
    expect(rows.map(({ id }) => id)).toEqual(['zone-7']);
    expect(inTransaction(db)).toBe(false);
  });

  it.runIf(inFiles)('begun by hand is left open', () => {
    const db = board();
    sql(db).exec('BEGIN');
    const rows = logged(db, () => db.as(ANNA).createZone(zone(7)));
    expect(names(rows)).toEqual(['anna']);
    sql(db).exec('ROLLBACK');
    expect(db.getZone('zone-7')).toBeNull();
  });
});

describe('times', () => {
  it('are never before the row before, however the clock jumps', () => {
    let now = YEAR_2040;
    const db = board({ clock: () => now });
    const rows = logged(db, () => {
      db.createZone(zone(5));
      now -= HOUR;
      db.updateZone('zone-5', { name: 'an hour before' });
      now += 2 * HOUR;
      db.deleteZone('zone-5');
    });
    expect(rows.map(({ at }) => at - YEAR_2040)).toEqual([0, 0, HOUR]);
  });

  it('may be of the past, where the log has nothing later', () => {
    const past = Date.UTC(2001, 0, 1);
    const at = place();
    board(at).close();
    const db = board({ ...place(), clock: () => past });
    sql(db).exec('UPDATE changes SET at = 0');
    expect(logged(db, () => db.createZone(zone(5))).map(({ at }) => at)).toEqual([past]);
    expect(logged(db, () => ended(db)).map(({ at }) => at)).toEqual([past, past, past, past]);
  });
});

it.runIf(inFiles)('another program’s rows name nobody, also between an actor’s calls', () => {
  const dbPath = temporaryFile();
  const db = board({ dbPath });
  const rows = logged(db, () => {
    db.as(ANNA).createZone(zone(7));
    elsewhere(dbPath, "UPDATE zones SET name = 'theirs' WHERE id = 'zone-7'");
    db.as(ANNA).deleteZone('zone-7');
  });
  expect(names(rows)).toEqual(['anna', null, 'anna']);
});

it.runIf(inFiles)('without actor and clock nothing is added: no statement, and no savepoint', () => {
  const db = board();
  db.db.exec('CREATE TEMP TABLE seen (sql TEXT)');
  db.db.exec('CREATE TEMP TRIGGER signs AFTER UPDATE ON main.changes BEGIN INSERT INTO seen VALUES (NEW.seq); END');
  db.createZone(zone(7));
  expect(db.db.prepare('SELECT * FROM seen').all()).toEqual([]);
  db.as(ANNA).createZone(zone(8));
  expect(db.db.prepare('SELECT * FROM seen').all()).toHaveLength(1);
});

it.runIf(inFiles)(
  'names the actor also in what a fold takes out of the log at once, for those who have not read it yet',
  () => {
    const db = board();
    db.assignWorktreesToZone(['wt-1', 'wt-2'], 'zone-1');
    sql(db).exec('UPDATE changes_state SET keep_rows = 0');
    db.transaction(() => {
      for (let n = lastOf(db); n < 8190; n += 1) db.updateZone('zone-2', { name: `n${n}` });
    });
    const before = lastOf(db);
    expect(before).toBe(8190);
    db.as(ANNA).deleteZone('zone-1');
    expect(sql(db).prepare('SELECT min(seq) FROM changes').pluck().get()).toBe(8192);
    const rows = sql(db).prepare('SELECT seq, "by" FROM changes UNION SELECT seq, "by" FROM changes_unread').all();
    const ofCall = rows.filter(({ seq }) => seq > before);
    expect(ofCall.map((row) => row.by)).toEqual(ofCall.map(() => JSON.stringify(ANNA)));
    expect(ofCall).toHaveLength(3);
  },
);

// A read that is repeated while nobody commits is answered from memory. Nobody may notice: not by what it says, not by
// whose object it is, not by who committed meanwhile.
import { inspect } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import { startScript } from './support/child.mjs';
import { thrown } from './support/failure.mjs';
import { execution, furnish, worktree, zone } from './support/samples.mjs';
import { scribble } from './support/scribble.mjs';
import { CAME, sql } from './support/sql.mjs';
import { inFiles, open, place } from './support/temporary.mjs';

vi.setConfig({ testTimeout: 60_000 });

const READS = {
  getWorktree: (db) => db.getWorktree('wt-1'),
  'getWorktree of none': (db) => db.getWorktree('nowhere'),
  listWorktrees: (db) => db.listWorktrees(),
  'listWorktrees of a status': (db) => db.listWorktrees({ status: 'active' }),
  getZone: (db) => db.getZone('zone-1'),
  listZones: (db) => db.listZones(),
  getWorktreeZone: (db) => db.getWorktreeZone('wt-1'),
  getWorktreesInZone: (db) => db.getWorktreesInZone('zone-1'),
  getExecution: (db) => db.getExecution(db.getExecutionHistory('zone-1')[0]?.id),
  getExecutionHistory: (db) => db.getExecutionHistory('zone-1'),
  getWorktreeExecutions: (db) => db.getWorktreeExecutions('wt-1', 2),
  getExecutionStats: (db) => db.getExecutionStats({ zoneId: 'zone-1' }),
  getStats: (db) => db.getStats(),
  getBoard: (db) => db.getBoard(),
  'getBoard, runs': (db) => db.getBoard({ runs: true }),
};

/** A change to everything that the reads above say, by each way in which a change can come. */
const change = (db) => {
  db.updateWorktree('wt-1', { status: 'done', position: { x: 77 } });
  db.updateZone('zone-1', { name: 'Renamed', agents: [{ deep: ['new'] }] });
  db.createWorktree(worktree(9));
  db.createZone(zone(9));
  db.assignWorktreeToZone('wt-1', 'zone-2');
  db.assignWorktreeToZone('wt-9', 'zone-1');
  db.recordExecution(execution({ success: true, agentType: 'qa', result: { deep: [1] } }));
};

/** A furnished board of which every read has been asked three times. */
function warm(config = {}) {
  const at = place();
  furnish(open(at)).updateZone('zone-1', { agents: [{ deep: ['old'] }], actions: { deep: { er: [] } } });
  const db = open({ ...at, ...config });
  for (let n = 0; n < 3; n++) readAll(db);
  return { db, at };
}

const readAll = (db) => Object.fromEntries(Object.entries(READS).map(([name, read]) => [name, read(db)]));

/** What a connection that has never read before says. */
function fresh(at) {
  const db = open({ ...at, cacheSize: 0 });
  const answers = readAll(db);
  db.close();
  return answers;
}

describe.each(Object.entries(READS))('%s, repeated', (_, read) => {
  it('says the same, in an object of its own that the caller may change', () => {
    const { db, at } = warm();
    const expected = structuredClone(read(db));
    for (let n = 0; n < 4; n++) {
      const answer = read(db);
      expect(answer).toStrictEqual(expected);
      expect(JSON.stringify(answer)).toBe(JSON.stringify(expected));
      scribble(answer);
    }
    expect(read(open(at))).toStrictEqual(expected);
  });

  it.each([
    ['this connection', (db) => change(db)],
    ['another connection', (__, at) => change(open(at))],
    ['a transaction', (db) => db.transaction(() => change(db))],
    [
      'somebody’s SQL',
      (db) =>
        sql(db).exec(
          "UPDATE worktrees SET status = 'raw'; UPDATE zones SET name = 'raw'; DELETE FROM zone_executions; DELETE FROM worktree_zones",
        ),
    ],
    ['a deletion', (db) => (db.deleteWorktree('wt-1'), db.deleteZone('zone-1'))],
  ])('sees at once what %s has changed', (__, write) => {
    const { db, at } = warm();
    write(db, at);
    const name = Object.keys(READS).find((key) => READS[key] === read);
    for (let n = 0; n < 3; n++) expect(read(db)).toStrictEqual(fresh(at)[name]);
  });

  it('sees its own writes inside a transaction, and nothing of them after a rollback', () => {
    const { db, at } = warm();
    const before = structuredClone(read(db));
    const inside = [];
    thrown(() =>
      db.transaction(() => {
        expect(read(db)).toStrictEqual(before);
        change(db);
        inside.push(read(db), read(db));
        throw new Error('undone');
      }),
    );
    expect(inside[0]).toStrictEqual(inside[1]);
    expect(read(db)).toStrictEqual(before);
    change(open(at));
    const name = Object.keys(READS).find((key) => READS[key] === read);
    expect(read(db)).toStrictEqual(fresh(at)[name]);
  });
});

describe('what could make a kept answer stale', () => {
  it.runIf(inFiles)('a rollback through the raw handle, also to a savepoint', () => {
    const { db } = warm();
    const before = readAll(db);
    db.db.exec('BEGIN');
    change(db);
    readAll(db);
    db.db.exec('ROLLBACK');
    expect(readAll(db)).toStrictEqual(before);
    db.db.exec('BEGIN; SAVEPOINT s');
    change(db);
    readAll(db);
    db.db.exec('ROLLBACK TO s; COMMIT');
    expect(readAll(db)).toStrictEqual(before);
  });

  it.runIf(inFiles).each(Object.entries(READS))(
    'an iterator that holds an old state of the file while others commit: %s',
    (_, read) => {
      const { db, at } = warm();
      const iterator = db.db.prepare('SELECT * FROM worktrees').iterate();
      iterator.next();
      try {
        change(open(at));
        expect(read(db)).toStrictEqual(read(db));
      } finally {
        iterator.return();
      }
      for (let n = 0; n < 3; n++) expect(readAll(db)).toStrictEqual(fresh(at));
    },
  );

  it.runIf(inFiles)('a read transaction of the caller that holds an old state', () => {
    const { db, at } = warm();
    const before = readAll(db);
    db.db.exec('BEGIN');
    readAll(db);
    change(open(at));
    expect(readAll(db)).toStrictEqual(before);
    db.db.exec('COMMIT');
    expect(readAll(db)).toStrictEqual(fresh(at));
  });

  it("a read-only connection's transaction, which has one state from its first read to its end", () => {
    const { db, at } = warm({ readonly: true });
    const before = readAll(db);
    db.transaction(() => {
      expect(readAll(db)).toStrictEqual(before);
      change(open(at));
      expect(readAll(db)).toStrictEqual(before);
    });
    expect(readAll(db)).toStrictEqual(fresh(at));
  });

  it.runIf(inFiles)('checkpoints, VACUUM and a write-ahead log that starts over', () => {
    const { db, at } = warm();
    const other = open(at);
    for (let n = 0; n < 20; n++) {
      other.updateWorktree('wt-2', { taskId: String(n) });
      if (n % 3 === 0) other.db.pragma('wal_checkpoint(TRUNCATE)');
      if (n % 7 === 0) other.db.exec('VACUUM');
      expect(db.getWorktree('wt-2').taskId).toBe(String(n));
      expect(db.getWorktree('wt-2').taskId).toBe(String(n));
    }
  });

  it('another process', async () => {
    const { db, at } = warm({ readonly: true });
    const code = `
      const db = new VisualDatabase(at);
      process.stdin.on('data', (data) => {
        db.updateWorktree('wt-1', { taskId: String(data).trim() });
        console.log('wrote ' + String(data).trim());
      }).on('end', () => db.close());`;
    const writer = startScript(code, { at });
    for (let n = 0; n < 50; n++) {
      writer.child.stdin.write(`<${n}>\n`);
      await writer.printed(`wrote <${n}>`);
      expect(db.getWorktree('wt-1').taskId).toBe(`<${n}>`);
      expect(db.listWorktrees().find(({ id }) => id === 'wt-1').taskId).toBe(`<${n}>`);
      expect(db.getWorktree('wt-1').taskId).toBe(`<${n}>`);
    }
    writer.child.stdin.end();
    expect(await writer.ended).toMatchObject({ code: 0, stderr: '' });
  });

  it('a wrong argument is refused however often the right one was answered', () => {
    const { db } = warm();
    for (const call of [
      () => db.getWorktree(7),
      () => db.getExecutionHistory('zone-1', 1.5),
      () => db.getExecutionHistory('zone-1', null),
      () => db.listWorktrees({ status: true }),
      () => db.getExecutionStats({ zoneId: 7 }),
    ]) {
      expect(thrown(call).name).toMatch(/TypeError|RangeError/);
      expect(thrown(call).name).toMatch(/TypeError|RangeError/);
    }
  });

  it('a closed database answers nothing from memory', () => {
    const { db } = warm();
    db.close();
    for (const read of Object.values(READS))
      expect(thrown(() => read(db)).message).toBe('The database connection is not open');
  });
});

describe('what is kept is an answer to what was asked, and to nothing like it', () => {
  /** Ids that run into each other, or into other arguments, where a key does not keep them apart. */
  const IDS = ['a', 'A', 'b', 'ab', 'a:b', 'b:b', '1a', 'undefined', 'null'];
  const NO_IDS = [undefined, null, '', 'nowhere', 7, Symbol('a')];
  const LIMITS = [undefined, 0, 1, 11, -1, -11, '11', 1.5, null, Symbol('a')];

  const ids = [...IDS, ...NO_IDS].map((id) => [id]);
  const pages = [...IDS, ...NO_IDS].flatMap((id) => LIMITS.map((limit) => [id, limit]));
  const pairs = [...IDS, ...NO_IDS].flatMap((zoneId) => [...IDS, ...NO_IDS].map((id) => [{ zoneId, worktreeId: id }]));

  /** What each read is asked for. */
  const ASKED = {
    getWorktree: ids,
    listWorktrees: [[], ...ids.map(([status]) => [{ status }])],
    getZone: ids,
    listZones: [[]],
    getWorktreeZone: ids,
    getWorktreesInZone: ids,
    getExecution: [...ids, ['first'], ['last']],
    getExecutionHistory: pages,
    getWorktreeExecutions: pages,
    getExecutionStats: [[], ...pairs],
    getStats: [[]],
    getBoard: [[], [{ runs: false }], [{ runs: true }]],
  };

  /** A board in which worktrees, zones and statuses have the same ids, and each of them something else to it. */
  function ambiguous() {
    const at = place();
    const db = open(at);
    db.transaction(() => {
      for (const [n, id] of IDS.entries()) {
        db.createZone(zone(n, { id }));
        db.createWorktree(worktree(n, { id, status: IDS.at(n - 1) }));
      }
      for (const [n, id] of IDS.entries()) db.assignWorktreeToZone(id, IDS.at(n - 2));
      for (const [n, zoneId] of IDS.entries()) {
        for (const [m, worktreeId] of IDS.entries()) {
          const times = 1 + ((7 * n + 3 * m) % 19);
          db.recordExecutions(Array.from({ length: times }, () => execution({ zoneId, worktreeId })));
        }
      }
    });
    const made = sql(db).prepare(`SELECT id FROM zone_executions ORDER BY ${CAME} DESC`).pluck().all();
    const rename = sql(db).prepare('UPDATE zone_executions SET id = ? WHERE id = ?');
    for (const [n, id] of [...IDS, 'first', 'last'].entries()) rename.run(id, made[40 * n]);
    return at;
  }

  it('by every read, whichever was asked first', () => {
    const at = ambiguous();
    const [db, unkept] = [open({ ...at, cacheSize: 2 ** 28 }), open({ ...at, cacheSize: 0 })];
    const calls = Object.entries(ASKED).flatMap(([method, all]) => all.map((given) => [method, given]));
    const answer = (database, [method, given]) => {
      try {
        return database[method](...given);
      } catch ({ name, code, message }) {
        return { name, code, message };
      }
    };
    const expected = calls.map((call) => answer(unkept, call));
    for (let round = 0; round < 3; round++) {
      for (const [n, call] of calls.entries()) {
        expect(answer(db, call), `${call[0]}(${inspect(call[1])}), round ${round}`).toStrictEqual(expected[n]);
      }
    }
  });
});

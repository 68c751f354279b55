// `getChanges`: what anybody has changed, in the order in which it can be seen.
// Long because it is read as a specification: each rule of the feed is a test.
import { copyFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { thrown } from './support/failure.mjs';
import { boardOf, changesSince, Replica } from './support/replica.mjs';
import { board, claim, ended, queued, running, wanted } from './support/runs.mjs';
import { execution, worktree, zone } from './support/samples.mjs';
import { elsewhere, schema } from './support/schema.mjs';
import { sql } from './support/sql.mjs';
import { inFiles, open, place, temporaryFile } from './support/temporary.mjs';

const ANNA = { kind: 'user', id: 'anna' };
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** What a call brings to the feed. */
function changed(db, call, options) {
  const { next } = db.getBoard();
  call();
  return changesSince(db, next, options).items;
}

/** Without what is another each time. */
const told = (items) => items.map(({ entity, id, op, fields }) => ({ entity, id, op, fields }));

describe('an item', () => {
  it('has every key: number, time, who, what, and what it is now', () => {
    const db = board();
    const [item] = changed(db, () => db.as(ANNA).updateWorktree('wt-1', { status: 'review' }));
    expect(item).toEqual({
      seq: expect.any(Number),
      at: expect.stringMatching(ISO),
      by: ANNA,
      entity: 'worktree',
      id: 'wt-1',
      op: 'update',
      fields: { status: 'review', updatedAt: db.getWorktree('wt-1').updatedAt },
    });
    const [other] = changed(db, () => db.updateWorktree('wt-1', { status: 'done' }));
    expect(other.by).toBeNull();
    expect(other.seq).toBeGreaterThan(item.seq);
  });

  it('of a new worktree or zone has all that it has, as the object has it', () => {
    const db = board();
    const made = {};
    const items = changed(db, () => {
      made.worktree = db.createWorktree(worktree(8, { issueUrl: 'https://a.b/"c"\n' }));
      made.zone = db.createZone(
        zone(8, { agents: ['qa', { deep: [1] }], promptTemplate: 'Do {{ it }}', size: { width: 7 } }),
      );
    });
    for (const { entity, id, op, fields } of items)
      expect({ op, id, ...fields }).toEqual({ op: 'insert', ...made[entity] });
    expect(items.map(({ entity }) => entity)).toEqual(['worktree', 'zone']);
  });

  it('of a change has what changed, of a group the part that did', () => {
    const db = board();
    const at = (call) => told(changed(db, call)).map(({ fields: { updatedAt: _, ...fields } }) => fields);
    expect(at(() => db.updateWorktree('wt-1', { position: { x: 3, y: 0 } }))).toEqual([{ position: { x: 3 } }]);
    const settings = { size: { width: 1, height: 2 }, agents: { a: 1 }, actions: ['x'] };
    expect(at(() => db.updateZone('zone-1', settings))).toEqual([settings]);
    expect(at(() => db.relocateWorktree('wt-1', { branchName: 'b', port: 9 }))).toEqual([{ branchName: 'b', port: 9 }]);
    expect(at(() => db.updateZone('zone-1', { promptTemplate: 'New' }))).toEqual([{ promptTemplate: 'New' }]);
  });

  it('of an assignment says where the worktree is, of an end nothing', () => {
    const db = board();
    const [made] = told(changed(db, () => db.assignWorktreeToZone('wt-1', 'zone-1')));
    expect(made).toEqual({
      entity: 'assignment',
      id: 'wt-1',
      op: 'insert',
      fields: { worktreeId: 'wt-1', zoneId: 'zone-1', assignedAt: expect.stringMatching(ISO) },
    });
    expect(told(changed(db, () => db.removeWorktreeFromZone('wt-1')))).toEqual([
      { entity: 'assignment', id: 'wt-1', op: 'delete', fields: {} },
    ]);
  });

  it('of an execution has neither prompt nor result', () => {
    const db = board();
    const [made] = told(changed(db, () => db.recordExecution(execution({ success: false, result: { secret: 1 } }))));
    const of = { zoneId: 'zone-1', worktreeId: 'wt-1', agentType: 'frontend' };
    expect(made).toMatchObject({ entity: 'execution', op: 'insert', fields: { ...of, success: false } });
    expect(Object.keys(made.fields)).toHaveLength(4);
    const again = told(changed(db, () => sql(db).exec("UPDATE zone_executions SET success = 1, zone_id = 'zone-2'")));
    expect(again).toEqual([{ ...made, op: 'update', fields: { ...of, zoneId: 'zone-2', success: true } }]);
  });

  it('of a run says what becomes of it, and neither prompt nor result nor output', () => {
    const db = board();
    const outcome = { status: 'succeeded', result: { secret: 'secret' } };
    let id;
    const items = changed(db, () => {
      const { run, token } = running(db, { prompt: 'secret' });
      id = run.id;
      db.appendOutput(id, token, [{ stream: 'stdout', text: 'secret' }]);
      db.recordUsage(id, { model: 'm', costMicros: 5 });
      db.cancelRun(id);
      db.finishRun(id, token, outcome);
    });
    expect(JSON.stringify(items)).not.toContain('secret');
    const ofRun = items.filter(({ entity }) => entity === 'run');
    expect(ofRun.every((item) => item.id === id)).toBe(true);
    expect(ofRun.map(({ op, fields }) => [op, Object.keys(fields).join()])).toEqual([
      ['insert', 'zoneId,worktreeId,agentType,status'],
      ['update', 'status'],
      ['update', 'usage'],
      ['update', 'cancelRequestedAt'],
      ['update', 'status'],
    ]);
    expect(ofRun.at(-1).fields).toEqual({ status: 'succeeded' });
    expect(items.filter(({ entity }) => entity === 'execution')).toHaveLength(1);
  });

  it('of a limit or a budget says of what', () => {
    const db = board();
    const items = changed(db, () => {
      db.setRunLimit({ zoneId: 'zone-1' }, 3);
      db.setBudget({ worktreeId: 'wt-1', period: 'day', timeZone: 'UTC' }, 1000);
      db.setRunLimit({}, null);
    });
    expect(told(items)).toEqual([
      { entity: 'limit', id: null, op: 'update', fields: { zoneId: 'zone-1', agentType: null, limit: 3 } },
      {
        entity: 'budget',
        id: null,
        op: 'update',
        fields: { zoneId: null, worktreeId: 'wt-1', agentType: null, period: 'day', limitMicros: 1000 },
      },
      { entity: 'limit', id: null, op: 'update', fields: { zoneId: null, agentType: null, limit: null } },
    ]);
  });

  it('of metadata and of a zone’s limit of work in progress says what they are now', () => {
    const db = board();
    const log = sql(db).prepare(
      'INSERT INTO changes (at, entity, op, id, zone_id, worktree_id, data) VALUES (?, ?, 2, ?, ?, ?, ?)',
    );
    const items = changed(db, () => {
      log.run(Date.now(), 6, 'wt-1', null, 'wt-1', '{"entity":"worktree","metadata":{"color":"red"}}');
      log.run(Date.now(), 7, 'wip', 'zone-1', null, '{"wipLimit":4}');
    });
    expect(told(items)).toEqual([
      { entity: 'metadata', id: 'wt-1', op: 'update', fields: { entity: 'worktree', metadata: { color: 'red' } } },
      { entity: 'limit', id: null, op: 'update', fields: { zoneId: 'zone-1', wipLimit: 4 } },
    ]);
  });

  it('is at the time of the clock, where there is one', () => {
    const db = open({ clock: () => Date.UTC(2040, 0, 1) });
    expect(changed(db, () => db.createZone(zone(1))).map(({ at }) => at)).toEqual(['2040-01-01T00:00:00.000Z']);
  });
});

describe('pages', () => {
  it('are of 500, or as many as are asked for, and go on where the one before ended', () => {
    const db = open();
    const { next } = db.getBoard();
    db.createWorktrees(Array.from({ length: 1200 }, (_, n) => worktree(n)));
    const page = db.getChanges({ after: next });
    expect([page.items.length, page.gap]).toEqual([500, false]);
    for (const limit of [1, 7, 100, 1000]) {
      const ids = [];
      for (let at = next; ids.length < 1200;) {
        const { items, next: then } = db.getChanges({ after: at, limit });
        expect(items.length).toBeGreaterThan(0);
        expect(items.length).toBeLessThanOrEqual(limit);
        ids.push(...items.map(({ id }) => id));
        at = then;
      }
      expect(ids).toEqual(Array.from({ length: 1200 }, (_, n) => `wt-${n}`));
    }
  });

  it('end with an empty one, whose next goes on with what comes', () => {
    const db = board();
    const { next } = changesSince(db, undefined);
    const empty = db.getChanges({ after: next });
    expect(empty).toEqual({ items: [], next, gap: false });
    db.createZone(zone(9));
    expect(db.getChanges({ after: empty.next }).items.map(({ id }) => id)).toEqual(['zone-9']);
  });

  it('begin with the first change of all where after is missing', () => {
    const db = open();
    db.createZone(zone(1));
    db.deleteZone('zone-1');
    expect(db.getChanges().items.map(({ op }) => op)).toEqual(['insert', 'delete']);
    for (const after of [undefined, null]) expect(db.getChanges({ after }).items).toHaveLength(2);
  });

  it('carry long texts, and texts of every alphabet', () => {
    const db = open();
    const promptTemplate = `${'prompt '.repeat(40_000)}😀Ā`;
    for (let n = 1; n <= 60; n += 1) db.createZone(zone(n, { promptTemplate, name: `Zöne 😀 ${n}` }));
    const { items } = db.getChanges({ limit: 1000 });
    expect(items.map(({ fields }) => fields.name)).toEqual(Array.from({ length: 60 }, (_, n) => `Zöne 😀 ${n + 1}`));
    expect(items.every(({ fields }) => fields.promptTemplate === promptTemplate)).toBe(true);
  });

  it('are of some entities only, and what is left out is behind next all the same', () => {
    const db = board();
    const { next } = db.getBoard();
    db.updateZone('zone-1', { name: 'x' });
    ended(db);
    const page = db.getChanges({ after: next, entities: ['zone', 'execution'] });
    expect(page.items.map(({ entity }) => entity)).toEqual(['zone', 'execution']);
    expect(page.next).toBe(db.getBoard().next);
    expect(db.getChanges({ after: next, entities: 'run', limit: 2 }).items).toHaveLength(2);
    expect(db.getChanges({ after: next, entities: [] })).toEqual({ items: [], next: page.next, gap: false });
  });

  it('show the caller’s own transaction, and nothing of one that was taken back', () => {
    const at = place();
    const db = board(at);
    const other = open(at);
    const { next } = db.getBoard();
    db.transaction(() => {
      db.createZone(zone(8));
      expect(db.getChanges({ after: next }).items).toHaveLength(1);
      expect(other.getChanges({ after: next }).items).toEqual([]);
    });
    expect(other.getChanges({ after: next }).items).toHaveLength(1);
    let within;
    const attempt = () =>
      db.transaction(() => {
        db.createZone(zone(9));
        within = db.getBoard().next;
        throw new Error('no');
      });
    expect(attempt).toThrow('no');
    db.createZone(zone(7));
    expect(db.getChanges({ after: within })).toEqual({ items: [], next: null, gap: true });
    expect(other.getChanges({ after: next }).items.map(({ id }) => id)).toEqual(['zone-8', 'zone-7']);
  });
});

describe('getBoard().next', () => {
  it('is the place behind all that the board shows', () => {
    const db = board();
    const before = db.getBoard();
    ended(db);
    db.assignWorktreeToZone('wt-1', 'zone-2');
    db.updateWorktree('wt-1', { position: { x: 8 } });
    db.deleteWorktree('wt-2');
    const replica = new Replica(before).applyAll(changesSince(db, before.next).items);
    expect(replica.board).toEqual(boardOf(db.getBoard()));
  });

  it.runIf(inFiles)('is kept with the board, and is another one once anybody has changed something', () => {
    const dbPath = temporaryFile();
    const db = board({ dbPath });
    const boards = [1, 2, 3].map(() => db.getBoard());
    expect(new Set(boards.map(({ next }) => next)).size).toBe(1);
    elsewhere(dbPath, "UPDATE zones SET name = 'theirs'");
    expect(db.getBoard().next).not.toBe(boards[0].next);
    expect(db.getChanges({ after: boards[0].next }).items).toHaveLength(2);
  });
});

describe('what an insert replaced', () => {
  const INSERT = "INTO worktrees (id, path, port, branch_name, created_at) VALUES ('new', '/', 3001, 'b', 't')";

  it.runIf(inFiles)('has gone: one in whose place another comes', () => {
    const db = board();
    db.assignWorktreeToZone('wt-1', 'zone-1');
    db.db.pragma('recursive_triggers = OFF');
    const items = told(changed(db, () => db.db.exec(`REPLACE ${INSERT}`)));
    expect(items.map(({ entity, id, op }) => [entity, id, op])).toEqual([
      ['worktree', 'wt-1', 'delete'],
      ['assignment', 'wt-1', 'delete'],
      ['worktree', 'new', 'insert'],
    ]);
    expect(items[0].fields).toEqual({});
  });

  it.runIf(inFiles).each([
    ['is ignored', `INSERT OR IGNORE ${INSERT}`],
    ['updates what is there', `INSERT ${INSERT} ON CONFLICT (port) DO UPDATE SET status = 'x'`],
    ['does nothing', `INSERT ${INSERT} ON CONFLICT DO NOTHING`],
  ])('has not gone where it %s, also where another takes that place later', (_, sql) => {
    const db = board();
    db.db.pragma('recursive_triggers = OFF');
    const items = changed(db, () => db.db.exec(sql));
    expect(items.filter(({ op }) => op !== 'update')).toEqual([]);
    const { next } = db.getBoard();
    db.db.exec(sql);
    db.db.exec(sql);
    db.db.exec(`REPLACE ${INSERT}`);
    const ends = changesSince(db, next).items.filter(({ op }) => op === 'delete');
    expect(ends.map(({ id }) => id)).toEqual(['wt-1']);
  });

  it.runIf(inFiles)('is no end where it has the same id', () => {
    const db = board();
    db.db.pragma('recursive_triggers = OFF');
    const items = changed(db, () =>
      db.db.exec("REPLACE INTO zones (id, name, created_at) VALUES ('zone-1', 'Z', 't')"),
    );
    expect(items.map(({ op }) => op)).toEqual(['insert']);
  });

  it.runIf(inFiles)('is decided by what comes behind the page, too', () => {
    const db = board();
    for (let n = 0; n < 50; n += 1) db.recordExecution(execution());
    db.db.pragma('recursive_triggers = OFF');
    const { next } = db.getBoard();
    db.db.exec(`REPLACE ${INSERT}`);
    expect(told(db.getChanges({ after: next, limit: 1 }).items)).toEqual([
      { entity: 'worktree', id: 'wt-1', op: 'delete', fields: {} },
    ]);
    expect(changesSince(db, next, { limit: 3 }).items).toHaveLength(52);
    expect(changesSince(db, next, { entities: 'worktree' }).items).toHaveLength(2);
  });
});

describe('a gap', () => {
  const GAP = { items: [], next: null, gap: true };

  it('is where the log was cut, from the beginning or from a place before the cut', () => {
    const db = board();
    const { next: early } = db.getBoard();
    sql(db).exec('UPDATE changes_state SET keep_rows = 0');
    db.transaction(() => {
      for (let n = 100; n < 200; n += 1) db.createZone(zone(n));
    });
    // It is cut each 8,192 changes; on a server what was read at once stays together, and the last of that stays.
    for (const _ of [1, 2]) {
      for (let n = 0; n < 84; n += 1) sql(db).exec('UPDATE zones SET position_x = position_x + 1');
      db.getBoard();
    }
    const { next } = db.getBoard();
    db.createZone(zone(9));
    expect(db.getChanges()).toEqual(GAP);
    expect(db.getChanges({ after: early })).toEqual(GAP);
    expect(db.getChanges({ after: next }).items).toHaveLength(1);
  }, 120_000);

  it.runIf(inFiles)('is where a backup was restored, or another file put in its place, for what came behind', () => {
    const dbPath = temporaryFile();
    const db = board({ dbPath });
    const before = db.getBoard().next;
    db.db.pragma('wal_checkpoint(TRUNCATE)');
    copyFileSync(dbPath, `${dbPath}.copy`);
    db.createZone(zone(5));
    const behind = db.getBoard().next;
    db.close();
    copyFileSync(`${dbPath}.copy`, dbPath);
    const restored = open({ dbPath });
    expect(restored.getChanges({ after: behind })).toEqual(GAP);
    restored.createZone(zone(6));
    restored.createZone(zone(7));
    expect(restored.getChanges({ after: behind })).toEqual(GAP);
    expect(restored.getChanges({ after: before }).items.map(({ id }) => id)).toEqual(['zone-6', 'zone-7']);
    expect(board().getChanges({ after: before })).toEqual(GAP);
  });

  it('is where somebody emptied the log', () => {
    const db = board();
    const { next } = db.getBoard();
    sql(db).exec('DELETE FROM changes');
    expect(db.getBoard().next).toBeNull();
    expect([db.getChanges(), db.getChanges({ after: next })]).toEqual([GAP, GAP]);
    db.createZone(zone(5));
    expect([db.getChanges(), db.getChanges({ after: next })]).toEqual([GAP, GAP]);
    expect(db.getBoard().next).not.toBeNull();
  });
});

describe('a file', () => {
  it('that is only read is followed like any other', () => {
    const at = place();
    const db = board(at);
    const reading = open({ ...at, readonly: true });
    const { next } = reading.getBoard();
    db.deleteZone('zone-1');
    expect(reading.getChanges({ after: next }).items).toEqual(db.getChanges({ after: next }).items);
  });

  it.runIf(inFiles).each([3, 4])('left at version %d is, too', (version) => {
    const dbPath = temporaryFile();
    board({ dbPath }).close();
    schema.down(dbPath, version);
    const old = open({ dbPath, readonly: true });
    expect(old.getChanges().items.map(({ id }) => id)).toEqual(['zone-1', 'zone-2', 'wt-1', 'wt-2', 'wt-3']);
    const { next } = old.getBoard();
    elsewhere(dbPath, "DELETE FROM zones WHERE id = 'zone-1'");
    expect(old.getChanges({ after: next }).items.map(({ op }) => op)).toEqual(['delete']);
  });

  it.runIf(inFiles)('of a version that had no log has no feed', () => {
    const dbPath = temporaryFile();
    board({ dbPath }).close();
    schema.down(dbPath, 2);
    const old = open({ dbPath, readonly: true });
    expect(old.getBoard()).toMatchObject({ next: null, zones: [{}, {}] });
    expect(old.getChanges()).toEqual({ items: [], next: null, gap: true });
  });
});

describe('what it is given', () => {
  const CURSORS = [
    '',
    'x',
    'next',
    Buffer.from('[1,2]').toString('base64url'),
    Buffer.from('["changes",1,"x"]').toString('base64url'),
    Buffer.from('["changes",-1,"1"]').toString('base64url'),
    Buffer.from('["changes",1,"99999999999999999999"]').toString('base64url'),
  ];

  it.each(CURSORS)('after %j is no cursor', (after) => {
    const error = thrown(() => board().getChanges({ after }));
    expect(error).toMatchObject({
      name: 'Error',
      code: 'ERR_CURSOR',
      method: 'getChanges',
      field: 'after',
      value: after,
    });
  });

  it('a next of listRuns is none either', () => {
    const db = board();
    db.enqueueRuns([wanted(), wanted(), wanted()]);
    expect(claim(db)).not.toBeNull();
    expect(queued(db).status).toBe('queued');
    const { next } = db.listRuns({ limit: 1 });
    expect(thrown(() => db.getChanges({ after: next })).code).toBe('ERR_CURSOR');
  });

  it.each([
    [{ after: 5 }, 'TypeError', 'ERR_INVALID_ARG_TYPE', 'after'],
    [{ limit: 0 }, 'RangeError', 'ERR_OUT_OF_RANGE', 'limit'],
    [{ limit: 1001 }, 'RangeError', 'ERR_OUT_OF_RANGE', 'limit'],
    [{ limit: 1.5 }, 'RangeError', 'ERR_OUT_OF_RANGE', 'limit'],
    [{ limit: '5' }, 'TypeError', 'ERR_INVALID_ARG_TYPE', 'limit'],
    [{ entities: 5 }, 'TypeError', 'ERR_INVALID_ARG_TYPE', 'entities'],
    [{ entities: ['zone', 5] }, 'TypeError', 'ERR_INVALID_ARG_TYPE', 'entities'],
    [{ entities: ['zones'] }, 'TypeError', 'ERR_INVALID_ARG_VALUE', 'entities'],
    [{ entities: 'output' }, 'TypeError', 'ERR_INVALID_ARG_VALUE', 'entities'],
  ])('%o is refused', (given, name, code, field) => {
    expect(thrown(() => board().getChanges(given))).toMatchObject({ name, code, method: 'getChanges', field });
  });

  it('an unknown key is a TypeError that names the nearest known one', () => {
    const error = thrown(() => board().getChanges({ entitys: [] }));
    expect(error).toMatchObject({ name: 'TypeError', code: 'ERR_UNKNOWN_KEY', field: 'entitys' });
    expect(error.message).toContain("'entities'");
  });
});

it.runIf(inFiles)('costs its rows, and not its place', () => {
  const db = open();
  db.createZone(zone(1));
  db.transaction(() => {
    for (let n = 0; n < 30_000; n += 1) db.updateZone('zone-1', { position: { x: n } });
  });
  const { next } = db.getBoard();
  for (let n = 0; n < 100; n += 1) db.updateZone('zone-1', { position: { y: n } });
  const time = (after) => {
    const times = Array.from({ length: 30 }, () => {
      const begun = process.hrtime.bigint();
      expect(db.getChanges({ after, limit: 100 }).items).toHaveLength(100);
      return Number(process.hrtime.bigint() - begun);
    });
    return Math.min(...times);
  };
  expect(time(next)).toBeLessThan(3 * time(undefined));
});

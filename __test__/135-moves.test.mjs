// `moveWorktree`: a drop on the canvas in one call. `getMoves`: the ledger of all of them, by whomever.
// Long because it is read as a specification: each rule of a drop and the ledger is a test.
import { describe, expect, it } from 'vitest';
import { board, claim, everything, refusal } from './support/runs.mjs';
import { zone } from './support/samples.mjs';
import { schema } from './support/schema.mjs';
import { sql } from './support/sql.mjs';
import { inFiles, open, place, temporaryFile } from './support/temporary.mjs';
import { Database } from './support/visual_database.mjs';

/** `worktree: from > to`, the oldest first. */
const told = (db, filter) =>
  db
    .getMoves({ limit: 1000, ...filter })
    .items.map(({ worktreeId, from, to }) => `${worktreeId}: ${from} > ${to}`)
    .toReversed();

describe('moveWorktree(worktreeId, zoneId, options)', () => {
  it('gives the worktree, the move, and the runs that it started', () => {
    const db = board();
    const before = db.getWorktree('wt-1');
    const { worktree, move, runs } = db.moveWorktree('wt-1', 'zone-1', {
      position: { x: 600, y: 40 },
      reason: 'ready',
    });
    expect(worktree).toStrictEqual(db.getWorktree('wt-1'));
    expect(worktree).toStrictEqual({ ...before, position: { x: 600, y: 40 }, updatedAt: expect.any(String) });
    expect(move).toStrictEqual({
      id: expect.any(String),
      worktreeId: 'wt-1',
      from: null,
      to: 'zone-1',
      at: expect.stringMatching(/^\d{4}-.*Z$/),
      by: null,
      reason: 'ready',
      branchName: 'feature/1',
      fromName: null,
      toName: 'Zone 1',
    });
    expect(runs).toEqual([]);
    expect(db.getWorktreeZone('wt-1')).toBe('zone-1');
    expect(db.getMoves()).toStrictEqual({ items: [move], next: null });
  });

  it('into null is out of its zone', () => {
    const db = board();
    db.moveWorktree('wt-1', 'zone-1');
    const { move } = db.moveWorktree('wt-1', null);
    expect(move).toMatchObject({ from: 'zone-1', to: null, fromName: 'Zone 1', toName: null });
    expect(db.getWorktreeZone('wt-1')).toBeNull();
    expect(db.moveWorktree('wt-1', null).move).toBeNull();
  });

  it('into the zone where it is changes its position only', () => {
    const db = board();
    db.updateZone('zone-1', { trigger: 'onDrop', agents: ['frontend'] });
    db.assignWorktreeToZone('wt-1', 'zone-1');
    const assignments = db.getBoard().assignments;
    const { worktree, move, runs } = db.moveWorktree('wt-1', 'zone-1', { position: { x: 7 }, enqueue: true });
    expect([worktree.position, move, runs]).toEqual([{ x: 7, y: 0 }, null, []]);
    expect(db.getBoard().assignments).toEqual(assignments);
    expect(told(db)).toEqual(['wt-1: null > zone-1']);
  });

  it('without a position leaves it where it is', () => {
    const db = board();
    const { position, updatedAt } = db.updateWorktree('wt-1', { position: { x: 3, y: 4 } });
    expect(db.moveWorktree('wt-1', 'zone-1').worktree).toMatchObject({ position, updatedAt });
  });

  it('names who moved it', () => {
    const db = board();
    const anna = db.as({ kind: 'user', id: 'anna' });
    expect(anna.moveWorktree('wt-1', 'zone-1').move.by).toEqual({ kind: 'user', id: 'anna' });
    anna.assignWorktreeToZone('wt-1', 'zone-2');
    db.moveWorktree('wt-1', null);
    expect(db.getMoves().items.map(({ by }) => by?.id)).toEqual([undefined, 'anna', 'anna']);
  });

  it('takes the time of the option clock, in the ledger too', () => {
    const at = Date.parse('2031-01-02T03:04:05.006Z');
    const db = board({ clock: () => at });
    expect(db.moveWorktree('wt-1', 'zone-1').move.at).toBe('2031-01-02T03:04:05.006Z');
    expect(db.getMoves().items[0].at).toBe('2031-01-02T03:04:05.006Z');
  });

  it.each(['worktreeId', 'zoneId'])('of a %s that there is none of is ERR_NOT_FOUND, and nothing is done', (field) => {
    const db = board();
    const before = everything(db);
    const given = { worktreeId: 'wt-1', zoneId: 'zone-1', [field]: 'nowhere' };
    expect(refusal(() => db.moveWorktree(given.worktreeId, given.zoneId, { position: { x: 1 } }))).toEqual({
      name: 'Error',
      code: 'ERR_NOT_FOUND',
      method: 'moveWorktree',
      field,
      value: 'nowhere',
    });
    expect(everything(db)).toEqual(before);
  });
});

describe('expectedZoneId', () => {
  it('that is met changes nothing about the move', () => {
    const db = board();
    expect(db.moveWorktree('wt-1', 'zone-1', { expectedZoneId: null }).move.to).toBe('zone-1');
    expect(db.moveWorktree('wt-1', 'zone-2', { expectedZoneId: 'zone-1' }).move.to).toBe('zone-2');
  });

  it.each([
    ['zone-1', 'zone-2'],
    [null, 'zone-2'],
    ['zone-1', null],
  ])('of %o where it is in %o is ERR_CONFLICT with what is current, and nothing is done', (expectedZoneId, current) => {
    const db = board();
    db.moveWorktree('wt-1', current);
    const before = everything(db);
    const call = () => db.moveWorktree('wt-1', 'zone-1', { expectedZoneId, position: { x: 9 } });
    expect(refusal(call)).toEqual({
      name: 'Error',
      code: 'ERR_CONFLICT',
      method: 'moveWorktree',
      field: 'expectedZoneId',
      value: expectedZoneId,
    });
    try {
      call();
    } catch (error) {
      expect(error.current).toBe(current);
    }
    expect(everything(db)).toEqual(before);
  });
});

describe('enqueue', () => {
  /** A board whose first zone starts these agents. */
  function starting(agents, given) {
    const db = board();
    const promptTemplate = 'Work on {{ worktree.branch }} in {{ zone.name }}: {{ github.title }}';
    db.updateZone('zone-1', { trigger: 'onDrop', agents, promptTemplate, ...given });
    return db;
  }

  it('wants a run of each agent of an onDrop zone, with the prompt of its template', () => {
    const db = starting(['frontend', { type: 'qa', model: 'x' }, { name: 'docs' }]);
    const anna = db.as({ kind: 'user', id: 'anna' });
    const { runs } = anna.moveWorktree('wt-1', 'zone-1', { enqueue: true, variables: { github: { title: 'Log in' } } });
    expect(runs).toStrictEqual(runs.map(({ id }) => db.getRun(id)));
    expect(runs).toMatchObject(
      ['frontend', 'qa', 'docs'].map((agentType) => ({
        agentType,
        zoneId: 'zone-1',
        worktreeId: 'wt-1',
        status: 'queued',
        prompt: 'Work on feature/1 in Zone 1: Log in',
        by: { kind: 'user', id: 'anna' },
      })),
    );
    expect(claim(db).run.id).toBe(runs[0].id);
  });

  it.each([
    ['of another trigger', { trigger: 'manual' }, { enqueue: true }],
    ['without agents', { agents: [] }, { enqueue: true }],
    ['where none are wanted', {}, { enqueue: false }],
    ['where nothing is said', {}, {}],
  ])('wants no run in a zone %s', (_, given, options) => {
    const db = starting(['frontend'], given);
    expect(db.moveWorktree('wt-1', 'zone-1', options).runs).toEqual([]);
    expect(db.listRuns().items).toEqual([]);
  });

  it.each([[[5]], [['']], [[{ id: 'x' }]], [['frontend', null]]])(
    'of agents %o is a TypeError, and nothing is done',
    (agents) => {
      const db = starting(agents);
      const before = everything(db);
      expect(refusal(() => db.moveWorktree('wt-1', 'zone-1', { enqueue: true }))).toMatchObject({
        name: 'TypeError',
        code: 'ERR_INVALID_ARG_VALUE',
        method: 'moveWorktree',
        field: 'zoneId',
      });
      expect(everything(db)).toEqual(before);
    },
  );
});

describe('the limit of a zone', () => {
  /** A board whose first zone may have one worktree, and has it. */
  function full() {
    const db = board();
    db.setWipLimit('zone-1', 1);
    db.moveWorktree('wt-1', 'zone-1');
    return db;
  }

  it('that is reached is ERR_WIP_LIMIT, and nothing is done', () => {
    const db = full();
    const before = everything(db);
    expect(refusal(() => db.moveWorktree('wt-2', 'zone-1', { position: { x: 1 } }))).toMatchObject({
      code: 'ERR_WIP_LIMIT',
      method: 'moveWorktree',
      field: 'zoneId',
    });
    expect(everything(db)).toEqual(before);
  });

  it('may be passed over by force, and is no matter within the zone or to other calls', () => {
    const db = full();
    expect(db.moveWorktree('wt-1', 'zone-1', { position: { x: 1 } }).move).toBeNull();
    expect(db.moveWorktree('wt-2', 'zone-1', { overLimit: 'force' }).move.to).toBe('zone-1');
    db.assignWorktreeToZone('wt-3', 'zone-1');
    expect(db.getWorktreesInZone('zone-1')).toHaveLength(3);
  });
});

describe('moveWorktrees([…])', () => {
  it('does all of them, in their order', () => {
    const db = board();
    const made = db.moveWorktrees([
      { worktreeId: 'wt-2', zoneId: 'zone-1', position: { x: 5 } },
      { worktreeId: 'wt-1', zoneId: 'zone-1', reason: 'too' },
      { worktreeId: 'wt-2', zoneId: null },
    ]);
    expect(made.map(({ move }) => move.to)).toEqual(['zone-1', 'zone-1', null]);
    expect(made[0].worktree.position).toEqual({ x: 5, y: 0 });
    expect(told(db)).toEqual(['wt-2: null > zone-1', 'wt-1: null > zone-1', 'wt-2: zone-1 > null']);
    expect(db.moveWorktrees([])).toEqual([]);
  });

  it('has one time for all of them', () => {
    let now = Date.parse('2031-01-01T00:00:00.000Z');
    const db = board({ clock: () => (now += 1000) });
    const made = db.moveWorktrees([1, 2, 3].map((n) => ({ worktreeId: `wt-${n}`, zoneId: 'zone-1' })));
    expect(new Set(made.map(({ move }) => move.at)).size).toBe(1);
  });

  it('or none: the error says which was refused', () => {
    const db = board();
    const before = everything(db);
    const moves = [
      { worktreeId: 'wt-1', zoneId: 'zone-1' },
      { worktreeId: 'wt-2', zoneId: 'nowhere' },
    ];
    expect(refusal(() => db.moveWorktrees(moves))).toMatchObject({
      code: 'ERR_NOT_FOUND',
      method: 'moveWorktrees',
      field: 'zoneId',
      index: 1,
    });
    expect(everything(db)).toEqual(before);
  });
});

describe('getMoves(filter)', () => {
  it.runIf(inFiles)('has the moves of every call and every writer, newest first, one for each change of zone', () => {
    const dbPath = temporaryFile();
    const db = board({ dbPath });
    db.assignWorktreeToZone('wt-1', 'zone-1');
    db.assignWorktreeToZone('wt-1', 'zone-1');
    db.transaction(() => {
      db.assignWorktreesToZone(['wt-1', 'wt-2'], 'zone-2');
      db.removeWorktreeFromZone('wt-2');
    });
    const other = new Database(dbPath);
    other.exec("INSERT OR REPLACE INTO worktree_zones VALUES ('wt-1', 'zone-1', 'now'); DELETE FROM worktree_zones");
    other.close();
    expect(told(db)).toEqual([
      'wt-1: null > zone-1',
      'wt-1: zone-1 > zone-2',
      'wt-2: null > zone-2',
      'wt-2: zone-2 > null',
      'wt-1: zone-2 > zone-1',
      'wt-1: zone-1 > null',
    ]);
  });

  it('outlives worktree and zone, with what they were called', () => {
    const db = board();
    db.moveWorktree('wt-1', 'zone-1');
    db.updateZone('zone-1', { name: 'Another' });
    db.relocateWorktree('wt-1', { branchName: 'renamed' });
    db.moveWorktree('wt-1', 'zone-2');
    db.deleteZone('zone-1');
    db.deleteWorktree('wt-1');
    expect(db.getMoves().items).toMatchObject([
      { from: 'zone-2', to: null, branchName: 'renamed', fromName: 'Zone 2', toName: null },
      { from: 'zone-1', to: 'zone-2', branchName: 'renamed', fromName: 'Another', toName: 'Zone 2' },
      { from: null, to: 'zone-1', branchName: 'feature/1', fromName: null, toName: 'Zone 1' },
    ]);
  });

  it.runIf(inFiles)('takes those for unassigned whose zone or worktree was deleted with foreign keys off', () => {
    const db = board();
    for (const n of [1, 2]) db.moveWorktree(`wt-${n}`, 'zone-1');
    db.moveWorktree('wt-3', 'zone-2');
    db.db.pragma('foreign_keys = OFF');
    db.db.exec("DELETE FROM zones WHERE id = 'zone-1'; DELETE FROM worktrees WHERE id = 'wt-3'");
    db.db.pragma('foreign_keys = ON');
    expect(told(db).slice(3)).toEqual(['wt-1: zone-1 > null', 'wt-2: zone-1 > null', 'wt-3: zone-2 > null']);
    db.createZone(zone(1));
    expect(told(db).slice(6)).toEqual(['wt-1: null > zone-1', 'wt-2: null > zone-1']);
  });

  it('filters by worktree, zone and time', () => {
    let now = Date.parse('2031-01-01T00:00:00.000Z');
    const db = board({ clock: () => now });
    for (const [worktreeId, zoneId] of [
      ['wt-1', 'zone-1'],
      ['wt-2', 'zone-2'],
      ['wt-1', 'zone-2'],
      ['wt-1', null],
    ]) {
      now += 1000;
      db.moveWorktree(worktreeId, zoneId);
    }
    expect(told(db, { worktreeId: 'wt-2' })).toEqual(['wt-2: null > zone-2']);
    expect(told(db, { zoneId: 'zone-1' })).toEqual(['wt-1: null > zone-1', 'wt-1: zone-1 > zone-2']);
    expect(told(db, { zoneId: 'zone-2', worktreeId: 'wt-1' })).toHaveLength(2);
    expect(told(db, { since: '2031-01-01T00:00:03Z' })).toHaveLength(2);
    expect(told(db, { until: new Date('2031-01-01T00:00:02Z') })).toHaveLength(2);
    expect(told(db, { since: '2031-01-01T00:00:02Z', until: '2031-01-01T00:00:03Z' })).toHaveLength(2);
    expect(told(db, { zoneId: 'nowhere' })).toEqual([]);
  });

  it.each([0, 2000])(
    'has pages that miss nothing and repeat nothing, %i rows of the log being folded already',
    (count) => {
      const db = board();
      for (let n = 0; n < count; n += 1) db.updateWorktree('wt-3', { position: { x: n } });
      for (let n = 0; n < 120; n += 1) db.moveWorktree(`wt-${1 + (n % 2)}`, n % 4 < 2 ? 'zone-1' : 'zone-2');
      db.getMoves();
      for (let n = 0; n < 30; n += 1) db.moveWorktree('wt-3', n % 2 ? null : 'zone-1');
      for (const filter of [{}, { worktreeId: 'wt-1' }, { zoneId: 'zone-2' }]) {
        const all = db.getMoves({ ...filter, limit: 1000 }).items;
        const found = [];
        let after;
        do {
          const page = db.getMoves({ ...filter, limit: 7, after });
          found.push(...page.items);
          after = page.next;
          if (found.length === 14) db.moveWorktree('wt-1', 'zone-1');
          if (found.length === 21) db.moveWorktree('wt-1', null);
        } while (after !== null);
        expect(found).toEqual(all);
      }
    },
  );

  it('is the same on a read-only connection, and writes nothing there', () => {
    const at = place();
    const db = board(at);
    for (let n = 0; n < 700; n += 1) db.moveWorktree('wt-1', n % 2 ? null : 'zone-1');
    const reader = open({ ...at, readonly: true });
    const before = everything(db);
    const read = reader.getMoves({ limit: 1000 });
    expect(everything(db)).toEqual(before);
    expect(read.items).toHaveLength(700);
    expect(db.getMoves({ limit: 1000 })).toStrictEqual(read);
    expect(everything(db).moves).toHaveLength(700);
    expect(db.getMoves({ limit: 1000 })).toStrictEqual(read);
  });

  it('goes on where somebody has emptied the log: the moves to where everything is then', () => {
    const db = board();
    db.moveWorktree('wt-1', 'zone-1');
    db.moveWorktree('wt-2', 'zone-1');
    expect(told(db)).toHaveLength(2);
    sql(db).exec('DELETE FROM changes');
    db.moveWorktree('wt-2', 'zone-2');
    expect(told(db, { worktreeId: 'wt-1' })).toEqual(['wt-1: null > zone-1']);
    expect(told(db, { worktreeId: 'wt-2' }).at(-1)).toMatch(/ > zone-2$/);
    db.moveWorktree('wt-2', null);
    expect(told(db, { worktreeId: 'wt-2' }).at(-1)).toBe('wt-2: zone-2 > null');
  });

  it('knows a `next` of another filter, and one that is none: ERR_CURSOR', () => {
    const db = board();
    for (let n = 0; n < 3; n += 1) db.moveWorktree('wt-1', n % 2 ? null : 'zone-1');
    const { next } = db.getMoves({ limit: 1 });
    for (const call of [() => db.getMoves({ zoneId: 'zone-1', after: next }), () => db.getMoves({ after: 'x' })]) {
      expect(refusal(call)).toMatchObject({ code: 'ERR_CURSOR', method: 'getMoves', field: 'after' });
    }
  });

  it.runIf(inFiles)('of a file that came to this version begins with where everything was', () => {
    const dbPath = temporaryFile();
    const db = open({ dbPath });
    for (const n of [1, 2]) db.createZone(zone(n));
    db.close();
    schema.down(dbPath, 4);
    const older = new Database(dbPath);
    older.exec(`
      INSERT INTO worktrees (id, path, port, branch_name, created_at) VALUES ('w', '/w', 1, 'b', 'x');
      INSERT INTO worktree_zones VALUES ('w', 'zone-1', '2026-01-02T03:04:05.006Z')`);
    older.close();
    schema.up(dbPath);
    const again = open({ dbPath });
    expect(again.getMoves().items).toMatchObject([
      { worktreeId: 'w', from: null, to: 'zone-1', at: '2026-01-02T03:04:05.006Z', branchName: 'b', toName: 'Zone 1' },
    ]);
    again.moveWorktree('w', 'zone-2');
    expect(told(again)).toEqual(['w: null > zone-1', 'w: zone-1 > zone-2']);
  });
});

it('moves within its zone through an actor, too: signing needs no statement of its own that the call would refuse', () => {
  const db = board();
  const anna = db.as({ kind: 'user', id: 'anna' });
  anna.moveWorktree('wt-1', 'zone-1');
  const { move, worktree } = anna.moveWorktree('wt-1', 'zone-1', { position: { x: 12 } });
  expect([move, worktree.position.x]).toEqual([null, 12]);
});

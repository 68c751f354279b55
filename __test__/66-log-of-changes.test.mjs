// The log of changes: a row for whatever anybody does to the board, in the transaction that does it.
import { describe, expect, it } from 'vitest';
import { execution, worktree, zone } from './support/samples.mjs';
import { elsewhere } from './support/schema.mjs';
import { open, temporaryFile } from './support/temporary.mjs';

const [WORKTREE, ZONE, ASSIGNMENT, EXECUTION] = [1, 2, 3, 4];
const [REPLACED, MADE, CHANGED, GONE] = [0, 1, 2, 3];

/** What a call adds to the log: entity, op, id, and what else is said. */
function logged(db, call) {
  const last = db.db.prepare('SELECT max(seq) FROM changes').pluck();
  const before = last.get();
  call(db);
  return db.db
    .prepare('SELECT * FROM changes WHERE seq > ? ORDER BY seq')
    .all(before)
    .map(
      ({ entity, op, id, data, zone_id: zoneId, worktree_id: worktreeId, agent_type: agentType, success, count }) => [
        entity,
        op,
        id,
        ...(entity === EXECUTION ? [zoneId, worktreeId, agentType, success, count] : []),
        ...(entity === ASSIGNMENT ? [zoneId, worktreeId] : []),
        ...(data === null ? [] : [entity === ASSIGNMENT ? data : JSON.parse(data)]),
      ],
    );
}

/** Zones 1 and 2, worktree 1. */
function board(dbPath = temporaryFile()) {
  const db = open({ dbPath });
  for (const n of [1, 2]) db.createZone(zone(n));
  db.createWorktree(worktree(1));
  return db;
}

describe('a call appends', () => {
  it('the values of a new worktree or zone', () => {
    const db = board();
    expect(logged(db, () => db.createWorktree(worktree(2, { issueUrl: 'https://a.b/"c"\n' })))).toEqual([
      [
        WORKTREE,
        MADE,
        'wt-2',
        {
          path: '/worktrees/2',
          port: 3002,
          branch_name: 'feature/2',
          issue_url: 'https://a.b/"c"\n',
          task_id: null,
          status: 'active',
          x: 0,
          y: 0,
          created_at: db.getWorktree('wt-2').createdAt,
          u: null,
        },
      ],
    ]);
    const [[entity, op, id, values]] = logged(db, () => db.createZone(zone(3, { agents: ['qa'], size: { width: 7 } })));
    expect([entity, op, id]).toEqual([ZONE, MADE, 'zone-3']);
    expect(values).toMatchObject({
      name: 'Zone 3',
      agents: '["qa"]',
      size_width: 7,
      size_height: 200,
      u: null,
    });
    expect(Object.keys(values)).toHaveLength(12);
  });

  it('what a change of one changed, and no more', () => {
    const db = board();
    const [[, , , first]] = logged(db, () => db.updateWorktree('wt-1', { status: 'review', position: { x: 3, y: 0 } }));
    expect(first).toEqual({ x: 3, status: 'review', u: db.getWorktree('wt-1').updatedAt });
    const [[entity, op, id, second]] = logged(db, () => db.updateZone('zone-1', { name: 'Other' }));
    expect([entity, op, id]).toEqual([ZONE, CHANGED, 'zone-1']);
    expect(second).toEqual({ name: 'Other', u: db.getZone('zone-1').updatedAt });
  });

  it('where a worktree went, and what goes with a zone that is deleted', () => {
    const db = board();
    const at = () => db.db.prepare('SELECT assigned_at FROM worktree_zones').pluck().get();
    expect(logged(db, () => db.assignWorktreeToZone('wt-1', 'zone-1'))).toEqual([
      [ASSIGNMENT, MADE, 'wt-1', 'zone-1', 'wt-1', at()],
    ]);
    const moved = logged(db, () => db.assignWorktreeToZone('wt-1', 'zone-2'));
    expect(moved.at(-1).slice(2)).toEqual(['wt-1', 'zone-2', 'wt-1', at()]);
    expect(logged(db, () => db.deleteZone('zone-2')).toSorted()).toEqual([
      [ZONE, GONE, 'zone-2'],
      [ASSIGNMENT, GONE, 'wt-1', 'zone-2', 'wt-1'],
    ]);
  });

  it('an execution, by how much the number of executions changes', () => {
    const db = board();
    const [[, , id]] = logged(db, () => db.recordExecution(execution({ success: false })));
    expect(id).toBe(db.getExecutionHistory('zone-1')[0].id);
    expect(
      logged(db, () => db.db.exec("UPDATE zone_executions SET success = 1, zone_id = 'zone-2'")).map((row) =>
        row.slice(3),
      ),
    ).toEqual([
      ['zone-1', 'wt-1', 'frontend', 0, -1],
      ['zone-2', 'wt-1', 'frontend', 1, 1],
    ]);
    expect(logged(db, () => db.deleteWorktree('wt-1')).toSorted()).toEqual([
      [WORKTREE, GONE, 'wt-1'],
      [EXECUTION, GONE, id, 'zone-2', 'wt-1', 'frontend', 1, -1],
    ]);
  });

  it('nothing where nothing is done, or what was done is taken back', () => {
    const db = board();
    expect(logged(db, () => expect(() => db.createWorktree(worktree(1))).toThrow('UNIQUE'))).toEqual([]);
    expect(logged(db, () => expect(() => db.deleteZone('nobody')).toThrow('not found'))).toEqual([]);
    const undone = () =>
      db.transaction(() => {
        db.createZone(zone(4));
        throw new Error('on second thoughts');
      });
    expect(logged(db, () => expect(undone).toThrow('second thoughts'))).toEqual([]);
  });
});

describe('another program', () => {
  it('is logged as well, what JSON can’t say as null', () => {
    const dbPath = temporaryFile();
    const db = board(dbPath);
    const rows = logged(db, () => elsewhere(dbPath, "UPDATE worktrees SET path = x'00', status = 1.5, task_id = ''"));
    expect(rows).toEqual([[WORKTREE, CHANGED, 'wt-1', { path: null, task_id: '', status: '1.5' }]]);
  });

  it('says what its REPLACE is about to delete, by id or port', () => {
    const db = board();
    db.createWorktree(worktree(2));
    db.db.pragma('recursive_triggers = OFF');
    const rows = logged(db, () =>
      db.db.exec(
        "REPLACE INTO worktrees (id, path, port, branch_name, created_at) VALUES ('wt-1', '/', 3002, 'b', 't')",
      ),
    );
    expect(rows.map((row) => row.slice(0, 3))).toEqual([
      [WORKTREE, REPLACED, 'wt-1'],
      [WORKTREE, REPLACED, 'wt-2'],
      [WORKTREE, MADE, 'wt-1'],
    ]);
    expect(rows.slice(0, 2).map((row) => row[3])).toEqual([
      { id: 'wt-1', port: 3001 },
      { id: 'wt-1', port: 3002 },
    ]);
  });
});

it('times never go back, and stamps differ', () => {
  const db = board();
  db.db.exec('UPDATE changes SET at = at + 3600000 WHERE seq = (SELECT max(seq) FROM changes)');
  db.createZone(zone(3));
  const rows = db.db.prepare('SELECT at, stamp FROM changes ORDER BY seq').all();
  expect(rows.map(({ at }) => at)).toEqual(rows.map(({ at }) => at).toSorted());
  expect(rows.at(-1).at).toBe(rows.at(-2).at);
  expect(new Set(rows.map(({ stamp }) => stamp)).size).toBe(rows.length);
});

import { describe, expect, it } from 'vitest';
import { execution, furnish, worktree, zone } from './support/samples.mjs';
import { sql } from './support/sql.mjs';
import { open } from './support/temporary.mjs';

const NONE = { total: 0, successful: 0, failed: 0, uniqueAgents: 0, successRate: 0 };

/** Two zones, two worktrees, and seven runs: zone 1 has five (two by worktree 2), zone 2 the rest. */
function worked() {
  const db = open();
  for (const n of [1, 2]) db.createZone(zone(n));
  for (const n of [1, 2]) db.createWorktree(worktree(n));
  const run = (zoneId, worktreeId, agentType, success) =>
    db.recordExecution(execution({ zoneId, worktreeId, agentType, success }));
  run('zone-1', 'wt-1', 'frontend', true);
  run('zone-1', 'wt-1', 'backend', true);
  run('zone-1', 'wt-1', 'backend', false);
  run('zone-1', 'wt-2', 'qa', false);
  run('zone-1', 'wt-2', 'frontend', false);
  run('zone-2', 'wt-1', 'frontend', true);
  run('zone-2', 'wt-2', 'qa', true);
  return db;
}

describe('getExecutionStats({ zoneId, worktreeId }?)', () => {
  it('of everything', () => {
    const all = { total: 7, successful: 4, failed: 3, uniqueAgents: 3, successRate: (4 / 7) * 100 };
    expect(worked().getExecutionStats()).toStrictEqual(all);
    expect(worked().getExecutionStats({})).toStrictEqual(all);
    expect(worked().getExecutionStats({ zoneId: undefined, worktreeId: undefined })).toStrictEqual(all);
  });

  it('of a zone, of a worktree, of both', () => {
    const db = worked();
    const of = (filter) => db.getExecutionStats(filter);
    expect(of({ zoneId: 'zone-1' })).toStrictEqual({
      total: 5,
      successful: 2,
      failed: 3,
      uniqueAgents: 3,
      successRate: 40,
    });
    expect(of({ worktreeId: 'wt-1' })).toStrictEqual({
      total: 4,
      successful: 3,
      failed: 1,
      uniqueAgents: 2,
      successRate: 75,
    });
    const both = { total: 2, successful: 0, failed: 2, uniqueAgents: 2, successRate: 0 };
    expect(of({ zoneId: 'zone-1', worktreeId: 'wt-2' })).toStrictEqual(both);
  });

  it('the rate is in percent, unrounded; 0 where total is 0', () => {
    const db = furnish(open());
    for (const success of [true, true]) db.recordExecution(execution({ success }));
    expect(db.getExecutionStats().successRate).toBe((2 / 3) * 100);
    expect(db.getExecutionStats({ zoneId: 'zone-2' })).toStrictEqual(NONE);
    expect(db.getExecutionStats({ worktreeId: 'nowhere' })).toStrictEqual(NONE);
    expect(open().getExecutionStats()).toStrictEqual(NONE);
  });

  it('the keys in this order, on a plain object', () => {
    const stats = worked().getExecutionStats();
    expect(Object.keys(stats)).toEqual(['total', 'successful', 'failed', 'uniqueAgents', 'successRate']);
    expect(Object.getPrototypeOf(stats)).toBe(Object.prototype);
  });

  it('follows what is deleted', () => {
    const db = worked();
    db.deleteWorktree('wt-1');
    expect(db.getExecutionStats()).toStrictEqual({
      total: 3,
      successful: 1,
      failed: 2,
      uniqueAgents: 2,
      successRate: (1 / 3) * 100,
    });
    expect(db.getExecutionStats({ zoneId: 'zone-2' })).toMatchObject({ total: 1, uniqueAgents: 1, successRate: 100 });
    expect(db.getExecutionStats({ worktreeId: 'wt-1' })).toStrictEqual(NONE);
    db.deleteZone('zone-1');
    expect(db.getExecutionStats()).toMatchObject({ total: 1, successful: 1, uniqueAgents: 1 });
    db.deleteZone('zone-2');
    expect(db.getExecutionStats()).toStrictEqual(NONE);
  });

  it('follows what is rolled back', () => {
    const db = worked();
    const before = db.getExecutionStats();
    expect(() =>
      db.transaction(() => {
        db.recordExecution(execution({ agentType: 'devops', success: true }));
        expect(db.getExecutionStats()).toMatchObject({ total: 8, uniqueAgents: 4 });
        db.deleteZone('zone-1');
        throw new Error('never mind');
      }),
    ).toThrow('never mind');
    expect(db.getExecutionStats()).toStrictEqual(before);
  });

  it('follows what is written through the raw handle', () => {
    const db = worked();
    sql(db).exec("UPDATE zone_executions SET success = 1, agent_type = 'one'");
    expect(db.getExecutionStats()).toStrictEqual({
      total: 7,
      successful: 7,
      failed: 0,
      uniqueAgents: 1,
      successRate: 100,
    });
    sql(db).exec("DELETE FROM zone_executions WHERE worktree_id = 'wt-2'");
    expect(db.getExecutionStats({ zoneId: 'zone-1' })).toMatchObject({ total: 3, successful: 3 });
    sql(db).exec('DELETE FROM zone_executions');
    expect(db.getExecutionStats()).toStrictEqual(NONE);
  });
});

describe('getStats()', () => {
  it('row counts', () => {
    expect(open().getStats()).toStrictEqual({ worktrees: 0, zones: 0, assignments: 0, executions: 0 });
    const db = furnish(open());
    expect(db.getStats()).toStrictEqual({ worktrees: 3, zones: 2, assignments: 1, executions: 1 });
    expect(Object.keys(db.getStats())).toEqual(['worktrees', 'zones', 'assignments', 'executions']);
    db.deleteWorktree('wt-1');
    expect(db.getStats()).toStrictEqual({ worktrees: 2, zones: 2, assignments: 0, executions: 0 });
  });
});

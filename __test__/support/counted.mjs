import { expect } from 'vitest';

/** Every answer that comes from the counts is what the executions say. */
export function expectRight(db) {
  const by = (where) =>
    db.db
      .prepare(
        `SELECT count(*) AS total, count(iif(success = 1, 1, NULL)) AS successful,
           count(iif(success = 0, 1, NULL)) AS failed, count(DISTINCT agent_type) AS uniqueAgents
         FROM zone_executions WHERE ${where}`,
      )
      .get();
  expect(db.getStats().executions).toBe(by('1').total);
  expect(db.getExecutionStats()).toMatchObject(by('1'));
  for (const zoneId of ['zone-1', 'zone-2']) {
    expect(db.getExecutionStats({ zoneId })).toMatchObject(by(`zone_id = '${zoneId}'`));
    for (const worktreeId of ['wt-1', 'wt-3']) {
      expect(db.getExecutionStats({ worktreeId })).toMatchObject(by(`worktree_id = '${worktreeId}'`));
      const both = by(`zone_id = '${zoneId}' AND worktree_id = '${worktreeId}'`);
      expect(db.getExecutionStats({ zoneId, worktreeId })).toMatchObject(both);
    }
  }
}

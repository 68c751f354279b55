// The least that `createWorktree`, `createZone` and `recordExecution` need, numbered so that ids and ports differ.
export const worktree = (n = 1, given = {}) => ({
  id: `wt-${n}`,
  path: `/worktrees/${n}`,
  port: 3000 + n,
  branchName: `feature/${n}`,
  ...given,
});

export const zone = (n = 1, given = {}) => ({
  id: `zone-${n}`,
  name: `Zone ${n}`,
  createdAt: '2026-01-01T00:00:00.000Z',
  ...given,
});

export const execution = (given = {}) => ({
  zoneId: 'zone-1',
  worktreeId: 'wt-1',
  agentType: 'frontend',
  prompt: 'Implement it',
  ...given,
});

/** `object` without the keys named. */
export const without = (object, ...keys) =>
  Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));

/** Zones 1 and 2, worktrees 1, 2 and 3, worktree 1 in zone 1, and one run there. */
export function furnish(db) {
  for (const n of [1, 2]) db.createZone(zone(n));
  for (const n of [1, 2, 3]) db.createWorktree(worktree(n));
  db.assignWorktreeToZone('wt-1', 'zone-1');
  db.recordExecution(execution());
  return db;
}

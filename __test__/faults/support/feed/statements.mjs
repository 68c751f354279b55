// What those write who know nothing but SQL: a transaction of a few statements, and one that counts it.

const W = 'worktrees (id, path, port, branch_name, created_at)';
const A = 'worktree_zones (worktree_id, zone_id, assigned_at)';
const E = 'zone_executions (id, zone_id, worktree_id, agent_type, prompt, success, executed_at)';

/** The zone in which a writer counts its transactions, by its x: who reads the feed sees each number once, in order. */
export const counterOf = (name) => `counter ${name}`;

/** Few worktrees and zones, so that writers meet. */
export const worktreeOf = (dice) => `wt-${dice.below(12)}`;
export const zoneOf = (dice) => `zone-${dice.below(4)}`;
export const portOf = (dice) => 3000 + dice.below(14);

/** One of many ways to change something. */
function statement(dice, name, count) {
  const [worktree, zone, port] = [worktreeOf(dice), zoneOf(dice), portOf(dice)];
  const row = `('${worktree}', '/p', ${port}, 'b${count}', 't')`;
  return dice.pick([
    `INSERT OR REPLACE INTO ${W} VALUES ${row}`,
    `INSERT OR IGNORE INTO ${W} VALUES ${row}`,
    `INSERT INTO ${W} VALUES ${row} ON CONFLICT (id) DO UPDATE SET branch_name = excluded.branch_name ON CONFLICT DO NOTHING`,
    `INSERT OR REPLACE INTO ${A} VALUES ('${worktree}', '${zone}', 't${count}')`,
    `INSERT OR IGNORE INTO ${A} VALUES ('${worktree}', '${zone}', 't${count}')`,
    `UPDATE worktrees SET position_x = ${count}, status = 's${count % 3}' WHERE id = '${worktree}'`,
    `UPDATE OR REPLACE worktrees SET port = ${port} WHERE id = '${worktree}'`,
    `UPDATE zones SET description = 'é ${name} ${count}' WHERE id = '${zone}'`,
    `UPDATE worktree_zones SET zone_id = '${zone}' WHERE zone_id <> '${zone}' AND worktree_id < '${worktree}'`,
    `DELETE FROM worktrees WHERE id = '${worktree}'`,
    `DELETE FROM worktree_zones WHERE worktree_id = '${worktree}'`,
    `INSERT OR REPLACE INTO ${E} SELECT '${name} ${count % 20}', '${zone}', id, 'a', 'p', ${count % 2}, 't' FROM worktrees WHERE id = '${worktree}'`,
    `DELETE FROM zone_executions WHERE id = '${name} ${dice.below(20)}'`,
    dice.chance(0.05)
      ? 'DELETE FROM worktrees'
      : `UPDATE zone_executions SET success = 1 - success WHERE zone_id = '${zone}'`,
  ]);
}

/** The statements of a transaction; some are taken back, with a savepoint or all of them. */
export function statements(dice, name, count) {
  const some = () => Array.from({ length: 1 + dice.below(4) }, () => statement(dice, name, count));
  const counted = `UPDATE zones SET position_x = position_x + 1 WHERE id = '${counterOf(name)}'`;
  const inner = dice.chance(0.2) ? ['SAVEPOINT s', ...some(), 'ROLLBACK TO s', 'RELEASE s'] : [];
  const end = dice.chance(0.1) ? 'ROLLBACK' : 'COMMIT';
  return ['BEGIN IMMEDIATE', ...some(), ...inner, counted, end];
}

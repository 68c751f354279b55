// Counts of executions are kept by triggers in the file: right whoever writes it, and mended where they can't be.
import { describe, expect, it } from 'vitest';
import { execution, furnish } from './support/samples.mjs';
import { bare, elsewhere, schema } from './support/schema.mjs';
import { open, temporaryFile } from './support/temporary.mjs';

/** A file with some runs, closed. */
function file() {
  const dbPath = temporaryFile();
  const db = furnish(open({ dbPath }));
  for (let n = 0; n < 9; n += 1) {
    db.recordExecution(execution({ zoneId: `zone-${(n % 2) + 1}`, agentType: `agent-${n % 3}`, success: n % 2 === 0 }));
  }
  db.close();
  return dbPath;
}

const REPLACE = `INSERT OR REPLACE INTO zone_executions (id, zone_id, worktree_id, agent_type, prompt, success, executed_at)
  SELECT id, zone_id, worktree_id, 'replaced', prompt, 1, executed_at FROM zone_executions LIMIT 4`;

describe('counts', () => {
  it.each([
    'UPDATE zone_executions SET success = 1 - success',
    "UPDATE zone_executions SET zone_id = 'zone-2', worktree_id = 'wt-3', agent_type = 'x' WHERE rowid % 2",
    'DELETE FROM zone_executions WHERE rowid % 3 = 0',
    'DELETE FROM zone_executions',
    `PRAGMA recursive_triggers = ON; ${REPLACE}`,
  ])('are right after another program’s %s', (sql) => {
    const dbPath = file();
    const watching = open({ dbPath });
    watching.getExecutionStats();
    elsewhere(dbPath, sql);
    expect(schema.checkCounts(dbPath)).toEqual([]);
    const counted = bare(dbPath)
      .prepare(
        `SELECT count(*) AS total, count(iif(success = 1, 1, NULL)) AS successful,
           count(iif(success = 0, 1, NULL)) AS failed, count(DISTINCT agent_type) AS uniqueAgents FROM zone_executions`,
      )
      .get();
    expect(watching.getExecutionStats()).toMatchObject(counted);
  });

  it('count what this package replaces through its own handle', () => {
    const dbPath = file();
    open({ dbPath }).db.exec(REPLACE);
    expect(schema.checkCounts(dbPath)).toEqual([]);
  });

  it('that another program’s REPLACE left wrong are found and rebuilt', () => {
    const dbPath = file();
    elsewhere(dbPath, REPLACE);
    const drifts = schema.checkCounts(dbPath);
    expect(drifts.map(({ table }) => table)).toEqual(['execution_counts', 'execution_counts_by_zone']);
    expect(schema.verify(dbPath)).toHaveLength(2);
    const watching = open({ dbPath });
    expect(watching.getExecutionStats().total).toBe(14);
    schema.rebuildCounts(dbPath);
    expect(schema.checkCounts(dbPath)).toEqual([]);
    expect(watching.getExecutionStats().total).toBe(10);
    expect(watching.getStats().executions).toBe(10);
  });
});

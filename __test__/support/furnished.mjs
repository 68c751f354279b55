// A board that has something of everything that is kept: the subject of what takes a board along, or makes it smaller.
import { ended, queued, running, waiting } from './runs.mjs';
import { execution, worktree, zone } from './samples.mjs';

/** Furnishes an empty database. */
export function furnish(db) {
  const alice = db.as({ kind: 'user', id: 'alice' });
  for (const n of [1, 2]) db.createZone(zone(n));
  for (const n of [1, 2, 3, 4]) db.createWorktree(worktree(n));
  alice.moveWorktree('wt-1', 'zone-1', { reason: 'to begin' });
  db.moveWorktree('wt-2', 'zone-1');
  alice.moveWorktree('wt-1', 'zone-2', { position: { x: 1.5, y: -2 } });
  for (let n = 0; n < 12; n += 1) {
    db.recordExecution({
      ...execution(),
      worktreeId: `wt-${1 + (n % 4)}`,
      prompt: `"${n}"\n\u{1f600}`,
      success: n % 3 > 0,
    });
  }
  db.setMetadata('worktree', 'wt-1', { tags: ['a', { b: null }] });
  db.setMetadata('zone', 'zone-1', { colour: 'red' });
  db.setWipLimit('zone-2', 3);
  db.setRunLimit({ zoneId: 'zone-1' }, 2);
  db.setBudget({ agentType: 'frontend', period: 'month' }, 5_000_000);
  const first = ended(db, { prompt: 'first' }, { status: 'succeeded', result: { files: 3 }, commitAfter: 'abc' });
  db.recordUsage(first.id, {
    eventId: 'u1',
    model: 'large',
    provider: 'p',
    inputTokens: 10,
    outputTokens: 3,
    costMicros: 7,
    costSource: 'reported',
  });
  ended(db, { parentRunId: first.id, worktreeId: 'wt-3' }, { status: 'failed', error: 'no' });
  ended(db, { worktreeId: 'wt-4', maxAttempts: 2 }, { status: 'failed', error: 'again' });
  const { run, token } = running(db, { worktreeId: 'wt-2', priority: 9 });
  db.appendOutput(run.id, token, [
    { stream: 'stdout', text: 'one\n' },
    { stream: 'event', text: '{}' },
  ]);
  waiting(db, { worktreeId: 'wt-3' });
  for (const priority of [0, 5, -1]) queued(db, { priority, idempotencyKey: `key-${priority}` });
  queued(db, { availableAt: new Date(Date.now() + 3_600_000) });
  const recorded = db.recordExecution(execution());
  db.recordUsage(recorded, { model: 'small', inputTokens: 1, outputTokens: 1, costMicros: 1, costSource: 'computed' });
  db.archiveWorktree('wt-4', { reason: 'merged' });
  return db;
}

/** What old writers leave behind: values that JSON can't say, ids that are none, rows that refer to nothing. */
export function scribble(db) {
  db.db.pragma('foreign_keys = OFF');
  db.db.exec(`
    INSERT INTO zones (id, name, description, created_at, position_x) VALUES (NULL, 'no id', CAST(x'ff80' AS TEXT), 't', 9e999);
    INSERT INTO worktrees (id, path, port, branch_name, created_at, task_id) VALUES ('odd', x'00ff', 'no port', 'b', '', x'');
    INSERT INTO worktree_zones (worktree_id, zone_id, assigned_at) VALUES ('nobody', 'nowhere', 't');
    INSERT INTO zone_executions (rowid, id, zone_id, worktree_id, agent_type, prompt, result, success, executed_at)
    VALUES (1000, 'blob', 'nowhere', 'wt-1', 'a', x'0001', 'no JSON', 2, '2026-01-01 12:00'), (-5, NULL, 'zone-1', 'wt-1', 'a', 'p', NULL, NULL, 't'),
      (2000, 'large', 'zone-1', 'wt-1', 'a', char(0) || 'x', '${'\\u2028'}', -1.5, 'now');
    UPDATE zones SET size_width = 0.1, size_height = -9223372036854775808 WHERE id = 'zone-1'`);
  db.db.pragma('foreign_keys = ON');
  return db;
}

// What a user does first, on any runtime that loads Node-API addons: `<runtime> smoke.mjs`. The other half is smoke.cjs.

import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import VisualDatabaseByDefault, { VisualDatabase, Database, SqliteError } from '../../lib/index.mjs';

const folder = mkdtempSync(join(tmpdir(), 'visual-db-smoke-'));
try {
  const file = join(folder, 'visual.db');
  assert.equal(VisualDatabaseByDefault, VisualDatabase);

  const db = new VisualDatabase({ dbPath: file });
  assert.equal(db.createWorktree({ id: 'wt-1', path: '/one', port: 3001, branchName: 'main' }).status, 'active');
  assert.equal(db.createZone({ id: 'zone-1', name: 'Development', agents: ['frontend', '🤖'] }).agents[1], '🤖');
  assert.equal(db.assignWorktreeToZone('wt-1', 'zone-1'), true);
  const run = { zoneId: 'zone-1', worktreeId: 'wt-1', agentType: 'frontend', prompt: 'go', result: { n: 0.1 } };
  const id = db.recordExecution({ ...run, success: true });
  assert.deepEqual(db.getExecution(id).result, { n: 0.1 });
  assert.equal(db.updateWorktree('wt-1', { position: { x: 1.5 } }).position.x, 1.5);
  assert.deepEqual(
    db.listWorktrees().map((worktree) => worktree.id),
    ['wt-1'],
  );
  assert.deepEqual(db.getStats(), { worktrees: 1, zones: 1, assignments: 1, executions: 1 });

  assert.throws(
    () => db.createWorktree({ id: 'wt-2', path: '/two', port: 3001, branchName: 'main' }),
    (error) => error instanceof SqliteError && error.code === 'SQLITE_CONSTRAINT_UNIQUE',
  );
  assert.throws(() => db.createZone({ id: 7, name: 'Testing' }), TypeError);
  assert.throws(() => db.deleteZone('zone-2'), { message: 'Zone not found: zone-2' });

  const thrown = { any: 'value' };
  let caught;
  try {
    db.transaction(() => {
      db.deleteWorktree('wt-1');
      throw thrown;
    });
  } catch (value) {
    caught = value;
  }
  assert.equal(caught, thrown);
  assert.equal(db.transaction(() => db.getStats()).worktrees, 1);

  assert.ok(db.db instanceof Database);
  assert.deepEqual(db.db.prepare('SELECT id, port FROM worktrees WHERE port = ?').all(3001), [
    { id: 'wt-1', port: 3001 },
  ]);
  assert.deepEqual([...db.db.prepare('SELECT id FROM zones').iterate()], [{ id: 'zone-1' }]);

  db.close();
  assert.throws(() => db.getStats(), { name: 'TypeError', message: 'The database connection is not open' });
  assert.equal(existsSync(`${file}-wal`), false);
  // Closed as well: Windows removes no file that is open.
  const readonly = new VisualDatabase({ dbPath: file, readonly: true });
  assert.equal(readonly.getWorktree('wt-1').branchName, 'main');
  readonly.close();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log('smoke.mjs passed');

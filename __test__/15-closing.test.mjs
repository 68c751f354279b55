import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { thrown } from './support/failure.mjs';
import { execution, furnish, worktree, zone } from './support/samples.mjs';
import { sql } from './support/sql.mjs';
import { inFiles, open, place, temporaryFile } from './support/temporary.mjs';

const CALLS = {
  createWorktree: (db) => db.createWorktree(worktree(9)),
  createWorktrees: (db) => db.createWorktrees([worktree(9)]),
  getWorktree: (db) => db.getWorktree('wt-1'),
  listWorktrees: (db) => db.listWorktrees(),
  updateWorktree: (db) => db.updateWorktree('wt-1', { status: 'x' }),
  relocateWorktree: (db) => db.relocateWorktree('wt-1', { port: 4001 }),
  deleteWorktree: (db) => db.deleteWorktree('wt-1'),
  createZone: (db) => db.createZone(zone(9)),
  getZone: (db) => db.getZone('zone-1'),
  listZones: (db) => db.listZones(),
  updateZone: (db) => db.updateZone('zone-1', { name: 'x' }),
  deleteZone: (db) => db.deleteZone('zone-1'),
  assignWorktreeToZone: (db) => db.assignWorktreeToZone('wt-1', 'zone-2'),
  assignWorktreesToZone: (db) => db.assignWorktreesToZone(['wt-1'], 'zone-2'),
  getWorktreeZone: (db) => db.getWorktreeZone('wt-1'),
  removeWorktreeFromZone: (db) => db.removeWorktreeFromZone('wt-1'),
  getWorktreesInZone: (db) => db.getWorktreesInZone('zone-1'),
  recordExecution: (db) => db.recordExecution(execution()),
  recordExecutions: (db) => db.recordExecutions([execution()]),
  getExecutionHistory: (db) => db.getExecutionHistory('zone-1'),
  getWorktreeExecutions: (db) => db.getWorktreeExecutions('wt-1'),
  getExecution: (db) => db.getExecution('exec'),
  getExecutionStats: (db) => db.getExecutionStats(),
  getStats: (db) => db.getStats(),
  getBoard: (db) => db.getBoard(),
  transaction: (db) => db.transaction(() => 1),
  ...(inFiles && { backupSync: (db) => db.backupSync(temporaryFile()) }),
  'updateWorktree with nothing to change': (db) => db.updateWorktree('wt-1', {}),
  'recordExecutions of none': (db) => db.recordExecutions([]),
  'getWorktree(undefined)': (db) => db.getWorktree(undefined),
};

describe('close()', () => {
  it('undefined; a second one is harmless', () => {
    const db = open();
    expect(db.close()).toBeUndefined();
    expect(db.close()).toBeUndefined();
  });

  it.runIf(inFiles)('[Symbol.dispose]() does the same', () => {
    const db = open();
    expect(db[Symbol.dispose]()).toBeUndefined();
    expect(db.db.open).toBe(false);
    expect(db[Symbol.dispose]()).toBeUndefined();
    expect(thrown(() => db.getStats())).toBeInstanceOf(TypeError);
  });

  it.each(Object.entries(CALLS))(
    'any other call afterwards: TypeError(The database connection is not open): %s',
    (_, call) => {
      const db = furnish(open());
      db.close();
      const error = thrown(() => call(db));
      expect(error).toBeInstanceOf(TypeError);
      expect(error.message).toBe('The database connection is not open');
    },
  );

  it.runIf(inFiles)('backup() rejects with that error', async () => {
    const db = furnish(open());
    db.close();
    await expect(db.backup(temporaryFile())).rejects.toThrow(new TypeError('The database connection is not open'));
  });

  it.runIf(inFiles)('the raw handle is closed too', () => {
    const db = open();
    db.close();
    expect(db.db.open).toBe(false);
    for (const call of [
      () => db.db.prepare('SELECT 1'),
      () => db.db.exec('SELECT 1'),
      () => db.db.pragma('user_version'),
    ])
      expect(thrown(call).message).toBe('The database connection is not open');
  });

  it.runIf(inFiles)('closing the raw handle closes the database', () => {
    const db = furnish(open());
    db.db.close();
    expect(thrown(() => db.getWorktree('wt-1')).message).toBe('The database connection is not open');
    expect(db.close()).toBeUndefined();
  });

  it.runIf(inFiles)('leaves no write-ahead log behind', () => {
    const dbPath = temporaryFile();
    const db = furnish(open({ dbPath }));
    expect(existsSync(`${dbPath}-wal`)).toBe(true);
    db.close();
    expect(existsSync(`${dbPath}-wal`)).toBe(false);
    expect(existsSync(`${dbPath}-shm`)).toBe(false);
    expect(open({ dbPath }).getStats()).toEqual({ worktrees: 3, zones: 2, assignments: 1, executions: 1 });
  });

  it('of one connection leaves another one on the same file at work', () => {
    const at = place();
    const [one, two] = [furnish(open(at)), open(at)];
    one.close();
    expect(two.createWorktree(worktree(9)).id).toBe('wt-9');
  });

  it.runIf(inFiles)('in the middle of a transaction undoes it, and the process goes on', () => {
    const dbPath = temporaryFile();
    const db = furnish(open({ dbPath }));
    try {
      db.transaction(() => {
        db.createWorktree(worktree(9));
        db.close();
      });
    } catch (error) {
      expect(error).toBeInstanceOf(Error);
    }
    db.close();
    expect(db.db.open).toBe(false);
    expect(open({ dbPath }).getWorktree('wt-9')).toBeNull();
  });
});

describe('db, the raw connection', () => {
  it.runIf(inFiles)('is a handle on the same connection', () => {
    const dbPath = temporaryFile();
    const db = furnish(open({ dbPath }));
    expect(db.db.name).toBe(dbPath);
    expect(db.db.open).toBe(true);
    expect(db.db.inTransaction).toBe(false);
    expect(db.db.prepare('SELECT port FROM worktrees WHERE id = ?').get('wt-1')).toEqual({ port: 3001 });
    expect(db.db.prepare('SELECT id FROM zones ORDER BY id').all()).toEqual([{ id: 'zone-1' }, { id: 'zone-2' }]);
    expect(db.db.prepare("UPDATE zones SET name = 'N' WHERE id = ?").run('zone-1').changes).toBe(1);
    expect(db.getZone('zone-1').name).toBe('N');
    db.db.exec('BEGIN');
    expect(db.db.inTransaction).toBe(true);
    db.createWorktree(worktree(9));
    db.db.exec('ROLLBACK');
    expect(db.getWorktree('wt-9')).toBeNull();
  });

  it.runIf(inFiles)('answers the recipes of the orchestrator', () => {
    const db = furnish(open({ dbPath: temporaryFile() }));
    db.db.pragma('busy_timeout = 5000');
    expect(db.db.pragma('foreign_key_check')).toEqual([]);
    expect(db.db.pragma('foreign_keys')).toEqual([{ foreign_keys: 1 }]);
    expect(db.db.prepare('EXPLAIN QUERY PLAN SELECT * FROM worktrees').all()).toHaveLength(1);
    db.db.exec('VACUUM');
    db.db.exec('ANALYZE');
    expect(db.db.pragma('integrity_check', { simple: true })).toBe('ok');
    expect(db.getStats().worktrees).toBe(3);
  });

  it('a table dropped or altered under it is an SqliteError, not a crash', () => {
    const db = furnish(open());
    // On a server views are made of it.
    sql(db).exec(`DROP TABLE worktree_zones ${inFiles ? '' : 'CASCADE'}`);
    expect(thrown(() => db.getWorktreeZone('wt-1')).name).toBe('SqliteError');
    expect(db.getWorktree('wt-1').id).toBe('wt-1');
  });
});

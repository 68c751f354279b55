import { describe, expect, it } from 'vitest';
import { thrown } from './support/failure.mjs';
import { execution, furnish, worktree, zone } from './support/samples.mjs';
import { open, temporaryFile } from './support/temporary.mjs';
import { SqliteError } from './support/visual_database.mjs';

/** A failure of each kind, on a furnished database. */
const FAILURES = {
  'unique port': (db) => db.createWorktree(worktree(9, { port: 3001 })),
  'primary key': (db) => db.createZone(zone(1)),
  'not null': (db) => db.createWorktree(worktree(9, { path: null })),
  'foreign key': (db) => db.assignWorktreeToZone('wt-1', 'nowhere'),
  'a wrong id': (db) => db.createWorktree(worktree(9, { id: 5 })),
  'a wrong port': (db) => db.createWorktree(worktree(9, { port: 'abc' })),
  'a wrong field': (db) => db.updateZone('zone-1', { trigger: true }),
  'a wrong limit': (db) => db.getExecutionHistory('zone-1', 0.5),
  'a wrong run': (db) => db.recordExecution(execution({ prompt: {} })),
  'unknown worktree': (db) => db.deleteWorktree('nowhere'),
  closed: (db) => (db.close(), db.getStats()),
};

function theCaller() {
  FAILURES['unique port'](furnish(open()));
}

describe('SqliteError', () => {
  it('has name, code and the message of SQLite unchanged', () => {
    const error = thrown(() => FAILURES['unique port'](furnish(open())));
    expect(error).toBeInstanceOf(SqliteError);
    expect(error).toBeInstanceOf(Error);
    expect(error.name).toBe('SqliteError');
    expect(error.code).toBe('SQLITE_CONSTRAINT_UNIQUE');
    expect(error.message).toBe('UNIQUE constraint failed: worktrees.port');
    expect(String(error)).toBe('SqliteError: UNIQUE constraint failed: worktrees.port');
  });

  it('its stack leads to the caller', () => {
    const { stack } = thrown(theCaller);
    expect(stack).toContain('SqliteError: UNIQUE constraint failed: worktrees.port');
    expect(stack).toContain('theCaller');
  });

  it('of another SQLite failure has that code', () => {
    const dbPath = temporaryFile();
    const [db, other] = [furnish(open({ dbPath, timeout: 0 })), open({ dbPath })];
    other.transaction(() => {
      const error = thrown(() => db.createWorktree(worktree(9)));
      expect(error).toBeInstanceOf(SqliteError);
      expect([error.code, error.message]).toEqual(['SQLITE_BUSY', 'database is locked']);
    });
  });
});

describe.each(Object.entries(FAILURES))('the error of: %s', (_, fail) => {
  it('is of one of the classes of the contract', () => {
    const error = thrown(() => fail(furnish(open())));
    expect([Error, TypeError, RangeError, SqliteError]).toContain(error.constructor);
  });

  it("shows no SQL text, no native frames and no other row's data", () => {
    const secret = 'another row’s secret';
    const db = furnish(open());
    db.createWorktree(worktree(7, { path: secret, taskId: secret, status: secret }));
    db.recordExecution(execution({ worktreeId: 'wt-7', prompt: secret, result: secret }));
    const error = thrown(() => fail(db));
    const shown = [error.message, ...Object.values(error).map(String)].join('\n');
    expect(shown).not.toMatch(/\b(SELECT|INSERT|UPDATE|DELETE|FROM|WHERE|VALUES)\b/);
    expect(shown).not.toMatch(/\.rs\b|panicked|napi|GenericFailure|0x[0-9a-f]{6}/i);
    expect(shown).not.toContain(secret);
    expect(error.stack).not.toMatch(/\.rs\b|\.node\b/);
  });
});

describe('a caller’s mistake names the method’s field and what it got', () => {
  it.each([
    ['createWorktree', 'port', 'abc', (db) => db.createWorktree(worktree(9, { port: 'abc' }))],
    ['createWorktree', 'port', '1.5', (db) => db.createWorktree(worktree(9, { port: 1.5 }))],
    ['createWorktree', 'status', 'true', (db) => db.createWorktree(worktree(9, { status: true }))],
    ['createWorktree', 'position.x', 'left', (db) => db.createWorktree(worktree(9, { position: { x: 'left' } }))],
    ['updateWorktree', 'position.y', 'NaN', (db) => db.updateWorktree('wt-1', { position: { y: NaN } })],
    ['createZone', 'size.width', 'wide', (db) => db.createZone(zone(9, { size: { width: 'wide' } }))],
    ['updateZone', 'trigger', 'null', (db) => db.updateZone('zone-1', { trigger: null })],
    ['recordExecution', 'zoneId', '7', (db) => db.recordExecution(execution({ zoneId: 7 }))],
    ['getExecutionHistory', 'limit', '2.5', (db) => db.getExecutionHistory('zone-1', 2.5)],
    ['getWorktreeExecutions', 'limit', 'NaN', (db) => db.getWorktreeExecutions('wt-1', NaN)],
  ])('%s: %s, got %s', (method, field, got, call) => {
    const { message } = thrown(() => call(furnish(open())));
    expect(message).toContain(method);
    expect(message).toContain(field);
    expect(message).toContain(got);
  });
});

// One test per difference in docs/differences.md.
import { statSync } from 'node:fs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { failure, thrown } from './support/failure.mjs';
import { fixture } from './support/fixtures.mjs';
import { execution, furnish, without, worktree, zone } from './support/samples.mjs';
import { inFiles, open, place, temporaryFile } from './support/temporary.mjs';

afterEach(() => vi.restoreAllMocks());

const plan = (db, sql, ...values) =>
  db.db
    .prepare(`EXPLAIN QUERY PLAN ${sql}`)
    .all(...values)
    .map(({ detail }) => detail)
    .join('; ');

describe('better on purpose', () => {
  it('createZone without createdAt: it defaults to now', () => {
    const earliest = new Date().toISOString();
    const { createdAt } = open().createZone({ id: 'zone-dev', name: 'Development' });
    expect(createdAt >= earliest && createdAt <= new Date().toISOString()).toBe(true);
  });

  it("re-assigning to a zone that doesn't exist: the old assignment stays", () => {
    const db = furnish(open());
    expect(failure(() => db.assignWorktreeToZone('wt-1', 'nowhere')).code).toBe('SQLITE_CONSTRAINT_FOREIGNKEY');
    expect(db.getWorktreeZone('wt-1')).toBe('zone-1');
  });

  it('a missing or numeric id is a TypeError', () => {
    const db = open();
    for (const create of [
      () => db.createWorktree(without(worktree(), 'id')),
      () => db.createWorktree(worktree(1, { id: 7 })),
      () => db.createZone(without(zone(), 'id')),
      () => db.createZone(zone(1, { id: 7 })),
    ])
      expect(thrown(create)).toBeInstanceOf(TypeError);
    expect(db.getStats()).toMatchObject({ worktrees: 0, zones: 0 });
  });

  it.runIf(inFiles)("a number where other text belongs is stored as JavaScript writes it: '123'", () => {
    const db = open();
    expect(db.createWorktree(worktree(1, { taskId: 123 })).taskId).toBe('123');
    expect(db.db.prepare('SELECT typeof(task_id) AS type, task_id AS text FROM worktrees').get()).toEqual({
      type: 'text',
      text: '123',
    });
  });

  it("port: 'abc' or 1.5 is a TypeError or RangeError", () => {
    const db = open();
    for (const port of ['abc', 1.5]) {
      const error = thrown(() => db.createWorktree(worktree(1, { port })));
      expect(error instanceof TypeError || error instanceof RangeError).toBe(true);
    }
    expect(db.createWorktree(worktree(1, { port: 3001n })).port).toBe(3001);
    expect(db.createWorktree(worktree(2, { port: '3002' })).port).toBe(3002);
  });

  it('updateX(id, { status: undefined }) changes nothing', () => {
    const db = open();
    const before = db.createWorktree(worktree(1, { status: 'paused', taskId: 'T' }));
    expect(db.updateWorktree('wt-1', { status: undefined, taskId: undefined })).toEqual(before);
    expect(db.updateWorktree('wt-1', { taskId: null }).taskId).toBeNull();
  });

  it('a NaN or infinite position in an update is a TypeError', () => {
    const db = furnish(open());
    for (const number of [NaN, Infinity, -Infinity]) {
      expect(thrown(() => db.updateWorktree('wt-1', { position: { x: number } }))).toBeInstanceOf(TypeError);
      expect(thrown(() => db.updateZone('zone-1', { size: { width: number } }))).toBeInstanceOf(TypeError);
    }
  });

  it.runIf(inFiles).each([
    [
      "a zone's history",
      'SELECT * FROM zone_executions WHERE zone_id = ? ORDER BY executed_at DESC, rowid DESC LIMIT 100',
      'zone-1',
    ],
    [
      "a worktree's history",
      'SELECT * FROM zone_executions WHERE worktree_id = ? ORDER BY executed_at DESC, rowid DESC LIMIT 100',
      'wt-1',
    ],
    ['worktrees by status', 'SELECT * FROM worktrees WHERE status = ? ORDER BY created_at DESC', 'active'],
  ])('the index that the query needs is there: %s is searched, not sorted', (_, sql, value) => {
    const db = furnish(open());
    expect(plan(db, sql, value)).toMatch(/USING.* INDEX/);
    expect(plan(db, sql, value)).not.toMatch(/SCAN|TEMP B-TREE/);
  });

  it.runIf(inFiles)('so it is in a file that the JavaScript layer made, once it is adopted', () => {
    const db = open({ dbPath: fixture('js-layer.db') });
    const sql = 'SELECT * FROM zone_executions WHERE zone_id = ? ORDER BY executed_at DESC, rowid DESC LIMIT 100';
    expect(plan(db, sql, 'zone-1')).not.toMatch(/SCAN|TEMP B-TREE/);
  });

  it.runIf(inFiles).skipIf(process.platform === 'win32')('the file is 0600, or mode', () => {
    for (const [config, mode] of [
      [{}, 0o600],
      [{ mode: 0o640 }, 0o640],
    ]) {
      const dbPath = temporaryFile();
      open({ dbPath, ...config });
      expect(statSync(dbPath).mode & 0o777).toBe(mode);
    }
  });

  it('silent unless logger is given', () => {
    const written = [vi.spyOn(process.stdout, 'write'), vi.spyOn(process.stderr, 'write')];
    const spoken = ['log', 'info', 'warn', 'error', 'debug'].map((level) => vi.spyOn(console, level));
    const db = furnish(open(place()));
    thrown(() => db.createWorktree(worktree()));
    thrown(() => db.transaction(() => db.deleteZone('nowhere')));
    db.deleteWorktree('wt-1');
    db.close();
    for (const spy of [...written, ...spoken]) expect(spy).not.toHaveBeenCalled();
    const lines = [];
    open({ logger: { info: (message) => lines.push(message), error: () => {} } });
    expect(lines).toEqual(['[VisualDB] Database initialized']);
  });

  it('what recordExecution returned can be read back', () => {
    const db = furnish(open());
    const id = db.recordExecution(execution({ prompt: 'Again' }));
    expect(db.getExecution(id)).toMatchObject({ id, prompt: 'Again' });
  });
});

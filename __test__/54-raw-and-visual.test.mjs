import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openCanvas } from './support/canvas.mjs';
import { Database, isReference } from './support/database.mjs';
import { freshFile } from './support/fresh_file.mjs';
import { BUSY_CONNECTION, NOT_OPEN, expectRefusal, expectSqliteError } from './support/refusals.mjs';

// `VisualDatabase` and its `db` are two faces of one connection.
describe.skipIf(isReference)('db.db', () => {
  let visual;
  let raw;
  beforeEach(() => {
    visual = openCanvas();
    raw = visual.db;
  });
  afterEach(() => visual.close());

  const NEW = { id: 'wt-9', path: '/trees/wt-9', port: 3009, branchName: 'feature/nine' };
  const ids = () => visual.listWorktrees().map(({ id }) => id);
  const setStatus = (status, id) => raw.prepare('UPDATE worktrees SET status = ? WHERE id = ?').run(status, id);

  test('is a Database, with its properties', () => {
    expect(raw).toBeInstanceOf(Database);
    expect({ ...raw }).toEqual({ name: ':memory:', open: true, inTransaction: false, readonly: false, memory: true });
    expect(raw.pragma('foreign_keys', { simple: true })).toBe(1);
  });

  test('sees what the class wrote, and the class what it wrote', () => {
    expect(raw.prepare('SELECT branch_name FROM worktrees WHERE port = ?').pluck().get(3001)).toBe('feature/login');
    visual.getWorktree('wt-1');
    setStatus('paused', 'wt-1');
    expect(visual.getWorktree('wt-1').status).toBe('paused');
    raw.exec("DELETE FROM zones WHERE id = 'zone-dev'");
    expect(visual.getStats()).toEqual({ worktrees: 3, zones: 1, assignments: 0, executions: 2 });
    expect(visual.getExecutionStats().total).toBe(2);
  });

  describe('transactions of either side nest in the other’s', () => {
    test('the class’s in one of the handle is a savepoint', () => {
      raw.transaction(() => {
        setStatus('outer', 'wt-1');
        expect(() =>
          visual.transaction(() => {
            visual.updateWorktree('wt-2', { status: 'inner' });
            throw new Error('inner');
          }),
        ).toThrow('inner');
        visual.createWorktree(NEW);
      })();
      expect(visual.getWorktree('wt-1').status).toBe('outer');
      expect(visual.getWorktree('wt-2').status).toBe('active');
      expect(ids()).toContain('wt-9');
    });

    test('the handle’s in one of the class is a savepoint', () => {
      const failing = raw.transaction(() => {
        setStatus('inner', 'wt-2');
        throw new Error('inner');
      });
      visual.transaction(() => {
        expect(raw.inTransaction).toBe(true);
        visual.updateWorktree('wt-1', { status: 'outer' });
        expect(failing).toThrow('inner');
      });
      expect([visual.getWorktree('wt-1').status, visual.getWorktree('wt-2').status]).toEqual(['outer', 'active']);
    });

    test('one that is begun by hand holds the class’s writes, and its rollback undoes them', () => {
      raw.exec('BEGIN');
      visual.createWorktree(NEW);
      visual.deleteZone('zone-dev');
      expect(ids()).toContain('wt-9');
      raw.exec('ROLLBACK');
      expect(ids()).not.toContain('wt-9');
      expect(visual.getZone('zone-dev').name).toBe('Development');
      expect(visual.getExecutionStats({ zoneId: 'zone-dev' }).total).toBe(3);
    });

    test('a failing write of the class leaves a transaction of the handle open', () => {
      raw.exec('BEGIN');
      setStatus('kept', 'wt-1');
      expectSqliteError(() => visual.createWorktree({ ...NEW, port: 3001 }), 'SQLITE_CONSTRAINT_UNIQUE');
      expect(raw.inTransaction).toBe(true);
      raw.exec('COMMIT');
      expect(visual.getWorktree('wt-1').status).toBe('kept');
    });
  });

  describe('while the handle is in the middle of something', () => {
    test('an iterator lets the class read and not write', () => {
      const rows = raw.prepare('SELECT id FROM worktrees').pluck().iterate();
      rows.next();
      expect(visual.getWorktree('wt-2').id).toBe('wt-2');
      expect(visual.listZones()).toHaveLength(2);
      expectRefusal(() => visual.createWorktree(NEW), TypeError, BUSY_CONNECTION);
      expectRefusal(() => visual.transaction(() => {}), TypeError, BUSY_CONNECTION);
      rows.return();
      expect(visual.createWorktree(NEW).id).toBe('wt-9');
    });

    test('a user function that calls the class is refused, and the class works afterwards', () => {
      raw.function('remember', (id) => visual.updateWorktree(id, { status: 'seen' }).id);
      expectRefusal(() => raw.prepare('SELECT remember(id) FROM worktrees').all(), TypeError, BUSY_CONNECTION);
      expect(visual.updateWorktree('wt-1', { status: 'seen' }).status).toBe('seen');
    });
  });

  test('functions and aggregates serve queries over the canvas', () => {
    raw.function('feature', { deterministic: true }, (branch) => branch.replace(/^feature\//, ''));
    raw.aggregate('longest', { start: '', step: (kept, text) => (text.length > kept.length ? text : kept) });
    const row = raw
      .prepare("SELECT longest(feature(branch_name)) AS name FROM worktrees WHERE branch_name LIKE 'f%'")
      .get();
    expect(row).toEqual({ name: 'fix/typo' });
  });

  test('closes with the class, and the class with it', () => {
    const other = openCanvas();
    other.db.close();
    expectRefusal(() => other.listWorktrees(), TypeError, NOT_OPEN);
    other.close();
    visual.close();
    expect(raw.open).toBe(false);
    expectRefusal(() => raw.prepare('SELECT 1'), TypeError, NOT_OPEN);
  });

  test('gives copies of the whole canvas', async () => {
    const file = freshFile();
    await raw.backup(file);
    for (const copy of [new Database(file), new Database(raw.serialize())]) {
      expect(copy.prepare('SELECT count(*) FROM zone_executions').pluck().get()).toBe(5);
      copy.close();
    }
  });
});

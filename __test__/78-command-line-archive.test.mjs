// `visual-db archive`, `archived` and `restore-worktree`: off the canvas, and back.
import { describe, expect, test } from 'vitest';
import { visualDb } from './support/backups.mjs';
import { board } from './support/runs.mjs';
import { execution, worktree } from './support/samples.mjs';
import { temporaryFile } from './support/temporary.mjs';

function furnished() {
  const dbPath = temporaryFile();
  const db = board({ dbPath });
  db.recordExecution(execution());
  return { dbPath, db };
}

describe('archive, archived and restore-worktree', () => {
  test('take a worktree off the canvas, show it, and bring it back', () => {
    const { dbPath, db } = furnished();
    expect(visualDb('archived', '--db', dbPath).stdout).toBe('Nothing is archived.\n');
    const { status, stdout } = visualDb('archive', 'feature/1', '--reason', 'merged', '--db', dbPath);
    expect([status, stdout]).toEqual([
      0,
      'feature/1 is archived with 1 execution.\nBack again: visual-db restore-worktree wt-1\n',
    ]);
    expect(db.getWorktree('wt-1')).toBeNull();
    const list = visualDb('archived', '--db', dbPath).stdout;
    expect(list).toMatch(/key .* id .* branch .* archived .* executions .* by .* reason/);
    expect(list).toMatch(/1 +│ wt-1 │ feature\/1 │ \d{4}-\S+Z │ 1 +│ - +│ merged/);
    db.createWorktree(worktree(4, { port: 3001 }));
    const back = visualDb('restore-worktree', 'wt-1', '--db', dbPath);
    expect([back.status, back.stderr]).toEqual([1, expect.stringContaining('port 3001 is taken by worktree wt-4')]);
    expect(visualDb('restore-worktree', 'wt-1', '--port', 'auto', '--db', dbPath).stdout).toBe(
      'feature/1 is on the canvas again, at port 3004.\n',
    );
    expect(db.getWorktreeExecutions('wt-1')).toHaveLength(1);
  });

  test('give what their methods give with --json', () => {
    const { dbPath, db } = furnished();
    const archived = visualDb('archive', 'wt-1', '--json', '--db', dbPath).json();
    expect(db.listArchived().items).toEqual([archived]);
    expect(visualDb('archived', '--limit', '1', '--json', '--db', dbPath).json()).toEqual(db.listArchived());
    const restored = visualDb('restore-worktree', 'wt-1', '--key', `${archived.key}`, '--json', '--db', dbPath).json();
    expect(db.getWorktree('wt-1')).toEqual(restored);
  });

  test('a longer list says where it goes on', () => {
    const { dbPath, db } = furnished();
    for (const n of [1, 2]) db.archiveWorktree(`wt-${n}`);
    const { stdout } = visualDb('archived', '--limit', '1', '--db', dbPath);
    const [, next] = /There are more: --after (\S+)/.exec(stdout);
    expect(visualDb('archived', '--after', next, '--db', dbPath).stdout).toMatch(/wt-1 │ feature\/1/);
  });

  test('of what there is none of they fail, and wrong values are wrong usage', () => {
    const { dbPath } = furnished();
    const failed = visualDb('archive', 'nobody', '--db', dbPath);
    expect([failed.status, failed.stderr]).toEqual([1, expect.stringContaining('Worktree not found: nobody')]);
    const none = visualDb('restore-worktree', 'wt-1', '--db', dbPath);
    expect([none.status, none.stderr]).toEqual([1, expect.stringContaining('no worktree is archived as wt-1')]);
    expect(visualDb('restore-worktree', 'wt-1', '--port', 'x', '--db', dbPath).status).toBe(2);
    expect(visualDb('archived', '--limit', '0', '--db', dbPath).status).toBe(2);
  });
});

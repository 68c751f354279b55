// `visual-db undo` and `visual-db redo`.
import { expect, test } from 'vitest';
import { visualDb } from './support/backups.mjs';
import { board } from './support/runs.mjs';
import { temporaryFile } from './support/temporary.mjs';

function furnished() {
  const dbPath = temporaryFile();
  const db = board({ dbPath });
  const run = (...args) => visualDb(...args, '--db', dbPath);
  return { db, run, anna: db.as({ kind: 'user', id: 'anna' }) };
}

test('take back what somebody did, and do it again, and say what that was', () => {
  const { db, run, anna } = furnished();
  anna.moveWorktree('wt-1', 'zone-1');
  const { status, stdout } = run('undo', '--by', 'user:anna');
  expect([status, stdout]).toEqual([0, 'Undone: assignment wt-1, delete\n']);
  expect(db.getWorktreeZone('wt-1')).toBeNull();
  expect(run('undo', '--by', 'user:anna').stdout).toBe('There is nothing to undo.\n');
  expect(run('redo', '--by', 'user:anna', '--json').json()).toMatchObject([{ id: 'wt-1', op: 'insert' }]);
  expect(run('redo', '--by', 'user:anna').stdout).toBe('There is nothing to redo.\n');
  expect(db.getWorktreeZone('wt-1')).toBe('zone-1');
});

test('say where somebody else was there since, and pass over it', () => {
  const { db, run, anna } = furnished();
  anna.updateWorktree('wt-1', { status: 'anna' });
  db.updateWorktree('wt-1', { status: 'other' });
  expect(run('undo', '--by', 'user:anna')).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('status of worktree wt-1'),
  });
  expect(run('undo', '--by', 'user:anna', '--skip')).toMatchObject({
    status: 0,
    stdout: 'There is nothing to undo.\n',
  });
});

test.each([[[]], [['--by', 'anna']], [['--by', 'user:']]])('is called wrongly with %j', (args) => {
  expect(furnished().run('undo', ...args).status).toBe(2);
});

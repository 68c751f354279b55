// `visual-db worktrees`: `findWorktrees` on the command line.
import { expect, test } from 'vitest';
import { visualDb } from './support/backups.mjs';
import { board, queued } from './support/runs.mjs';
import { temporaryFile } from './support/temporary.mjs';

function furnished() {
  const dbPath = temporaryFile();
  const db = board({ dbPath });
  return { db, command: (...args) => visualDb('worktrees', ...args, '--db', dbPath) };
}

test('worktrees is a table, newest first, with the zone that each is in', () => {
  const { db, command } = furnished();
  db.assignWorktreeToZone('wt-1', 'zone-2');
  db.updateWorktree('wt-2', { status: 'a\u001b[31m\nb' });
  const { status, stdout } = command();
  expect(status).toBe(0);
  expect(stdout).toMatch(/wt-1 +│ active +│ Zone 2 +│ feature\/1 +│ 3001 /);
  expect(stdout).toMatch(/wt-3 +│ active +│ - +│ feature\/3 /);
  expect(stdout).not.toContain('\u001b[31m');
});

test('worktrees filters, orders, pages, and gives JSON', () => {
  const { db, command } = furnished();
  db.assignWorktreeToZone('wt-1', 'zone-2');
  db.setMetadata('worktree', 'wt-3', { team: 'web' });
  db.updateWorktree('wt-2', { status: 'done' });
  queued(db, { worktreeId: 'wt-2' });
  for (const [args, filter] of [
    [[], {}],
    [['--status', 'done', '--status', 'active'], { status: ['done', 'active'] }],
    [['--zone', 'Zone 2'], { zoneId: 'zone-2' }],
    [['--branch', 'feature/*', '--order', 'branch'], { branchName: 'feature/*', orderBy: 'branch' }],
    [['--created-since', '2099-01-01'], { createdSince: '2099-01-01' }],
    [['--updated-since', '2020-01-01'], { updatedSince: '2020-01-01' }],
    [['--busy'], { hasOpenRuns: true }],
    [['--idle'], { hasOpenRuns: false }],
    [['--metadata', '{"team":"web"}'], { metadata: { team: 'web' } }],
  ])
    expect([args, command(...args, '--json').json()]).toEqual([args, db.findWorktrees(filter)]);
  const { next } = command('--limit', '2', '--json').json();
  expect(command('--after', next, '--json').json().items).toHaveLength(1);
  expect(command('--limit', '2').stdout).toContain(`There are more: --after ${next}`);
  expect(command('--branch', 'nowhere').stdout).toBe('No worktrees.\n');
  expect(command('--busy', '--idle').status).toBe(2);
  expect(command('--created-since', 'yesterday').status).toBe(2);
});

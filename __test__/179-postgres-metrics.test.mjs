// `metrics()` of a board on a server: all but what is of a file.
import { expect, it } from 'vitest';
import { worktree, zone } from './support/samples.mjs';
import { open } from './support/temporary.mjs';

it('tells of the board, and of no file', () => {
  const db = open();
  db.createZone(zone(1));
  db.createWorktree(worktree(1));
  const text = db.metrics();
  expect(text).toContain('\nvisual_db_worktrees 1\n');
  expect(text).not.toMatch(/database_bytes|wal_bytes|backup/);
});

// What watches a board on a server: `metrics()`, all but what is of a file, and the hook for each call.
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

it('the hook hears of each call on it, and of no other', () => {
  const heard = [];
  const db = open({ onQuery: ({ method, error }) => heard.push([method, error?.code ?? null]) });
  open().createZone(zone(1));
  db.createZone(zone(1));
  expect(() => db.createZone(zone(1))).toThrow('UNIQUE');
  expect(heard).toEqual([
    ['createZone', null],
    ['createZone', 'SQLITE_CONSTRAINT_PRIMARYKEY'],
  ]);
});

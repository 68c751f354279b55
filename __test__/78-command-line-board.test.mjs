// `visual-db board --at`: the board as it was.
import { expect, test } from 'vitest';
import { visualDb } from './support/backups.mjs';
import { board } from './support/runs.mjs';
import { temporaryFile } from './support/temporary.mjs';

/** A board on which wt-1 went into zone-1 just now, by a clock that is an hour ahead. */
function moved() {
  const dbPath = temporaryFile();
  let lead = 0;
  const db = board({ dbPath, clock: () => Date.now() + lead });
  lead = 3_600_000;
  db.moveWorktree('wt-1', 'zone-1');
  lead = 7_200_000;
  db.moveWorktree('wt-1', 'zone-2');
  const shown = (...at) => {
    const { status, stderr, json } = visualDb('board', ...at, '--db', dbPath, '--json');
    if (status !== 0) return { status, stderr };
    const { zones } = json();
    return zones.flatMap(({ id, worktrees }) => worktrees.map((worktree) => `${worktree.id} in ${id}`));
  };
  return { dbPath, shown };
}

test.each([
  ['now', [], ['wt-1 in zone-2']],
  ['a time in ISO 8601', ['--at', new Date(Date.now() + 5_400_000).toISOString()], ['wt-1 in zone-1']],
  ['so long ago', ['--at', '0 seconds ago'], []],
  ['the same in short', ['--at', '0m'], []],
])('shows the board of %s', (_, at, worktrees) => {
  expect(moved().shown(...at)).toEqual(worktrees);
});

test('says what is not kept, and what is no time', () => {
  const { shown } = moved();
  expect(shown('--at', '2 weeks ago')).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('is not kept any more'),
  });
  for (const at of ['yesterday', '5 apples ago', '2026']) {
    expect(shown('--at', at)).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("ISO 8601, or '2 hours ago'"),
    });
  }
});

test('shows it to read, too, and has examples in its help', () => {
  const { dbPath } = moved();
  const { stdout } = visualDb('board', '--at', '0s', '--db', dbPath);
  expect(stdout).toContain('(in no zone)');
  expect(visualDb('board', '--help').stdout).toContain("visual-db board --at '2 hours ago'");
});

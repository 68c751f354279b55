// How far back Studio shows the board: to the first change, or to where the log was cut.
import { expect, test } from 'vitest';
import { board } from './support/runs.mjs';
import { sql } from './support/sql.mjs';
import { served } from './support/studio.mjs';
import { inFiles, open, place } from './support/temporary.mjs';

const DAY = 86_400_000;

/** What Studio says of a board. */
async function historyOf(db) {
  const { get } = await served(db);
  return (await get('/api/history')).body;
}

test('to the first change, where there is one', async () => {
  const db = board(place());
  const [first] = db.getChanges().items;
  expect((await historyOf(db)).from).toBe(first.at);
  expect((await historyOf(open(place()))).from).toBe(null);
});

test('to now, where nothing is left of the log', async () => {
  const db = board(place());
  sql(db).exec('DELETE FROM changes');
  const { from, to } = await historyOf(db);
  expect(Date.parse(to) - Date.parse(from)).toBeLessThan(120_000);
});

// What is cut of a server's log, and when, is its own.
test.runIf(inFiles)('to the first board of a log that was cut, however long it is kept', async () => {
  const db = board(place());
  const drag = () => {
    for (let x = 0; x < 9000; x += 1) db.updateWorktree('wt-1', { position: { x } });
  };
  for (let time = 0; time < 2; time += 1) db.transaction(drag);
  // Of half of the log that was forty days ago, of the rest twenty. By a clock of the past none of it would be: its times never go back.
  const now = Date.now();
  sql(db).exec(
    `UPDATE changes SET at = at - ${20 * DAY} * CASE WHEN seq <= (SELECT max(seq) FROM changes) / 2 THEN 2 ELSE 1 END`,
  );
  db.prune({ changes: '30d' });
  const from = Date.parse((await historyOf(db)).from);
  expect(now - from).toBeGreaterThan(19 * DAY);
  expect(db.getBoard({ at: new Date(from) }).worktrees).toHaveLength(3);
  expect(() => db.getBoard({ at: new Date(from - 120_000) })).toThrow(/is not kept any more/);
});

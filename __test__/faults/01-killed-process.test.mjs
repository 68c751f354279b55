import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { Board } from './support/board.mjs';
import { folder } from './support/folder.mjs';
import { expectNothingLost, runUntilKilled } from './support/killed.mjs';
import { random } from './support/random.mjs';
import { amount, figure, within } from './support/torture.mjs';

const KILLS = amount(200, 10_000);
/** After so many kills a file has seen enough, and the next begins: reading all of it back takes longer each time. */
const KILLS_A_FILE = 25;

/** Kills writers of one file after the other; gives how many calls had been acknowledged. */
async function killWriters(directory, lane, kills, ...options) {
  const chosen = random(lane);
  let acknowledged = 0;
  let file;
  let board;
  for (let kill = 0; kill < kills; kill += 1) {
    if (kill % KILLS_A_FILE === 0) {
      file = path.join(directory, `${lane}-${kill}.db`);
      board = new Board();
    }
    const said = await runUntilKilled(file, String(lane * 100_000 + kill), chosen, ...options);
    const held = expectNothingLost(file, board, said);
    board = held.board;
    acknowledged += held.acknowledged;
  }
  return acknowledged;
}

describe('A process that is killed', () => {
  it(
    `loses nothing that was acknowledged and leaves no half of a transaction (${KILLS} times)`,
    within(300, 90),
    async () => {
      const directory = folder();
      const lanes = [1, 2, 3, 4];
      const counts = await Promise.all(lanes.map((lane) => killWriters(directory, lane, KILLS / lanes.length)));
      const acknowledged = counts.reduce((sum, count) => sum + count, 0);
      expect(acknowledged).toBeGreaterThan(KILLS);
      figure('killed processes', `${KILLS} kills, ${acknowledged} acknowledged calls: 0 lost, 0 corrupt`);
    },
  );

  it.each(amount(['hasty'], ['hasty', 'no transactions', 'no journal']))(
    'would be caught if something were lost: a writer that is %s',
    within(60, 10),
    async (broken) => {
      await expect(killWriters(folder(), 9, 300, broken)).rejects.toThrow(/^(?!The writer)/);
    },
  );
});

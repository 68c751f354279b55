import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { expect } from 'vitest';
import { VisualDatabase } from '../../../lib/index.mjs';
import { Board } from './board.mjs';
import { expectSound } from './sound.mjs';

const WRITER = fileURLToPath(new URL('./writer.mjs', import.meta.url));

/** Starts a writer, kills it at a random moment, and gives what it had said until then. */
export async function runUntilKilled(file, seed, { below, chance }, ...options) {
  const writer = spawn(process.execPath, [WRITER, file, seed, ...options], { stdio: ['ignore', 'pipe', 'pipe'] });
  const said = [];
  let errors = '';
  writer.stderr.on('data', (text) => (errors += text));
  const ended = new Promise((resolve) => writer.once('close', (code, signal) => resolve(signal ?? code)));
  const ready = new Promise((resolve) => {
    createInterface({ input: writer.stdout }).on('line', (line) => {
      said.push(line);
      resolve();
    });
  });
  // Now and then while it still opens the file, and so recovers what the one before it left.
  if (chance(0.1)) await Promise.race([ready, ended, sleep(30 + below(60))]);
  else await Promise.race([ready.then(() => sleep(below(25))), ended]);
  writer.kill('SIGKILL');
  const how = await ended;
  if (how !== 'SIGKILL') throw new Error(`The writer of seed ${seed} ended by itself, ${how}: ${errors}`);
  return said.map((line) => parse(line)).filter(Boolean);
}

/** A line that the kill cut in two says nothing. */
function parse(line) {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

/**
 * Holds the file against what a killed writer had said: everything acknowledged is there, and the operation that was
 * under way is there as a whole or not at all. Gives the board as it is now, and the number of acknowledged calls.
 */
export function expectNothingLost(file, before, said) {
  const board = before.copy();
  const returned = [];
  let pending = null;
  for (const { begins, returned: result } of said) {
    if (begins) pending = begins;
    else if (result !== undefined) {
      board.apply(pending);
      returned.push([pending, result]);
      pending = null;
    }
  }
  const visual = new VisualDatabase({ dbPath: file, fileMustExist: said.length > 0 });
  try {
    expectSound(visual);
    const found = Board.read(visual);
    const withPending = pending === null ? board : board.copy().apply(pending);
    const expected = isDeepStrictEqual(found, withPending) ? withPending : board;
    expect(found).toEqual(expected);
    for (const [operation, result] of returned) expectReturnedRowsThere(visual, expected, operation, result);
    return { board: expected, acknowledged: returned.length };
  } finally {
    visual.close();
  }
}

/** An id that `recordExecution` returned finds its execution, unless that was deleted since. */
function expectReturnedRowsThere(visual, board, [kind, given], result) {
  if (kind === 'transaction') {
    given.forEach((operation, index) => expectReturnedRowsThere(visual, board, operation, result[index]));
  }
  if (kind === 'recordExecution' && board.executions.has(given.prompt)) {
    expect(visual.getExecution(result)).toMatchObject({ id: result, prompt: given.prompt });
  }
}

// Whatever anybody writes to a file, in whatever way: each worktree's moves are a chain, from nowhere to where it is. The same on a server is
// suite 177-postgres-of-every-writer.
import { copyFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { allMoves, expectChains } from './support/all_moves.mjs';
import { describeClients } from './support/client_writers.mjs';
import { anyHistory } from './support/histories.mjs';
import { describeWriters } from './support/history_writers.mjs';
import { open, temporaryFile } from './support/temporary.mjs';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

/** The id of a move of which it is only known that it was made. */
const GUESSED = /-[0-9a-f]+-\d{7,}$/;

describeWriters('with %o', (writers) => {
  it.each(Object.keys(writers))('the ledger is right after any history by %s, folded or not', async (writer) => {
    const empty = temporaryFile();
    open({ dbPath: empty }).close();
    let moved = 0;
    await fc.assert(
      fc.asyncProperty(anyHistory, anyHistory, async (first, second) => {
        const dbPath = temporaryFile();
        copyFileSync(empty, dbPath);
        const reading = open({ dbPath, readonly: true });
        await writers[writer](dbPath, first);
        expectChains(reading);
        const db = open({ dbPath });
        const { zones, worktrees } = db.getBoard();
        for (const zoneId of [zones[0]?.id ?? null, null, zones[1]?.id ?? null]) {
          db.moveWorktrees(worktrees.map(({ id }) => ({ worktreeId: id, zoneId })));
        }
        for (let n = 0; n < 500; n += 1) db.updateWorktree('wt-1', { position: { x: n } });
        const folded = expectChains(db);
        expect(allMoves(reading)).toEqual(folded);
        await writers[writer](dbPath, second);
        expectChains(reading);
        const moves = expectChains(db);
        moved += moves.length;
        expect(moves.filter(({ id }) => GUESSED.test(id))).toEqual([]);
      }),
      { numRuns: 20 },
    );
    expect(moved).toBeGreaterThan(100);
  });
});

describeClients('the ledger is right after whatever they do', (clients) => {
  it.each(Object.keys(clients))('%s', async (client) => {
    const { any, write } = clients[client];
    const empty = temporaryFile();
    open({ dbPath: empty }).close();
    let moved = 0;
    await fc.assert(
      fc.asyncProperty(any, any, async (first, second) => {
        const dbPath = temporaryFile();
        copyFileSync(empty, dbPath);
        const db = open({ dbPath });
        await write(dbPath, first);
        expectChains(db);
        const [{ id } = {}] = db.listWorktrees();
        if (id) for (let n = 0; n < 150; n += 1) db.updateWorktree(id, { position: { x: n } });
        const folded = expectChains(db);
        await write(dbPath, second);
        const moves = expectChains(db);
        expect(moves.slice(0, folded.length)).toEqual(folded);
        expect(moves.filter((move) => GUESSED.test(move.id))).toEqual([]);
        moved += moves.length;
        db.close();
      }),
      { numRuns: 25 },
    );
    expect(moved).toBeGreaterThan(50);
  });
});

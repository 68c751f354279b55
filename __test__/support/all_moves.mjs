// The ledger of a board, and what it has to be.
import { expect } from 'vitest';

/** Every move of a board, the oldest first, read page by page. */
export function allMoves(db) {
  const found = [];
  let after;
  do {
    const page = db.getMoves({ limit: 1000, after });
    found.push(...page.items);
    after = page.next;
  } while (after !== null);
  return found.toReversed();
}

/** Where every worktree is, as its last move says. */
function lastStops(moves) {
  const stops = new Map();
  for (const { id, worktreeId, from, to } of moves) {
    expect(from, `${id} begins where the move before ended`).toBe(stops.get(worktreeId) ?? null);
    expect(to).not.toBe(from);
    stops.set(worktreeId, to);
  }
  return Object.fromEntries([...stops].filter(([, to]) => to !== null));
}

/** Where every worktree is, as the board says. */
function placesOf(db) {
  const { zones, worktrees, assignments } = db.getBoard();
  const there = (list) => new Set(list.map(({ id }) => id));
  const [inZones, ofWorktrees] = [there(zones), there(worktrees)];
  const found = assignments.filter(({ worktreeId, zoneId }) => ofWorktrees.has(worktreeId) && inZones.has(zoneId));
  return Object.fromEntries(found.map(({ worktreeId, zoneId }) => [worktreeId, zoneId]));
}

/** Each worktree's moves are a chain, from nowhere to where it is: all of them. */
export function expectChains(db) {
  const moves = allMoves(db);
  expect(lastStops(moves)).toEqual(placesOf(db));
  expect(new Set(moves.map(({ id }) => id)).size).toBe(moves.length);
  return moves;
}

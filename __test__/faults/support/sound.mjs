import { expect } from 'vitest';

/** A database is sound: its pages, indexes, references and ledger agree. */
export function expectSound(visual) {
  expect(visual.db.pragma('integrity_check', { simple: true })).toBe('ok');
  expect(visual.db.pragma('foreign_key_check')).toEqual([]);
  const counted = visual.db.prepare('SELECT count(*) FROM zone_executions').pluck().get();
  expect(visual.getStats().executions).toBe(counted);
  expectChain(visual);
}

/** Each move goes on from where the one before ended, and the last one ends where the worktree is. */
function expectChain(visual) {
  const moves = [];
  for (let after; after !== null;) {
    const page = visual.getMoves({ limit: 1000, after });
    moves.push(...page.items);
    after = page.next;
  }
  const stops = new Map();
  for (const { worktreeId, from, to } of moves.toReversed()) {
    expect(from).toBe(stops.get(worktreeId) ?? null);
    stops.set(worktreeId, to);
  }
  for (const { id } of visual.listWorktrees()) expect(stops.get(id) ?? null).toBe(visual.getWorktreeZone(id));
}

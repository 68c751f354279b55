// Moves: what the calls take, and their results to the letter.
import type { Dropped, Flow, Move, Page } from '@ai-orchestra/visual-db';
import { VisualDatabase } from '@ai-orchestra/visual-db';
import { exactly, type Same } from './exact.mjs';

const db = new VisualDatabase();

exactly<
  Same<
    Move,
    {
      id: string;
      worktreeId: string;
      from: string | null;
      to: string | null;
      at: string;
      by: { kind: 'user' | 'agent' | 'system'; id: string } | null;
      reason: string | null;
      branchName: string;
      fromName: string | null;
      toName: string | null;
    }
  >
>();
exactly<Same<ReturnType<typeof db.moveWorktree>, Dropped>>();
exactly<Same<ReturnType<typeof db.moveWorktrees>, Dropped[]>>();
exactly<Same<ReturnType<typeof db.getMoves>, Page<Move>>>();

db.moveWorktree('w', 'z');
db.moveWorktree('w', null, { reason: 'done', expectedZoneId: null, overLimit: 'force' });
db.moveWorktree('w', 'z', { position: { x: 1 }, enqueue: true, variables: { github: { title: 'x' } } });
db.moveWorktrees([{ worktreeId: 'w', zoneId: 'z', reason: 'x' }]);
exactly<Same<ReturnType<typeof db.getFlow>, Flow>>();
db.getFlow();
const flow = db.getFlow({ since: '2026-01-01', until: new Date(), bucket: 'week', timeZone: 'UTC' });
exactly<Same<(typeof flow.buckets)[0]['zones'], Record<string, number>>>();
exactly<Same<typeof flow.leadTimeMs.p85, number | null>>();
// @ts-expect-error Hours of the week are for trends.
db.getFlow({ bucket: 'hourOfWeek' });
db.getMoves({ worktreeId: 'w', zoneId: 'z', since: new Date(), until: '2026-01-01', limit: 5, after: 'x' });
// @ts-expect-error A zone or null.
db.moveWorktree('w');
// @ts-expect-error Either of two words.
db.moveWorktree('w', 'z', { overLimit: 'never' });
// @ts-expect-error No such key.
db.moveWorktree('w', 'z', { zone: 'z' });
// @ts-expect-error Each has a zone, or null.
db.moveWorktrees([{ worktreeId: 'w' }]);

class Typed extends VisualDatabase<{
  Status: 'open';
  Trigger: 'onDrop';
  Agents: string[];
  Actions: null;
  Result: number;
}> {}
exactly<
  Same<Typed['moveWorktree'] extends (...args: never[]) => infer R ? R : never, ReturnType<Typed['moveWorktree']>>
>();
export const status: 'open' = new Typed().moveWorktree('w', 'z').worktree.status;
export const result: number | null = new Typed().moveWorktree('w', 'z').runs[0]?.result ?? null;

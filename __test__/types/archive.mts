// The archive: what the calls take, and their results to the letter.
import type { ArchivedWorktree, Change, Page, Worktree } from '@ai-orchestra/visual-db';
import { VisualDatabase } from '@ai-orchestra/visual-db';
import { exactly, type Same } from './exact.mjs';

const db = new VisualDatabase();

exactly<
  Same<
    ArchivedWorktree,
    {
      key: number;
      worktree: Worktree;
      zoneId: string | null;
      archivedAt: string;
      by: { kind: 'user' | 'agent' | 'system'; id: string } | null;
      reason: string | null;
      executions: number;
      costMicros: number | null;
      metadata: ReturnType<typeof db.getMetadata>;
    }
  >
>();
exactly<Same<ReturnType<typeof db.archiveWorktree>, ArchivedWorktree>>();
exactly<Same<ReturnType<typeof db.restoreWorktree>, Worktree>>();
exactly<Same<ReturnType<typeof db.listArchived>, Page<ArchivedWorktree>>>();
exactly<Same<Extract<Change, { entity: 'zone' }>['op'], 'insert' | 'update' | 'delete'>>();
exactly<
  Same<Extract<Change, { entity: 'worktree' }>['op'], 'insert' | 'update' | 'delete' | 'archived' | 'restored'>
>();

db.archiveWorktree('w');
db.archiveWorktree('w', { reason: 'merged' });
db.restoreWorktree('w', { port: 'auto' });
db.restoreWorktree('w', { port: 3001, key: 1 });
db.listArchived({ limit: 5, after: 'x' });
// @ts-expect-error No such key.
db.archiveWorktree('w', { why: 'merged' });
// @ts-expect-error A key is a number.
db.restoreWorktree('w', { key: 'x' });
// @ts-expect-error No such key.
db.listArchived({ offset: 5 });

class Typed extends VisualDatabase<{
  Status: 'open';
  Trigger: 'onDrop';
  Agents: string[];
  Actions: null;
  Result: number;
}> {}
export const status: 'open' = new Typed().archiveWorktree('w').worktree.status;
export const restored: 'open' = new Typed().restoreWorktree('w').status;

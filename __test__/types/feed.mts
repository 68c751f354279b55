// The feed: what it takes, and its results.
import type {
  Board,
  By,
  Change,
  ChangedEntity,
  ChangedFields,
  Changes,
  ChangesOptions,
  OutputChange,
  Watch,
  WatchOptions,
} from '@ai-orchestra/visual-db';
import { VisualDatabase } from '@ai-orchestra/visual-db';
import { exactly, type Same } from './exact.mjs';

const db = new VisualDatabase<{ Status: 'active' | 'merged' }>();

exactly<Same<Board['next'], string | null>>();
exactly<
  Same<ChangedEntity, 'worktree' | 'zone' | 'assignment' | 'execution' | 'run' | 'metadata' | 'limit' | 'budget'>
>();

const options: ChangesOptions = { after: null, limit: 5, entities: ['zone', 'run'] };
const changes = db.getChanges(options);
exactly<Same<keyof typeof changes, 'items' | 'next' | 'gap'>>();
exactly<Same<keyof Changes, 'items' | 'next' | 'gap'>>();
db.getChanges();
db.getChanges({ entities: 'zone' });
// @ts-expect-error There are no such changes.
db.getChanges({ entities: ['zones'] });
// @ts-expect-error Output is in no log.
db.getChanges({ entities: ['output'] });
// @ts-expect-error A limit is a number.
db.getChanges({ limit: '5' });

for (const change of changes.items) {
  exactly<Same<typeof change.by, By | null>>();
  exactly<Same<typeof change.seq, number>>();
  if (change.entity === 'worktree') exactly<Same<typeof change.fields.status, 'active' | 'merged' | undefined>>();
  if (change.entity === 'assignment') exactly<Same<typeof change.fields, Partial<ChangedFields['assignment']>>>();
  // @ts-expect-error Only of some entities.
  void change.fields.zoneId;
}
const one: Change | undefined = new VisualDatabase().getChanges().items[0];
void one;

const watched: WatchOptions = { entities: ['output', 'run'], signal: AbortSignal.timeout(5) };
const watch = db.watch(watched);
exactly<Same<typeof watch.position, string | null>>();
for await (const change of watch) {
  if (change.entity === 'output') {
    const { fields }: OutputChange = change;
    exactly<Same<typeof fields, { sequence: number }>>();
  } else exactly<Same<typeof change.seq, number>>();
}
const plain: Watch = new VisualDatabase().watch();
void plain.return();
// @ts-expect-error A signal is an AbortSignal.
db.watch({ signal: 'now' });

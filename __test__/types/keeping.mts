// Keeping a database small, and taking it along.
import type { Exported, Imported, Pruned, StoredRetention } from '@ai-orchestra/visual-db';
import { VisualDatabase } from '@ai-orchestra/visual-db';
import { exactly, type Same } from './exact.mjs';

const db = new VisualDatabase({ dbPath: ':memory:', retention: { bodies: '30d', every: 60_000 } });
const other = new VisualDatabase({ retention: false });
other.close();

const made1 = db.prune();
exactly<Same<typeof made1, Pruned>>();
const made2 = db.prune({
  bodies: '30d',
  output: 1000,
  runs: '1y',
  perZone: 5,
  maxBytes: 1e9,
  changes: '7d',
  dryRun: true,
  budgetMs: 20,
});
exactly<Same<typeof made2, Pruned>>();
const made3 = db.getRetention();
exactly<Same<typeof made3, StoredRetention | null>>();
db.setRetention({ bodies: '30d', every: '1h' });
db.setRetention(null);
const made6 = db.exportAll('board.jsonl', { since: new Date(), onProgress: ({ ofLines }) => void ofLines });
exactly<Same<typeof made6, Promise<Exported>>>();
const made7 = db.exportAll(process.stdout, { format: 'otlp-json' });
exactly<Same<typeof made7, Promise<Exported>>>();
const made8 = db.exportAll(new WritableStream<Uint8Array>());
exactly<Same<typeof made8, Promise<Exported>>>();
const made9 = db.importAll('board.jsonl', { onProgress: ({ stage }) => void stage });
exactly<Same<typeof made9, Promise<Imported>>>();
const made10 = db.importAll(process.stdin);
exactly<Same<typeof made10, Promise<Imported>>>();

// @ts-expect-error: it is called bodies
db.prune({ body: '30d' });
// @ts-expect-error: there is no such format
void db.exportAll('x', { format: 'csv' });
// @ts-expect-error: nothing is read from a number
void db.importAll(5);
// @ts-expect-error: every is of the option and of the file
db.prune({ every: '1h' });

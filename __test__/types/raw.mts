// The raw handle and its statements: every method, with what it gives.
import type { ColumnDefinition, Database, RunResult, Statement, Transaction } from '@ai-orchestra/visual-db';
import { Database as open, type BackupProgress } from '@ai-orchestra/visual-db';
import { type Same, exactly } from './exact.mjs';

const db = open(':memory:', { allowExtensions: false });
exactly<Same<typeof db, Database>>();

// A database: what sets something gives itself.
const same: Database[] = [
  db.exec('ANALYZE'),
  db.function('initial', { deterministic: true }, (text: string) => text[0]),
  db.function('one', () => 1),
  db.aggregate<number>('longest', { start: 0, step: (most, text: string) => Math.max(most, text.length) }),
  db.defaultSafeIntegers(),
  db.unsafeMode(false),
  db.close(),
];
// @ts-expect-error What is called in a function is given with it.
db.function('nothing', { deterministic: true });
// @ts-expect-error An aggregate has a step.
db.aggregate('nothing', { start: 0 });
const plan: unknown[] = db.explain('SELECT 1');
const copied: Promise<BackupProgress> = db.backup('copy.db', { progress: ({ totalPages }) => totalPages });
exactly<Same<ReturnType<typeof db.loadExtension>, typeof db>>();
exactly<Same<ReturnType<typeof db.table>, never>>();

const add = (one: number, other: number) => one + other;
const transaction = db.transaction(add);
exactly<Same<typeof transaction, Transaction<typeof add>>>();
const sum: number = transaction.immediate(1, 2);
// @ts-expect-error It takes what the function takes.
transaction('1');

// A statement: what it takes and what its rows look like.
interface Port {
  port: number;
}
const statement = db.prepare<[string], Port>('SELECT port FROM worktrees WHERE id = ?');
exactly<Same<typeof statement, Statement<[string], Port>>>();
exactly<Same<ReturnType<typeof statement.get>, Port | undefined>>();
exactly<Same<ReturnType<typeof statement.all>, Port[]>>();
exactly<Same<ReturnType<typeof statement.iterate>, IterableIterator<Port>>>();
exactly<Same<ReturnType<typeof statement.run>, RunResult>>();
exactly<Same<ReturnType<typeof statement.columns>, ColumnDefinition[]>>();
exactly<Same<ReturnType<typeof statement.toString>, string>>();
// @ts-expect-error An id is text.
statement.get(7);
for (const { port } of statement.iterate('w')) port.toFixed();
const chained: Statement<[string], Port> = statement.bind('w').pluck().expand(false).raw(false).safeIntegers();

export { chained, copied, plan, same, sum };

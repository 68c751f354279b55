// Drizzle on a board's own file, whose table drizzle-kit has made.
import { eq, sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { notes } from './drizzle_schema.mjs';

const orm = drizzle(process.argv[2]);
orm.insert(notes).values({ text: 'one', worktreeId: 'wt-1' }).run();
orm.transaction((inner) => inner.insert(notes).values({ text: 'two' }).run());
try {
  orm.transaction((inner) => {
    inner.insert(notes).values({ text: 'three' }).run();
    inner.rollback();
  });
} catch {}
const joined = orm.all(sql`SELECT n.text, w.branch_name FROM ${notes} n JOIN worktrees w ON w.id = n.worktree_id`);
const all = orm.select().from(notes).orderBy(notes.id).all();
if (orm.select().from(notes).where(eq(notes.text, 'one')).all().length !== 1) throw new Error('eq');
console.log(JSON.stringify({ texts: all.map(({ text }) => text), joined }));
orm.$client.close();

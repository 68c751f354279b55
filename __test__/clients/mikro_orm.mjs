// MikroORM on a board's own file.
import { EntitySchema, MikroORM } from '@mikro-orm/sqlite';

class Note {}
const schema = new EntitySchema({
  class: Note,
  tableName: 'notes',
  properties: {
    id: { type: 'number', primary: true },
    text: { type: 'string' },
    worktreeId: { type: 'string', fieldName: 'worktree_id', nullable: true },
  },
});
const orm = await MikroORM.init({ entities: [schema], dbName: process.argv[2] });
await orm.em
  .getConnection()
  .execute('CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL, worktree_id TEXT)');
const em = orm.em.fork();
em.create(Note, { text: 'one', worktreeId: 'wt-1' });
await em.flush();
await em.transactional(async (inner) => inner.create(Note, { text: 'two' }));
const undone = em.transactional(async (inner) => {
  inner.create(Note, { text: 'three' });
  await inner.flush();
  throw new Error('undone');
});
await undone.catch(() => {});
const joined = await orm.em
  .getConnection()
  .execute('SELECT n.text, w.branch_name FROM notes n JOIN worktrees w ON w.id = n.worktree_id');
const all = await orm.em.fork().find(Note, {}, { orderBy: { id: 'asc' } });
console.log(JSON.stringify({ texts: all.map(({ text }) => text), joined }));
await orm.close();

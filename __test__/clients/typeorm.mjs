// TypeORM on a board's own file: a table of its own, which it makes, in a transaction and out of one.
import 'reflect-metadata';
import { DataSource, EntitySchema } from 'typeorm';

const Note = new EntitySchema({
  name: 'Note',
  tableName: 'notes',
  columns: {
    id: { type: Number, primary: true, generated: true },
    text: { type: String },
    worktreeId: { type: String, name: 'worktree_id', nullable: true },
  },
});
const source = new DataSource({
  type: 'better-sqlite3',
  database: process.argv[2],
  entities: [Note],
  synchronize: true,
});
await source.initialize();
const notes = source.getRepository('Note');
await notes.save({ text: 'one', worktreeId: 'wt-1' });
await source.transaction((manager) => manager.save('Note', { text: 'two' }));
const undone = source.transaction(async (manager) => {
  await manager.save('Note', { text: 'three' });
  throw new Error('undone');
});
await undone.catch(() => {});
const joined = await source.query('SELECT n.text, w.branch_name FROM notes n JOIN worktrees w ON w.id = n.worktree_id');
console.log(JSON.stringify({ texts: (await notes.find({ order: { id: 'ASC' } })).map(({ text }) => text), joined }));
await source.destroy();

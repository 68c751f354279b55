// Prisma's client on a board's own file, through its adapter for better-sqlite3.
import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3';
import { PrismaClient } from './generated/client.ts';

const prisma = new PrismaClient({ adapter: new PrismaBetterSqlite3({ url: `file:${process.argv[2]}` }) });
await prisma.$executeRawUnsafe(
  'CREATE TABLE notes (id INTEGER PRIMARY KEY AUTOINCREMENT, text TEXT NOT NULL, worktree_id TEXT)',
);
await prisma.note.create({ data: { text: 'one', worktreeId: 'wt-1' } });
await prisma.$transaction([prisma.note.create({ data: { text: 'two' } })]);
const undone = prisma.$transaction(async (inner) => {
  await inner.note.create({ data: { text: 'three' } });
  throw new Error('undone');
});
await undone.catch(() => {});
const joined =
  await prisma.$queryRaw`SELECT n.text, w.branch_name FROM notes n JOIN worktrees w ON w.id = n.worktree_id`;
const texts = (await prisma.note.findMany({ orderBy: { id: 'asc' } })).map(({ text }) => text);
console.log(JSON.stringify({ texts, joined }));
await prisma.$disconnect();

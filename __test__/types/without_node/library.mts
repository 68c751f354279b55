// A program with neither @types/node nor the types of the DOM, in which even declarations are checked.
import { Database, VisualDatabase } from '@ai-orchestra/visual-db';
import { exactly, type Same } from '../exact.mjs';

const db = new VisualDatabase<{ Status: 'active' }>({ dbPath: ':memory:' });
const statuses = db.listWorktrees().map(({ status }) => status);
exactly<Same<typeof statuses, 'active'[]>>();
db[Symbol.dispose]();

// Where no Buffer is declared its content is the Uint8Array that it is.
const content = db.db.serialize();
exactly<Same<typeof content, Uint8Array>>();
const again: Database = new Database(content);
export const { path } = await db.backup();
export const code = again.close();

// @ts-expect-error Nothing has brought the types of Node.
export type NoBuffer = Buffer;

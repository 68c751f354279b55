// The import forms of an ES module.
import byDefault, { Database, SqliteError, VisualDatabase } from '@ai-orchestra/visual-db';
import { type Same, exactly } from './exact.mjs';

exactly<Same<typeof byDefault, typeof VisualDatabase>>();

const db: VisualDatabase = new byDefault({ dbPath: ':memory:' });
exactly<Same<typeof db.db, Database>>();

export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof SqliteError)) return undefined;
  exactly<Same<typeof error.code, string>>();
  const { name, message }: Error = error;
  return `${name} ${error.code} ${message}`;
}

class Orchestrator extends VisualDatabase {
  active = () => this.listWorktrees({ status: 'active' });
}
new Orchestrator({ dbPath: ':memory:' }).active().map(({ branchName }) => branchName.trim());

// The raw handle.
const open: boolean = db.db.open;
const name: string = db.db.name;
const busy: boolean = db.db.inTransaction;
db.db.exec('ANALYZE');
db.db.pragma('busy_timeout = 5000');
const mode: unknown = db.db.pragma('journal_mode', { simple: true });
const { changes } = db.db.prepare('DELETE FROM zones WHERE id = ?').run('z');
const rows: unknown[] = db.db.prepare('SELECT * FROM zones').all();
const row: unknown = db.db.prepare('SELECT * FROM zones WHERE id = ?').get('z');
const content = db.db.serialize();
exactly<Same<typeof content, Buffer>>();
void new Database(content);
// @ts-expect-error Its content is a Buffer, no other bytes.
void new Database(new Uint8Array(content));
export const used = [open, name, busy, mode, changes, rows, row];

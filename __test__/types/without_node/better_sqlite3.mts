// The alias package has the names by which packages know the types of better-sqlite3.
import { Database as Own, SqliteError, type RunResult } from '@ai-orchestra/visual-db';
import Database from 'better-sqlite3';
import { exactly, type Same } from '../exact.mjs';

exactly<Same<typeof Database, typeof Own>>();
exactly<Same<typeof Database.SqliteError, typeof SqliteError>>();

const options: Database.Options = { readonly: true };
const pragma: Database.PragmaOptions = { simple: true };
const registration: Database.RegistrationOptions = { deterministic: true };
const longest: Database.AggregateOptions<number> = { start: 0, step: (most, text) => Math.max(most, text.length) };
const backup: Database.BackupOptions = { progress: ({ remainingPages }) => remainingPages };

const db: Database.Database = new Database('x.db', options).aggregate('longest', longest);
db.function('one', registration, () => 1).pragma('user_version', pragma);
const one: Database.Statement<[string], { id: string }> = db.prepare('SELECT id FROM zones WHERE name = ?');
exactly<Same<ReturnType<typeof one.get>, { id: string } | undefined>>();
exactly<Same<Database.RunResult, RunResult>>();
const columns: Database.ColumnDefinition[] = one.columns();
const move: Database.Transaction<(id: string) => number> = db.transaction((id: string) => id.length);
const moved = move.immediate('z');
exactly<Same<typeof moved, number>>();
const done: Database.BackupMetadata = await db.backup('copy.db', backup);
export const codeOf = ({ code }: Database.SqliteError) => code;

// @ts-expect-error A statement takes what it says.
one.get(5);
// @ts-expect-error There is no such variant.
move.later('z');

export { columns, done };

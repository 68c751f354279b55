// SQL by somebody else than the package: as any client of the database may send it. On a file it is the raw handle, on a
// server another client in that handle's shape, for statements that both know.
import { expect } from 'vitest';
import { inFiles } from './places.mjs';
import { other } from './postgres/databases.mjs';

const places = new WeakMap();

/** Remembers where a board is that was opened. */
export const remember = (db, { url, schema }) => places.set(db, { url, schema });

/** For SQL on the board of `db`. */
export const sql = (db) => (inFiles ? db.db : statements(places.get(db)));

/** The column that says in which order rows came. */
export const CAME = inFiles ? 'rowid' : 'seq';

const TABLES = {
  files: "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_stat%' ORDER BY name",
  server: 'SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1',
};

/** The names of all its tables. */
export const tablesOf = (db) =>
  sql(db)
    .prepare(TABLES[inFiles ? 'files' : 'server'])
    .pluck()
    .all();

/** Whether a transaction is open that was begun on this board and hasn't ended. */
export const inTransaction = (db) =>
  inFiles
    ? db.db.inTransaction
    : sql(db)
        .prepare(
          "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'",
        )
        .pluck()
        .get() > 0;

/** Nothing refers to what isn't there, and a file is a whole one. */
export function expectSound(db) {
  if (!inFiles) return expectReferences(sql(db));
  expect(db.db.pragma('integrity_check', { simple: true })).toBe('ok');
  expect(db.db.pragma('foreign_key_check')).toEqual([]);
}

function expectReferences(board) {
  for (const [table, column, parent] of [
    ['worktree_zones', 'worktree_id', 'worktrees'],
    ['worktree_zones', 'zone_id', 'zones'],
    ['zone_executions', 'worktree_id', 'worktrees'],
    ['zone_executions', 'zone_id', 'zones'],
  ])
    expect(
      board.prepare(`SELECT * FROM ${table} WHERE ${column} NOT IN (SELECT id FROM ${parent})`).all(),
      `${table}.${column}`,
    ).toEqual([]);
}

/** The part of the raw handle's shape that the suites need; `?` are its parameters. */
function statements(place) {
  const run = (text, values) => {
    let n = 0;
    return other().query(
      place,
      text.replaceAll('?', () => `$${(n += 1)}`),
      values.length > 0 ? values : undefined,
    );
  };
  return {
    exec: (text) => void run(text, []),
    prepare: (text) => {
      let shape = (row) => row;
      const all = (...values) => run(text, values).rows.map((row) => shape(row));
      const statement = {
        all,
        get: (...values) => all(...values)[0],
        run: (...values) => ({ changes: run(text, values).changes }),
        pluck: () => {
          shape = (row) => Object.values(row)[0];
          return statement;
        },
        raw: () => {
          shape = (row) => Object.values(row);
          return statement;
        },
      };
      return statement;
    },
  };
}

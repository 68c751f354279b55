// SQL by somebody else than the package: as any client of the database may send it. On a file it is the raw handle, on a
// server another client in that handle's shape, for statements that both know.
import { inFiles } from './places.mjs';
import { other } from './postgres/databases.mjs';

const urls = new WeakMap();

/** Remembers where a board is that was opened. */
export const remember = (db, { url }) => urls.set(db, url);

/** For SQL on the board of `db`; `sql({ dbPath })` and `sql({ url })` do without one. */
export const sql = (db) => (inFiles ? db.db : statements(db.url ?? urls.get(db)));

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

/** The part of the raw handle's shape that the suites need; `?` are its parameters. */
function statements(url) {
  const run = (text, values) => {
    let n = 0;
    return other().query(
      url,
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

// Kysely on better-sqlite3 in a process of its own, on the Node that it needs: makes the queries that it is sent, of which some fail.
import { createRequire } from 'node:module';
import { Kysely, SqliteDialect } from 'kysely';
import { keyOf } from './kysely_queries.mjs';

const Database = createRequire(new URL('../peer/package.json', import.meta.url))('better-sqlite3');

/** Makes one query; how many statements failed. */
async function make(db, query) {
  if (query.transaction) return within(db, query);
  if (query.savepoint) return withinSavepoint(db, query);
  try {
    await built(db, query).execute();
    return 0;
  } catch {
    return 1;
  }
}

function built(db, { insert, values, conflict, update, set, remove, where }) {
  if (insert) return inserting(db, insert, values, conflict);
  const made = update ? db.updateTable(update).set(set) : db.deleteFrom(remove);
  return where === null ? made : made.where(keyOf(update ?? remove), '=', where);
}

function inserting(db, table, values, conflict) {
  if (conflict === 'replace') return db.replaceInto(table).values(values);
  const made = db.insertInto(table).values(values);
  if (conflict === 'ignore') return made.orIgnore();
  if (conflict === 'nothing') return made.onConflict((given) => given.doNothing());
  if (conflict !== 'update') return made;
  const others = Object.keys(values[0]).filter((name) => name !== keyOf(table));
  return made.onConflict((given) =>
    given
      .column(keyOf(table))
      .doUpdateSet(({ ref }) => Object.fromEntries(others.map((name) => [name, ref(`excluded.${name}`)]))),
  );
}

async function makeAll(db, queries) {
  let failed = 0;
  for (const query of queries) failed += await make(db, query);
  return failed;
}

async function within(db, { transaction, fails }) {
  const begun = await db.startTransaction().execute();
  const failed = await makeAll(begun, transaction);
  await (fails ? begun.rollback() : begun.commit()).execute();
  return failed;
}

async function withinSavepoint(db, { savepoint, fails }) {
  const begun = await db.savepoint('inner').execute();
  const failed = await makeAll(begun, savepoint);
  await (fails ? begun.rollbackToSavepoint('inner') : begun.releaseSavepoint('inner')).execute();
  return failed;
}

process.on('message', async ({ dbPath, queries }) => {
  const db = new Kysely({ dialect: new SqliteDialect({ database: new Database(dbPath) }) });
  const failed = await makeAll(db, queries);
  await db.destroy();
  process.send(failed);
});

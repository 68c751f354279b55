// better-sqlite3 and node:sqlite behind the few calls that hand_tuned.mjs makes; each imports only its own driver.

/**
 * A statement with RETURNING, run to its end. `get` stops after the first row, and SQLite checks only at the end of a
 * statement whether to checkpoint the WAL: with `get` the WAL grew to 75 MB in 18,000 updates.
 */
const toTheEnd = (statement) => ({ get: (...values) => statement.all(...values)[0] });

export async function betterSqlite3(path) {
  const { default: Database } = await import('better-sqlite3');
  const db = new Database(path, { timeout: 5000 });
  const transaction = db.transaction((fn) => fn());
  return {
    rows: 'objects',
    exec: (sql) => db.exec(sql),
    value: (sql) => db.prepare(sql).pluck().get(),
    prepare: (sql) => db.prepare(sql),
    prepareReturning: (sql) => toTheEnd(db.prepare(sql)),
    prepareArrays: (sql) => db.prepare(sql).raw(),
    prepareReturningArrays: (sql) => toTheEnd(db.prepare(sql).raw()),
    transaction: (fn, kind) => transaction[kind](fn),
    close: () => db.close(),
  };
}

export async function nodeSqlite(path) {
  const { DatabaseSync } = await import('node:sqlite');
  const db = new DatabaseSync(path, { timeout: 5000 });
  const prepareArrays = (sql) => {
    const statement = db.prepare(sql);
    statement.setReturnArrays(true);
    return statement;
  };
  const [immediate, deferred, commit, rollback] = ['BEGIN IMMEDIATE', 'BEGIN', 'COMMIT', 'ROLLBACK'].map((sql) =>
    db.prepare(sql),
  );
  return {
    rows: 'arrays',
    exec: (sql) => db.exec(sql),
    value: (sql) => prepareArrays(sql).get()[0],
    prepare: prepareArrays,
    prepareReturning: (sql) => toTheEnd(prepareArrays(sql)),
    prepareArrays,
    prepareReturningArrays: (sql) => toTheEnd(prepareArrays(sql)),
    transaction(fn, kind) {
      (kind === 'immediate' ? immediate : deferred).run();
      try {
        const result = fn();
        commit.run();
        return result;
      } catch (error) {
        if (db.isTransaction) rollback.run();
        throw error;
      }
    },
    close: () => db.close(),
  };
}

'use strict';

// Boards on a PostgreSQL server: the command line takes their URL in place of a file's path.

/** The schema of boards on a server; `undefined`, the default one, where the environment names none. */
const SCHEMA = process.env.VISUAL_DB_SCHEMA || undefined;

/** Commands for files alone, and what does the same for a server. */
const OF_A_FILE = {
  backup: 'pg_dump',
  backups: 'pg_dump',
  verify: 'pg_restore --list',
  restore: 'pg_restore',
  'prune-backups': 'what keeps the backups of the server',
  vacuum: 'VACUUM, which the server does by itself',
  'migrate rollback': 'pg_restore',
};

const isServer = (db) => /^postgres(ql)?:\/\//.test(db);

/** Where a board is, as `new VisualDatabase` takes it. */
const placeOf = (db) => (isServer(db) ? { url: db, schema: SCHEMA } : { dbPath: db });

/** Refuses a command that a server's board doesn't have, before anything takes the URL for a path and shows it. */
function checkCommand(name, { db }) {
  if (!isServer(db) || !Object.hasOwn(OF_A_FILE, name)) return;
  const error = new Error(`${name} is not available on PostgreSQL: use ${OF_A_FILE[name]}`);
  throw Object.assign(error, { code: 'ERR_ENGINE_UNSUPPORTED' });
}

module.exports = { checkCommand, isServer, placeOf };

'use strict';

// A board on a PostgreSQL server, as the command line is told of it: by its URL where the path of a file is else.

/** What has been opened by its URL is in this schema, where the environment names none. */
const SCHEMA = process.env.VISUAL_DB_SCHEMA || undefined;

/** Commands that are about a file, and what does the same for a server. */
const OF_A_FILE = {
  backup: 'pg_dump',
  backups: 'pg_dump',
  verify: 'pg_restore --list',
  restore: 'pg_restore',
  'prune-backups': 'what keeps the backups of the server',
  vacuum: 'VACUUM, which the server does by itself',
  migrate: 'any other command: opening a board for writing migrates it',
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

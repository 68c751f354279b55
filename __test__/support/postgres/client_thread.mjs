// The thread of client.mjs: connections of npm's `pg`, one for each URL.
import { createRequire } from 'node:module';
import { given, serve } from './thread.mjs';

const require = createRequire(new URL('../../postgres/package.json', import.meta.url));
const pg = require('pg');

const { admin, template, prefix } = given;
/** Values as SQLite has them, so that one test can look at either: numbers, buffers, and text for all else. */
const PARSERS = new Map([
  [pg.types.builtins.BOOL, (text) => Number(text === 't')],
  [pg.types.builtins.BYTEA, pg.types.getTypeParser(pg.types.builtins.BYTEA)],
  ...['INT2', 'INT4', 'INT8', 'FLOAT4', 'FLOAT8', 'OID'].map((name) => [pg.types.builtins[name], Number]),
]);
const types = { getTypeParser: (oid) => PARSERS.get(oid) ?? ((text) => text) };
const open = new Map();

/** The connection to a database. */
function connection(url) {
  if (!open.has(url)) {
    const { username, password, hostname, port, pathname } = new URL(url);
    const client = new pg.Client({
      user: decodeURIComponent(username),
      password: decodeURIComponent(password),
      host: decodeURIComponent(hostname),
      port: Number(port),
      database: decodeURIComponent(pathname.slice(1)),
      types,
    });
    // Of a connection that the server ends, as it does where it is stopped.
    client.on('error', () => open.delete(url));
    open.set(
      url,
      client.connect().then(() => client),
    );
  }
  return open.get(url);
}

/** That connection, in the schema of a board. */
async function at({ url, schema }) {
  const client = await connection(url);
  if (schema !== undefined && client.schema !== schema) {
    await client.query(`SET search_path TO ${client.escapeIdentifier(schema)}`);
    client.schema = schema;
  }
  return client;
}

let made = 0;

serve({
  async query(place, text, values) {
    const result = await (await at(place)).query({ text, values });
    const last = Array.isArray(result) ? result.at(-1) : result;
    return { rows: last.rows, changes: last.rowCount };
  },
  async fresh() {
    const name = `${prefix}_${(made += 1)}`;
    await (await connection(admin)).query(`CREATE DATABASE ${name} TEMPLATE ${template}`);
    return name;
  },
  /** Who still uses it keeps it, for as long as the server runs. */
  async drop({ url, schema }) {
    const client = await connection(url);
    const name = client.escapeIdentifier(schema);
    await client
      .query(`BEGIN; SET LOCAL lock_timeout = '2s'; DROP SCHEMA IF EXISTS ${name} CASCADE; COMMIT`)
      .catch(() => client.query('ROLLBACK'));
  },
});

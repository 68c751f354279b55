// The thread of client.mjs: connections of npm's `pg`, one for each URL and schema.
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

function connection({ url, schema }) {
  const key = JSON.stringify([url, schema]);
  if (!open.has(key)) {
    const { username, password, hostname, port, pathname } = new URL(url);
    const client = new pg.Client({
      user: decodeURIComponent(username),
      password: decodeURIComponent(password),
      host: decodeURIComponent(hostname),
      port: Number(port),
      database: decodeURIComponent(pathname.slice(1)),
      options: schema && `-c search_path="${schema.replaceAll(' ', '\\ ')}"`,
      types,
    });
    // Of a connection that the server ends, as it does where it is stopped.
    client.on('error', () => open.delete(key));
    open.set(
      key,
      client.connect().then(() => client),
    );
  }
  return open.get(key);
}

let made = 0;

serve({
  async query(place, text, values) {
    const result = await (await connection(place)).query({ text, values });
    const last = Array.isArray(result) ? result.at(-1) : result;
    return { rows: last.rows, changes: last.rowCount };
  },
  async fresh() {
    const name = `${prefix}_${(made += 1)}`;
    await (await connection({ url: admin })).query(`CREATE DATABASE ${name} TEMPLATE ${template}`);
    return name;
  },
  async drop({ url, schema }) {
    const key = JSON.stringify([url, schema]);
    const client = await open.get(key);
    open.delete(key);
    await client?.end();
    await (await connection({ url })).query(`DROP SCHEMA IF EXISTS "${schema}" CASCADE`);
  },
});

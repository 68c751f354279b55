// The thread of client.mjs: connections of npm's `pg`, one a URL, and databases made ahead of who asks for one.
import { createRequire } from 'node:module';
import { workerData } from 'node:worker_threads';

const require = createRequire(new URL('../../postgres/package.json', import.meta.url));
const pg = require('pg');

const { port, flag, admin, template, prefix } = workerData;
/** Values as SQLite has them, so that one test can look at either: numbers, buffers, and text for all else. */
const PARSERS = new Map([
  [pg.types.builtins.BOOL, (text) => Number(text === 't')],
  [pg.types.builtins.BYTEA, pg.types.getTypeParser(pg.types.builtins.BYTEA)],
  ...['INT2', 'INT4', 'INT8', 'FLOAT4', 'FLOAT8', 'OID'].map((name) => [pg.types.builtins[name], Number]),
]);
const types = { getTypeParser: (oid) => PARSERS.get(oid) ?? ((text) => text) };
const open = new Map();

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
    // Of a connection that the server ends, as it does with a database that is dropped.
    client.on('error', () => open.delete(url));
    open.set(
      url,
      client.connect().then(() => client),
    );
  }
  return open.get(url);
}

async function disconnect(url) {
  const client = await open.get(url);
  open.delete(url);
  await client?.end().catch(() => {});
}

let made = 0;
async function make() {
  const name = `${prefix}_${(made += 1)}`;
  await (await connection(admin)).query(`CREATE DATABASE ${name} TEMPLATE ${template}`);
  return name;
}

/** The next one is made while the one before is in use. */
let next;

const ACTIONS = {
  async query({ url, text, values }) {
    const result = await (await connection(url)).query({ text, values });
    const last = Array.isArray(result) ? result.at(-1) : result;
    return { rows: last.rows, changes: last.rowCount };
  },
  async fresh() {
    const name = await (next ?? make());
    next = make();
    next.catch(() => {});
    return name;
  },
  async drop({ url, name }) {
    await disconnect(url);
    await (await connection(admin)).query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  },
  disconnect: ({ url }) => disconnect(url),
};

/** One after the other, as they were sent. */
let queue = Promise.resolve();
port.on('message', ({ action, given, isAwaited }) => {
  queue = queue.then(async () => {
    const answer = await ACTIONS[action](given).then(
      (value) => ({ value }),
      ({ message, code }) => ({ error: { message, code } }),
    );
    if (!isAwaited) return;
    port.postMessage(answer);
    Atomics.store(flag, 0, 1);
    Atomics.notify(flag, 0);
  });
});

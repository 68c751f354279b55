// The peers, each with the same calls: this package, and the two clients by hand.
import { createRequire } from 'node:module';
import { VisualDatabase } from '../../lib/index.mjs';
import { byHand } from './by_hand.mjs';

const require = createRequire(import.meta.url);

/** The parts of a URL with a Unix socket, as both clients take them. */
function parts(url) {
  const { username, hostname, port, pathname } = new URL(url);
  return {
    user: decodeURIComponent(username),
    host: decodeURIComponent(hostname),
    port: Number(port),
    database: decodeURIComponent(pathname.slice(1)),
  };
}

export const PEERS = {
  /** Without kept answers: every call asks the server. */
  'visual-db': (url, schema) => new VisualDatabase({ url, schema, cacheSize: 0 }),
  /** With kept answers, the default. */
  'visual-db, kept': (url, schema) => new VisualDatabase({ url, schema }),
  async pg(url, schema) {
    const { Client, types } = require('pg');
    types.setTypeParser(types.builtins.INT8, Number);
    const client = new Client(parts(url));
    await client.connect();
    return byHand(async (name, text, values) => (await client.query({ name, text, values })).rows, schema);
  },
  async postgres(url, schema) {
    const postgres = require('postgres');
    const { user, host, port, database } = parts(url);
    const options = { user, host, port, database, path: host.startsWith('/') ? `${host}/.s.PGSQL.${port}` : undefined };
    const sql = postgres({
      ...options,
      max: 1,
      types: { bigint: { to: 20, from: [20], serialize: String, parse: Number } },
    });
    return byHand((_, text, values) => sql.unsafe(text, values, { prepare: true }), schema);
  },
};

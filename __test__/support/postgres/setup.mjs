// What the project `postgres` of the tests runs on: a server, and in it a board with nothing on it, of which each test's
// database is a copy. Suites ask for it by `inject('postgres')`, which gives the others nothing.
import { createRequire } from 'node:module';
import { Client } from './client.mjs';
import { startServer } from './server.mjs';

const require = createRequire(import.meta.url);

/** Of the empty board, and of databases that have no tables yet. */
const TEMPLATE = 'board';

export default async function setup({ provide }) {
  const server = await startServer({ keep: true });
  try {
    const admin = server.url();
    new Client({ admin }).query(admin, `CREATE DATABASE ${TEMPLATE}`);
    const { VisualDatabase } = require('../../../lib/index.js');
    new VisualDatabase({ url: server.url({ database: TEMPLATE }) }).close();
  } catch (error) {
    await server.stop();
    throw error;
  }
  const { folder, port, pid, bin, cluster } = server;
  provide('postgres', { folder, port, pid, bin, cluster, template: TEMPLATE });
  return () => server.stop();
}

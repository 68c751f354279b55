// What the project `postgres` of the tests runs on: a server. Suites ask for it by `inject('postgres')`, which gives the others
// nothing. Each file of tests has a database of its own there, and each board a schema (databases.mjs).
import { startServer } from './server.mjs';

export default async function setup({ provide }) {
  const { folder, port, pid, bin, cluster, stop } = await startServer({ keep: true });
  provide('postgres', { folder, port, pid, bin, cluster, template: 'template1' });
  return stop;
}

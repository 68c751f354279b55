// Databases of the tests' own on the server that the project `postgres` has started.
import { inject, onTestFinished } from 'vitest';
import { Client } from './client.mjs';
import { at } from './server.mjs';

const given = inject('postgres');

/** The server of this run, or `undefined`. */
export const server = given && { ...given, ...at(given) };

let client;

/** The client that looks at them. */
export const other = () => {
  client ??= new Client({ admin: server.url(), template: server.template, prefix: `t${process.pid}` });
  return client;
};

/** The URL of a database with an empty board, which is gone when the test has ended. */
export function temporaryUrl() {
  const name = other().fresh();
  const url = server.url({ database: name });
  onTestFinished(() => other().drop(url, name));
  return url;
}

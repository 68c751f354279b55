// Databases of the tests' own on the server that the project `postgres` has started.
import { inject, onTestFinished } from 'vitest';
import { Client } from './client.mjs';
import { at } from './server.mjs';

const given = inject('postgres');

/** The server of this run, or `undefined`. */
export const server = given && { ...given, ...at(given) };

let client;
let url;
let count = 0;

/** The client that looks at boards. */
export const other = () => {
  client ??= new Client({ admin: server.url(), template: server.template, prefix: `t${process.pid}` });
  return client;
};

/** A database of this file's own, for what it does to all of a database. */
export const ownUrl = () => (url ??= server.url({ database: other().fresh() }));

/**
 * Where a new board can be: a schema that doesn't exist yet in a database of this file's own, and is gone when the test has ended,
 * unless it is for all of them.
 */
export function temporarySchema({ forAll = false } = {}) {
  const place = { url: ownUrl(), schema: `board ${(count += 1)}` };
  if (!forAll) onTestFinished(() => other().drop(place));
  return place;
}

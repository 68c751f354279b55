// Openings that fail, and what is never told about them.
import { inspect } from 'node:util';
import { expect } from 'vitest';
import { thrown } from '../failure.mjs';
import { VisualDatabase } from '../visual_database.mjs';
import { PASSWORD } from './server.mjs';

/** A password in each of the forms in which it might be shown, and the part of it that no encoding changes. */
const FORMS = [PASSWORD, encodeURIComponent(PASSWORD), encodeURI(PASSWORD), 'w@rd', 'w%40rd'];

/** Nowhere in the error, its properties, its causes or its stack is the password. */
export function expectSilence(error) {
  const shown = [
    inspect(error, { depth: 10, showHidden: true }),
    error.message,
    error.stack,
    JSON.stringify(error),
  ].join();
  for (const form of FORMS) expect(shown).not.toContain(form);
}

/** What opening with this configuration throws. */
export function openingError(config) {
  const error = thrown(() => new VisualDatabase({ timeout: 1000, ...config }).close());
  expectSilence(error);
  return error;
}

/** Opening says that `host` can't be used and why. */
export function expectRefusal(config, { host, why, code = 'ERR_DATABASE_UNAVAILABLE' }) {
  const error = openingError(config);
  expect(error.message).toMatch(why);
  expect(error.message).toContain(host);
  expect(error.code).toBe(code);
  return error;
}

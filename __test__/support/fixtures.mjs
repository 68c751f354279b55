// Files that the JavaScript layer wrote, and what it read back from them. Opening changes a file: tests get a copy.
import { cpSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from './temporary.mjs';

const FIXTURES = fileURLToPath(new URL('../fixtures/', import.meta.url));

/** A copy of a fixture; of a folder (a file with its write-ahead log) the database in it. */
export function fixture(name) {
  const copy = join(temporaryFolder(), name);
  cpSync(join(FIXTURES, name), copy, { recursive: true });
  return statSync(copy).isDirectory() ? join(copy, 'visual.db') : copy;
}

/** What the JavaScript layer read back from the fixture. */
export const recorded = (name) => JSON.parse(readFileSync(join(FIXTURES, `${name.replace(/\.db$/, '')}.json`), 'utf8'));

// What docs/postgres.md says: what differs from a file, and what is not there yet.
import { readFileSync } from 'node:fs';
import { VisualDatabase } from '../visual_database.mjs';

const TEXT = readFileSync(new URL('../../../docs/postgres.md', import.meta.url), 'utf8');
const section = (title) => TEXT.split(`## ${title}\n`)[1]?.split('\n## ')[0] ?? '';

/** The words in bold with which each line of 'What differs' begins. */
export const DIFFERENCES = [...section('What differs').matchAll(/^- \*\*(.+?)\*\*/gm)].map(([, words]) =>
  words.replaceAll('`', ''),
);

/** The methods that are not there yet. */
export const MISSING = new Set(
  [...section('What is not there yet').matchAll(/`(\w+)`/g)]
    .map(([, name]) => name)
    .filter((name) => Object.hasOwn(VisualDatabase.prototype, name)),
);

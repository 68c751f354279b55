// What docs/postgres.md says of what differs from a file.
import { readFileSync } from 'node:fs';

const TEXT = readFileSync(new URL('../../../docs/postgres.md', import.meta.url), 'utf8');
const section = (title) => TEXT.split(`## ${title}\n`)[1]?.split('\n## ')[0] ?? '';

/** The words in bold with which each line of 'What differs' begins. */
export const DIFFERENCES = [...section('What differs').matchAll(/^- \*\*(.+?)\*\*/gm)].map(([, words]) =>
  words.replaceAll('`', ''),
);

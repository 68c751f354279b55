// What `searchRuns` has to find, found out the slow way: every run by `getRun`, its texts looked through here.
import { createRequire } from 'node:module';
import { expect } from 'vitest';
import { VisualDatabase } from './visual_database.mjs';

const parts = createRequire(import.meta.url)('../../lib/entry/parts');

/** What `doctor` says of the index of the board at a place. */
export function checkSearch(at) {
  const db = new VisualDatabase({ ...at, readonly: true });
  try {
    return parts.checkSearch(db);
  } finally {
    db.close();
  }
}

/** The letters and digits of a text in a row, as unicode61 takes them for words. */
const wordsOf = (text) =>
  text
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu) ?? [];

/** A result as it is read. */
const readable = (json) => json.replaceAll(/"(?:[^"\\]|\\.)*"/g, (quoted) => `"${JSON.parse(quoted)}"`);

/** What a run says. */
export function textsOf({ prompt, result, error, question, answer }) {
  const json = result === null ? '' : readable(JSON.stringify(result));
  return { prompt, result: json, error: error ?? '', question: question ?? '', answer: answer ?? '' };
}

/** Whether some words follow one another in a text. */
function hasPhrase(words, phrase) {
  return words.some((_, at) => phrase.every((word, nth) => words[at + nth] === word));
}

const SAYS = {
  words(texts, text) {
    const phrases = text
      .split(/\s+/)
      .map(wordsOf)
      .filter((phrase) => phrase.length > 0);
    return phrases.every((phrase) => Object.values(texts).some((one) => hasPhrase(wordsOf(one), phrase)));
  },
  substring: (texts, text) => Object.values(texts).some((one) => one.toLowerCase().includes(text.toLowerCase())),
};

/** Every run that there is, in whatever order. */
function everyRun(db) {
  const ids = [];
  for (let after; after !== null;) {
    const page = db.listRuns({ limit: 1000, after });
    ids.push(...page.items.map(({ id }) => id));
    after = page.next;
  }
  return ids.map((id) => db.getRun(id));
}

/** Expects each of these texts to be found where it is, by each of some databases of one file; how many were. */
export function expectFound(databases, texts) {
  if (databases.length === 0) return 0;
  const runs = everyRun(databases[0]).map((run) => [run.id, textsOf(run)]);
  let count = 0;
  for (const db of databases) {
    for (const [mode, says] of Object.entries(SAYS)) {
      for (const text of texts) {
        const expected = runs.filter(([, said]) => says(said, text)).map(([id]) => id);
        const found = [];
        for (let after; after !== null;) {
          const page = db.searchRuns(text, { mode, after, limit: 20 });
          for (const { run, field, snippet, ranges } of page.items) {
            found.push(run.id);
            expect(ranges.length, `${mode} ${text} in ${field} ${snippet}`).toBeGreaterThan(0);
          }
          after = page.next;
        }
        expect(found.toSorted(), `${mode}: ${text}`).toEqual(expected.toSorted());
        count += found.length;
      }
    }
  }
  return count;
}

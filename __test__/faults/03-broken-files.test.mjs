import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { Database, VisualDatabase } from '../../lib/index.mjs';
import { bitFlips, currentFile, examine, fixture, swappedPages, truncations } from './support/damaged.mjs';
import { folder } from './support/folder.mjs';
import { amount, figure, within } from './support/torture.mjs';

const crashed = { '': fixture('js-layer-crashed/visual.db'), '-wal': fixture('js-layer-crashed/visual.db-wal') };
const FILES = {
  'a file of this version': currentFile,
  "the JavaScript layer's file": () => fixture('js-layer.db'),
  "the JavaScript layer's file with seven indexes": () => fixture('js-layer-seven-indexes.db'),
};

/** An error that a program can act on, and a file that is as it was: at most SQLite's empty side files are new. */
function expectRefused({ refused, touched }) {
  expect(refused.name).toMatch(/^(Sqlite)?Error$/);
  expect(refused.code).toMatch(/^(SQLITE|ERR)_[A-Z_]+$/);
  expect(refused.message).toContain('visual.db');
  expect(touched.filter((name) => !/^visual\.db-(shm|wal)$/.test(name))).toEqual([]);
}

/** Tells apart what came of opening damaged files, given the answers that the whole file gives. */
function sort(results, whole) {
  const sorted = { refused: 0, failed: 0, right: 0, unsound: 0, different: 0 };
  for (const { refused, touched, failed, answers } of results) {
    if (refused) {
      expectRefused({ refused, touched });
      sorted.refused += 1;
    } else if (failed) {
      expect(failed.name).toMatch(/^(Sqlite)?Error$/);
      expect(failed.message).not.toMatch(/SELECT|undefined/);
      sorted.failed += 1;
    } else if (answers.sound !== 'ok') sorted.unsound += 1;
    else if (JSON.stringify(answers) === JSON.stringify(whole)) sorted.right += 1;
    else sorted.different += 1;
  }
  return sorted;
}

async function answersOf(content) {
  const [{ answers }] = await examine([content]);
  expect(answers.sound).toBe('ok');
  return answers;
}

const told = (sorted) =>
  `${sorted.refused} refused, ${sorted.failed} errors on reading, ${sorted.right} right answers, ` +
  `${sorted.unsound} noticed by integrity_check only, ${sorted.different} with another value`;

describe.each(Object.entries(FILES))('Of %s', (name, read) => {
  const bytes = read;

  it('every beginning that is a multiple of 512 bytes is an error', within(120, 10), async () => {
    const whole = bytes();
    const results = await examine(truncations(whole));
    const sorted = sort(results, await answersOf(whole));
    figure(`${name}, truncated at every 512 bytes`, told(sorted));
    expect(results.length).toBe(Math.ceil(whole.length / 512) - 1);
    expect(sorted).toMatchObject({ unsound: 0, different: 0 });
  });

  it('copies with flipped bits are errors or give answers, and never a crash', within(120, 30), async () => {
    const whole = bytes();
    const count = amount(150, 4000);
    const sorted = sort(await examine(bitFlips(whole, count, 1)), await answersOf(whole));
    figure(`${name}, ${count} times with flipped bits`, told(sorted));
    expect(sorted.refused + sorted.failed).toBeGreaterThan(0);
  });

  it(
    'copies with two pages in each other’s place are errors, or integrity_check notices',
    within(120, 30),
    async () => {
      const whole = bytes();
      const count = amount(100, 2000);
      const sorted = sort(await examine(swappedPages(whole, count, 2)), await answersOf(whole));
      figure(`${name}, ${count} times with two pages swapped`, told(sorted));
      expect(sorted.different).toBe(0);
      expect(sorted.refused + sorted.failed + sorted.unsound).toBeGreaterThan(count / 2);
    },
  );
});

describe('A write-ahead log that a crash left behind', () => {
  const wal = crashed['-wal'];

  it('gives, cut at any place, a sound file with the commits before the cut', within(120, 20), async () => {
    const cuts = truncations(wal).filter((_, index, { length }) => index % amount(Math.ceil(length / 100), 1) === 0);
    const results = await examine(cuts.map((part) => ({ ...crashed, '-wal': part })));
    let seen = 0;
    for (const { refused, touched, answers, failed } of results) {
      expect(failed).toBeUndefined();
      // Before the first commits there are no tables yet, or not all of them.
      if (refused) expectRefused({ refused, touched });
      else {
        expect(answers.sound).toBe('ok');
        const [{ executions }] = answers.statistics;
        expect(executions).toBeGreaterThanOrEqual(seen);
        seen = executions;
      }
    }
    expect(seen).toBeGreaterThan(0);
    figure("the JavaScript layer's write-ahead log, cut", `${cuts.length} places: all sound`);
  });

  it('has the page in whose middle the file ends, where its writer was killed at it', within(60, 5), async () => {
    const [whole, torn] = await examine([crashed, { ...crashed, '': Buffer.concat([crashed[''], Buffer.alloc(512)]) }]);
    expect(torn).toEqual(whole);
    expect(torn.answers.sound).toBe('ok');
  });

  it('gives, with flipped bits, a sound file or an error', within(120, 20), async () => {
    const damaged = bitFlips(wal, amount(100, 3000), 3).map((part) => ({ ...crashed, '-wal': part }));
    const sorted = sort(await examine(damaged), await answersOf(crashed));
    expect(sorted.unsound).toBe(0);
    figure("the JavaScript layer's write-ahead log with flipped bits", `${damaged.length} times: ${told(sorted)}`);
  });
});

describe('A file of this version with a damaged schema and a log', () => {
  it('is refused, and neither of the two is changed', () => {
    const [file, copy] = [path.join(folder(), 'visual.db'), path.join(folder(), 'visual.db')];
    const visual = new VisualDatabase(file);
    visual.createZone({ id: 'zone', name: 'Zone' });
    visual.db.pragma('wal_checkpoint(TRUNCATE)');
    visual.updateZone('zone', { name: 'Other' });
    const [bytes, log] = [file, `${file}-wal`].map((name) => fs.readFileSync(name));
    visual.close();
    const page = bytes.readUInt16BE(16);
    const schema = bytes.indexOf('CREATE TABLE zones', page);
    bytes.write('CREATE RABBLE', schema);
    fs.writeFileSync(copy, bytes);
    fs.writeFileSync(`${copy}-wal`, log);
    expect(() => new VisualDatabase(copy)).toThrow(expect.objectContaining({ code: 'SQLITE_CORRUPT' }));
    expect(fs.readFileSync(copy).equals(bytes)).toBe(true);
    expect(fs.readFileSync(`${copy}-wal`).equals(log)).toBe(true);
  });
});

describe('A file that is not one of ours is refused, and left as it was:', () => {
  /** The content of a database made by statements. */
  const made = (...sql) => {
    const file = path.join(folder(), 'made.db');
    const database = new Database(file);
    database.exec(sql.join(';'));
    database.close();
    return fs.readFileSync(file);
  };
  const later = () => {
    const file = path.join(folder(), 'later.db');
    fs.writeFileSync(file, currentFile());
    const database = new Database(file);
    database.pragma('user_version = 999');
    database.pragma('journal_mode = DELETE');
    database.close();
    return fs.readFileSync(file);
  };
  const encrypted = () => {
    const cipher = crypto.createCipheriv('aes-256-ctr', Buffer.alloc(32, 7), Buffer.alloc(16));
    return Buffer.concat([cipher.update(currentFile()), cipher.final()]);
  };
  const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

  it.each([
    ['of a later version', later, /ERR_SCHEMA_NEWER/],
    ['of another program, by its tables', () => made('CREATE TABLE songs (title)'), /ERR_SCHEMA_FOREIGN/],
    ['of another program, by its id', () => made('PRAGMA application_id = 42'), /ERR_SCHEMA_FOREIGN/],
    ['of another program, by its version', () => made('PRAGMA user_version = 7'), /ERR_SCHEMA_FOREIGN/],
    ['with a table of our name', () => made('CREATE TABLE worktrees (name TEXT)'), /ERR_SCHEMA_DIFFERENT/],
    ['with a view of our name', () => made('CREATE VIEW worktrees AS SELECT 1 AS id'), /ERR_SCHEMA/],
    ['of text', () => Buffer.from('It was a dark and stormy night. '.repeat(500)), /SQLITE_NOTADB/],
    ['of a few letters', () => Buffer.from('hello'), /SQLITE_NOTADB/],
    ['that is an image', () => Buffer.from(PNG, 'base64'), /SQLITE_NOTADB/],
    ['that is encrypted', encrypted, /SQLITE_NOTADB/],
    ['of zeros', () => Buffer.alloc(16_384), /SQLITE_NOTADB/],
  ])('one %s', async (name, read, code) => {
    const [result] = await examine([read()]);
    expect(result.refused?.code).toMatch(code);
    expectRefused(result);
    expect(result.refused.message.split('visual.db')).toHaveLength(2);
  });
});

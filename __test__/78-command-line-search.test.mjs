// `visual-db search`: finding runs by what they say, and what `doctor` says of its index.
import { expect, describe, test } from 'vitest';
import { visualDb } from './support/backups.mjs';
import { board, queued } from './support/runs.mjs';
import { execution } from './support/samples.mjs';
import { temporaryFile } from './support/temporary.mjs';

function furnished() {
  const dbPath = temporaryFile();
  const db = board({ dbPath });
  const id = db.recordExecution(execution({ prompt: 'Fix the\ncart in src/db.rs:42', success: true }));
  return { dbPath, db, id };
}

const doctorOf = (dbPath) =>
  visualDb('doctor', '--json', '--db', dbPath)
    .json()
    .find(({ check }) => check === 'search');

describe('search', () => {
  test('is off until its index is built, and says how', () => {
    const { dbPath, db, id } = furnished();
    const off = visualDb('search', 'cart', '--db', dbPath);
    expect([off.status, off.stderr]).toEqual([1, expect.stringMatching(/the search is off: enableSearch/)]);
    expect(visualDb('search', '--enable', '--db', dbPath).stdout).toBe('1 run indexed: words can be searched.\n');
    const { status, stdout } = visualDb('search', 'SRC/db.rs:42', '--db', dbPath);
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /^exec-\S+ {2}succeeded {2}\d{4}-\S+Z {2}frontend, prompt\n {2}Fix the cart in src\/db.rs:42\n$/,
    );
    expect(stdout.startsWith(id)).toBe(true);
    expect(visualDb('search', 'nothing', '--db', dbPath).stdout).toBe('Nothing was found.\n');
    expect(visualDb('search', 'cart', '--json', '--db', dbPath).json()).toEqual(db.searchRuns('cart'));
    expect(visualDb('search', '--disable', '--db', dbPath).stdout).toBe('The index is removed.\n');
    expect(visualDb('search', '--disable', '--json', '--db', dbPath).json()).toEqual({ disabled: false });
  });

  test('narrows as runs do, and by field, mode and syntax', () => {
    const { dbPath, db, id } = furnished();
    const wish = queued(db, { prompt: 'the cart of 2', zoneId: 'zone-2', worktreeId: 'wt-2' });
    visualDb('search', '--enable', '--mode', 'substring', '--db', dbPath);
    const ids = (...args) =>
      visualDb('search', ...args, '--json', '--db', dbPath)
        .json()
        .items.map(({ run }) => run.id);
    expect(ids('cart', '--enable', '--mode', 'words', '--zone', 'Zone 2').at(-1) ?? wish.id).toBe(wish.id);
    expect(ids('cart', '--mode', 'words', '--zone', 'Zone 2', '--worktree', 'feature/2', '--status', 'queued')).toEqual(
      [wish.id],
    );
    expect(ids('ARt in', '--mode', 'substring', '--in', 'prompt')).toEqual([id]);
    expect(ids('car* NOT src', '--mode', 'words', '--syntax')).toEqual([wish.id]);
    expect(ids('cart', '--in', 'result', '--in', 'error')).toEqual([]);
    const { stdout } = visualDb('search', 'cart', '--limit', '1', '--db', dbPath);
    const [, next] = /There are more: --after (\S+)/.exec(stdout);
    expect(ids('cart', '--after', next)).toHaveLength(1);
  });

  test('of what it can not look for it is wrong usage', () => {
    const { dbPath } = furnished();
    for (const args of [[], ['cart', '--disable'], ['cart', '--mode', 'letters'], ['cart', '--limit', 'x']])
      expect(visualDb('search', ...args, '--db', dbPath).status, args.join(' ')).toBe(2);
  });
});

describe('doctor', () => {
  test('compares the index with what runs say', () => {
    const { dbPath, db, id } = furnished();
    expect(doctorOf(dbPath)).toMatchObject({ state: 'ok', finding: 'off' });
    db.enableSearch();
    expect(doctorOf(dbPath)).toMatchObject({ state: 'ok', finding: 'every run is indexed as it is' });
    db.db.exec("DROP TRIGGER search_text_changed; UPDATE zone_executions SET prompt = 'something else'");
    db.db.exec(
      'CREATE TRIGGER search_text_changed AFTER UPDATE OF prompt, result ON zone_executions BEGIN SELECT 1; END',
    );
    expect(doctorOf(dbPath)).toMatchObject({
      state: 'problem',
      finding: `1 runs are not indexed as they are (such as ${id})`,
    });
    visualDb('search', '--disable', '--db', dbPath);
    visualDb('search', '--enable', '--db', dbPath);
    expect(doctorOf(dbPath)).toMatchObject({ state: 'ok', finding: 'every run is indexed as it is' });
    db.db.exec('DELETE FROM search_words');
    expect(doctorOf(dbPath)).toMatchObject({
      state: 'problem',
      finding: `1 runs are not found by their marks (such as ${id})`,
    });
    db.db.exec("DELETE FROM changes_readers WHERE name = 'search'");
    expect(doctorOf(dbPath)).toMatchObject({ state: 'note', finding: 'its index is not built to the end' });
  });
});

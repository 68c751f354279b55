// What differs from a file: each line of 'What differs' in docs/postgres.md is a test here, under the line's own first words.
import { readFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { thrown } from './support/failure.mjs';
import { temporarySchema } from './support/postgres/databases.mjs';
import { execution, furnish, worktree, zone } from './support/samples.mjs';
import { open, temporaryFile, temporaryFolder } from './support/temporary.mjs';
import { VisualDatabase } from './support/visual_database.mjs';

vi.setConfig({ testTimeout: 60_000 });

const DOCUMENT = readFileSync(new URL('../docs/postgres.md', import.meta.url), 'utf8');
/** What the section says, by the words in bold with which a line begins. */
const LINES = new Map(
  [
    ...DOCUMENT.split('## What differs')[1]
      .split('\n## ')[0]
      .matchAll(/^- \*\*(.+?)\*\*(.*(?:\n {2}.+)*)/gm),
  ].map(([, words, rest]) => [words.replaceAll('`', ''), rest]),
);

/** The option or method isn't for servers, and what there is instead is told. */
function expectUnsupported(call, instead) {
  const error = thrown(call);
  expect(error.code).toBe('ERR_ENGINE_UNSUPPORTED');
  expect(error.message).toMatch(instead);
}

const at = () => temporarySchema();
const board = () => furnish(open(at()));
/** Longer than an index of PostgreSQL can hold. */
const LONG = 'x'.repeat(2601);

const TESTS = {
  'db.db': () => expectUnsupported(() => board().db, /pg|client|SQL/),
  async 'backup(), backupSync() and backups'() {
    const db = board();
    await expect(db.backup(temporaryFile())).rejects.toMatchObject({ code: 'ERR_ENGINE_UNSUPPORTED' });
    expectUnsupported(() => db.backupSync(temporaryFile()), /pg_dump/);
    expectUnsupported(() => open({ ...at(), backups: { every: '1h', dir: temporaryFolder() } }), /pg_dump/);
  },
  'mode and synchronous'() {
    expectUnsupported(() => open({ ...at(), mode: 0o600 }), /mode/);
    expectUnsupported(() => open({ ...at(), synchronous: 'full' }), /synchronous_commit/);
  },
  'dbPath beside url'() {
    expect(thrown(() => new VisualDatabase({ ...at(), dbPath: temporaryFile() }))).toBeInstanceOf(TypeError);
    expect(thrown(() => new VisualDatabase({ ...at(), dbPath: ':memory:' }))).toBeInstanceOf(TypeError);
  },
  'Ids and other texts that are looked up'() {
    const db = board();
    const calls = {
      id: () => db.createWorktree(worktree(9, { id: LONG })),
      'id of a zone': () => db.createZone(zone(9, { id: LONG })),
      status: () => db.updateWorktree('wt-1', { status: LONG }),
    };
    for (const [name, call] of Object.entries(calls)) expect(thrown(call), name).toBeInstanceOf(RangeError);
    expect(db.createWorktree(worktree(9, { id: LONG.slice(1), path: LONG, taskId: LONG.repeat(400) })).path).toBe(LONG);
    expect(db.getWorktree(LONG)).toBeNull();
    expect(db.getStats().worktrees).toBe(4);
    expect(db.recordExecution(execution({ prompt: LONG.repeat(400) }))).toMatch(/^exec-/);
  },
};

it('each line has its test, and each test its line', () => {
  expect([...LINES.keys()].toSorted()).toEqual(Object.keys(TESTS).toSorted());
});

describe('on a server', () => {
  it.each(Object.keys(TESTS))('%s', (name) => TESTS[name]());
});

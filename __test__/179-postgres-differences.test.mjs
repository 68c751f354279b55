// What differs from a file: each line of 'What differs' in docs/postgres.md is a test here, under the line's own first words.
import { Readable } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import { thrown } from './support/failure.mjs';
import { CALLS } from './support/every_call.mjs';
import { temporarySchema } from './support/postgres/databases.mjs';
import { execution, furnish, worktree, zone } from './support/samples.mjs';
import { DIFFERENCES, MISSING } from './support/postgres/documented.mjs';
import { proxyTo } from './support/postgres/proxy.mjs';
import { open, temporaryFile, temporaryFolder } from './support/temporary.mjs';
import { VisualDatabase } from './support/visual_database.mjs';

vi.setConfig({ testTimeout: 60_000 });

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
  async 'backup(), backupSync() and the option backups'() {
    const db = board();
    await expect(db.backup(temporaryFile())).rejects.toMatchObject({ code: 'ERR_ENGINE_UNSUPPORTED' });
    expectUnsupported(() => db.backupSync(temporaryFile()), /pg_dump/);
    expectUnsupported(() => open({ ...at(), backups: { every: '1h', dir: temporaryFolder() } }), /pg_dump/);
  },
  'The options mode and synchronous'() {
    expectUnsupported(() => open({ ...at(), mode: 0o600 }), /mode/);
    expectUnsupported(() => open({ ...at(), synchronous: 'full' }), /synchronous_commit/);
  },
  dbPath() {
    expect(thrown(() => new VisualDatabase({ ...at(), dbPath: temporaryFile() }))).toBeInstanceOf(TypeError);
    expect(thrown(() => new VisualDatabase({ ...at(), dbPath: ':memory:' }))).toBeInstanceOf(TypeError);
  },
  'Ids, statuses and createdAt'() {
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
  'Answers of a row are not kept'() {
    const place = at();
    const proxy = proxyTo(place.url);
    const db = furnish(open({ ...place, url: proxy.url }));
    proxy.counted();
    for (let n = 0; n < 3; n += 1) db.getWorktree('wt-1');
    expect(proxy.counted().turns).toHaveLength(3);
  },
};

it('each line has its test, and each test its line', () => {
  expect(DIFFERENCES.toSorted()).toEqual(Object.keys(TESTS).toSorted());
});

describe('on a server', () => {
  it.each(Object.keys(TESTS))('%s', (name) => TESTS[name]());
});

/** Those of which one call is not one answer. */
const LONGER = {
  as: (db) => db.as({ kind: 'user', id: 'anna' }).listWorktrees(),
  enableSearch: (db) => db.enableSearch(),
  disableSearch: (db) => db.disableSearch(),
  waitForRun: (db) => db.waitForRun({ workerId: 'w' }),
  watch: (db) => db.watch().next(),
  prune: (db) => db.prune({ bodies: '1d' }),
  exportAll: (db) => db.exportAll(temporaryFile()),
  importAll: (db) => db.importAll(Readable.from([])),
};

describe('what is not there yet', () => {
  it.each([...MISSING])('%s says so under its own name', async (name) => {
    const call = LONGER[name] ?? CALLS[name][0];
    const given = { run: { id: 'x' }, id: 'x', token: 1, 0: { run: { id: 'x' }, id: 'x', token: 1 } };
    const error = await (async () => call(board(), 0, given))().catch((reason) => reason);
    expect(error).toMatchObject({ code: 'ERR_ENGINE_UNSUPPORTED' });
    expect(error.message).toMatch(new RegExp(`^${name}\\b`));
  });
});

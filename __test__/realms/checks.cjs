'use strict';

// What holds in a realm of its own, where test runners put the tests and this package: whatever is thrown or returned is
// of that realm's classes. Jest and vitest's `vmThreads` run it; `test` and `expect` are theirs.
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const vm = require('node:vm');
const { Database, SqliteError, VisualDatabase } = require(process.env.VISUAL_DB_PACKAGE ?? '../../lib/index.js');

function thrown(fn) {
  try {
    fn();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

const raw = () => new Database(':memory:');

function furnished() {
  const db = new VisualDatabase({ dbPath: ':memory:' });
  db.createZone({ id: 'zone-1', name: 'Zone' });
  db.createWorktree({ id: 'wt-1', path: '/1', port: 3001, branchName: 'one' });
  return db;
}

const run = { zoneId: 'zone-1', worktreeId: 'wt-1', agentType: 'frontend', prompt: 'Implement it' };

test('this is a realm of its own, else nothing here could fail', () => {
  expect(vm.runInThisContext('TypeError')).not.toBe(TypeError);
});

test.each([
  ['a TypeError', TypeError, () => raw().prepare('SELECT ?').get(Symbol('no'))],
  ['a RangeError', RangeError, () => raw().prepare('SELECT ?, ?').get(1)],
  ['an Error', Error, () => furnished().deleteWorktree('none')],
  ['an Error with a code', Error, foreignFile],
  ['a SqliteError', SqliteError, () => raw().exec('SELEC 1')],
  ['a TypeError of the domain', TypeError, () => furnished().createWorktree({ id: 'wt-2', path: {} })],
  ['a TypeError for what a function returned', TypeError, () => calling(() => true)],
  ['a RangeError for what a function returned', RangeError, () => calling(() => 2n ** 64n)],
])('%s is the one that is thrown', (_, Class, call) => {
  const error = thrown(call);
  expect(error).toBeInstanceOf(Class);
  expect(error).toBeInstanceOf(Error);
  expect(call).toThrow(Class);
});

function calling(fn) {
  const db = raw();
  db.function('returned', fn);
  return db.prepare('SELECT returned()').get();
}

/** Opens a file that another program keeps a version in. */
function foreignFile() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'realm-'));
  const dbPath = path.join(folder, 'foreign.db');
  try {
    const db = new Database(dbPath);
    db.pragma('user_version = 7');
    db.close();
    return new VisualDatabase({ dbPath });
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

test('an error with a code is one like any other', () => {
  const error = thrown(foreignFile);
  expect(error.constructor).toBe(Error);
  expect(Object.entries(error)).toStrictEqual([['code', 'ERR_SCHEMA_FOREIGN']]);
  expect(error.stack).toContain('checks.cjs');
});

test('what an error says as properties is of the realm, too', () => {
  const db = new VisualDatabase(':memory:');
  const error = thrown(() => db.assignWorktreeToZone('wt', 'zone'));
  db.close();
  expect(error.missing).toStrictEqual(['zoneId', 'worktreeId']);
  expect(error.missing.constructor).toBe(Array);
});

test('rows, ids, columns and blobs equal those that are written here, strictly', () => {
  const db = furnished();
  expect(db.getWorktree('wt-1').position).toStrictEqual({ x: 0, y: 0 });
  expect(db.db.prepare('SELECT 1 AS one, NULL AS two').all()).toStrictEqual([{ one: 1, two: null }]);
  expect(db.db.prepare('SELECT 1').columns()).toStrictEqual([
    { name: '1', column: null, table: null, database: null, type: null },
  ]);
  const ids = db.recordExecutions([run, run]);
  expect(ids).toStrictEqual([ids[0], ids[1]]);
  expect(ids.constructor).toBe(Array);
  for (const size of [0, 3, 5000])
    expect(db.db.prepare('SELECT ?').pluck().get(Buffer.alloc(size, 7))).toStrictEqual(Buffer.alloc(size, 7));
  expect(db.db.serialize()).toBeInstanceOf(Buffer);
});

test('backups are promises of this realm', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'realm-'));
  const db = furnished();
  const copies = [db.backup(path.join(folder, 'a.db')), db.db.backup(path.join(folder, 'b.db'))];
  for (const copy of copies) expect(copy).toBeInstanceOf(Promise);
  const [, pages] = await Promise.all(copies);
  expect(pages).toStrictEqual({ totalPages: pages.totalPages, remainingPages: 0 });
  await expect(db.backup('')).rejects.toThrow(TypeError);
  fs.rmSync(folder, { recursive: true });
});

test('what backups give and throw is of this realm, from the thread pool, too', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'realm-'));
  const db = new VisualDatabase({ dbPath: path.join(folder, 'visual.db') });
  const dest = path.join(folder, 'backups', 'a.db');
  const steps = [];
  const made = await db.backup(dest, { progress: (step) => steps.push(step) });
  const [listed] = VisualDatabase.listBackups(path.dirname(dest));
  expect(VisualDatabase.listBackups(path.dirname(dest))).toBeInstanceOf(Array);
  expect(listed).toStrictEqual({ ...made, counts: { worktrees: 0, zones: 0, assignments: 0, executions: 0 } });
  for (const object of [made, made.counts, listed, steps[0]]) expect(object.constructor).toBe(Object);
  const itself = path.join(folder, 'visual.db');
  const rejected = await db.backup(itself).catch((error) => error);
  for (const error of [
    rejected,
    thrown(() => db.backupSync(itself)),
    thrown(() => VisualDatabase.verifyBackup(dest + 'x')),
  ]) {
    expect(error).toBeInstanceOf(Error);
    expect(error.constructor).toBe(Error);
    expect(error.code).toMatch(/^[A-Z_]+$/);
    expect(error.stack).toContain('checks.cjs');
  }
  db.close();
  fs.rmSync(folder, { recursive: true });
});

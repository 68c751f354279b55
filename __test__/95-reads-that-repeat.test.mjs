import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AnswerCache } from '../lib/visual/kept_answers.js';
import { VisualDatabase } from '../lib/index.mjs';

const ENTRY = fileURLToPath(new URL('../lib/index.mjs', import.meta.url));
const READER = fileURLToPath(new URL('./support/kept_reader.mjs', import.meta.url));
const WRITER = fileURLToPath(new URL('./support/kept_writer.mjs', import.meta.url));
/** In all; more with `KEPT_READS=1000000 npm test -- 95`. */
const READS = Number(process.env.KEPT_READS ?? 40_000);

let folder;
let db;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'visual-db-kept-'));
  db = new VisualDatabase(path.join(folder, 'visual.db'));
  db.createZone({ id: 'zone', name: 'Zone', agents: ['a', { deep: [1] }] });
  for (let i = 0; i < 3; i += 1) {
    db.createWorktree({ id: `wt-${i}`, path: `/wt/${i}`, port: i, branchName: 'b' });
    db.assignWorktreeToZone(`wt-${i}`, 'zone');
  }
});

afterEach(() => {
  db.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

/** Reads until the answer is kept: the first read of a generation keeps nothing. */
const thrice = (read) => [read(), read(), read()].at(-1);

const READS_OF_EVERY_KIND = {
  getWorktree: (d) => d.getWorktree('wt-0'),
  'getWorktree of nothing': (d) => d.getWorktree('none'),
  listWorktrees: (d) => d.listWorktrees(),
  'listWorktrees of a status': (d) => d.listWorktrees({ status: 'active' }),
  getZone: (d) => d.getZone('zone'),
  listZones: (d) => d.listZones(),
  getWorktreeZone: (d) => d.getWorktreeZone('wt-0'),
  getWorktreesInZone: (d) => d.getWorktreesInZone('zone'),
  getExecution: (d) => d.getExecution(d.getExecutionHistory('zone')[0].id),
  getExecutionHistory: (d) => d.getExecutionHistory('zone'),
  getWorktreeExecutions: (d) => d.getWorktreeExecutions('wt-0', 5),
  getExecutionStats: (d) => d.getExecutionStats(),
  'getExecutionStats of a zone': (d) => d.getExecutionStats({ zoneId: 'zone' }),
  getStats: (d) => d.getStats(),
  getBoard: (d) => d.getBoard(),
};

describe('an answer that is kept', () => {
  test.each(Object.entries(READS_OF_EVERY_KIND))('is the answer: %s', (_, read) => {
    db.recordExecution({
      zoneId: 'zone',
      worktreeId: 'wt-0',
      agentType: 'a',
      prompt: 'p',
      result: { x: [1, { y: null }] },
    });
    const plain = new VisualDatabase({ dbPath: path.join(folder, 'visual.db'), cacheSize: 0 });
    expect(thrice(() => read(db))).toEqual(read(plain));
    plain.close();
  });

  test.each(Object.entries(READS_OF_EVERY_KIND))('is an object of its own each time: %s', (_, read) => {
    db.recordExecution({
      zoneId: 'zone',
      worktreeId: 'wt-0',
      agentType: 'a',
      prompt: 'p',
      result: { x: [1, { y: null }] },
    });
    const before = structuredClone(thrice(() => read(db)));
    spoil(read(db));
    expect(read(db)).toEqual(before);
  });

  test('keeps what JSON can hold: a key __proto__, a negative zero', () => {
    db.db.prepare('UPDATE zones SET agents = ?').run('{"__proto__":[-0],"b":-0}');
    const { agents } = thrice(() => db.getZone('zone'));
    expect(Object.keys(agents)).toEqual(['__proto__', 'b']);
    expect(Object.is(agents.b, -0)).toBe(true);
    expect(Object.getPrototypeOf(agents)).toBe(Object.prototype);
  });

  test('may be so deep that it can only be read again', () => {
    const depth = 100_000;
    db.db.prepare('UPDATE zones SET agents = ?').run('['.repeat(depth) + ']'.repeat(depth));
    expect(Array.isArray(thrice(() => db.getZone('zone')).agents)).toBe(true);
  });
});

/** Changes everything in it. */
function spoil(value) {
  if (typeof value !== 'object' || value === null) return;
  for (const key of Object.keys(value)) {
    spoil(value[key]);
    value[key] = 'spoilt';
  }
}

describe('no answer is kept beyond', () => {
  const status = (d = db) => thrice(() => d.getWorktree('wt-0').status);

  test('an own write', () => {
    status();
    db.updateWorktree('wt-0', { status: 'done' });
    expect(db.getWorktree('wt-0').status).toBe('done');
  });

  test('a write through the raw handle', () => {
    status();
    db.db.exec("UPDATE worktrees SET status = 'raw'");
    expect(db.getWorktree('wt-0').status).toBe('raw');
  });

  test("another connection's write", () => {
    const other = new VisualDatabase(path.join(folder, 'visual.db'));
    status();
    other.updateWorktree('wt-0', { status: 'other' });
    expect(db.getWorktree('wt-0').status).toBe('other');
    other.close();
  });

  test("another thread's write", async () => {
    status();
    const worker = new Worker(
      `const { workerData } = require('node:worker_threads');
       import(workerData.entry).then(({ VisualDatabase }) => {
         const db = new VisualDatabase(workerData.dbPath);
         db.updateWorktree('wt-0', { status: 'thread' });
         db.close();
       });`,
      { eval: true, workerData: { entry: ENTRY, dbPath: path.join(folder, 'visual.db') } },
    );
    await once(worker, 'exit');
    expect(db.getWorktree('wt-0').status).toBe('thread');
  });

  test('the beginning of a transaction, or its end, however it ends', () => {
    status();
    expect(() =>
      db.transaction(() => {
        db.updateWorktree('wt-0', { status: 'inside' });
        expect(status()).toBe('inside');
        throw new Error('undo');
      }),
    ).toThrow('undo');
    expect(status()).toBe('active');
    db.transaction(() => db.updateWorktree('wt-0', { status: 'inside' }));
    expect(db.getWorktree('wt-0').status).toBe('inside');
  });

  test('an iterator that holds an older snapshot', () => {
    const other = new VisualDatabase(path.join(folder, 'visual.db'));
    status();
    const rows = db.db.prepare('SELECT * FROM worktrees').iterate();
    rows.next();
    other.updateWorktree('wt-0', { status: 'new' });
    expect(db.getWorktree('wt-0').status).toBe('active');
    rows.return();
    expect(db.getWorktree('wt-0').status).toBe('new');
    other.close();
  });

  test('a TEMP table of the same name, which is none of ours', () => {
    status();
    db.db.exec(
      "CREATE TEMP TABLE worktrees AS SELECT * FROM main.worktrees; UPDATE temp.worktrees SET status = 'temp'",
    );
    expect(db.getWorktree('wt-0').status).toBe('active');
    expect(status()).toBe('active');
  });

  test('a change of the journal mode, and back', () => {
    status();
    for (const mode of ['delete', 'wal', 'truncate', 'wal']) {
      expect(db.db.pragma(`journal_mode = ${mode}`, { simple: true })).toBe(mode);
      db.updateWorktree('wt-0', { status: mode });
      expect(status()).toBe(mode);
    }
  });

  test('a log that was still empty, when the next one is', () => {
    db.close();
    db = new VisualDatabase(path.join(folder, 'visual.db'));
    status();
    db.db.exec("PRAGMA journal_mode = DELETE; UPDATE worktrees SET status = 'between'; PRAGMA journal_mode = WAL");
    for (let n = 0; n < 3; n += 1) expect(db.getWorktree('wt-0').status).toBe('between');
  });

  test('a checkpoint that starts the log again', () => {
    status();
    db.db.pragma('wal_checkpoint(TRUNCATE)');
    expect(status()).toBe('active');
    db.updateWorktree('wt-0', { status: 'after' });
    expect(status()).toBe('after');
  });

  test('VACUUM and a new index', () => {
    status();
    db.db.exec('VACUUM; CREATE INDEX another ON worktrees(path)');
    expect(status()).toBe('active');
  });

  test('close', () => {
    status();
    db.close();
    expect(() => db.getWorktree('wt-0')).toThrow(new TypeError('The database connection is not open'));
  });
});

test('a database in memory answers as any other', () => {
  const memory = new VisualDatabase(':memory:');
  memory.createWorktree({ id: 'a', path: '/', port: 1, branchName: 'b' });
  expect(thrice(() => memory.getWorktree('a').status)).toBe('active');
  memory.updateWorktree('a', { status: 'done' });
  expect(memory.getWorktree('a').status).toBe('done');
  memory.close();
});

test('`cacheSize` is a number of bytes that is not exceeded', () => {
  expect(() => new VisualDatabase({ dbPath: ':memory:', cacheSize: -1 })).toThrow(RangeError);
  expect(() => new VisualDatabase({ dbPath: ':memory:', cacheSize: '1' })).toThrow(TypeError);
  const small = new VisualDatabase({ dbPath: path.join(folder, 'visual.db'), cacheSize: 2000 });
  for (let i = 0; i < 100; i += 1) for (let j = 0; j < 3; j += 1) expect(small.getWorktree(`wt-${j}`).port).toBe(j);
  small.close();
});

test('an answer that no argument can be kept for takes no room from the others', () => {
  const answers = new AnswerCache(1000).of(undefined, { copy: (answer) => answer });
  for (let i = 0; i < 100; i += 1) answers.keep(undefined, 'of a limit that is no integer', 1);
  answers.keep('id', 'kept', 1);
  answers.keep('id', 'kept', 1);
  expect(answers.get('id')).toBe('kept');
});

test(
  `no read of ${READS} is older than the last acknowledgement before it began, whoever writes`,
  { timeout: 3_600_000 },
  async () => {
    const where = JSON.stringify({ dbPath: path.join(folder, 'visual.db') });
    const acknowledged = path.join(folder, 'acknowledged');
    fs.writeFileSync(acknowledged, Buffer.alloc(24));
    const writers = [0, 1, 2].map((writer) =>
      spawn(process.execPath, [WRITER, ENTRY, where, acknowledged, String(writer)], {
        stdio: ['pipe', 'inherit', 'inherit'],
      }),
    );
    const read = () =>
      promisify(execFile)(process.execPath, [READER, ENTRY, where, acknowledged, '3', String(READS / 2), 'board']);
    const readers = await Promise.all([read(), read()]);
    const ended = writers.map((writer) => once(writer, 'exit'));
    for (const writer of writers) writer.stdin.end();
    for (const [code] of await Promise.all(ended)) expect(code).toBe(0);
    for (const { stdout } of readers) {
      const { reads, stale } = JSON.parse(stdout);
      expect(stale).toBe(0);
      expect(reads).toBeGreaterThanOrEqual(READS / 2);
    }
    const written = new BigInt64Array(new Uint8Array(fs.readFileSync(acknowledged)).buffer);
    for (const count of written) expect(count).toBeGreaterThan(20n);
  },
);

import fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { Database, isReference } from './support/database.mjs';
import { freshFile } from './support/fresh_file.mjs';
import { runScript, startScript } from './support/script.mjs';

// Processes, threads and disks are slow where others use them, too.
vi.setConfig({ testTimeout: 30_000 });

const packageEntry = fileURLToPath(new URL('../lib/index.js', import.meta.url));

let file;
beforeEach(() => {
  file = freshFile();
  const db = new Database(file);
  db.pragma('journal_mode = WAL');
  db.exec('CREATE TABLE entries (a); INSERT INTO entries VALUES (1), (2), (3)');
  db.close();
});

/** Nobody holds a lock any more: another connection writes at once. */
const writesAtOnce = () => {
  const db = new Database(file, { timeout: 0 });
  const { changes } = db.prepare('INSERT INTO entries VALUES (100)').run();
  const check = db.pragma('integrity_check', { simple: true });
  db.close();
  return changes === 1 && check === 'ok';
};
const hasLog = () => fs.existsSync(`${file}-wal`);

const OPEN = `
  const file = process.argv[1];
  const db = new Database(file);
  const insert = db.prepare('INSERT INTO entries VALUES (?)');
  insert.run(4);
  const rows = db.prepare('SELECT * FROM entries').iterate();
  rows.next();
`;

describe('the end of the process closes what is open', () => {
  const ends = {
    'by itself': '',
    'by process.exit()': 'process.exit(0)',
    'by process.exit() with an iterator and a transaction running':
      "db.unsafeMode().exec('BEGIN; INSERT INTO entries VALUES (5)'); process.exit(0)",
    'by process.exit() within a function':
      "rows.return(); db.function('leave', () => process.exit(0)); db.prepare('SELECT leave()').get()",
    'by process.exit() within an exit listener': "process.on('exit', () => { insert.database.name; process.exit(0); })",
  };
  test.each(Object.keys(ends))('%s', (end) => {
    const { status, signal, stderr } = runScript(OPEN + ends[end], { args: [file] });
    expect({ status, signal, stderr }).toEqual({ status: 0, signal: null, stderr: '' });
    expect(writesAtOnce()).toBe(true);
    const db = new Database(file);
    expect(db.prepare('SELECT a FROM entries').pluck().all()).toEqual([1, 2, 3, 4, 100]);
    db.close();
  });

  test('by an error that nobody catches', () => {
    const { status, stderr } = runScript(`${OPEN} throw new Error('nobody catches this')`, { args: [file] });
    expect(status).toBe(1);
    expect(stderr).toContain('nobody catches this');
    expect(writesAtOnce()).toBe(true);
  });

  test.skipIf(isReference)('and leaves no write-ahead log behind', () => {
    for (const end of [
      '',
      'process.exit(0)',
      "throw new Error('oops')",
      "process.once('SIGTERM', () => process.exit(0)); process.kill(process.pid, 'SIGTERM'); setInterval(() => {}, 1000)",
    ]) {
      runScript(OPEN + end, { args: [file] });
      expect(hasLog(), end).toBe(false);
    }
  });

  test('and an exit listener may still write', () => {
    const { status, stderr } = runScript(`${OPEN} rows.return(); process.on('exit', () => { insert.run(5); })`, {
      args: [file],
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const db = new Database(file);
    expect(db.prepare('SELECT a FROM entries').pluck().all()).toEqual([1, 2, 3, 4, 5]);
    db.close();
  });
});

describe('several copies of the package in one process', () => {
  test.skipIf(isReference)('each close what is theirs at the end, after the application’s own exit listeners', () => {
    const { status, stderr, stdout } = runScript(
      `
        import { createRequire } from 'node:module';
        const require = createRequire(import.meta.url);
        const other = freshCopy();
        const one = new Database(process.argv[1]);
        process.on('exit', () => console.log(one.open, other.open));
        await new Promise((resolve) => setTimeout(resolve, 20));
        function freshCopy() {
          const entry = require.resolve(${JSON.stringify(packageEntry)});
          require(entry);
          for (const key of Object.keys(require.cache)) if (key.endsWith('.js')) delete require.cache[key];
          return new (require(entry).Database)(':memory:');
        }
      `,
      { args: [file] },
    );
    expect({ status, stderr, stdout }).toEqual({ status: 0, stderr: '', stdout: 'true true\n' });
  });
});

describe('a process that is killed', () => {
  test('loses nothing that was committed and leaves no lock', async () => {
    const { child, line, ended } = startScript(
      `${OPEN} rows.return(); insert.run(5); db.exec('BEGIN IMMEDIATE'); insert.run(6); console.log('ready'); setInterval(() => {}, 1000)`,
      { args: [file] },
    );
    expect(await line()).toBe('ready');
    child.kill('SIGKILL');
    expect((await ended).signal).toBe('SIGKILL');
    expect(writesAtOnce()).toBe(true);
    const db = new Database(file);
    expect(db.prepare('SELECT a FROM entries').pluck().all()).toEqual([1, 2, 3, 4, 5, 100]);
    db.close();
  });
});

describe('what is no longer reachable', () => {
  const gc = { flags: ['--expose-gc'], args: [] };
  const COLLECT = `
    const collect = async () => {
      for (let i = 0; i < 6; i += 1) { gc(); await new Promise((resolve) => setTimeout(resolve, 5)); }
    };
    const file = process.argv[1];
  `;
  const run = (source) => {
    const { status, signal, stderr, stdout } = runScript(COLLECT + source, { ...gc, args: [file] });
    expect({ status, signal, stderr }).toEqual({ status: 0, signal: null, stderr: '' });
    return stdout.trim();
  };

  test('a database is closed, and its lock is released', () => {
    const out = run(`
      (() => { new Database(file).exec('BEGIN IMMEDIATE; INSERT INTO entries VALUES (5)'); })();
      const other = new Database(file, { timeout: 0 });
      try { other.exec('INSERT INTO entries VALUES (6)'); } catch (error) { console.log(error.code); }
      await collect();
      other.exec('INSERT INTO entries VALUES (7)');
      console.log(other.prepare('SELECT a FROM entries').pluck().all().join());
    `);
    expect(out).toBe('SQLITE_BUSY\n1,2,3,7');
  });

  test('a statement lives on while its connection is out of sight, and the other way round', () => {
    const out = run(`
      const select = (() => new Database(file).prepare('SELECT sum(a) FROM entries').pluck())();
      const rows = (() => new Database(file).prepare('SELECT a FROM entries').pluck().iterate())();
      const fn = (() => { const db = new Database(file); return db.transaction(() => db.inTransaction); })();
      await collect();
      console.log(select.get(), select.database.open, [...rows].join(), fn());
      const db = new Database(file);
      for (let i = 0; i < 2000; i += 1) db.prepare('SELECT ' + i).get();
      await collect();
      console.log(db.prepare('SELECT 5').pluck().get());
      db.close();
    `);
    expect(out).toBe('6 true 1,2,3 true\n5');
  });

  test('statements, functions, iterators and databases by the thousand', () => {
    const out = run(`
      for (let i = 0; i < 300; i += 1) {
        const db = new Database(i % 2 ? file : ':memory:');
        db.function('f', () => db.name);
        db.aggregate('g', { start: () => ({ db }), step: () => {}, result: () => 1 });
        db.prepare('SELECT f(), g()').get();
        db.prepare('SELECT 1 UNION SELECT 2').iterate().next();
        const held = db.prepare('SELECT ?').bind('x'.repeat(1000));
        if (i % 3 === 0) { held.get(); }
        if (i % 50 === 0) await collect();
      }
      await collect();
      console.log('done');
    `);
    expect(out).toBe('done');
    expect(writesAtOnce()).toBe(true);
  });

  test('an iterator that is left half-way keeps the connection busy for as long as it may go on', () => {
    const out = run(`
      const db = new Database(file);
      const rows = db.prepare('SELECT a FROM entries').pluck().iterate();
      rows.next();
      await collect();
      try { db.exec('SELECT 1'); } catch (error) { console.log(error.message); }
      console.log([...rows].join());
      db.exec('SELECT 1');
    `);
    expect(out).toBe('This database connection is busy executing a query\n2,3');
  });

  test.skipIf(process.platform !== 'linux')('no file descriptor is left open', () => {
    const out = run(`
      import fs from 'node:fs';
      const count = () => fs.readdirSync('/proc/self/fd').length;
      const warm = new Database(file); warm.prepare('SELECT * FROM entries').all(); warm.close();
      const before = count();
      for (let i = 0; i < 50; i += 1) { new Database(file).prepare('SELECT * FROM entries').all(); }
      for (let i = 0; i < 50; i += 1) { const db = new Database(file); db.prepare('SELECT * FROM entries').iterate().return(); db.close(); }
      await collect();
      console.log(count() - before);
    `);
    expect(out).toBe('0');
  });
});

// The package as `npm pack` makes it: its JavaScript is one file, in which there is once what there may be only once. A
// checkout has no such file and runs from lib/.

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LOADED, NAME, ONE_FILE, ROOT, clone, pack, removeTemporaryFolders, unpacked } from './install/consumer.mjs';
import { temporaryFolder } from './support/temporary.mjs';

/** What a process or a thread loads. */
const ALL = [ONE_FILE, 'lib/index.js'];
const LONGEST_LINE = 800;

afterAll(removeTemporaryFolders);

describe('a packed package', () => {
  let installed;
  let project;
  let preload;

  beforeAll(async () => {
    installed = await unpacked();
    project = join(installed, '../../..');
    // What the command line needs; importing the package needs none of it.
    for (const name of Object.keys(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).dependencies))
      symlinkSync(join(ROOT, 'node_modules', name), join(project, 'node_modules', name), 'junction');
    preload = join(project, 'loaded.cjs');
    writeFileSync(preload, LOADED);
  }, 60_000);

  /** Runs a script or a program of the package. What it loaded of the package: a list for each of its threads. */
  function run(args, { cwd = temporaryFolder(), input } = {}) {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--require', preload, ...args], {
      cwd,
      input,
      encoding: 'utf8',
    });
    const lines = stderr.split('\n').filter((line) => line.startsWith('["'));
    return { status, stdout, stderr, loaded: lines.map((line) => JSON.parse(line)) };
  }

  /** Runs the text of a module beside which the package is installed. */
  function script(name, text) {
    writeFileSync(join(project, name), text);
    return run([join(project, name)]);
  }

  const USE_ALL = `
    const db = new VisualDatabase({ dbPath: 'visual.db', backups: { every: '1h', keep: { hourly: 1 } } });
    db.createWorktree({ id: 'wt-1', path: '/one', port: 3001, branchName: 'one' });
    db.db.function('two', () => 2);
    db.db.aggregate('total', { start: 0, step: (total, value) => total + value });
    console.log(db.db.prepare('SELECT two(), total(1)').raw().get().join());
    Promise.all([db.backup('a.db'), db.db.backup('b.db')]).then(() => db.close());`;

  test.each([
    ['required', 'all.cjs', `const { VisualDatabase } = require('${NAME}');`],
    ['imported', 'all.mjs', `import { VisualDatabase } from '${NAME}';`],
  ])('that is %s is one file beside its entry, all that is loaded late included', (_, name, load) => {
    const { stdout, stderr, loaded } = script(name, load + USE_ALL);
    expect(stdout, stderr).toBe('2,1\n');
    expect(loaded.map((files) => files.toSorted())).toEqual([ALL]);
  });

  test('works in worker threads, each of which loads it again', () => {
    const text = `
      const { Worker, isMainThread } = require('node:worker_threads');
      const { VisualDatabase } = require('${NAME}');
      const db = new VisualDatabase('shared.db');
      db.createWorktree({ id: isMainThread ? 'main' : 'worker', path: '/' + isMainThread, port: 3001 + isMainThread, branchName: 'b' });
      db.close();
      if (isMainThread) {
        new Worker(__filename).on('exit', (code) => {
          const again = new VisualDatabase('shared.db');
          console.log(code, again.listWorktrees().map(({ id }) => id).sort().join());
          again.close();
        });
      }`;
    const { stdout, stderr, loaded } = script('workers.cjs', text);
    expect(stdout, stderr).toBe('0 main,worker\n');
    expect(loaded.map((files) => files.toSorted())).toEqual([ALL, ALL]);
  });

  test('has the names that the sources have, and lines that can be read where one of them failed', () => {
    const text = `
      const { VisualDatabase, Database, SqliteError } = require('${NAME}');
      console.log([VisualDatabase, Database, SqliteError, new Database(':memory:').prepare('SELECT 1').constructor].map(({ name }) => name).join());
      const db = new VisualDatabase();
      const failed = (call) => { try { call() } catch (error) { return error } };
      console.log(JSON.stringify([failed(() => db.createWorktree({ id: 'wt-1', path: {} })), failed(() => db.db.exec('SELEC'))].map(({ stack }) => stack)));`;
    const { stdout, stderr } = script('names.cjs', text);
    const [names, stacks] = stdout.trim().split('\n');
    expect(names, stderr).toBe('VisualDatabase,Database,SqliteError,Statement');
    const [ours, sqlite] = JSON.parse(stacks);
    const [, line] = /at VisualDatabase\.createWorktree \(.*parts\.js:(\d+):\d+\)/.exec(ours);
    const lines = readFileSync(join(installed, ONE_FILE), 'utf8').split('\n');
    expect(lines[line - 1]).toContain('createWorktree(');
    expect(sqlite).toMatch(/^SqliteError: .*\n +at Database\.exec \(/);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(LONGEST_LINE);
  });

  test('has Studio with it: its page, and what that starts in processes of their own', () => {
    const text = `
      const { createServer } = require('node:http');
      const { VisualDatabase, createStudioHandler } = require('${NAME}');
      const db = new VisualDatabase('studio.db');
      const server = createServer(createStudioHandler(db, { authorize: () => true }));
      server.listen(0, '127.0.0.1', async () => {
        const origin = 'http://127.0.0.1:' + server.address().port;
        const ask = async (path, sent) => (await fetch(origin + path, sent)).text();
        const headers = { origin, 'content-type': 'application/json' };
        const page = await ask('/');
        const { rows } = JSON.parse(await ask('/api/sql', { method: 'POST', headers, body: '{ "sql": "VALUES (7)" }' }));
        const checks = JSON.parse(await ask('/api/doctor'));
        console.log(page.includes('id="studio"'), rows[0][0], checks.every(({ state }) => state !== 'problem'));
        server.close();
        server.closeAllConnections();
        db.close();
      });`;
    const { stdout, stderr } = script('studio.cjs', text);
    expect(stdout, stderr).toBe('true 7 true\n');
  });

  test('has the asynchronous class with it, whose threads take it from the one file', () => {
    const text = `
      const { AsyncVisualDatabase, SqliteError } = require('${NAME}');
      AsyncVisualDatabase.open('async.db').then(async (db) => {
        await db.transaction((tx) => tx.createZone({ id: 'z', name: 'Z' }));
        const error = await db.createZone({ id: 'z', name: 'Z' }).catch((error) => error);
        console.log((await db.listZones()).length, error instanceof SqliteError, error.code);
        await db.close();
      });`;
    const { stdout, stderr } = script('async.cjs', text);
    expect(stdout, stderr).toBe('1 true SQLITE_CONSTRAINT_PRIMARYKEY\n');
  });

  describe('its programs', () => {
    const COMMAND = () => join(installed, 'bin/visual-db.js');
    const COMMANDS = [
      ['migrate'],
      ['migrate', 'status'],
      ['migrate', 'verify'],
      ['migrate', 'down', '--yes'],
      ['migrate', 'rollback', '--yes'],
      ['migrate', 'up'],
      ['backup', '--prune'],
      ['backups'],
      ['verify'],
      ['restore', 'latest', '--yes'],
      ['prune-backups', '--keep-daily', '1'],
      ['stats'],
      ['board'],
      ['doctor'],
      ['export', 'all.jsonl'],
      ['prune', '--runs', '1y'],
      ['copy', 'data/visual.db', 'copied.db'],
      ['vacuum'],
    ];
    /** What may be loaded beside the one file: the command line itself, and of the rest nothing. */
    const past = (files) => files.filter((file) => !/^(bin|lib\/cli|scripts)\/|^lib\/index\.js$/.test(file));

    test('take all of the package from the one file, each in the one thread that needs it', { timeout: 90_000 }, () => {
      const cwd = temporaryFolder();
      mkdirSync(join(cwd, 'data'));
      const phase9 = run([join(installed, 'scripts/migrate_to_phase9.js')], { cwd });
      expect([phase9.status, ...phase9.loaded.map(past)], phase9.stderr).toEqual([0, [ONE_FILE]]);
      for (const args of COMMANDS) {
        const found = run([COMMAND(), ...args, '--db', 'data/visual.db'], { cwd });
        expect([args, found.status], found.stdout + found.stderr).toEqual([args, 0]);
        // `vacuum` runs in a thread of its own.
        expect([args, found.loaded.map(past)]).toEqual([args, found.loaded.map(() => [ONE_FILE])]);
      }
    });

    test('know their version, and `build` needs nothing but what finds the binary', () => {
      const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
      expect(run([COMMAND(), '--version']).stdout).toBe(`${version}\n`);
      const { status, loaded } = run([COMMAND(), 'build', '--help']);
      expect([status, loaded.flatMap(past)]).toEqual([0, ['lib/native/platform.js']]);
    });
  });
});

describe('a checkout', () => {
  const filesOf = (folder) =>
    readdirSync(folder, { recursive: true })
      .filter((name) => !name.startsWith('node_modules'))
      .sort();
  const load = (folder) =>
    execFileSync(
      process.execPath,
      ['-e', "console.log(Object.keys(require('./lib/index.js').VisualDatabase).join())"],
      {
        cwd: folder,
        encoding: 'utf8',
      },
    );

  test('is after `npm pack` what it was before', { timeout: 60_000 }, async () => {
    const folder = await clone({ binary: true });
    const before = filesOf(folder);
    await pack(folder);
    expect(filesOf(folder)).toEqual(before);
  });

  test('runs from its lib/ while it is packed, and also where a pack was killed', { timeout: 60_000 }, async () => {
    const folder = await clone({ binary: true });
    execFileSync(process.execPath, ['scripts/prepack.js'], { cwd: folder });
    expect(existsSync(join(folder, ONE_FILE))).toBe(true);
    const file = join(folder, 'lib/visual/visual_database.js');
    writeFileSync(file, `${readFileSync(file, 'utf8')}\nmodule.exports.changedSince = true;\n`);
    expect(load(folder)).toContain('changedSince');
    // And the next one is made of what is there now.
    execFileSync(process.execPath, ['scripts/prepack.js'], { cwd: folder });
    expect(readFileSync(join(folder, ONE_FILE), 'utf8')).toContain('changedSince');
  });
});

import { copyFileSync, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { runScript, startScript } from './support/child.mjs';
import { failure, thrown } from './support/failure.mjs';
import { fixture } from './support/fixtures.mjs';
import { worktree } from './support/samples.mjs';
import { open, temporaryFile, temporaryFolder } from './support/temporary.mjs';
import { VisualDatabase } from './support/visual_database.mjs';

vi.setConfig({ testTimeout: 60_000 });

const level = (config) => open({ dbPath: temporaryFile(), ...config }).db.pragma('synchronous', { simple: true });
const permissions = (path) => statSync(path).mode & 0o777;

describe('new VisualDatabase(config?)', () => {
  it.each([
    ['no argument', ''],
    ['{}', '{}'],
    ["{ dbPath: '' }", "{ dbPath: '' }"],
    ['{ dbPath: null }', '{ dbPath: null }'],
  ])('dbPath: %s means data/visual.db under the current directory', async (_, config) => {
    const cwd = temporaryFolder();
    const { code, stderr } = await runScript(`new VisualDatabase(${config}).close()`, { cwd });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(existsSync(join(cwd, 'data/visual.db'))).toBe(true);
  });

  it('dbPath: missing parent folders are created', () => {
    const dbPath = join(temporaryFolder(), 'a/b/c/visual.db');
    open({ dbPath });
    expect(existsSync(dbPath)).toBe(true);
  });

  it('dbPath: a relative one is under the current directory', async () => {
    const cwd = temporaryFolder();
    await runScript("new VisualDatabase({ dbPath: 'here/visual.db' }).close()", { cwd });
    expect(existsSync(join(cwd, 'here/visual.db'))).toBe(true);
  });

  it("dbPath: ':memory:' is an in-memory database, each one its own", async () => {
    const cwd = temporaryFolder();
    const code = `
      const [one, two] = [new VisualDatabase({ dbPath: ':memory:' }), new VisualDatabase({ dbPath: ':memory:' })];
      one.createWorktree({ id: 'a', path: '/a', port: 1, branchName: 'a' });
      console.log(one.getStats().worktrees, two.getStats().worktrees, require('fs').readdirSync('.').length);`;
    expect((await runScript(code, { cwd })).stdout.trim()).toBe('1 0 0');
  });

  it("a name such as 'file:x?mode=memory' or one with quotes, spaces and emoji is a file's name and nothing else", () => {
    const folder = temporaryFolder();
    for (const name of ['file:x?mode=memory', 'it\'s "here" ? # % 😀.db']) {
      open({ dbPath: join(folder, name) }).createWorktree(worktree());
      expect(statSync(join(folder, name)).size).toBeGreaterThan(0);
    }
  });

  it("new VisualDatabase('file.db') is accepted as short form", () => {
    const dbPath = temporaryFile();
    const db = new VisualDatabase(dbPath);
    db.createWorktree(worktree());
    db.close();
    expect(open({ dbPath }).getWorktree('wt-1').id).toBe('wt-1');
  });

  it('unknown keys are ignored: orchestrators pass their whole settings', () => {
    const dbPath = temporaryFile();
    open({ dbPath, port: 8080, agents: { max: 3 }, verbose: true, nativeBinding: 'x' });
    expect(existsSync(dbPath)).toBe(true);
  });

  it('settings may be an instance of a class, with getters, or have no prototype', () => {
    const dbPath = temporaryFile();
    class Settings {
      get dbPath() {
        return dbPath;
      }
    }
    new VisualDatabase(new Settings()).close();
    const bare = Object.assign(Object.create(null), { dbPath, fileMustExist: true });
    expect(() => new VisualDatabase(bare).close()).not.toThrow();
  });

  it('journal mode is WAL and foreign keys are enforced', () => {
    const db = open({ dbPath: temporaryFile() });
    expect(db.db.pragma('journal_mode', { simple: true })).toBe('wal');
    expect(db.db.pragma('foreign_keys', { simple: true })).toBe(1);
  });

  it("synchronous: 'normal' unless 'full' is asked for", () => {
    expect(level({})).toBe(1);
    expect(level({ synchronous: 'normal' })).toBe(1);
    expect(level({ synchronous: 'full' })).toBe(2);
  });

  it('a value that an option cannot have is an error that names the option and the value', () => {
    const wrong = [
      ['dbPath', 5, /5|number/],
      ['dbPath', {}, /object/],
      ['timeout', 'soon', /soon/],
      ['timeout', -1, /-1/],
      ['timeout', NaN, /NaN/],
      ['synchronous', 'off', /off/],
      ['synchronous', 1, /1|number/],
      ['mode', 'rw', /rw/],
      ['mode', 0o7777777, /2097151|7777777/],
    ];
    for (const [option, value, got] of wrong) {
      const dbPath = temporaryFile();
      const error = thrown(() => new VisualDatabase({ dbPath, [option]: value }));
      expect(error instanceof TypeError || error instanceof RangeError, `${option}: ${String(value)}`).toBe(true);
      expect(error.message).toMatch(option);
      expect(error.message).toMatch(got);
      expect(existsSync(dbPath)).toBe(false);
    }
  });
});

describe.skipIf(process.platform === 'win32')('mode', () => {
  it('a new file is 0600, also its write-ahead log, and the folders created for it are 0700', () => {
    const folder = temporaryFolder();
    const dbPath = join(folder, 'new/deep/visual.db');
    open({ dbPath }).createWorktree(worktree());
    for (const file of [dbPath, `${dbPath}-wal`, `${dbPath}-shm`]) expect(permissions(file).toString(8)).toBe('600');
    for (const created of ['new', 'new/deep']) expect(permissions(join(folder, created)).toString(8)).toBe('700');
  });

  it('another mode is taken for the file, and with search bits for the folder', () => {
    const folder = temporaryFolder();
    open({ dbPath: join(folder, 'new/visual.db'), mode: 0o640 });
    expect(permissions(join(folder, 'new/visual.db')).toString(8)).toBe('640');
    expect(permissions(join(folder, 'new')).toString(8)).toBe('750');
  });

  it('folders and files that were there keep theirs', () => {
    const folder = join(temporaryFolder(), 'there');
    mkdirSync(folder, { mode: 0o755 });
    const dbPath = fixture('js-layer.db');
    const before = permissions(dbPath);
    open({ dbPath, mode: 0o600 });
    open({ dbPath: join(folder, 'visual.db') });
    expect(permissions(dbPath)).toBe(before);
    expect(permissions(folder).toString(8)).toBe('755');
  });
});

describe('readonly and fileMustExist', () => {
  it('fileMustExist: a missing file is an error that names it, and nothing is created', () => {
    const folder = temporaryFolder();
    const dbPath = join(folder, 'missing/visual.db');
    expect(thrown(() => open({ dbPath, fileMustExist: true })).message).toContain(dbPath);
    expect(existsSync(join(folder, 'missing'))).toBe(false);
  });

  it('readonly: a missing file is an error that names it, and nothing is created', () => {
    const folder = temporaryFolder();
    const dbPath = join(folder, 'missing/visual.db');
    expect(thrown(() => open({ dbPath, readonly: true })).message).toContain(dbPath);
    expect(existsSync(join(folder, 'missing'))).toBe(false);
  });

  it('readonly: reads, and every change is an SqliteError with SQLITE_READONLY', () => {
    const dbPath = temporaryFile();
    const writer = open({ dbPath });
    writer.createWorktree(worktree());
    const reader = open({ dbPath, readonly: true });
    const readonlyFailure = {
      name: 'SqliteError',
      code: 'SQLITE_READONLY',
      message: 'attempt to write a readonly database',
    };
    expect(reader.getWorktree('wt-1')).toEqual(writer.getWorktree('wt-1'));
    expect(failure(() => reader.createWorktree(worktree(2)))).toEqual(readonlyFailure);
    expect(failure(() => reader.updateWorktree('wt-1', { status: 'x' }))).toEqual(readonlyFailure);
    expect(failure(() => reader.deleteWorktree('wt-1'))).toEqual(readonlyFailure);
    expect(reader.transaction(() => reader.getStats().worktrees)).toBe(1);
  });

  it('readonly: a file of an older known version can still be read, and stays as it is, byte for byte', () => {
    const dbPath = fixture('js-layer.db');
    const before = readFileSync(dbPath);
    const db = open({ dbPath, readonly: true });
    expect(db.getStats()).toEqual({ worktrees: 40, zones: 6, assignments: 20, executions: 200 });
    expect(db.getExecutionStats().total).toBe(200);
    expect(db.getExecutionHistory('zone-5', 1)).toHaveLength(1);
    db.close();
    expect(readFileSync(dbPath).equals(before)).toBe(true);
  });

  it('readonly: what another connection commits is seen', () => {
    const dbPath = temporaryFile();
    const [writer, reader] = [open({ dbPath }), open({ dbPath, readonly: true })];
    writer.createWorktree(worktree());
    expect(reader.listWorktrees()).toHaveLength(1);
  });

  it('fileMustExist: a file that is there is opened', () => {
    const dbPath = join(temporaryFolder(), 'copy.db');
    copyFileSync(fixture('js-layer.db'), dbPath);
    expect(open({ dbPath, fileMustExist: true }).getStats().worktrees).toBe(40);
  });
});

describe('timeout', () => {
  const HOLD = `
    const db = new VisualDatabase({ dbPath });
    db.db.exec('BEGIN IMMEDIATE');
    console.log('held');
    process.stdin.once('data', () => setTimeout(() => { db.db.exec('COMMIT'); db.close(); process.exit(); }, 400));`;

  it("waits that many milliseconds for another process's lock, then fails with SQLITE_BUSY", async () => {
    const dbPath = temporaryFile();
    const db = open({ dbPath, timeout: 200 });
    const holder = startScript(HOLD, { dbPath });
    await holder.printed('held');
    const start = performance.now();
    const { name, code, message } = failure(() => db.createWorktree(worktree()));
    const waited = performance.now() - start;
    holder.child.stdin.end('release');
    await holder.ended;
    expect({ name, code, message }).toEqual({
      name: 'SqliteError',
      code: 'SQLITE_BUSY',
      message: 'database is locked',
    });
    expect(waited).toBeGreaterThan(150);
    expect(waited).toBeLessThan(3000);
  });

  it('without it a lock held for a moment is waited for', async () => {
    const dbPath = temporaryFile();
    const db = open({ dbPath });
    const holder = startScript(HOLD, { dbPath });
    await holder.printed('held');
    holder.child.stdin.end('release');
    expect(db.createWorktree(worktree()).id).toBe('wt-1');
    await holder.ended;
  });

  it('0 does not wait at all', async () => {
    const dbPath = temporaryFile();
    const db = open({ dbPath, timeout: 0 });
    const other = open({ dbPath });
    other.db.exec('BEGIN IMMEDIATE');
    const start = performance.now();
    expect(failure(() => db.createWorktree(worktree())).code).toBe('SQLITE_BUSY');
    expect(performance.now() - start).toBeLessThan(1000);
    other.db.exec('ROLLBACK');
  });
});

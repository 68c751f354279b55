import { appendFileSync, cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { contentOf, contentOfFile, fill, namesIn } from './support/backups.mjs';
import { startScript } from './support/child.mjs';
import { open, temporaryFile, temporaryFolder } from './support/temporary.mjs';
import { VisualDatabase } from './support/visual_database.mjs';

const HOUR = 3_600_000;
const backupsOf = (dbPath) => VisualDatabase.listBackups(join(dirname(dbPath), 'backups'));
const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** A logger that remembers. */
function recorder() {
  const said = [];
  return {
    said,
    info: (message, fields) => said.push([message, fields]),
    error: (message, fields) => said.push([message, fields]),
  };
}

describe('the option `backups`', () => {
  test('makes a backup at once where there is none, and reports it', async () => {
    const dbPath = temporaryFile();
    const logger = recorder();
    const database = fill(open({ dbPath, logger, backups: { every: '1h' } }));
    await vi.waitFor(() => expect(backupsOf(dbPath)).toHaveLength(1), 10_000);
    const [{ path, bytes }] = backupsOf(dbPath);
    await vi.waitFor(() => expect(logger.said).toContainEqual(['[VisualDB] Backup created', { path, bytes }]), 10_000);
    expect(contentOfFile(path)).toEqual(contentOf(database));
  });

  test('makes the next one when it is due, and prunes', async () => {
    const dbPath = temporaryFile();
    const logger = recorder();
    open({ dbPath, logger, backups: { every: '1s', keep: { hourly: 1 } } });
    const removed = () => logger.said.filter(([message]) => message === '[VisualDB] Backups pruned').length;
    await vi.waitFor(() => expect(removed()).toBeGreaterThanOrEqual(2), 20_000);
    expect(backupsOf(dbPath).length).toBeLessThanOrEqual(2);
  });

  test('makes none where a recent one is there', async () => {
    const dbPath = temporaryFile();
    open({ dbPath }).backupSync();
    open({ dbPath, backups: { every: '1h' } });
    await sleep(500);
    expect(backupsOf(dbPath)).toHaveLength(1);
  });

  test('goes to the folder it is told', async () => {
    const folder = join(temporaryFolder(), 'elsewhere');
    open({ dbPath: temporaryFile(), backups: { folder } });
    await vi.waitFor(() => expect(VisualDatabase.listBackups(folder)).toHaveLength(1), 10_000);
  });

  test('does not hold the process open', async () => {
    const dbPath = temporaryFile();
    const code = `new VisualDatabase({ dbPath, backups: { every: '1h' } });`;
    expect(await startScript(code, { dbPath }).ended).toMatchObject({ code: 0, stderr: '' });
  });

  test('stops when the database is closed', async () => {
    const dbPath = temporaryFile();
    const database = new VisualDatabase({ dbPath, backups: { every: '1s', keep: { hourly: 9 } } });
    await vi.waitFor(() => expect(backupsOf(dbPath)).toHaveLength(1), 10_000);
    database.close();
    await sleep(1500);
    expect(backupsOf(dbPath)).toHaveLength(1);
  });

  test('a failure is reported, and the process goes on', async () => {
    const folder = join(temporaryFolder(), 'file');
    writeFileSync(folder, 'not a folder');
    const logger = recorder();
    const database = open({ dbPath: temporaryFile(), logger, backups: { folder, every: '1s' } });
    const failures = () => logger.said.filter(([message]) => message === '[VisualDB] Backup failed');
    await vi.waitFor(() => expect(failures().length).toBeGreaterThanOrEqual(2), 10_000);
    expect(failures()[0][1].error).toContain(folder);
    expect(database.getStats().zones).toBe(0);
  });

  test('a logger that throws changes nothing', async () => {
    const dbPath = temporaryFile();
    const fail = () => {
      throw new Error('the logger');
    };
    open({ dbPath, logger: { info: fail, error: fail }, backups: { every: '1s' } });
    // One an hour is kept: a second one takes the place of the first.
    await vi.waitFor(() => expect(backupsOf(dbPath)).toHaveLength(1), 10_000);
    const [first] = backupsOf(dbPath);
    await vi.waitFor(() => expect(backupsOf(dbPath).some(({ path }) => path !== first.path)).toBe(true), 10_000);
  });

  test('of several processes one makes it, and a killed one does not keep the others from it', async () => {
    const dbPath = temporaryFile();
    fill(open({ dbPath }), { executions: 3000 }).close();
    const code = `
      const database = new VisualDatabase({ dbPath, backups: { every: '1h' }, logger: { info() {}, error: console.error } });
      process.stdin.on('data', () => process.exit());
      console.log('open');`;
    const processes = Array.from({ length: 4 }, () => startScript(code, { dbPath }));
    await Promise.all(processes.map(({ printed }) => printed('open')));
    await vi.waitFor(() => expect(backupsOf(dbPath)).toHaveLength(1), 20_000);
    await sleep(1000);
    expect(backupsOf(dbPath)).toHaveLength(1);
    for (const { child } of processes) child.kill('SIGKILL');
    await Promise.all(processes.map(({ ended }) => ended));
    rmSync(join(dirname(dbPath), 'backups', basename(backupsOf(dbPath)[0].path)));
    open({ dbPath, backups: { every: '1h' } });
    await vi.waitFor(() => expect(backupsOf(dbPath)).toHaveLength(1), 10_000);
  });

  test('refuses what it cannot mean, before anything is opened', () => {
    const dbPath = temporaryFile();
    const wrong = [
      [true, TypeError],
      ['1h', TypeError],
      [{ every: 'often' }, TypeError],
      [{ every: '5' }, TypeError],
      [{ every: null }, TypeError],
      [{ every: 10 }, RangeError],
      [{ every: NaN }, RangeError],
      [{ every: Infinity }, RangeError],
      [{ folder: 5 }, TypeError],
      [{ folder: '' }, TypeError],
      [{ keep: 7 }, TypeError],
      [{ keep: null }, TypeError],
      [{ keep: { yearly: 1 } }, TypeError],
      [{ keep: { daily: -1 } }, RangeError],
      [{ keep: { daily: 1.5 } }, RangeError],
      [{ keep: { daily: '7' } }, RangeError],
      [{ keep: {} }, RangeError],
      [{ keep: { daily: 0 } }, RangeError],
    ];
    for (const [backups, type] of wrong) expect(() => new VisualDatabase({ dbPath, backups })).toThrow(type);
    expect(() => new VisualDatabase({ dbPath: ':memory:', backups: {} })).toThrow('a database in memory');
    expect(existsSync(dbPath)).toBe(false);
  });
});

/** Which of these times, newest first, stay: told once more, in JavaScript's calendar. */
function model(times, keep) {
  const monday = (date) =>
    new Date(date.getTime() - ((date.getUTCDay() + 6) % 7) * 24 * HOUR).toISOString().slice(0, 10);
  const periods = {
    hourly: (date) => date.toISOString().slice(0, 13),
    daily: (date) => date.toISOString().slice(0, 10),
    weekly: monday,
    monthly: (date) => date.toISOString().slice(0, 7),
  };
  const kept = new Set();
  for (const [name, period] of Object.entries(periods)) {
    const seen = new Set();
    for (const time of times) {
      const key = period(new Date(time));
      if (!seen.has(key) && seen.size < (keep[name] ?? 0)) {
        seen.add(key);
        kept.add(time);
      }
    }
  }
  return times.filter((time) => kept.has(time));
}

describe('pruneBackups', () => {
  /** Puts copies of a backup into a folder as if they had been made at those times. */
  function madeAt(times) {
    const { path, createdAt } = fill(open({ dbPath: temporaryFile() }), { executions: 1 }).backupSync();
    const folder = join(temporaryFolder(), 'backups');
    const manifest = readFileSync(`${path}.json`, 'utf8');
    for (const time of times) {
      const copy = join(folder, `visual-${time.replaceAll(':', '-')}.db`);
      cpSync(path, copy);
      writeFileSync(`${copy}.json`, manifest.replace(createdAt, time));
    }
    return folder;
  }

  const timesOf = (folder) => VisualDatabase.listBackups(folder).map(({ createdAt }) => createdAt);

  test('keeps what a model of the rules keeps', () => {
    const time = fc
      .integer({ min: 0, max: 3000 })
      .map((hours) => new Date(Date.UTC(2025, 10, 1) + hours * (HOUR / 2)).toISOString());
    const count = fc.integer({ min: 0, max: 6 });
    const rule = fc
      .record({ hourly: count, daily: count, weekly: count, monthly: count }, { requiredKeys: [] })
      .filter((keep) => Object.values(keep).some((value) => value > 0));
    const property = fc.property(fc.uniqueArray(time, { minLength: 1, maxLength: 15 }), rule, (times, keep) => {
      const folder = madeAt(times);
      const newestFirst = times.toSorted().toReversed();
      const { kept, removed } = VisualDatabase.pruneBackups(folder, { keep });
      expect(timesOf(folder)).toEqual(model(newestFirst, keep));
      expect(kept.length + removed.length).toBe(times.length);
      expect(namesIn(folder)).toHaveLength(kept.length * 2);
    });
    fc.assert(property, { numRuns: 25 });
  });

  test('never removes the last one that verifies', () => {
    const times = ['2026-01-01', '2026-01-02', '2026-01-03'].map((day) => `${day}T00:00:00.000Z`);
    const folder = madeAt(times);
    const newest = join(folder, `visual-${times[2].replaceAll(':', '-')}.db`);
    const bytes = readFileSync(newest);
    bytes[bytes.length - 1] ^= 1;
    writeFileSync(newest, bytes);
    VisualDatabase.pruneBackups(folder, { keep: { hourly: 1 } });
    expect(timesOf(folder)).toEqual([times[2], times[1]]);
    expect(() => VisualDatabase.verifyBackup(newest)).toThrow('it was changed');
  });

  test('counts a backup that is cut short as none', () => {
    const times = ['2026-01-01', '2026-01-02'].map((day) => `${day}T00:00:00.000Z`);
    const folder = madeAt(times);
    const [newest] = VisualDatabase.listBackups(folder);
    writeFileSync(newest.path, readFileSync(newest.path).subarray(0, 5000));
    VisualDatabase.pruneBackups(folder, { keep: { hourly: 1 } });
    expect(namesIn(folder)).toHaveLength(4);
  });

  test('leaves alone what somebody named, safety copies, and other files', () => {
    const folder = madeAt(['2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z']);
    const [{ path }] = VisualDatabase.listBackups(folder);
    for (const name of [
      'visual-before-release.db',
      'visual-2025-01-01T00-00-00.000Z-replaced.db',
      'other-2025-01-01T00-00-00.000Z.db',
    ]) {
      cpSync(path, join(folder, name));
      cpSync(`${path}.json`, join(folder, `${name}.json`));
    }
    appendFileSync(join(folder, 'notes.txt'), 'mine');
    const { removed } = VisualDatabase.pruneBackups(folder, { keep: { hourly: 1 } });
    expect(removed.map((removedPath) => basename(removedPath))).toEqual(['visual-2026-01-01T00-00-00.000Z.db']);
    expect(namesIn(folder)).toHaveLength(9);
  });

  test('a dry run only says what it would remove', () => {
    const folder = madeAt(['2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z']);
    expect(VisualDatabase.pruneBackups(folder, { keep: { daily: 1 }, dryRun: true }).removed).toHaveLength(1);
    expect(namesIn(folder)).toHaveLength(4);
  });

  test('refuses a rule that keeps nothing', () => {
    const folder = madeAt(['2026-01-01T00:00:00.000Z']);
    expect(() => VisualDatabase.pruneBackups(folder, { keep: { daily: 0 } })).toThrow(RangeError);
  });
});

// Waiting for the next commit, which `waitForRun` and `watch` stand on: in one process.
import { getEventListeners } from 'node:events';
import fs from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { zone } from './support/samples.mjs';
import { open, temporaryFile } from './support/temporary.mjs';
import { AWHILE, METHOD, commits, wait, within } from './support/waiting.mjs';

vi.setConfig({ testTimeout: 60_000 });

const onFile = (config) => open({ dbPath: temporaryFile(), ...config });
const beside = (db) => open({ dbPath: db.db.name });

/** How many threads of this process wait for commits. */
const threads = () =>
  fs.readdirSync('/proc/self/task').filter((task) => {
    try {
      return fs.readFileSync(`/proc/self/task/${task}/comm`, 'utf8') === 'visual-db\n';
    } catch {
      return false; // It has just ended.
    }
  }).length;

describe('a wait', () => {
  it.each([
    ['a call of its own database', (db) => db.createZone(zone())],
    ['the raw handle of it', (db) => db.db.exec("INSERT INTO zones (id, name, created_at) VALUES ('z', 'n', '')")],
    ['a transaction', (db) => db.transaction(() => db.createZone(zone()))],
    ['another connection', (db) => beside(db).createZone(zone())],
  ])('ends at the commit of %s', async (_, change) => {
    const db = onFile();
    const waiting = wait(db);
    expect(await within(waiting)).toBe('pending');
    change(db);
    expect(await waiting).toBe('commit');
  });

  it('hears of a commit before it, where it is told since when', async () => {
    const db = onFile();
    const since = commits(db);
    beside(db).createZone(zone());
    expect(await within(wait(db), AWHILE)).toBe('pending');
    expect(await within(wait(db, { since }), 0)).toBe('commit');
  });

  it.each([
    ['a read', (db) => db.listZones()],
    ['a rollback', (db) => db.db.exec('BEGIN; DELETE FROM zones; ROLLBACK')],
    ['a transaction that is not committed yet', (db) => db.db.exec('BEGIN IMMEDIATE; DELETE FROM zones')],
    ['a checkpoint', (db) => db.db.pragma('wal_checkpoint(PASSIVE)')],
  ])('does not end at %s', async (_, call) => {
    const db = onFile();
    beside(db).createZone(zone());
    const waiting = wait(db);
    call(db);
    expect(await within(waiting)).toBe('pending');
  });

  it("ends at others' commits while a transaction or an iterator is open", async () => {
    const db = onFile();
    const other = beside(db);
    db.db.exec('BEGIN; SELECT * FROM zones');
    const inside = wait(db);
    other.createZone(zone(1));
    expect(await inside).toBe('commit');
    db.db.exec('COMMIT');
    const rows = db.db.prepare('SELECT * FROM zones').iterate();
    rows.next();
    const iterating = wait(db);
    other.createZone(zone(2));
    expect(await iterating).toBe('commit');
    rows.return();
  });

  it('ends for each of a thousand, on several connections and files, at the next commit of their file', async () => {
    const [one, other] = [onFile(), onFile()];
    const databases = [one, beside(one), other];
    const waits = Array.from({ length: 1000 }, (_, n) => wait(databases[n % 3]));
    one.createZone(zone());
    const ended = await within(Promise.all(waits.filter((_, n) => n % 3 !== 2)), 5000);
    expect(new Set(ended)).toEqual(new Set(['commit']));
    expect(await within(Promise.race(waits.filter((_, n) => n % 3 === 2)), AWHILE)).toBe('pending');
    other.createZone(zone());
    expect(new Set(await Promise.all(waits))).toEqual(new Set(['commit']));
  });

  it.runIf(process.platform === 'linux')('has one thread in the process, which ends when nobody waits', async () => {
    // A thread takes its name when it begins, and ends a while after the last wait.
    const expectThreads = (count) => vi.waitFor(() => expect(threads()).toBe(count), 10_000);
    await expectThreads(0);
    const databases = [onFile(), onFile(), onFile()];
    for (const n of [1, 2]) {
      const waits = databases.map((db) => wait(db));
      await expectThreads(1);
      for (const db of databases) db.createZone(zone(n));
      await Promise.all(waits);
      await expectThreads(0);
    }
  });
});

describe('dueAt', () => {
  it('ends the wait then, and not before', async () => {
    const db = onFile();
    const begun = performance.now();
    expect(await wait(db, { dueAt: Date.now() + 200 })).toBe('due');
    expect(performance.now() - begun).toBeGreaterThan(199);
    expect(performance.now() - begun).toBeLessThan(2000);
  });

  it('that is past ends it at once', async () => {
    for (const dueAt of [Date.now(), Date.now() - 1e6, -Infinity]) {
      expect(await within(wait(onFile(), { dueAt }), 0)).toBe('due');
    }
  });

  it('of each that waits on a connection counts alone', async () => {
    const db = onFile();
    const [never, late, soon] = [Infinity, 300, 100].map((after) => wait(db, { dueAt: Date.now() + after }));
    expect(await Promise.race([never, late, soon.then(() => 'the first')])).toBe('the first');
    expect(await Promise.race([never, late])).toBe('due');
    expect(await within(never)).toBe('pending');
  });

  it('that is far away is no number too large', async () => {
    for (const dueAt of [8.64e15, Number.MAX_VALUE, Infinity]) {
      expect(await within(wait(onFile(), { dueAt }))).toBe('pending');
    }
  });
});

describe('signal', () => {
  it('ends the wait with its reason, and others wait on', async () => {
    const db = onFile();
    const abort = new AbortController();
    const [stopped, waiting] = [wait(db, { signal: abort.signal }), wait(db)];
    abort.abort('enough');
    await expect(stopped).rejects.toBe('enough');
    expect(await within(waiting)).toBe('pending');
    db.createZone(zone());
    expect(await waiting).toBe('commit');
  });

  it('that is aborted already lets nothing begin', async () => {
    await expect(wait(onFile(), { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('has no listener left, however the wait ended', async () => {
    const db = onFile();
    const { signal } = new AbortController();
    for (const end of [{ dueAt: 0 }, { since: -1 }, { dueAt: Date.now() + 5 }]) await wait(db, { signal, ...end });
    const closed = wait(db, { signal });
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    db.close();
    await closed.catch(() => {});
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it.each([[null], ['now'], [{}], [new AbortController()]])('%o is none', async (signal) => {
    const refused = { name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE', method: METHOD, field: 'signal', value: signal };
    await expect(wait(onFile(), { signal })).rejects.toMatchObject(refused);
  });
});

describe('closing', () => {
  const CLOSED = {
    name: 'TypeError',
    code: 'ERR_INVALID_STATE',
    method: METHOD,
    message: 'The database connection is not open',
  };

  it.each([
    ['close()', (db) => db.close()],
    ['closing the raw handle', (db) => db.db.close()],
  ])('%s ends every wait on it with ERR_INVALID_STATE, and those on other connections wait on', async (_, close) => {
    const db = onFile();
    const other = beside(db);
    const waits = [wait(db), wait(db, { dueAt: Date.now() + 60_000 })];
    const waiting = wait(other);
    close(db);
    for (const closed of waits) await expect(closed).rejects.toMatchObject(CLOSED);
    expect(await within(waiting)).toBe('pending');
    other.createZone(zone());
    expect(await waiting).toBe('commit');
  });

  it('before it begins refuses it', async () => {
    const db = onFile();
    db.close();
    await expect(wait(db)).rejects.toMatchObject(CLOSED);
  });
});

describe.skipIf(process.platform === 'win32')('files that are taken away', () => {
  it.each(['', '-wal', '-shm'])('end the wait with what a write would throw: visual.db%s', async (end) => {
    const db = onFile();
    db.createZone(zone());
    const waiting = wait(db);
    expect(await within(waiting)).toBe('pending');
    fs.rmSync(db.db.name + end);
    await expect(waiting).rejects.toMatchObject({ name: 'SqliteError', code: 'SQLITE_READONLY_DBMOVED' });
    await expect(wait(db)).rejects.toMatchObject({ code: 'SQLITE_READONLY_DBMOVED' });
  });
});

describe('without an index of a WAL', () => {
  it('in memory it ends at its own commits', async () => {
    const db = open();
    const waiting = wait(db);
    expect(await within(waiting)).toBe('pending');
    db.db.exec('BEGIN');
    db.createZone(zone());
    expect(await within(waiting)).toBe('pending');
    db.db.exec('COMMIT');
    expect(await waiting).toBe('commit');
  });

  it.each(['delete', 'truncate', 'persist'])('with journal_mode %s it ends at those of anybody', async (mode) => {
    const db = onFile();
    expect(db.db.pragma(`journal_mode = ${mode}`, { simple: true })).toBe(mode);
    const own = wait(db);
    expect(await within(own)).toBe('pending');
    db.createZone(zone(1));
    expect(await own).toBe('commit');
    const foreign = wait(db);
    expect(await within(foreign)).toBe('pending');
    beside(db).createZone(zone(2));
    expect(await foreign).toBe('commit');
  });

  it('it waits on while somebody has the file locked, and stops nobody meanwhile', async () => {
    const dbPath = temporaryFile();
    const made = open({ dbPath });
    made.db.pragma('journal_mode = delete');
    made.close();
    const db = open({ dbPath, readonly: true });
    const waiting = wait(db);
    const other = open({ dbPath: ':memory:' });
    other.db.exec(`ATTACH '${dbPath}' AS file; BEGIN EXCLUSIVE; UPDATE file.zones SET name = name`);
    const begun = performance.now();
    expect(await within(waiting)).toBe('pending');
    expect(performance.now() - begun).toBeLessThan(3000);
    other.db.exec("INSERT INTO file.zones (id, name, created_at) VALUES ('z', 'n', ''); COMMIT");
    expect(await waiting).toBe('commit');
  });

  it('that comes and goes meanwhile it ends all the same', async () => {
    const db = onFile();
    for (const mode of ['delete', 'wal', 'delete', 'wal']) {
      const waiting = wait(db);
      await setTimeout(20);
      db.db.pragma(`journal_mode = ${mode}`);
      await within(waiting, 200);
      const again = wait(db);
      db.createZone(zone(`${mode}-${commits(db)}`));
      expect(await again).toBe('commit');
    }
  });

  it('with locking_mode exclusive it ends at its own commits', async () => {
    const db = onFile();
    db.db.pragma('locking_mode = EXCLUSIVE');
    db.createZone(zone(1));
    const waiting = wait(db);
    expect(await within(waiting)).toBe('pending');
    db.createZone(zone(2));
    expect(await waiting).toBe('commit');
  });
});

// `watch`: changes as they come, by this process and every other one.
// Long because it is read as a specification: each rule of following the feed is a test.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, vi } from 'vitest';
import { board, queued, running, waiting } from './support/runs.mjs';
import { zone } from './support/samples.mjs';
import { elsewhere } from './support/schema.mjs';
import { sql } from './support/sql.mjs';
import { inFiles, open, place, temporaryFile } from './support/temporary.mjs';

const ANNA = { kind: 'user', id: 'anna' };
const INDEX = fileURLToPath(new URL('../lib/index.js', import.meta.url));

const isPending = async (promise, milliseconds = 150) =>
  (await Promise.race([promise.then(() => 'settled'), pause(milliseconds, 'pending')])) === 'pending';

/** The next changes of a watch, so many. */
async function some(watch, count) {
  const changes = [];
  while (changes.length < count) changes.push((await watch.next()).value);
  return changes;
}

const ids = (changes) => changes.map(({ id }) => id);

describe('a change', () => {
  it('arrives as getChanges has it, and nothing of what was there before', async () => {
    const db = board();
    const watch = db.watch();
    const { next } = db.getBoard();
    const pending = watch.next();
    db.as(ANNA).createZone(zone(5));
    const { value, done } = await pending;
    expect(done).toBe(false);
    expect(value).toEqual(db.getChanges({ after: next }).items[0]);
    expect(value).toMatchObject({ entity: 'zone', id: 'zone-5', op: 'insert', by: ANNA });
    expect(await isPending(watch.next())).toBe(true);
    await watch.return();
  });

  it('that came between watch() and the first next() is the first', async () => {
    const db = board();
    const watch = db.watch();
    db.createZone(zone(5));
    db.createZone(zone(6));
    expect(ids(await some(watch, 2))).toEqual(['zone-5', 'zone-6']);
    await watch.return();
  });

  it.runIf(inFiles)('of another connection arrives within 100 ms', async () => {
    const dbPath = temporaryFile();
    const db = board({ dbPath });
    const watch = db.watch({ entities: 'zone' });
    const times = [];
    for (let n = 0; n < 20; n += 1) {
      const pending = watch.next();
      await pause(5);
      const begun = performance.now();
      elsewhere(dbPath, `UPDATE zones SET name = 'n${n}' WHERE id = 'zone-1'`);
      const { value } = await pending;
      times.push(performance.now() - begun);
      expect(value.fields).toEqual({ name: `n${n}` });
    }
    // The writing is in these times, too, and the machine may be busy: the fastest half tells.
    expect(times.toSorted((one, other) => one - other)[10]).toBeLessThan(200);
    await watch.return();
  });

  it.runIf(inFiles)('of another process arrives', async () => {
    const dbPath = temporaryFile();
    const db = board({ dbPath });
    const watch = db.watch();
    const code = `const { VisualDatabase } = require(${JSON.stringify(INDEX)});
      new VisualDatabase(process.argv[1]).as({ kind: 'agent', id: 'bot' }).deleteZone('zone-1');`;
    const child = spawn(process.execPath, ['-e', code, dbPath], { stdio: 'inherit' });
    const exited = once(child, 'exit');
    expect((await watch.next()).value).toMatchObject({ id: 'zone-1', op: 'delete', by: { kind: 'agent', id: 'bot' } });
    await exited;
    await watch.return();
  });

  it('is given once, in order, however many there are', async () => {
    const db = board();
    const watch = db.watch();
    for (let n = 0; n < 3; n += 1) {
      db.transaction(() => {
        for (let at = 0; at < 700; at += 1) db.updateZone('zone-1', { position: { x: n * 1000 + at + 1 } });
      });
    }
    const changes = await some(watch, 2100);
    expect(changes.map(({ fields }) => fields.position.x)).toEqual(
      [0, 1000, 2000].flatMap((from) => Array.from({ length: 700 }, (_, at) => from + at + 1)),
    );
    expect(await isPending(watch.next())).toBe(true);
    await watch.return();
  });

  it.runIf(inFiles)('that is taken back never arrives', async () => {
    const db = board();
    const watch = db.watch();
    const pending = watch.next();
    sql(db).exec('BEGIN');
    db.createZone(zone(5));
    expect(await isPending(pending)).toBe(true);
    sql(db).exec('ROLLBACK');
    expect(await isPending(pending)).toBe(true);
    db.createZone(zone(6));
    expect((await pending).value.id).toBe('zone-6');
    await watch.return();
  });

  it('is of the entities that are asked for', async () => {
    const db = board();
    const watch = db.watch({ entities: ['run'] });
    db.createZone(zone(5));
    const { id } = queued(db);
    db.deleteZone('zone-5');
    db.cancelRun(id);
    expect((await some(watch, 2)).map(({ fields }) => fields.status)).toEqual(['queued', 'cancelled']);
    await watch.return();
  });

  it('arrives in a database in memory, and one that is only read', async () => {
    const at = place();
    const db = board(at);
    for (const [watched, writer] of [
      [open({ ...at, readonly: true }), db],
      [board(), undefined],
    ]) {
      const watch = watched.watch();
      const pending = watch.next();
      (writer ?? watched).deleteZone('zone-1');
      expect((await pending).value.id).toBe('zone-1');
      await watch.return();
    }
  });
});

describe('position', () => {
  it('goes on behind the change that was given last, with nothing lost and nothing twice', async () => {
    const db = board();
    const { next } = db.getBoard();
    for (let n = 10; n < 30; n += 1) db.createZone(zone(n));
    const seen = [];
    for (let after = next; seen.length < 20;) {
      const watch = db.watch({ after });
      expect(watch.position).toBe(after);
      for await (const change of watch) {
        seen.push(change.id);
        after = watch.position;
        if (seen.length % 3 === 0 || seen.length === 20) break;
      }
      expect(db.getChanges({ after }).items.length).toBe(20 - seen.length);
    }
    expect(seen).toEqual(Array.from({ length: 20 }, (_, n) => `zone-${n + 10}`));
  });

  it('of a watch that has given nothing is where it began', () => {
    const db = board();
    expect(db.watch().position).toBe(db.getBoard().next);
  });

  it('moves on behind what it does not give, so that it doesn’t fall out of the log', async () => {
    const db = board();
    const watch = db.watch({ entities: 'run' });
    const pending = watch.next();
    db.createZone(zone(5));
    await pause(150);
    expect(watch.position).toBe(db.getBoard().next);
    queued(db);
    await pending;
    await watch.return();
  });

  it('that is not in the log any more: ERR_HISTORY_PRUNED, which says what to do', async () => {
    const db = board();
    const { next } = board().getBoard();
    const watch = db.watch({ after: next });
    await expect(watch.next()).rejects.toMatchObject({
      code: 'ERR_HISTORY_PRUNED',
      method: 'watch',
      message: expect.stringMatching(/read getBoard\(\) and go on from its `next`/),
    });
    expect(await watch.next()).toEqual({ done: true, value: undefined });
  });

  it('that falls out of the log while somebody waits: the same', async () => {
    const db = board();
    const pending = db.watch().next();
    await pause(5);
    sql(db).exec('DELETE FROM changes');
    db.createZone(zone(5));
    await expect(pending).rejects.toMatchObject({ code: 'ERR_HISTORY_PRUNED' });
  });
});

describe('it ends', () => {
  const DONE = { done: true, value: undefined };

  it('with return(), also while somebody waits', async () => {
    const watch = board().watch();
    const pending = watch.next();
    await pause(5);
    expect(await watch.return('x')).toEqual({ done: true, value: 'x' });
    expect(await pending).toEqual(DONE);
    expect(await watch.next()).toEqual(DONE);
  });

  it('with break and with a throw in the loop', async () => {
    const db = board();
    for (const leave of [
      async (watch) => {
        for await (const _ of watch) break;
      },
      async (watch) => {
        const mine = new Error('mine');
        const loop = async () => {
          for await (const _ of watch) throw mine;
        };
        await expect(loop()).rejects.toBe(mine);
      },
    ]) {
      const watch = db.watch();
      db.updateZone('zone-1', { name: 'x' });
      await leave(watch);
      expect(await watch.next()).toEqual(DONE);
    }
  });

  it('with the signal, by its reason, whether or not somebody waits', async () => {
    const db = board();
    const reason = new Error('enough');
    for (const isWaiting of [true, false]) {
      const stop = new AbortController();
      const watch = db.watch({ signal: stop.signal });
      const pending = isWaiting ? watch.next() : undefined;
      if (isWaiting) await pause(5);
      stop.abort(reason);
      await expect(pending ?? watch.next()).rejects.toBe(reason);
      expect(await watch.next()).toEqual(DONE);
    }
    const aborted = db.watch({ signal: AbortSignal.abort(reason) });
    await expect(aborted.next()).rejects.toBe(reason);
  });

  it('with the database, without an error', async () => {
    const db = board();
    const watches = [db.watch(), db.watch(), db.watch()];
    const pending = [watches[0].next(), watches[1].next()];
    await pause(5);
    db.close();
    expect(await Promise.all([...pending, watches[2].next()])).toEqual([DONE, DONE, DONE]);
  });

  it('with throw()', async () => {
    const watch = board().watch();
    await expect(watch.throw(new Error('mine'))).rejects.toThrow('mine');
    expect(await watch.next()).toEqual(DONE);
  });

  it('where runtimes know it, with `await using`', async () => {
    const watch = board().watch();
    if (Symbol.asyncDispose === undefined) return;
    await watch[Symbol.asyncDispose]();
    expect(await watch.next()).toEqual(DONE);
  });

  it('and keeps nobody waiting: next() is answered in the order of the calls', async () => {
    const db = board();
    const watch = db.watch();
    const pending = [watch.next(), watch.next(), watch.next()];
    db.createZone(zone(5));
    db.createZone(zone(6));
    await pause(100);
    await watch.return();
    const results = await Promise.all(pending);
    expect(results.map(({ done, value }) => (done ? 'done' : value.id))).toEqual(['zone-5', 'zone-6', 'done']);
  });
});

describe('a process', () => {
  const run = (code, dbPath) =>
    spawn(process.execPath, [
      '-e',
      `const { VisualDatabase } = require(${JSON.stringify(INDEX)});
      const db = new VisualDatabase(process.argv[1]); ${code}`,
      dbPath,
    ]);
  const file = () => {
    const dbPath = temporaryFile();
    board({ dbPath }).close();
    return dbPath;
  };

  it('is not kept alive by a watch that nobody waits for', async () => {
    const [code] = await once(run('db.watch(); const w = db.watch(); w.next(); w.return();', file()), 'exit');
    expect(code).toBe(0);
  });

  it.runIf(inFiles)('is kept alive by a call of next() that waits', async () => {
    const dbPath = file();
    const child = run("db.watch().next().then(({ value }) => console.log(value.id)); console.log('It waits');", dbPath);
    const exited = once(child, 'exit');
    let told = '';
    child.stdout.setEncoding('utf8').on('data', (text) => (told += text));
    while (!told.includes('It waits')) await once(child.stdout, 'data');
    await pause(300);
    expect(child.exitCode).toBeNull();
    elsewhere(dbPath, "DELETE FROM zones WHERE id = 'zone-2'");
    expect((await exited)[0]).toBe(0);
    expect(told).toBe('It waits\nzone-2\n');
  });
});

it.runIf(inFiles)('reads nothing while nothing happens, and once for a commit', async () => {
  const addon = createRequire(import.meta.url)('../lib/native/addon.js');
  const reads = ['beginSnapshot', 'listChanges', 'changesEnd'].map((name) => vi.spyOn(addon, name));
  const told = () => reads.map(({ mock }) => mock.calls.length);
  const db = board(place());
  const watch = db.watch();
  const pending = watch.next();
  await pause(100);
  const before = told();
  const usage = process.cpuUsage();
  await pause(1000);
  const { user, system } = process.cpuUsage(usage);
  expect(told()).toEqual(before);
  expect(user + system).toBeLessThan(150_000);
  db.createZone(zone(5));
  await pending;
  expect(told()).toEqual(before.map((count, n) => count + (n < 2 ? 1 : 0)));
  for (const read of reads) read.mockRestore();
  await watch.return();
});

describe('output', () => {
  const write = (db, { run, token }, text) => db.appendOutput(run.id, token, [{ stream: 'stdout', text }]);

  it('is told where it is asked for, with the number of its last piece, and is no place', async () => {
    const db = board();
    const held = running(db);
    write(db, held, 'before');
    const watch = db.watch({ entities: ['output'] });
    const { position } = watch;
    const pending = watch.next();
    await pause(5);
    write(db, held, 'x');
    const { value } = await pending;
    expect(value).toEqual({
      seq: null,
      at: expect.any(String),
      by: null,
      entity: 'output',
      id: held.run.id,
      op: 'insert',
      fields: { sequence: db.getOutput(held.run.id).items.at(-1).sequence },
    });
    expect(watch.position).toBe(position);
    const next = watch.next();
    expect(await isPending(next)).toBe(true);
    write(db, held, 'y');
    write(db, held, 'z');
    expect((await next).value.fields.sequence).toBe(db.getOutput(held.run.id).items.at(-1).sequence);
    await watch.return();
  });

  it('is not told where it is not asked for', async () => {
    const db = board();
    const held = running(db);
    const watch = db.watch();
    const pending = watch.next();
    write(db, held, 'x');
    expect(await isPending(pending)).toBe(true);
    await watch.return();
  });

  it('comes before the end of its run, also of one that began and ended between two looks', async () => {
    const db = board();
    const watch = db.watch({ entities: ['output', 'run'] });
    db.transaction(() => {
      const held = running(db);
      write(db, held, 'x');
      db.finishRun(held.run.id, held.token, { status: 'succeeded' });
    });
    const changes = await some(watch, 4);
    expect(changes.map(({ entity, fields }) => fields.status ?? entity)).toEqual([
      'queued',
      'running',
      'output',
      'succeeded',
    ]);
    expect(await isPending(watch.next())).toBe(true);
    await watch.return();
  });

  it('is of many runs at once', async () => {
    const db = board();
    const all = Array.from({ length: 30 }, () => running(db));
    const watch = db.watch({ entities: 'output' });
    for (const held of all) write(db, held, 'x');
    expect(new Set(ids(await some(watch, 30)))).toEqual(new Set(all.map(({ run }) => run.id)));
    expect(waiting(db).status).toBe('waiting');
    expect(await isPending(watch.next())).toBe(true);
    await watch.return();
  });
});

it('many watch one connection, each by itself', async () => {
  const db = board();
  const watches = Array.from({ length: 20 }, () => db.watch());
  const pending = watches.map((watch) => watch.next());
  db.createZone(zone(5));
  const values = (await Promise.all(pending)).map(({ value }) => value.id);
  expect(values).toEqual(watches.map(() => 'zone-5'));
  await Promise.all(watches.map((watch) => watch.return()));
});

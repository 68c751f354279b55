// Runs and several processes on one board; runs and reopening, backing up, restoring.
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { startScript } from './support/child.mjs';
import { board, claim, ended, idsOf, queued, refusal, running, waiting, wanted } from './support/runs.mjs';
import { inFiles, open, place, temporaryFile, temporaryFolder } from './support/temporary.mjs';
import { VisualDatabase } from './support/visual_database.mjs';

vi.setConfig({ testTimeout: 60_000 });

const all = (scripts) => Promise.all(scripts.map(({ ended: end }) => end));

/** Claims until nothing is left, in as many calls as it takes; tells what it got, and ends each. */
const WORKER = (limit) => `
  const db = new VisualDatabase({ ...at, timeout: 30000 });
  console.log('ready');
  process.stdin.once('data', () => {
    const got = [];
    for (let claimed; (claimed = db.claimRuns({ workerId: String(process.pid), limit: ${limit} })).length > 0; )
      for (const { run, token } of claimed) {
        got.push(run.id);
        db.appendOutput(run.id, token, [{ stream: 'stdout', text: String(process.pid) }]);
        if (got.length % 2) db.heartbeatRun(run.id, token);
        db.finishRun(run.id, token, { status: 'succeeded', result: process.pid });
      }
    console.log(JSON.stringify(got));
    db.close();
    process.exit();
  });`;

/** Lets workers loose on a board; what each of them got. */
async function compete(at, workers, limit = 1) {
  const scripts = Array.from({ length: workers }, () => startScript(WORKER(limit), { at }));
  await Promise.all(scripts.map(({ printed }) => printed('ready')));
  for (const { child } of scripts) child.stdin.write('go\n');
  const results = await all(scripts);
  expect(results.map(({ code, stderr }) => `${code}${stderr}`)).toEqual(results.map(() => '0'));
  return results.map(({ stdout }) => JSON.parse(stdout.split('\n')[1]));
}

describe('several processes', () => {
  it.each([1, 7])('never get one run, %i a call, and leave none', async (limit) => {
    const at = place();
    const db = board(at);
    const runs = db.enqueueRuns(
      Array.from({ length: 300 }, (_, n) => wanted({ zoneId: `zone-${(n % 2) + 1}`, agentType: `agent-${n % 3}` })),
    );
    const got = await compete(at, 4, limit);
    expect(got.flat().toSorted()).toEqual(idsOf(runs).toSorted());
    for (const { id } of runs) {
      const { status, result, attempt } = db.getRun(id);
      expect({ status, attempt }).toEqual({ status: 'succeeded', attempt: 1 });
      expect(db.getOutput(id).items.map(({ text }) => text)).toEqual([String(result)]);
    }
    expect(db.getStats().executions).toBe(300);
  });

  it('never go over a limit', async () => {
    const at = place();
    const db = board(at);
    db.setRunLimit({ zoneId: 'zone-1' }, 2);
    db.enqueueRuns(Array.from({ length: 100 }, () => wanted()));
    const watch = `
      const db = new VisualDatabase({ ...at, timeout: 30000 });
      let most = 0;
      let running = true;
      process.stdin.on('data', () => (running = false));
      console.log('ready');
      (function look() {
        for (let n = 0; n < 50; n++) most = Math.max(most, db.listRuns({ status: 'running' }).items.length);
        if (running) return setImmediate(look);
        console.log(most);
        process.exit();
      })();`;
    const watcher = startScript(watch, { at });
    await watcher.printed('ready');
    const got = await compete(at, 4, 3);
    watcher.child.stdin.write('stop\n');
    expect(Number((await watcher.ended).stdout.split('\n')[1])).toBeLessThanOrEqual(2);
    // Who found no place was done early; the others did the rest.
    expect(new Set(got.flat()).size).toBe(got.flat().length);
    expect(db.listRuns({ status: 'running' }).items).toEqual([]);
  });

  it('one that is killed holds its run until the lease runs out, and changes nothing more', async () => {
    const at = place();
    const db = board(at);
    const { id } = queued(db, { maxAttempts: 2 });
    const worker = startScript(
      `const db = new VisualDatabase(at);
       const { run, token } = db.claimRun({ workerId: 'doomed', leaseMs: 1000 });
       db.appendOutput(run.id, token, [{ stream: 'stdout', text: 'begun' }]);
       console.log('claimed', token);
       setInterval(() => {}, 1000);`,
      { at },
    );
    await worker.printed('claimed');
    worker.child.kill('SIGKILL');
    const { stdout } = await worker.ended;
    const token = Number(/claimed (\d+)/.exec(stdout)[1]);
    expect(claim(db)).toBeNull();
    expect(db.getRun(id)).toMatchObject({ status: 'running', workerId: 'doomed' });
    await vi.waitFor(() => expect(db.sweepRuns().requeued).toEqual([id]), { timeout: 10_000, interval: 50 });
    const again = claim(db);
    expect(again).toMatchObject({ run: { id, attempt: 2 } });
    expect(again.token).toBeGreaterThan(token);
    expect(refusal(() => db.finishRun(id, token, { status: 'succeeded' })).code).toBe('ERR_LEASE_LOST');
    expect(db.finishRun(id, again.token, { status: 'succeeded' }).attempt).toBe(2);
    expect(db.getOutput(id).items).toHaveLength(1);
  });

  it('the same wish of several at once is one run', async () => {
    const at = place();
    const db = board(at);
    const wish = `
      const db = new VisualDatabase({ ...at, timeout: 30000 });
      console.log('ready');
      process.stdin.once('data', () => {
        const ids = new Set();
        for (let n = 0; n < 50; n++)
          ids.add(db.enqueueRun({ zoneId: 'zone-1', worktreeId: 'wt-1', agentType: 'a', prompt: 'p', idempotencyKey: 'k' }).id);
        console.log([...ids].join());
        process.exit();
      });`;
    const scripts = [1, 2, 3].map(() => startScript(wish, { at }));
    await Promise.all(scripts.map(({ printed }) => printed('ready')));
    for (const { child } of scripts) child.stdin.write('go\n');
    const ids = (await all(scripts)).map(({ stdout }) => stdout.split('\n')[1]);
    expect(new Set(ids).size).toBe(1);
    expect(idsOf(db.listRuns().items)).toEqual([ids[0]]);
  });
});

/** A board with a run in each state, their output and usage, limits and budgets. */
function furnished() {
  const at = place();
  const db = board(at);
  const held = running(db);
  db.appendOutput(held.run.id, held.token, [{ stream: 'stdout', text: 'begun' }]);
  db.recordUsage(held.run.id, { model: 'large', eventId: 'msg-1', costMicros: 5 });
  const runs = {
    queued: queued(db),
    delayed: queued(db, { availableAt: '2100-01-01' }),
    asked: waiting(db),
    done: ended(db),
  };
  db.setRunLimit({ zoneId: 'zone-1' }, 9);
  db.setBudget({ period: 'month', timeZone: 'Europe/Berlin' }, 1000);
  return { at, db, held, ...runs };
}

/** All that can be read of runs. */
const readBack = (db) => {
  const { items } = db.listRuns({ limit: 1000 });
  return {
    runs: items.map(({ id }) => db.getRun(id)),
    output: items.map(({ id }) => db.getOutput(id)),
    limits: db.getRunLimits(),
    budgets: db.getBudgets(),
  };
};

/** The board goes on where the other one was. */
function expectToGoOn(db, { held, queued: wish, asked }) {
  expect(db.heartbeatRun(held.run.id, held.token)).toMatchObject({
    cancelRequested: false,
    budget: { spentMicros: 5 },
  });
  expect(db.recordUsage(held.run.id, { model: 'large', eventId: 'msg-1', costMicros: 5 }).costMicros).toBe(5);
  expect(db.appendOutput(held.run.id, held.token, [{ stream: 'stdout', text: 'on' }], { expectedSequence: 1 })).toBe(2);
  expect(db.finishRun(held.run.id, held.token, { status: 'succeeded' }).status).toBe('succeeded');
  expect(claim(db).run.id).toBe(wish.id);
  expect(claim(db)).toBeNull();
  expect(db.answerRun(asked.id, { answer: 'Yes' }).status).toBe('queued');
  expect(claim(db).run).toMatchObject({ id: asked.id, attempt: 1 });
}

describe('a board that is', () => {
  it('closed and opened again goes on where it was, tokens and leases included', () => {
    const made = furnished();
    const before = readBack(made.db);
    made.db.close();
    const again = open(made.at);
    expect(readBack(again)).toEqual(before);
    expectToGoOn(again, made);
  });

  it.runIf(inFiles)('backed up has its runs in the backup', async () => {
    const made = furnished();
    const before = readBack(made.db);
    const { path } = await made.db.backup(join(temporaryFolder(), 'copy.db'));
    expect(VisualDatabase.verifyBackup(path).counts).toEqual(made.db.getStats());
    const copy = open({ dbPath: path });
    expect(readBack(copy)).toEqual(before);
    expectToGoOn(copy, made);
  });

  it.runIf(inFiles)('restored has the runs of that time, also for a process that had it open', async () => {
    const made = furnished();
    const before = readBack(made.db);
    const { path } = await made.db.backup(join(temporaryFolder(), 'copy.db'));
    made.db.finishRun(made.held.run.id, made.held.token, { status: 'failed' });
    made.db.cancelRun(made.queued.id);
    made.db.enqueueRuns([wanted(), wanted()]);
    made.db.setRunLimit({ zoneId: 'zone-1' }, null);
    VisualDatabase.restore(path, made.at);
    expect(readBack(made.db)).toEqual(before);
    expectToGoOn(made.db, made);
  });

  it.runIf(inFiles)('vacuumed keeps the line', () => {
    const db = board({ dbPath: temporaryFile() });
    const runs = db.enqueueRuns(Array.from({ length: 50 }, (_, n) => wanted({ priority: n % 3 })));
    for (const { id } of runs.filter((_, n) => n % 5 === 0)) db.cancelRun(id);
    const { held } = { held: running(db) };
    db.db.exec('VACUUM');
    const line = db.claimRuns({ workerId: 'w', limit: 100 }).map(({ run }) => run);
    const left = runs.filter((_, n) => n % 5 !== 0);
    expect(idsOf(line)).toEqual(idsOf(left.toSorted((one, other) => other.priority - one.priority)));
    expect(db.heartbeatRun(held.run.id, held.token).cancelRequested).toBe(false);
  });
});

describe('A database that is restored while a worker works', () => {
  it.runIf(inFiles)('gives the run to another one, and the first one is late: no token is given again', async () => {
    const dbPath = temporaryFile();
    const db = board({ dbPath });
    const { id } = queued(db);
    const backup = db.backupSync();
    const before = claim(db);
    await VisualDatabase.restore(backup.path, { dbPath });
    expect(db.getRun(id).status).toBe('queued');

    const after = claim(db);
    expect(after.run.id).toBe(id);
    expect(refusal(() => db.heartbeatRun(id, before.token)).code).toBe('ERR_LEASE_LOST');
    expect(refusal(() => db.finishRun(id, before.token, { status: 'failed' })).code).toBe('ERR_LEASE_LOST');
    expect(db.finishRun(id, after.token, { status: 'succeeded' }).status).toBe('succeeded');
  });
});

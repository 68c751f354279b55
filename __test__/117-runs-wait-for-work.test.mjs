// `waitForRun`: a worker that waits for something to do, and is woken by whoever commits it.
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { startScript } from './support/child.mjs';
import { board, claim, idsOf, pause, queued, running, waiting } from './support/runs.mjs';
import { inFiles, open, place, temporaryFile } from './support/temporary.mjs';
import { WRITERS } from './support/writers.mjs';

vi.setConfig({ testTimeout: 60_000 });

const WORKER = { workerId: 'worker-1' };
/** How long a waiter may take on a machine that is busy with other suites, in milliseconds. */
const SOON = 5000;

/** A waiter that is taken back when the test ends; `settled` is told what became of it. */
function wait(db, options) {
  const controller = new AbortController();
  onTestFinished(() => controller.abort());
  const promise = db.waitForRun({ ...WORKER, signal: controller.signal, ...options });
  promise.catch(() => {});
  const settled = vi.fn();
  promise.then(settled, settled);
  return { promise, settled, abort: (reason) => controller.abort(reason) };
}

/** What a promise is rejected with. */
const rejection = (promise) =>
  promise.then(
    () => expect.fail('was not rejected'),
    (error) => error,
  );

describe('waitForRun(options)', () => {
  it('gives a promise of the run that is there already, as claimRun would', async () => {
    const db = board();
    const { id } = queued(db);
    const { run, token } = await db.waitForRun({ ...WORKER, leaseMs: 5000 });
    expect(run).toMatchObject({ id, status: 'running', workerId: 'worker-1', attempt: 1 });
    expect(db.finishRun(id, token, { status: 'succeeded' }).status).toBe('succeeded');
  });

  it('waits until one is enqueued on the same connection', async () => {
    const db = board(place());
    const { promise, settled } = wait(db);
    await pause(100);
    expect(settled).not.toHaveBeenCalled();
    const { id } = queued(db);
    expect((await promise).run.id).toBe(id);
  });

  it('waits until one is enqueued by another process', async () => {
    const at = place();
    const db = board(at);
    const { promise, settled } = wait(db);
    const script = startScript(
      `const db = new VisualDatabase(at);
       process.stdin.once('data', () => {
         console.log(db.enqueueRun({ zoneId: 'zone-1', worktreeId: 'wt-1', agentType: 'a', prompt: 'p' }).id);
         process.exit();
       });
       console.log('ready');`,
      { at },
    );
    await script.printed('ready');
    expect(settled).not.toHaveBeenCalled();
    script.child.stdin.write('go\n');
    const { run } = await promise;
    expect((await script.ended).stdout).toContain(run.id);
  });

  it.runIf(inFiles)('is not woken for good by what is nothing for it', async () => {
    const dbPath = temporaryFile();
    const db = board({ dbPath });
    const { promise, settled } = wait(db, { agentTypes: ['qa'] });
    queued(db, { agentType: 'frontend' });
    for (const write of Object.values(WRITERS)) write(dbPath, "UPDATE worktrees SET status = 'busy'");
    await pause(200);
    expect(settled).not.toHaveBeenCalled();
    const { id } = queued(db, { agentType: 'qa' });
    expect((await promise).run.id).toBe(id);
  });

  it.each([
    ['a run is due', (db) => queued(db, { availableAt: new Date(Date.now() + 300) }).id],
    ['a lease runs out', (db) => running(db, { maxAttempts: 2 }, { leaseMs: 300 }).run.id],
    [
      'a person answers',
      (db) => {
        const { id } = waiting(db);
        setTimeout(() => db.answerRun(id, { answer: 'Yes' }), 300);
        return id;
      },
    ],
    [
      'there is a place again',
      (db) => {
        db.setRunLimit({}, 1);
        const held = running(db);
        setTimeout(() => db.finishRun(held.run.id, held.token, { status: 'succeeded' }), 300);
        return queued(db).id;
      },
    ],
    [
      'the limit is another',
      (db) => {
        db.setRunLimit({}, 0);
        setTimeout(() => db.setRunLimit({}, 1), 300);
        return queued(db).id;
      },
    ],
    [
      'the budget is another',
      (db) => {
        db.setBudget({ period: 'total' }, 0);
        setTimeout(() => db.setBudget({ period: 'total' }, 1), 300);
        return queued(db).id;
      },
    ],
  ])('is woken when %s', async (_, prepare) => {
    const db = board(place());
    const id = prepare(db);
    const begin = performance.now();
    const { promise } = wait(db);
    expect((await promise).run.id).toBe(id);
    expect(performance.now() - begin).toBeGreaterThan(200);
    expect(performance.now() - begin).toBeLessThan(SOON);
  });

  it('of many gives each run to one of them', async () => {
    const at = place();
    const one = board(at);
    const two = open(at);
    const waiters = Array.from({ length: 10 }, (_, n) => wait(n % 2 ? one : two));
    const ids = Array.from({ length: 4 }, () => queued(one).id);
    await vi.waitFor(
      () => expect(waiters.filter(({ settled }) => settled.mock.calls.length > 0)).toHaveLength(4),
      SOON,
    );
    await pause(200);
    const claimed = waiters.flatMap(({ settled }) => settled.mock.calls.map(([{ run }]) => run));
    expect(idsOf(claimed).toSorted()).toEqual(ids.toSorted());
  });

  it('keeps its process alive, and ends with it where it is killed', async () => {
    const at = place();
    const db = board(at);
    const code = `
      const db = new VisualDatabase(at);
      console.log('waiting');
      db.waitForRun({ workerId: 'w' }).then(({ run }) => console.log('got ' + run.id));`;
    const [patient, killed] = [startScript(code, { at }), startScript(code, { at })];
    await Promise.all([patient.printed('waiting'), killed.printed('waiting')]);
    killed.child.kill('SIGKILL');
    await killed.ended;
    await pause(300);
    const { id } = queued(db);
    expect(await patient.ended).toMatchObject({ code: 0, stdout: `waiting\ngot ${id}\n`, stderr: '' });
  });
});

describe('a signal', () => {
  it('ends the waiting with its reason, and nothing is claimed later', async () => {
    const db = board(place());
    const { promise, abort } = wait(db);
    await pause(50);
    const reason = new Error('shutting down');
    abort(reason);
    expect(await rejection(promise)).toBe(reason);
    queued(db);
    await pause(200);
    expect(claim(db)).not.toBeNull();
  });

  it('that is aborted already claims nothing', async () => {
    const db = board();
    queued(db);
    const signal = AbortSignal.abort('no more');
    expect(await rejection(db.waitForRun({ ...WORKER, signal }))).toBe('no more');
    expect(db.listRuns({ status: 'queued' }).items).toHaveLength(1);
  });

  it('is not listened to any more once there is a run', async () => {
    const db = board();
    queued(db);
    const controller = new AbortController();
    const remove = vi.spyOn(controller.signal, 'removeEventListener');
    const add = vi.spyOn(controller.signal, 'addEventListener');
    await db.waitForRun({ ...WORKER, signal: controller.signal });
    expect(remove.mock.calls.length).toBe(add.mock.calls.length);
    controller.abort();
    expect(db.listRuns({ status: 'running' }).items).toHaveLength(1);
  });
});

describe('what is wrong is the promise’s rejection', () => {
  it('close() in the middle', async () => {
    const db = board(place());
    const { promise } = wait(db);
    await pause(50);
    db.close();
    expect(await rejection(promise)).toMatchObject({
      name: 'TypeError',
      message: 'The database connection is not open',
    });
    expect(await rejection(db.waitForRun(WORKER))).toMatchObject({ name: 'TypeError' });
  });

  it.each([
    [undefined, 'options'],
    [{}, 'workerId'],
    [{ workerId: '' }, 'workerId'],
    [{ workerId: 'w', leaseMs: 0 }, 'leaseMs'],
    [{ workerId: 'w', signal: {} }, 'signal'],
    [{ workerId: 'w', signal: 'SIGINT' }, 'signal'],
    [{ workerId: 'w', limit: 2 }, 'limit'],
    [{ workerId: 'w', zoneIds: 'zone-1' }, 'zoneIds'],
  ])('options of %o', async (options, field) => {
    const db = board();
    queued(db);
    const error = await rejection(db.waitForRun(options));
    expect(error).toMatchObject({ method: 'waitForRun', field });
    expect(error).toBeInstanceOf(Error);
    expect(db.listRuns({ status: 'queued' }).items).toHaveLength(1);
  });

  it('on a read-only connection', async () => {
    const at = place();
    queued(board(at));
    const reader = open({ ...at, readonly: true });
    expect(await rejection(reader.waitForRun(WORKER))).toMatchObject({ code: 'SQLITE_READONLY' });
  });
});

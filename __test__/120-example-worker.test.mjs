// examples/worker: copied, started, and given runs as a user does it.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { visualDb } from './support/backups.mjs';
import { copied, started } from './support/examples.mjs';
import { pause } from './support/runs.mjs';
import { worktree, zone } from './support/samples.mjs';
import { open, temporaryFolder } from './support/temporary.mjs';

/** What stands in for an agent: it says where it is and what it was told, and then what its prompt has it do. */
const AGENT = `
let prompt = '';
process.stdin.setEncoding('utf8').on('data', (text) => (prompt += text)).on('end', () => {
  console.log('in ' + process.cwd());
  console.log('told ' + prompt);
  console.error('careful');
  console.log(JSON.stringify({ usage: { eventId: '1', model: 'large', inputTokens: 1200, outputTokens: 80, costMicros: 4500 } }));
  console.log('{ not JSON');
  if (prompt === 'fail') process.exitCode = 3;
  // Until it is stopped, or its worker is gone.
  const { ppid } = process;
  if (prompt === 'wait') setInterval(() => process.ppid === ppid || process.exit(), 50);
});`;

function prepared() {
  const dbPath = join(temporaryFolder(), 'visual.db');
  const place = temporaryFolder();
  const db = open({ dbPath });
  db.createZone(zone(1));
  db.createWorktree(worktree(1, { path: place }));
  const folder = copied('worker');
  writeFileSync(join(folder, 'agent-command.js'), AGENT);
  const work = (command = [process.execPath, join(folder, 'agent-command.js')], leaseMs = 60_000) =>
    started(folder, 'worker.mjs', command, { VISUAL_DB_PATH: dbPath, LEASE_MS: String(leaseMs) });
  const enqueue = (prompt, ...args) => {
    const where = ['--zone', 'zone-1', '--worktree', 'wt-1', '--agent', 'qa', '--db', dbPath];
    return visualDb('enqueue', ...where, ...args, prompt).stdout.trim();
  };
  const until = async (id, isSo) => {
    for (;;) {
      const run = db.getRun(id);
      if (isSo(run)) return run;
      await pause(20);
    }
  };
  const ended = (id) => until(id, ({ finishedAt }) => finishedAt !== null);
  const saying = (id, text) => until(id, () => outputOf(db, id).some((chunk) => chunk.text.includes(text)));
  return { db, dbPath, place, work, enqueue, until, ended, saying };
}

const outputOf = (db, id) => db.getOutput(id).items;
const byStream = (db, id, stream) =>
  outputOf(db, id)
    .filter((chunk) => chunk.stream === stream)
    .map(({ text }) => text);

describe('the worker of examples/worker', () => {
  test('has the agent do a run in its worktree, and tells what it said, used, and how it ended', async () => {
    const { db, place, work, enqueue, ended } = prepared();
    work();
    const run = await ended(enqueue('Test it'));
    expect(run).toMatchObject({
      status: 'succeeded',
      exitCode: 0,
      workerId: expect.stringMatching(/-\d+$/),
      usage: { inputTokens: 1200, outputTokens: 80, costMicros: 4500 },
    });
    expect(byStream(db, run.id, 'stdout')).toEqual([`in ${place}\n`, 'told Test it\n', '{ not JSON\n']);
    expect(byStream(db, run.id, 'stderr')).toEqual(['careful\n']);
    expect(byStream(db, run.id, 'event')).toHaveLength(1);
  });

  test('goes on after an agent that fails, and one that is not there', async () => {
    const { work, enqueue, ended } = prepared();
    const { end, child } = work();
    expect(await ended(enqueue('fail'))).toMatchObject({ status: 'failed', exitCode: 3 });
    expect(await ended(enqueue('Test it'))).toMatchObject({ status: 'succeeded' });
    child.kill('SIGTERM');
    expect(await end).toBe(0);
    work(['/nowhere/agent']);
    for (let n = 0; n < 2; n += 1) {
      expect(await ended(enqueue('Test it'))).toMatchObject({
        status: 'failed',
        exitCode: null,
        error: expect.stringContaining('ENOENT'),
      });
    }
  });

  test('stops the agent of a run that is cancelled, and goes on', async () => {
    const { db, dbPath, work, enqueue, ended, saying } = prepared();
    work(undefined, 600);
    const id = enqueue('wait');
    await saying(id, 'told wait');
    expect(visualDb('cancel', id, '--reason', 'Closed', '--db', dbPath).status).toBe(0);
    expect(await ended(id)).toMatchObject({ status: 'cancelled' });
    expect((await ended(enqueue('Test it'))).status).toBe('succeeded');
    expect(db.listRuns({ status: 'running' }).items).toEqual([]);
  });

  test.each(['SIGTERM', 'SIGINT'])('gives its run back on %s, and ends with 0', async (signal) => {
    const { db, work, enqueue, saying } = prepared();
    const { child, end, told } = work();
    const id = enqueue('wait');
    await saying(id, 'told wait');
    child.kill(signal);
    expect([await end, told.stderr]).toEqual([0, '']);
    expect(db.getRun(id)).toMatchObject({ status: 'queued', attempt: 0 });
  });

  test('that is killed has its run done by another one, once its lease has run out', async () => {
    const { db, work, enqueue, until, saying } = prepared();
    const first = work(undefined, 1500);
    const id = enqueue('wait', '--max-attempts', '2');
    const { workerId } = await saying(id, 'told wait');
    first.child.kill('SIGKILL');
    expect(await first.end).toBe('SIGKILL');
    work();
    const again = await until(id, ({ attempt }) => attempt === 2);
    expect(again).toMatchObject({ status: 'running', workerId: expect.not.stringMatching(`^${workerId}$`) });
    db.cancelRun(id);
  });

  test('that was stopped for longer than its lease stops its agent, and changes nothing of a run that is not its any more', async () => {
    const { db, work, enqueue, saying } = prepared();
    const { child, told, end } = work(undefined, 300);
    const id = enqueue('wait', '--max-attempts', '2');
    await saying(id, 'told wait');
    child.kill('SIGSTOP');
    await pause(500);
    const mine = db.claimRun({ workerId: 'me' });
    expect(mine.run).toMatchObject({ id, attempt: 2 });
    child.kill('SIGCONT');
    await pause(700);
    expect(db.getRun(id)).toMatchObject({ status: 'running', workerId: 'me' });
    expect(db.finishRun(id, mine.token, { status: 'succeeded' }).status).toBe('succeeded');
    child.kill('SIGTERM');
    expect([await end, told.stderr]).toEqual([0, '']);
  });
});

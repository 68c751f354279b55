// Workers that are processes of their own on one server: whoever is killed whenever, no run is done twice, and none is stuck.
import { describe, expect, it, vi } from 'vitest';
import { startScript } from './support/child.mjs';
import { board, idsOf, wanted } from './support/runs.mjs';
import { sql } from './support/sql.mjs';
import { place } from './support/temporary.mjs';

vi.setConfig({ testTimeout: 120_000 });

const RUNS = 200;
const LEASE = 1500;

/** Claims and works until it is told to stop; says which claims it has finished, and what a late one was told. */
const WORKER = `
  const db = new VisualDatabase({ ...at, timeout: 30000 });
  const workerId = 'worker-' + process.pid;
  let goesOn = true;
  process.stdin.once('data', () => (goesOn = false));
  console.log('ready');
  (function work() {
    const claimed = goesOn ? db.claimRun({ workerId, leaseMs: ${LEASE} }) : null;
    if (claimed === null) {
      if (!goesOn) { db.close(); process.exit(); }
      return void setTimeout(work, 20);
    }
    const { run, token } = claimed;
    db.appendOutput(run.id, token, [{ stream: 'stdout', text: run.attempt + ' ' + token }], { expectedSequence: db.getOutput(run.id).next });
    db.recordUsage(run.id, { eventId: String(token), model: 'm', inputTokens: 1, costMicros: 10, costSource: 'reported' });
    db.heartbeatRun(run.id, token);
    db.finishRun(run.id, token, { status: 'succeeded', result: { token } });
    console.log('done ' + run.id + ' ' + token);
    setTimeout(work, 2);
  })();`;

describe('four workers on one server', () => {
  it(`of which one is killed at any moment do ${RUNS} runs, each once`, async () => {
    const at = place();
    const db = board(at);
    db.setRunLimit({ zoneId: 'zone-2' }, 2);
    const runs = db.enqueueRuns(
      Array.from({ length: RUNS }, (_, n) =>
        wanted({ zoneId: `zone-${(n % 2) + 1}`, worktreeId: `wt-${(n % 3) + 1}`, maxAttempts: 10 }),
      ),
    );
    const start = () => startScript(WORKER, { at });
    const workers = [start(), start(), start(), start()];
    const everyone = [...workers];
    await Promise.all(workers.map((worker) => worker.printed('ready')));
    // One that holds a run for good: it is killed with it.
    const doomed = startScript(
      `const db = new VisualDatabase(at);
       const { run, token } = db.claimRun({ workerId: 'doomed', leaseMs: ${LEASE} });
       console.log('holds ' + run.id + ' ' + token);
       setInterval(() => {}, 1000);`,
      { at },
    );
    await doomed.printed('holds');
    doomed.child.kill('SIGKILL');
    const [, held, stale] = /holds (\S+) (\d+)/.exec((await doomed.ended).stdout);
    for (let killed = 0; killed < 3; killed += 1) {
      await new Promise((wake) => setTimeout(wake, 150 + Math.random() * 300));
      const victim = workers.shift();
      victim.child.kill('SIGKILL');
      await victim.ended;
      const next = start();
      everyone.push(next);
      workers.push(next);
    }
    const left = () => db.listRuns({ status: ['queued', 'running', 'waiting'], limit: 1000 }).items.length;
    await vi.waitFor(() => expect(left()).toBe(0), { timeout: 90_000, interval: 100 });
    expect(() => db.finishRun(held, Number(stale), { status: 'failed' })).toThrow(
      expect.objectContaining({ code: 'ERR_LEASE_LOST' }),
    );
    for (const { child } of workers) child.stdin.write('stop\n');
    const ended = await Promise.all(everyone.map(({ ended: end }) => end));
    expect(ended.map(({ stderr }) => stderr).join('')).toBe('');

    const said = ended.flatMap(({ stdout }) =>
      [...stdout.matchAll(/done (\S+) (\d+)/g)].map(([, id, token]) => [id, token]),
    );
    expect(new Set(said.map(([id]) => id)).size).toBe(said.length);
    for (const { id } of runs) {
      const run = db.getRun(id);
      expect(run.status).toBe('succeeded');
      // Whose claim finished it wrote last, and nobody behind it.
      const output = db.getOutput(id).items.map(({ text }) => text);
      expect(output.at(-1)).toBe(`${run.attempt} ${run.result.token}`);
      // Each claim has told what it used once, but for one that was killed before.
      expect(run.usage.costMicros).toBe(10 * run.usage.inputTokens);
      expect(run.usage.inputTokens).toBeLessThanOrEqual(output.length);
      const told = said.find(([of]) => of === id);
      if (told !== undefined) expect(Number(told[1])).toBe(run.result.token);
    }
    expect(
      idsOf(db.getExecutionHistory('zone-1', -1)).length + idsOf(db.getExecutionHistory('zone-2', -1)).length,
    ).toBe(RUNS);
    expect(sql(db).prepare("SELECT id FROM runs WHERE deadline IS NOT NULL OR status = 'running'").all()).toEqual([]);
  });
});

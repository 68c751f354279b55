// Several processes share one file: an orchestrator writes, dashboards poll.
import { describe, expect, it, vi } from 'vitest';
import { startScript } from './support/child.mjs';
import { furnish } from './support/samples.mjs';
import { open, temporaryFile } from './support/temporary.mjs';

vi.setConfig({ testTimeout: 60_000 });

const all = (scripts) => Promise.all(scripts.map(({ ended }) => ended));

/** A process that adds a hundred worktrees with a run each. */
const write = (n) => `
  const db = new VisualDatabase({ dbPath, timeout: 30000 });
  for (let i = 0; i < 100; i++) {
    db.createWorktree({ id: '${n}-' + i, path: '/', port: ${n} * 10000 + i, branchName: 'b' });
    db.assignWorktreeToZone('${n}-' + i, 'zone-2');
    db.recordExecution({ zoneId: 'zone-2', worktreeId: '${n}-' + i, agentType: 'a', prompt: 'p' });
  }
  db.close();`;

describe('several processes on one file', () => {
  it('opening a new file at the same moment: each finds it made', async () => {
    for (let round = 0; round < 3; round++) {
      const dbPath = temporaryFile();
      const code = 'const db = new VisualDatabase({ dbPath }); console.log(JSON.stringify(db.getStats())); db.close();';
      const ended = await all([1, 2, 3, 4].map(() => startScript(code, { dbPath })));
      const nothing = '{"worktrees":0,"zones":0,"assignments":0,"executions":0}\n';
      expect(ended.map(({ stdout, stderr }) => stdout || stderr)).toEqual([nothing, nothing, nothing, nothing]);
    }
  });

  it('no call of any of them is lost, and no id of a run given twice', async () => {
    const dbPath = temporaryFile();
    furnish(open({ dbPath })).close();
    const ended = await all([1, 2, 3].map((n) => startScript(write(n), { dbPath })));
    expect(ended.map(({ code, stderr }) => `${code}${stderr}`)).toEqual(['0', '0', '0']);
    const db = open({ dbPath });
    expect(db.getStats()).toEqual({ worktrees: 303, zones: 2, assignments: 301, executions: 301 });
    expect(db.getWorktreesInZone('zone-2')).toHaveLength(300);
    expect(db.getExecutionStats({ zoneId: 'zone-2' }).total).toBe(300);
    expect(db.db.pragma('integrity_check', { simple: true })).toBe('ok');
  });

  it('a reader polls while another writes: it never waits, never fails, and never sees half a transaction', async () => {
    const dbPath = temporaryFile();
    furnish(open({ dbPath })).close();
    const updates = `
      const db = new VisualDatabase({ dbPath });
      console.log('begun');
      for (let i = 0; i < 300; i++)
        db.transaction(() => {
          db.updateWorktree('wt-1', { taskId: String(i) });
          db.updateWorktree('wt-2', { taskId: String(i) });
        });
      db.close();`;
    const writer = startScript(updates, { dbPath });
    await writer.printed('begun');
    const reader = open({ dbPath, readonly: true, timeout: 0 });
    const state = { running: true };
    void writer.ended.finally(() => (state.running = false));
    const torn = [];
    let polls = 0;
    while (state.running) {
      const [one, two] = ['wt-1', 'wt-2'].map(
        (id) => reader.listWorktrees().find((worktree) => worktree.id === id).taskId,
      );
      const both = reader
        .listWorktrees()
        .filter(({ id }) => id !== 'wt-3')
        .map(({ taskId }) => taskId);
      if (both[0] !== both[1] || Number(one) > Number(two)) torn.push([one, two, both]);
      polls += 1;
      await new Promise(setImmediate);
    }
    expect(torn).toEqual([]);
    expect(polls).toBeGreaterThan(0);
    expect(await writer.ended).toMatchObject({ code: 0, stderr: '' });
    expect(reader.getWorktree('wt-2').taskId).toBe('299');
  });
});

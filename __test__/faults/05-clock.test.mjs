import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { VisualDatabase } from '../../lib/index.mjs';
import { newFile } from './support/folder.mjs';
import { expectSound } from './support/sound.mjs';

const HOUR = 3_600_000;
const NOON = Date.parse('2026-03-29T12:00:00.000Z');

describe('A clock that is not right', () => {
  let visual;

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'], now: NOON });
    visual = new VisualDatabase(newFile());
    visual.createZone({ id: 'zone', name: 'Zone' });
    visual.createWorktree({ id: 'wt', path: '/wt', port: 1, branchName: 'main' });
  });

  afterEach(() => {
    expectSound(visual);
    visual.close();
    vi.useRealTimers();
  });

  const record = (prompt, on = visual) =>
    on.recordExecution({ zoneId: 'zone', worktreeId: 'wt', agentType: 'qa', prompt, success: true });
  const history = () => visual.getExecutionHistory('zone', -1);
  const prompts = () => history().map(({ prompt }) => prompt);

  it('that jumps back gives no id twice, and history stays in the order of the times that it tells', () => {
    const ids = [];
    for (const hours of [0, 1, -1, -2, 3, 0, 0]) {
      vi.setSystemTime(NOON + hours * HOUR);
      ids.push(record(`at ${hours}`));
    }
    expect(new Set(ids).size).toBe(ids.length);
    expect(prompts()).toEqual(['at 3', 'at 1', 'at 0', 'at 0', 'at 0', 'at -1', 'at -2']);
    // Of those in one millisecond the later recorded stands first, also where the clock was elsewhere in between.
    const atNoon = history().filter(({ prompt }) => prompt === 'at 0').map(({ id }) => id);
    expect(atNoon).toEqual([ids[6], ids[5], ids[0]]);
  });

  it('that stands still gives no id twice', () => {
    const ids = Array.from({ length: 3000 }, (_, index) => record(`run ${index}`));
    expect(new Set(ids).size).toBe(3000);
    expect(history().map(({ id }) => id)).toEqual(ids.toReversed());
  });

  it('of each of two hosts: no id twice, and both see one order', () => {
    const other = new VisualDatabase(visual.db.name);
    const ids = [];
    for (let turn = 0; turn < 200; turn += 1) {
      vi.setSystemTime(NOON + turn);
      ids.push(record(`here ${turn}`));
      vi.setSystemTime(NOON + turn - HOUR);
      ids.push(record(`there ${turn}`, other));
    }
    expect(new Set(ids).size).toBe(400);
    expect(other.getExecutionHistory('zone', -1)).toEqual(history());
    const times = history().map(({ executedAt }) => executedAt);
    expect(times).toEqual(times.toSorted().toReversed());
    other.close();
  });

  it('that goes through a change of summer time tells UTC', () => {
    const zoneBefore = process.env.TZ;
    process.env.TZ = 'Europe/Berlin';
    try {
      for (const minute of [58, 59, 60, 61]) {
        vi.setSystemTime(Date.parse('2026-10-25T00:00:00.000Z') + minute * 60_000);
        record(`minute ${minute}`);
        expect(history()[0].executedAt).toBe(new Date().toISOString());
      }
      expect(prompts()).toEqual(['minute 61', 'minute 60', 'minute 59', 'minute 58']);
    } finally {
      if (zoneBefore === undefined) delete process.env.TZ;
      else process.env.TZ = zoneBefore;
    }
  });

  it.each([0, -1, -86_400_000, 253_402_300_799_999, 8.64e15])('that shows %d: everything still works', (now) => {
    vi.setSystemTime(now);
    const id = record('then');
    expect(visual.getExecution(id)).toMatchObject({ id, prompt: 'then', executedAt: new Date(now).toISOString() });
    expect(visual.updateWorktree('wt', { status: 'idle' }).updatedAt).toBe(new Date(now).toISOString());
    expect(visual.getExecutionStats()).toEqual({ total: 1, successful: 1, failed: 0, uniqueAgents: 1, successRate: 100 });
  });

  it('assignments of one worktree after another stay in the order of their times', () => {
    visual.createWorktree({ id: 'later', path: '/later', port: 2, branchName: 'main' });
    visual.assignWorktreeToZone('wt', 'zone');
    vi.setSystemTime(NOON - HOUR);
    visual.assignWorktreeToZone('later', 'zone');
    expect(visual.getWorktreesInZone('zone').map(({ id }) => id)).toEqual(['later', 'wt']);
  });
});

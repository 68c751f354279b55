// Files that the JavaScript layer wrote, against what it read back from them itself.
import { describe, expect, it } from 'vitest';
import { fixture, recorded } from './support/fixtures.mjs';
import { readBack } from './support/rows.mjs';
import { execution, worktree } from './support/samples.mjs';
import { open } from './support/temporary.mjs';

const byId = (one, other) => (one.id < other.id ? -1 : 1);

/** Everything in the file; the runs sorted by id, as they were recorded. */
function everything(db) {
  const { executions, ...rest } = readBack(db);
  const sorted = Object.entries(executions).map(([id, runs]) => [id, runs.toSorted(byId)]);
  return { ...rest, executions: Object.fromEntries(sorted) };
}

/** What the statistics of `runs` have to be. */
const of = (runs) => ({
  total: runs.length,
  successful: runs.filter(({ success }) => success).length,
  failed: runs.filter(({ success }) => !success).length,
  uniqueAgents: new Set(runs.map(({ agentType }) => agentType)).size,
  successRate: runs.length ? (runs.filter(({ success }) => success).length / runs.length) * 100 : 0,
});

describe.each([
  ['js-layer.db', 'the four indexes of its code, closed cleanly'],
  ['js-layer-seven-indexes.db', 'the seven indexes of its schema file'],
  ['js-layer-crashed', 'killed: nearly everything is in the write-ahead log'],
])('%s (%s)', (name) => {
  it('every row reads back the same', () => {
    expect(everything(open({ dbPath: fixture(name) }))).toStrictEqual(recorded(name));
  });

  it('and again, when the adopted file is opened a second time', () => {
    const dbPath = fixture(name);
    open({ dbPath }).close();
    const db = open({ dbPath, fileMustExist: true });
    expect(everything(db)).toStrictEqual(recorded(name));
    expect(db.db.pragma('integrity_check', { simple: true })).toBe('ok');
    expect(db.db.pragma('foreign_key_check')).toEqual([]);
  });

  it('single look-ups find what the lists show, newest first', () => {
    const db = open({ dbPath: fixture(name) });
    const { worktrees, zones, executions } = recorded(name);
    for (const stored of worktrees) expect(db.getWorktree(stored.id)).toStrictEqual(stored);
    for (const stored of zones) expect(db.getZone(stored.id)).toStrictEqual(stored);
    for (const stored of Object.values(executions).flat()) expect(db.getExecution(stored.id)).toStrictEqual(stored);
    for (const { id } of zones) {
      const times = db.getExecutionHistory(id, -1).map(({ executedAt }) => executedAt);
      expect(times).toEqual(times.toSorted().toReversed());
    }
    for (const { id } of worktrees) {
      const runs = Object.values(executions)
        .flat()
        .filter(({ worktreeId }) => worktreeId === id);
      expect(db.getWorktreeExecutions(id, -1).toSorted(byId)).toStrictEqual(runs.toSorted(byId));
    }
  });

  it('statistics of each zone and worktree are those of its runs', () => {
    const db = open({ dbPath: fixture(name) });
    const runs = Object.values(recorded(name).executions).flat();
    for (const zoneId of new Set(runs.map((run) => run.zoneId))) {
      expect(db.getExecutionStats({ zoneId })).toStrictEqual(of(runs.filter((run) => run.zoneId === zoneId)));
      for (const worktreeId of new Set(runs.map((run) => run.worktreeId)))
        expect(db.getExecutionStats({ zoneId, worktreeId })).toStrictEqual(
          of(runs.filter((run) => run.zoneId === zoneId && run.worktreeId === worktreeId)),
        );
    }
  });

  it('is written on in place', () => {
    const db = open({ dbPath: fixture(name) });
    const before = recorded(name).stats;
    db.createWorktree(worktree(9000, { id: 'new' }));
    db.assignWorktreeToZone('new', 'zone-5');
    db.recordExecution(execution({ zoneId: 'zone-5', worktreeId: 'new' }));
    expect(db.getStats()).toEqual({
      worktrees: before.worktrees + 1,
      zones: before.zones,
      assignments: before.assignments + 1,
      executions: before.executions + 1,
    });
    expect(db.getExecutionHistory('zone-5', 1)[0].worktreeId).toBe('new');
    expect(db.getWorktreesInZone('zone-5').at(-1).id).toBe('new');
  });
});

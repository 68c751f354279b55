// A list that is repeated while nobody commits is not read again, and asking whether it still holds is the trip that would have read
// it. Nobody may notice: not by what it says, not by who committed meanwhile, not by where the connection leads.
import { describe, expect, it, vi } from 'vitest';
import { temporarySchema } from './support/postgres/databases.mjs';
import { proxyTo } from './support/postgres/proxy.mjs';
import { execution, furnish, worktree } from './support/samples.mjs';
import { scribble } from './support/scribble.mjs';
import { open } from './support/temporary.mjs';

vi.setConfig({ testTimeout: 120_000 });

const LISTS = {
  listWorktrees: (db) => db.listWorktrees(),
  'listWorktrees of a status': (db) => db.listWorktrees({ status: 'active' }),
  'listWorktrees of none': (db) => db.listWorktrees({ status: 'nobody’s' }),
  listZones: (db) => db.listZones(),
  getWorktreesInZone: (db) => db.getWorktreesInZone('zone-1'),
  getExecutionHistory: (db) => db.getExecutionHistory('zone-1'),
  getWorktreeExecutions: (db) => db.getWorktreeExecutions('wt-1', 2),
  getExecutionStats: (db) => db.getExecutionStats({ zoneId: 'zone-1' }),
  getStats: (db) => db.getStats(),
};

/** How many reads were answered by what was kept. */
const hits = (db) => Number(/kept_answers_hits_total (\d+)/.exec(db.metrics())[1]);

/** A board that two share, of which the one has read everything often enough to keep it. */
function shared() {
  const at = temporarySchema();
  const [db, other] = [furnish(open(at)), open(at)];
  other.recordExecution(execution());
  for (let n = 0; n < 3; n += 1) for (const read of Object.values(LISTS)) read(db);
  return { db, other, at };
}

describe.each(Object.entries(LISTS))('%s', (_, read) => {
  it('is given from memory while nobody commits, to each caller an object of their own', () => {
    const { db, at } = shared();
    const before = hits(db);
    const first = read(db);
    const copy = structuredClone(first);
    scribble(first);
    expect(read(db)).toStrictEqual(copy);
    // Another database of the server's may have had a commit between.
    for (let n = 0; n < 50 && hits(db) < before + 2; n += 1) read(db);
    expect(hits(db)).toBeGreaterThanOrEqual(before + 2);
    expect(read(db)).toStrictEqual(read(open({ ...at, cacheSize: 0 })));
  });

  it('is read again once somebody else has committed, and once this one has', () => {
    const { db, other, at } = shared();
    const fresh = open({ ...at, cacheSize: 0 });
    for (const writer of [other, db, other, db]) {
      read(db);
      for (const { id } of writer.listWorktrees()) writer.updateWorktree(id, { status: `s${Math.random()}` });
      writer.createWorktree(worktree(10 + writer.listWorktrees().length));
      writer.recordExecution(execution({ agentType: `a${Math.random()}` }));
      writer.createZone({ id: `z${Math.random()}`, name: 'Z' });
      expect(read(db)).toStrictEqual(read(fresh));
      expect(read(db)).toStrictEqual(read(fresh));
    }
  });
});

describe('what is kept', () => {
  it('is of no transaction: what it has written is in its lists, and gone once it is undone', () => {
    const { db } = shared();
    const before = db.listWorktrees();
    const undone = () =>
      db.transaction(() => {
        db.createWorktree(worktree(50));
        expect(db.listWorktrees()).toHaveLength(before.length + 1);
        expect(db.listWorktrees()).toHaveLength(before.length + 1);
        throw new Error('undone');
      });
    expect(undone).toThrow('undone');
    expect(db.listWorktrees()).toStrictEqual(before);
  });

  it('is forgotten with the connection', () => {
    const { at } = shared();
    const proxy = proxyTo(at.url);
    const db = open({ ...at, url: proxy.url });
    for (let n = 0; n < 4; n += 1) db.listWorktrees();
    proxy.cut();
    open(at).createWorktree(worktree(60));
    expect(db.listWorktrees().map(({ id }) => id)).toContain('wt-60');
  });

  it('takes no more than a trip to ask about', () => {
    const { at } = shared();
    const proxy = proxyTo(at.url);
    const db = open({ ...at, url: proxy.url });
    proxy.counted();
    for (let n = 0; n < 5; n += 1) db.listWorktrees();
    expect(proxy.counted().turns).toHaveLength(5);
  });
});

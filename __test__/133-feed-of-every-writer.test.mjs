// Whoever writes, and however: what the feed tells, applied to the board as it was, is the board as it is.
import { copyFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { describeClients } from './support/client_writers.mjs';
import { anyHistory } from './support/histories.mjs';
import { describeWriters } from './support/history_writers.mjs';
import { boardOf, changesSince, Replica } from './support/replica.mjs';
import { furnish, worktree, zone } from './support/samples.mjs';
import { open, temporaryFile } from './support/temporary.mjs';
import { Database, VisualDatabase } from './support/visual_database.mjs';
import { WRITERS } from './support/writers.mjs';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

/** Everybody who writes SQL: in this process, with and without what SQLite leaves off, and the others. */
const EVERYBODY = {
  'this package': (dbPath, sql) => raw(dbPath, sql, {}),
  'this package as others leave it': (dbPath, sql) => raw(dbPath, sql, { recursive_triggers: 0, foreign_keys: 0 }),
  ...WRITERS,
};

function raw(dbPath, sql, pragmas) {
  const db = new Database(dbPath);
  for (const [name, value] of Object.entries(pragmas)) db.pragma(`${name} = ${value}`);
  db.exec(sql);
  db.close();
}

/** Executions as the feed tells of them. SQLite takes NULL for an id, of which there may be several: those nobody can tell apart. */
const executionsOf = (db) =>
  Object.fromEntries(
    db.db
      .prepare(
        'SELECT id, zone_id, worktree_id, agent_type, success FROM zone_executions WHERE id IS NOT NULL ORDER BY id',
      )
      .all()
      .map((row) => [
        row.id,
        { zoneId: row.zone_id, worktreeId: row.worktree_id, agentType: row.agent_type, success: Boolean(row.success) },
      ]),
  );

/** What somebody has who read the board before, and then the feed: to be compared with what is there. */
function follower(db) {
  const before = db.getBoard();
  const replica = new Replica(before);
  for (const [id, values] of Object.entries(executionsOf(db))) replica.executions.set(id, values);
  return {
    expectRight({ certain = true, limit } = {}) {
      const { items, next } = changesSince(db, before.next, { limit });
      replica.applyAll(items);
      expect(replica.board).toEqual(boardOf(db.getBoard()));
      replica.executions.delete(null);
      if (certain) expect(Object.fromEntries([...replica.executions].toSorted())).toEqual(executionsOf(db));
      expect(next).toBe(db.getBoard().next);
      const seqs = items.map(({ seq }) => seq);
      expect(seqs).toEqual([...new Set(seqs)].toSorted((one, other) => one - other));
      const times = items.map(({ at }) => at);
      expect(times).toEqual(times.toSorted());
      return items;
    },
  };
}

const W = 'worktrees (id, path, port, branch_name, created_at)';
const Z = 'zones (id, name, created_at)';
const A = 'worktree_zones (worktree_id, zone_id, assigned_at)';
const E = 'zone_executions (id, zone_id, worktree_id, agent_type, prompt, executed_at)';
const row = (id, port) => `('${id}', '/p', ${port}, 'b', 't')`;

/** What is done, by which name, to a board of zones 1 and 2, worktrees 1, 2 and 3, with 1 in zone 1. */
const SCENES = {
  inserts: `INSERT INTO ${W} VALUES ${row('a', 1)}, ${row('b', 2)}; INSERT INTO ${Z} VALUES ('z', 'Z', 't');
    INSERT INTO ${A} VALUES ('a', 'z', 't'); INSERT INTO ${E} VALUES ('e', 'z', 'a', 'qa', 'p', 't')`,
  updates: `UPDATE worktrees SET position_x = 7.5, status = NULL; UPDATE zones SET agents = '["x"]', size_width = 1, description = 'é😀';
    UPDATE worktree_zones SET zone_id = 'zone-2'; UPDATE zone_executions SET success = 0, zone_id = 'zone-2'`,
  'updates of nothing': `UPDATE worktrees SET status = status; UPDATE zones SET name = name WHERE id = 'nobody'`,
  'deletes, and what goes with them': `DELETE FROM worktrees WHERE id = 'wt-1'; DELETE FROM zones WHERE id = 'zone-2'`,
  'the whole of a table': `DELETE FROM worktrees; DELETE FROM zones; DELETE FROM worktree_zones; DELETE FROM zone_executions`,
  'INSERT OR REPLACE of an id': `INSERT OR REPLACE INTO ${W} VALUES ${row('wt-1', 3001)}, ${row('wt-2', 9)};
    INSERT OR REPLACE INTO ${Z} VALUES ('zone-1', 'New', 't'); INSERT OR REPLACE INTO ${A} VALUES ('wt-1', 'zone-2', 't')`,
  'INSERT OR REPLACE of a port, and of both': `REPLACE INTO ${W} VALUES ${row('new', 3001)}; REPLACE INTO ${W} VALUES ${row('wt-2', 3003)};
    REPLACE INTO ${W} VALUES ${row('new', 3003)}, ${row('newer', 3003)}`,
  'INSERT OR IGNORE': `INSERT OR IGNORE INTO ${W} VALUES ${row('wt-1', 3002)}, ${row('a', 3001)}, ${row('b', 5)};
    INSERT OR IGNORE INTO ${Z} VALUES ('zone-1', 'X', 't'); INSERT OR IGNORE INTO ${A} VALUES ('wt-1', 'zone-2', 't')`,
  upserts: `INSERT INTO ${W} VALUES ${row('wt-1', 8)} ON CONFLICT (id) DO UPDATE SET port = excluded.port;
    INSERT INTO ${W} VALUES ${row('a', 3002)} ON CONFLICT (port) DO UPDATE SET branch_name = 'there';
    INSERT INTO ${W} VALUES ${row('a', 3002)} ON CONFLICT DO NOTHING;
    INSERT INTO ${A} VALUES ('wt-1', 'zone-2', 'u') ON CONFLICT (worktree_id) DO UPDATE SET zone_id = excluded.zone_id`,
  'what was ignored, and then isn’t': `INSERT OR IGNORE INTO ${W} VALUES ${row('a', 3001)}; DELETE FROM worktrees WHERE id = 'wt-1';
    INSERT INTO ${W} VALUES ${row('a', 3001)}; INSERT OR IGNORE INTO ${W} VALUES ${row('b', 3001)};
    UPDATE worktrees SET port = 77 WHERE id = 'a'; REPLACE INTO ${W} VALUES ${row('b', 3001)}`,
  'another id, and another’s place': `PRAGMA foreign_keys = OFF; UPDATE worktrees SET id = 'one' WHERE id = 'wt-1';
    UPDATE zones SET id = 'zone' WHERE id = 'zone-1'; UPDATE worktree_zones SET worktree_id = 'one';
    UPDATE OR REPLACE worktrees SET port = 3003 WHERE id = 'one'; UPDATE OR REPLACE worktrees SET id = 'wt-2' WHERE id = 'one';
    UPDATE OR IGNORE worktrees SET port = 3002`,
  'a transaction that is taken back': `BEGIN; DELETE FROM worktrees; INSERT INTO ${Z} VALUES ('z', 'Z', 't'); ROLLBACK`,
  savepoints: `BEGIN; INSERT INTO ${Z} VALUES ('a', 'A', 't'); SAVEPOINT s; DELETE FROM zones; INSERT INTO ${Z} VALUES ('b', 'B', 't');
    ROLLBACK TO s; INSERT INTO ${Z} VALUES ('c', 'C', 't'); RELEASE s; SAVEPOINT t; DELETE FROM zones WHERE id = 'zone-2'; RELEASE t; COMMIT`,
};

describe.each(Object.entries(EVERYBODY))('%s', (name, write) => {
  it.each(Object.entries(SCENES))('%s', (_, sql) => {
    const dbPath = temporaryFile();
    const db = furnish(open({ dbPath }));
    const following = follower(db);
    write(dbPath, sql);
    following.expectRight();
    following.expectRight({ limit: 1 });
  });
});

it('another connection sees all of it in the same order', () => {
  const dbPath = temporaryFile();
  const db = furnish(open({ dbPath }));
  const { next } = db.getBoard();
  for (const write of Object.values(EVERYBODY)) {
    for (const sql of [SCENES.inserts, 'UPDATE zones SET position_y = 7', SCENES['the whole of a table']])
      write(dbPath, sql);
  }
  const other = open({ dbPath, readonly: true });
  expect(changesSince(other, next)).toEqual(changesSince(db, next, { limit: 3 }));
});

it('the calls of the class, each by an actor and without one, with a clock that jumps', () => {
  let now = Date.now();
  const db = furnish(open({ clock: () => (now += 100_000 * Math.sin(now)) }));
  const following = follower(db);
  for (const each of [db, db.as({ kind: 'user', id: 'anna' })]) {
    each.createWorktrees([worktree(10), worktree(11)]);
    each.assignWorktreesToZone(['wt-10', 'wt-11', 'wt-1'], 'zone-2');
    each.updateWorktree('wt-10', { position: { x: 1, y: 2 }, issueUrl: 'u' });
    each.relocateWorktree('wt-11', { port: 9 });
    each.createZone(zone(10));
    each.updateZone('zone-10', { agents: [1], actions: { a: [] }, size: { width: 9 }, promptTemplate: 'p' });
    each.removeWorktreeFromZone('wt-1');
    each.assignWorktreeToZone('wt-1', 'zone-10');
    const wanted = { zoneId: 'zone-10', worktreeId: 'wt-1', agentType: 'a', prompt: 'p' };
    const { run, token } = each.startRun(wanted, { workerId: 'w' });
    each.enqueueRun(wanted);
    each.finishRun(run.id, token, { status: 'failed' });
    each.recordExecution({ ...wanted, success: true });
    each.deleteZone('zone-10');
    for (const id of ['wt-10', 'wt-11']) each.deleteWorktree(id);
  }
  following.expectRight();
});

describeClients('whatever they do', (clients) => {
  it.each(Object.keys(clients))('%s', async (client) => {
    const { any, write } = clients[client];
    const empty = temporaryFile();
    new VisualDatabase({ dbPath: empty }).close();
    let told = 0;
    await fc.assert(
      fc.asyncProperty(any, async (what) => {
        const dbPath = temporaryFile();
        copyFileSync(empty, dbPath);
        const db = open({ dbPath });
        const following = follower(db);
        await write(dbPath, what);
        const doubts = db.db.prepare('SELECT doubts FROM changes_state').pluck().get();
        told += following.expectRight({ certain: doubts === 0 }).length;
        db.close();
      }),
      { numRuns: 40 },
    );
    expect(told).toBeGreaterThan(250);
  });
});

describeWriters('any history, with %o', (writers) => {
  it.each(Object.keys(writers))('by %s', async (writer) => {
    const empty = temporaryFile();
    new VisualDatabase({ dbPath: empty }).close();
    let told = 0;
    await fc.assert(
      fc.asyncProperty(anyHistory, async (history) => {
        const dbPath = temporaryFile();
        copyFileSync(empty, dbPath);
        const db = open({ dbPath });
        const following = follower(db);
        await writers[writer](dbPath, history);
        // An execution that was replaced by its rowid, or got another id, is only doubted.
        const doubts = db.db.prepare('SELECT doubts FROM changes_state').pluck().get();
        told += following.expectRight({ certain: doubts === 0 }).length;
        db.close();
      }),
      { numRuns: 25 },
    );
    expect(told).toBeGreaterThan(250);
  });
});

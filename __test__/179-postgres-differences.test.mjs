// What differs from a file: each line of 'What differs' in docs/postgres.md is a test here, under the line's own first words.
import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { thrown } from './support/failure.mjs';
import { temporarySchema } from './support/postgres/databases.mjs';
import { execution, furnish, worktree, zone } from './support/samples.mjs';
import { DIFFERENCES } from './support/postgres/documented.mjs';
import { proxyTo } from './support/postgres/proxy.mjs';
import { schema } from './support/schema.mjs';
import { sql } from './support/sql.mjs';
import { open, temporaryFile, temporaryFolder } from './support/temporary.mjs';
import { VisualDatabase } from './support/visual_database.mjs';

vi.setConfig({ testTimeout: 60_000 });

/** The option or method isn't for servers, and what there is instead is told. */
function expectUnsupported(call, instead) {
  const error = thrown(call);
  expect(error.code).toBe('ERR_ENGINE_UNSUPPORTED');
  expect(error.message).toMatch(instead);
}

const at = () => temporarySchema();
const board = () => furnish(open(at()));
/** Longer than an index of PostgreSQL can hold. */
const LONG = 'x'.repeat(2601);

const TESTS = {
  'db.db': () => expectUnsupported(() => board().db, /pg|client|SQL/),
  'A board that migrate down took back'() {
    const where = at();
    furnish(open(where)).close();
    schema.onServer(where).down(7);
    for (const readonly of [false, true])
      expect(thrown(() => open({ ...where, readonly })).code).toBe('ERR_SCHEMA_OLDER');
    schema.onServer(where).up();
    expect(open(where).getStats().worktrees).toBe(3);
    const dbPath = temporaryFile();
    const file = new VisualDatabase({ dbPath });
    furnish(file).close();
    schema.down(dbPath, 5);
    const old = new VisualDatabase({ dbPath });
    expect(old.getStats().worktrees).toBe(3);
    old.close();
  },
  'A board of a later version'() {
    const where = at();
    const db = open(where);
    sql(db).exec(
      "INSERT INTO schema_migrations (version, name, sha256, package_version) VALUES (99, 'later', 'x', '9')",
    );
    for (const readonly of [false, true])
      expect(thrown(() => open({ ...where, readonly })).code).toBe('ERR_SCHEMA_NEWER');
  },
  async 'backup(), backupSync() and the option backups'() {
    const db = board();
    await expect(db.backup(temporaryFile())).rejects.toMatchObject({ code: 'ERR_ENGINE_UNSUPPORTED' });
    expectUnsupported(() => db.backupSync(temporaryFile()), /pg_dump/);
    expectUnsupported(() => open({ ...at(), backups: { every: '1h', dir: temporaryFolder() } }), /pg_dump/);
  },
  'idempotencyKey, eventId, model, and what limits and budgets are about'() {
    const db = board();
    const [zoneId, worktreeId] = [db.listZones()[0].id, db.listWorktrees()[0].id];
    const wanted = { zoneId, worktreeId, agentType: LONG, prompt: 'p' };
    const { id } = db.enqueueRun(wanted);
    for (const call of [
      () => db.enqueueRun({ ...wanted, idempotencyKey: LONG }),
      () => db.recordUsage(id, { model: LONG }),
      () => db.recordUsage(id, { model: 'm', eventId: LONG }),
      () => db.setRunLimit({ agentType: LONG }, 1),
      () => db.setBudget({ agentType: LONG, period: 'day' }, 1),
    ]) {
      expect(thrown(call)).toBeInstanceOf(RangeError);
    }
    expect(db.listRuns({ agentType: LONG }).items.map((run) => run.id)).toEqual([id]);
  },
  'The options mode and synchronous'() {
    expectUnsupported(() => open({ ...at(), mode: 0o600 }), /mode/);
    expectUnsupported(() => open({ ...at(), synchronous: 'full' }), /synchronous_commit/);
  },
  dbPath() {
    expect(thrown(() => new VisualDatabase({ ...at(), dbPath: temporaryFile() }))).toBeInstanceOf(TypeError);
    expect(thrown(() => new VisualDatabase({ ...at(), dbPath: ':memory:' }))).toBeInstanceOf(TypeError);
  },
  'Ids, statuses and createdAt'() {
    const db = board();
    const calls = {
      id: () => db.createWorktree(worktree(9, { id: LONG })),
      'id of a zone': () => db.createZone(zone(9, { id: LONG })),
      status: () => db.updateWorktree('wt-1', { status: LONG }),
    };
    for (const [name, call] of Object.entries(calls)) expect(thrown(call), name).toBeInstanceOf(RangeError);
    expect(db.createWorktree(worktree(9, { id: LONG.slice(1), path: LONG, taskId: LONG.repeat(400) })).path).toBe(LONG);
    expect(db.getWorktree(LONG)).toBeNull();
    expect(db.getStats().worktrees).toBe(4);
    expect(db.recordExecution(execution({ prompt: LONG.repeat(400) }))).toMatch(/^exec-/);
  },
  'Answers of a row are not kept'() {
    const place = at();
    const proxy = proxyTo(place.url);
    const db = furnish(open({ ...place, url: proxy.url }));
    proxy.counted();
    for (let n = 0; n < 3; n += 1) db.getWorktree('wt-1');
    expect(proxy.counted().turns).toHaveLength(3);
  },
  recordUsage() {
    const db = board();
    const { run, token } = db.startRun(
      { zoneId: 'zone-1', worktreeId: 'wt-1', agentType: 'qa', prompt: 'p' },
      { workerId: 'w' },
    );
    db.finishRun(run.id, token, { status: 'succeeded' });
    db.deleteWorktree('wt-1');
    expect(thrown(() => db.recordUsage(run.id, { model: 'm', costMicros: 5 })).code).toBe('ERR_NOT_FOUND');
  },
  'Changes get their numbers'() {
    const db = board();
    db.getChanges();
    sql(db).exec("BEGIN; INSERT INTO zones (id, name, created_at) VALUES ('undone', 'z', 't'); ROLLBACK");
    db.createZone(zone(8));
    db.createZone(zone(9));
    const [one, other] = db.getChanges({ limit: 1000 }).items.slice(-2);
    expect([one.id, other.id, other.seq > one.seq]).toEqual(['zone-8', 'zone-9', true]);
  },
  'Within a transaction'() {
    const db = board();
    const { next } = db.getBoard();
    const within = db.transaction(() => {
      db.createZone(zone(8));
      return db.getChanges({ after: next });
    });
    const [later] = db.getChanges({ after: next }).items;
    expect(within.items).toEqual([{ ...later, seq: within.items[0].seq }]);
    expect(within.items[0].seq).toBeGreaterThan(later.seq);
    expect(db.getChanges({ after: within.next }).items).toEqual([]);
  },
  async 'watch()'() {
    const db = board();
    const watch = db.watch();
    const arrived = watch.next();
    await setTimeout(20);
    sql(db).exec("UPDATE zones SET name = 'theirs' WHERE id = 'zone-1'");
    const began = performance.now();
    expect((await arrived).value).toMatchObject({ id: 'zone-1', fields: { name: 'theirs' } });
    expect(performance.now() - began).toBeLessThan(2000);
    await watch.return();
  },
  prune() {
    const db = board();
    db.recordExecutions(Array.from({ length: 200 }, () => ({ ...execution(), prompt: 'x'.repeat(2000) })));
    expect(db.prune({ perZone: 1, budgetMs: 60_000 })).toMatchObject({ runs: expect.any(Number), diskBytes: 0 });
    expect(db.prune({ maxBytes: 10_000_000 })).toMatchObject({ runs: 0, bodies: 0 });
  },
  async importAll() {
    const file = open({ dbPath: temporaryFile() });
    file.db.exec(
      "INSERT INTO worktrees (id, path, port, branch_name, created_at) VALUES ('a', '/a', 'none', 'a', 't')",
    );
    const path = temporaryFile();
    await file.exportAll(path);
    await expect(open(at()).importAll(path)).rejects.toMatchObject({ code: 'ERR_IMPORT', line: 2 });
  },
  async 'A run at work'() {
    const db = board();
    const [zoneId, worktreeId] = [db.listZones()[0].id, db.listWorktrees()[0].id];
    db.startRun({ zoneId, worktreeId, agentType: 'a', prompt: 'p' }, { workerId: 'w' });
    const path = temporaryFile();
    await db.exportAll(path);
    const lease = readFileSync(path, 'utf8')
      .split('\n')
      .find((line) => line.startsWith('{"table":"leases"'));
    const { boot, claimed, deadline, expires_at: expires } = JSON.parse(lease);
    expect([boot, claimed, deadline]).toEqual([0, null, expires]);
  },
  'searchRuns with syntax'() {
    const place = at();
    const proxy = proxyTo(place.url);
    const db = furnish(open({ ...place, url: proxy.url }));
    db.recordExecutions(Array.from({ length: 1300 }, (_, n) => execution({ prompt: `text ${n}` })));
    const id = db.recordExecution(execution({ prompt: 'the login form' }));
    db.enableSearch();
    const search = (text) => {
      proxy.counted();
      const { items } = db.searchRuns(text, { syntax: true });
      return [items.map(({ run }) => run.id), proxy.counted().turns.length];
    };
    expect(search('log* NOT search')).toEqual([[id], 5]);
    expect(search('log* AND form')).toEqual([[id], 2]);
    expect(search('login OR nothing')).toEqual([[id], 2]);
  },
  TRUNCATE() {
    const db = board();
    db.assignWorktreeToZone('wt-1', 'zone-1');
    const { next } = db.getBoard();
    sql(db).exec('TRUNCATE worktrees CASCADE');
    const gone = db.getChanges({ after: next, entities: ['worktree', 'assignment'] }).items;
    expect(gone.every(({ op }) => op === 'delete')).toBe(true);
    expect(gone.filter(({ entity }) => entity === 'worktree').map(({ id }) => id)).toContain('wt-1');
    expect(db.getMoves({ worktreeId: 'wt-1' }).items[0]).toMatchObject({ from: 'zone-1', to: null });
  },
};

it('each line has its test, and each test its line', () => {
  expect(DIFFERENCES.toSorted()).toEqual(Object.keys(TESTS).toSorted());
});

describe('on a server', () => {
  it.each(Object.keys(TESTS))('%s', (name) => TESTS[name]());
});

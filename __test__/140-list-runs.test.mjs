// `listRuns`: every filter and every order, whoever wrote the runs, and whether they were folded or not.
// Long because it is read as a specification: each rule of lists of runs is a test.
import { execFileSync } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { act, acting, anyCalls } from './support/acting_runs.mjs';
import { startScript } from './support/child.mjs';
import { anyHistory } from './support/histories.mjs';
import { describeWriters } from './support/history_writers.mjs';
import { everyPage, expectLists, filtersOf, someFilters } from './support/listed_runs.mjs';
import { board, ended, idsOf, queued, refusal } from './support/runs.mjs';
import { execution, worktree, zone } from './support/samples.mjs';
import { schema } from './support/schema.mjs';
import { sql } from './support/sql.mjs';
import { inFiles, open, place, temporaryFile } from './support/temporary.mjs';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

/** Enqueues, works, records and deletes, until it is told to stop. */
const BUSY = `
  samples.then(({ execution }) => {
    const db = new VisualDatabase({ dbPath, timeout: 30000 });
    let written = 0;
    let stopped = false;
    process.stdin.once('data', () => (stopped = true));
    const place = { zoneId: 'zone-2', worktreeId: 'wt-2', agentType: 'a1' };
    const act = () => {
      if (stopped) {
        console.log(JSON.stringify({ written }));
        process.exit();
      }
      db.enqueueRun({ ...place, prompt: 'p' });
      const { run, token } = db.claimRun({ workerId: 'busy' });
      db.recordUsage(run.id, { model: 'm', costMicros: written, costSource: 'reported', inputTokens: 1, outputTokens: 1 });
      db.finishRun(run.id, token, { status: 'succeeded' });
      db.recordExecutions([1, 2].map(() => execution(place)));
      if (written % 3 === 0) db.db.prepare('DELETE FROM zone_executions WHERE id = ?').run(run.id);
      written += 4;
      setTimeout(act, 2);
    };
    act();
    console.log('busy');
  });`;

/** A process that does so; `stop()` tells how much it has written. */
async function startBusy(dbPath) {
  const { child, ended: end, printed } = startScript(BUSY, { dbPath });
  await printed('busy');
  const stop = async () => {
    child.stdin.write('stop\n');
    const { stdout, stderr } = await end;
    expect(stderr).toBe('');
    return JSON.parse(stdout.split('\n')[1]).written;
  };
  return { stop };
}

/** The same runs, in the same order; but for those of one time, where a history that is built again finds some in the archive. */
function expectSame(db, one, other) {
  const archived = sql(db).prepare('SELECT EXISTS (SELECT 1 FROM archived_worktrees)').pluck().get() === 1;
  const compared = archived ? [one.toSorted(), other.toSorted()] : [one, other];
  expect(compared[0]).toEqual(compared[1]);
}

describeWriters('with %o', (writers) => {
  it.runIf(inFiles).each(Object.keys(writers))(
    'every list is what all runs say, after any history by %s and by us',
    async (writer) => {
      const empty = temporaryFile();
      open({ dbPath: empty }).close();
      let listed = 0;
      await fc.assert(
        fc.asyncProperty(anyHistory, anyCalls, anyHistory, someFilters, async (first, calls, second, some) => {
          const dbPath = temporaryFile();
          copyFileSync(empty, dbPath);
          const reading = open({ dbPath, readonly: true });
          const db = acting({ dbPath });
          const filters = filtersOf(some, db.parent);
          await writers[writer](dbPath, first);
          expectLists(reading, filters.slice(0, 4));
          act(db, calls);
          const unfolded = expectLists(reading, filters);
          expectSame(db, expectLists(db, filters), unfolded);
          await writers[writer](dbPath, second);
          // So much that it is folded.
          if (!db.getWorktree('wt-7')) db.createWorktree(worktree(7));
          if (!db.getZone('zone-7')) db.createZone(zone(7));
          const place = { zoneId: 'zone-7', worktreeId: 'wt-7', agentType: 'p', prompt: '' };
          db.recordExecutions(Array.from({ length: 120 }, () => place));
          const folded = expectLists(db, filters);
          expectSame(db, expectLists(reading, filters), folded);
          act(db, calls);
          listed += expectLists(db, filters).length;
          // Rebuilt by somebody else, who may only read, and then by us.
          db.db.exec("DELETE FROM changes_readers WHERE name = 'history'");
          expectLists(open({ dbPath, readonly: true }), filters);
          expectLists(db, filters);
        }),
        { numRuns: 3 },
      );
      expect(listed).toBeGreaterThan(360);
    },
  );
});

describe('the history', () => {
  it.runIf(inFiles)('is verified with the schema, but for what the log still has to tell it', () => {
    const dbPath = temporaryFile();
    const db = board({ dbPath });
    for (let n = 0; n < 60; n += 1) {
      db.recordExecution(execution());
      ended(db);
    }
    db.listRuns();
    expect(db.db.prepare('SELECT count(*) FROM history').pluck().get()).toBe(120);
    const [gone, moved] = db.listRuns().items;
    db.db.prepare('DELETE FROM zone_executions WHERE id = ?').run(gone.id);
    queued(db);
    expect(schema.verify(dbPath)).toEqual([]);
    db.db.exec(`DELETE FROM history WHERE key = 3; UPDATE history SET zone_id = 'x' WHERE id = '${moved.id}'`);
    db.db.exec(`INSERT INTO history (at, key, zone_id, worktree_id, agent_type, status, id)
      VALUES (0, 2000000000000, 'zone-1', 'wt-1', 'qa', 3, 'nobody')`);
    expect(schema.verify(dbPath)).toEqual([
      expect.stringMatching(/^history lacks [12] runs \(such as exec-/),
      'history has too much 1 runs (such as nobody)',
    ]);
    db.db.exec("DELETE FROM changes_readers WHERE name = 'history'");
    db.listRuns();
    expect(schema.verify(dbPath)).toEqual([]);
    expect(db.listRuns({ limit: 1000 }).items).toHaveLength(120);
  });

  it.runIf(inFiles)('is rebuilt where its log was emptied, or counts were wrong', () => {
    const db = board();
    for (let n = 0; n < 150; n += 1) db.recordExecution(execution());
    db.listRuns();
    db.db.exec('DELETE FROM changes');
    const id = db.recordExecution(execution());
    expect(db.listRuns({ limit: 1 }).items[0].id).toBe(id);
    expect(everyPage(db, {}, 100)).toHaveLength(151);
    const trigger = db.db
      .prepare("SELECT sql FROM sqlite_schema WHERE name = 'changes_execution_delete'")
      .pluck()
      .get();
    db.db.exec(`DROP TRIGGER changes_execution_delete; DELETE FROM zone_executions WHERE id <> '${id}'; ${trigger}`);
    expect(idsOf(db.listRuns().items)).toEqual([id]);
    expect(db.getTrend({ bucket: 'day' }).at(-1).runs).toBe(1);
  });

  it.runIf(inFiles).each(['listRuns', 'getTrend'])(
    'no longer has what another program left out of a table that it rebuilt: %s',
    (name) => {
      const dbPath = temporaryFile();
      const db = board({ dbPath });
      const [gone, kept] = [db.recordExecution(execution()), db.recordExecution(execution())];
      const reading = open({ dbPath, readonly: true });
      for (const each of [db, reading]) expect(each.listRuns().items).toHaveLength(2);
      const triggers = db.db.prepare(
        "SELECT sql FROM sqlite_schema WHERE tbl_name = 'zone_executions' AND type = 'trigger'",
      );
      execFileSync('sqlite3', [
        dbPath,
        `BEGIN; CREATE TABLE new_executions (id TEXT PRIMARY KEY, zone_id TEXT NOT NULL, worktree_id TEXT NOT NULL, agent_type TEXT NOT NULL,
         prompt TEXT NOT NULL, result TEXT, success INTEGER, executed_at TEXT NOT NULL);
       INSERT INTO new_executions SELECT * FROM zone_executions WHERE id <> '${gone}';
       DROP TABLE zone_executions; ALTER TABLE new_executions RENAME TO zone_executions;
       ${triggers.pluck().all().join(';')}; COMMIT`,
      ]);
      // First who may not mend what that means for the counts.
      expect(idsOf(reading.listRuns().items)).toEqual([kept]);
      if (name === 'listRuns') expect(idsOf(db.listRuns().items)).toEqual([kept]);
      else expect(db.getTrend({ bucket: 'day' }).at(-1).runs).toBe(1);
    },
  );

  it('has what there is now on a read-only connection, too, however often ids were changed and that was mended', () => {
    const at = place();
    const db = board(at);
    db.recordExecution(execution());
    const reading = open({ ...at, readonly: true });
    for (const name of ['first', 'second', 'third']) {
      sql(db).prepare('UPDATE zone_executions SET id = ?').run(name);
      for (const each of [reading, db]) expect(idsOf(each.listRuns().items)).toEqual([name]);
    }
  });
});

describe('listRuns(filter?)', () => {
  it('leaves prompt and result out, unless they are asked for', () => {
    const db = board();
    const full = [ended(db, {}, { status: 'succeeded', result: { ok: true } }), queued(db)];
    full.push(db.getRun(db.recordExecution(execution({ result: { output: 'ok' } }))));
    const { items } = db.listRuns();
    for (const item of items) {
      const { prompt, result, ...rest } = db.getRun(item.id);
      expect(item).toStrictEqual(rest);
      expect([prompt === undefined, result === undefined]).toEqual([false, false]);
    }
    expect(idsOf(db.listRuns({ fields: 'full' }).items)).toEqual(idsOf(items));
    expect(db.listRuns({ fields: 'full' }).items).toStrictEqual(items.map(({ id }) => db.getRun(id)));
  });

  it('goes on from a page with other fields, but in no other order', () => {
    const db = board();
    for (let n = 0; n < 5; n += 1) queued(db);
    const { next } = db.listRuns({ limit: 2 });
    expect(db.listRuns({ limit: 2, fields: 'full', after: next }).items).toHaveLength(2);
    for (const orderBy of ['oldest', 'longest', 'costliest'])
      expect(refusal(() => db.listRuns({ orderBy, after: next })).code).toBe('ERR_CURSOR');
    expect(refusal(() => db.listRuns({ model: 'm', after: next })).code).toBe('ERR_CURSOR');
    expect(refusal(() => db.listRuns({ since: '2020-01-01', after: next })).code).toBe('ERR_CURSOR');
  });

  it.runIf(inFiles)('goes on in a copy of the file, and in another board behind that time', () => {
    const dbPath = temporaryFile();
    let now = Date.parse('2026-11-01T00:00:00.000Z');
    const db = board({ dbPath, clock: () => (now += 1) });
    for (let n = 0; n < 5; n += 1) queued(db);
    const { next } = db.listRuns({ limit: 2 });
    const rest = db.listRuns({ after: next });
    expect(rest.items).toHaveLength(3);
    const copy = temporaryFile();
    db.db.prepare('VACUUM INTO ?').run(copy);
    expect(open({ dbPath: copy }).listRuns({ after: next })).toEqual(rest);
    const other = board({ clock: () => now });
    const later = queued(other);
    now = Date.parse('2026-10-01T00:00:00.000Z');
    const earlier = queued(other);
    expect(idsOf(other.listRuns().items)).toEqual([later.id, earlier.id]);
    expect(idsOf(other.listRuns({ after: next }).items)).toEqual([earlier.id]);
  });

  it.each([
    [{ orderBy: 'shortest' }, 'TypeError', 'orderBy'],
    [{ orderBy: 5 }, 'TypeError', 'orderBy'],
    [{ fields: 'all' }, 'TypeError', 'fields'],
    [{ model: 7 }, 'TypeError', 'model'],
    [{ parentRunId: ['a'] }, 'TypeError', 'parentRunId'],
    [{ branchName: {} }, 'TypeError', 'branchName'],
    [{ since: 'yesterday' }, 'TypeError', 'since'],
    [{ until: new Date(NaN) }, 'RangeError', 'until'],
    [{ since: '2026-02-30' }, 'TypeError', 'since'],
    [{ finishedSince: 5 }, 'TypeError', 'finishedSince'],
    [{ finishedUntil: '2025-02-29T00:00:00Z' }, 'TypeError', 'finishedUntil'],
    [{ minDurationMs: -1 }, 'RangeError', 'minDurationMs'],
    [{ minDurationMs: '5' }, 'TypeError', 'minDurationMs'],
    [{ order: 'oldest' }, 'TypeError', 'order'],
  ])('of %o there is none', (filter, name, field) => {
    expect(refusal(() => board().listRuns(filter))).toMatchObject({ name, method: 'listRuns', field });
  });

  it.runIf(inFiles)('has each run exactly once, in every order, while eight processes write', async () => {
    const dbPath = temporaryFile();
    const db = board({ dbPath });
    for (let n = 0; n < 400; n += 1) {
      const id = n % 4 ? db.recordExecution(execution({ agentType: `a${n % 3}` })) : ended(db).id;
      if (n % 5 === 0)
        db.recordUsage(id, { model: 'm', costMicros: n, costSource: 'reported', inputTokens: 1, outputTokens: 1 });
    }
    const before = (filter) => everyPage(db, filter, 1000);
    const filters = [
      {},
      { orderBy: 'oldest' },
      { orderBy: 'costliest' },
      { orderBy: 'longest' },
      { agentType: ['a1', 'a2'] },
    ];
    const right = filters.map((filter) => idsOf(before(filter)));
    const busy = await Promise.all(Array.from({ length: 8 }, () => startBusy(dbPath)));
    for (const [n, filter] of filters.entries()) {
      for (let round = 0; round < 5; round += 1) {
        const seen = idsOf(everyPage(db, filter, 7));
        expect(new Set(seen).size).toBe(seen.length);
        const were = new Set(right[n]);
        expect(seen.filter((id) => were.has(id))).toEqual(right[n]);
      }
    }
    const written = await Promise.all(busy.map(({ stop }) => stop()));
    expect(Math.min(...written)).toBeGreaterThan(10);
  });
});

// The JavaScript layer itself, on better-sqlite3 in a process of its own, as the other side: it answers alike, and each
// side reads and writes the other's files.
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { agreedSteps } from './support/calls.mjs';
import { startPeer } from './support/peer.mjs';
import { readBack } from './support/rows.mjs';
import { execution, furnish, worktree, zone } from './support/samples.mjs';
import { outcome, perform, withoutExecutionIds } from './support/steps.mjs';
import { open, temporaryFile } from './support/temporary.mjs';

vi.setConfig({ testTimeout: 60_000 });

const START = new Date('2026-05-06T07:08:09.010Z').getTime();
let peer;
beforeAll(() => {
  peer = startPeer();
});
afterAll(() => peer.stop());
beforeEach(() => vi.useFakeTimers({ now: START, toFake: ['Date'] }));
afterEach(() => vi.useRealTimers());

const tick = (milliseconds) => vi.advanceTimersByTime(milliseconds);
const performHere = (db, steps) => steps.map((step) => outcome(() => perform(db, step, tick)));
const call = (method, ...args) => ({ method, args, after: 1 });

/** All that a file says, asked by calls, so that either side can be asked. */
const QUESTIONS = [
  call('listWorktrees'),
  call('listZones'),
  ...['a', 'b', 'c', 'ü\0😀'].flatMap((id) => [call('getWorktreeZone', id), call('getWorktreeExecutions', id, -1)]),
  ...['x', 'y', 'z'].flatMap((id) => [call('getExecutionHistory', id, -1), call('getExecutionStats', { zoneId: id })]),
  call('getStats'),
  call('getExecutionStats'),
];

// The names of the columns come from the JavaScript layer's own schema.
const sql = (table, columns) =>
  `SELECT ${columns.flatMap((name) => [name, `typeof(${name}) AS "type of ${name}"`])} FROM ${table} ORDER BY rowid`;

describe('the same random calls', () => {
  it('are answered alike', async () => {
    await fc.assert(
      fc.asyncProperty(agreedSteps, async (steps) => {
        vi.setSystemTime(START);
        const db = open();
        const here = performHere(db, [...steps, ...QUESTIONS]);
        db.close();
        const { outcomes } = await peer.perform(':memory:', [...steps, ...QUESTIONS], { start: START });
        expect(withoutExecutionIds(here)).toStrictEqual(withoutExecutionIds(outcomes));
      }),
      { numRuns: 150 },
    );
  });

  it('leave the same rows in the file, value for value and type for type', async () => {
    const tables = ['worktrees', 'zones', 'worktree_zones', 'zone_executions'];
    const { answers } = await peer.perform(':memory:', [], {
      rows: tables.map((table) => `SELECT name FROM pragma_table_info('${table}')`),
    });
    const queries = answers.map((names, n) =>
      sql(
        tables[n],
        names.map(({ name }) => name),
      ),
    );
    await fc.assert(
      fc.asyncProperty(agreedSteps, async (steps) => {
        vi.setSystemTime(START);
        const db = open();
        performHere(db, steps);
        const here = queries.map((query) => db.db.prepare(query).all());
        db.close();
        const there = await peer.perform(':memory:', steps, { start: START, rows: queries });
        expect(withoutExecutionIds(here)).toStrictEqual(withoutExecutionIds(there.answers));
      }),
      { numRuns: 50 },
    );
  });
});

describe('one file', () => {
  it('written by the package is opened, read and written by the JavaScript layer, and read back here', async () => {
    const dbPath = temporaryFile();
    const db = furnish(open({ dbPath }));
    const before = readBack(db);
    db.close();
    const { outcomes } = await peer.perform(dbPath, [
      call('listWorktrees'),
      call('listZones'),
      call('getExecutionHistory', 'zone-1', -1),
      call('createWorktree', worktree(9, { taskId: 'theirs' })),
      call('createZone', zone(9, { agents: ['theirs'] })),
      call('assignWorktreeToZone', 'wt-9', 'zone-9'),
      call('recordExecution', execution({ zoneId: 'zone-9', worktreeId: 'wt-9', success: true })),
      call('deleteWorktree', 'wt-3'),
      call('getStats'),
    ]);
    expect(outcomes.map(({ error }) => error)).toEqual(outcomes.map(() => undefined));
    expect(outcomes[0].value).toStrictEqual(before.worktrees);
    expect(outcomes[1].value).toStrictEqual(before.zones);
    expect(outcomes[2].value).toStrictEqual(before.executions['zone-1']);
    const again = open({ dbPath });
    expect(again.getStats()).toStrictEqual(outcomes.at(-1).value);
    expect(again.getWorktree('wt-9')).toStrictEqual(outcomes[3].value);
    expect(again.getZone('zone-9')).toStrictEqual(outcomes[4].value);
    expect(again.getExecution(outcomes[6].value)).toMatchObject({ zoneId: 'zone-9', success: true });
    expect(again.getExecutionStats({ zoneId: 'zone-9' })).toMatchObject({ total: 1, successful: 1, uniqueAgents: 1 });
    expect(again.getExecutionStats()).toMatchObject({ total: 2, successful: 1 });
  });

  it('made by the JavaScript layer is adopted, and still its own afterwards', async () => {
    const dbPath = temporaryFile();
    const made = await peer.perform(dbPath, [call('createZone', zone()), call('createWorktree', worktree())]);
    const db = open({ dbPath });
    expect(db.getZone('zone-1')).toStrictEqual(made.outcomes[0].value);
    db.updateZone('zone-1', { agents: ['ours'] });
    db.close();
    const after = await peer.perform(dbPath, [call('getZone', 'zone-1'), call('deleteZone', 'zone-1')]);
    expect(after.outcomes[0].value.agents).toEqual(['ours']);
    expect(open({ dbPath }).listZones()).toEqual([]);
  });

  it('handed to and fro between random calls says the same to both, and counts what either wrote', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(agreedSteps, { minLength: 2, maxLength: 5 }), async (turns) => {
        const dbPath = temporaryFile();
        let now = START;
        for (const [n, steps] of turns.entries()) {
          if (n % 2) {
            now = (await peer.perform(dbPath, steps, { start: now })).now;
          } else {
            vi.setSystemTime(now);
            const db = open({ dbPath });
            performHere(db, steps);
            now = Date.now();
            db.close();
          }
          const db = open({ dbPath });
          const here = performHere(db, QUESTIONS);
          expect(db.db.pragma('integrity_check', { simple: true })).toBe('ok');
          db.close();
          const { outcomes } = await peer.perform(dbPath, QUESTIONS, { start: now });
          expect(here).toStrictEqual(outcomes);
        }
      }),
      { numRuns: 15 },
    );
  });

  it('open on both sides at once: what one commits the other sees', async () => {
    const dbPath = temporaryFile();
    const db = furnish(open({ dbPath }));
    const { outcomes } = await peer.perform(dbPath, [
      call('updateWorktree', 'wt-1', { status: 'theirs' }),
      call('recordExecution', execution()),
      call('getStats'),
    ]);
    expect(outcomes[2].value).toEqual(db.getStats());
    expect(db.getWorktree('wt-1').status).toBe('theirs');
    expect(db.getExecutionStats({ zoneId: 'zone-1' }).total).toBe(2);
  });
});

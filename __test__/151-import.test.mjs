// importAll: what exportAll wrote becomes part of a board, all of it or nothing.
// Long because one table of what is refused, or one board that was never pruned, is what all of it is held against.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { visualDb } from './support/backups.mjs';
import { furnish, scribble } from './support/furnished.mjs';
import { anyHistory, live } from './support/histories.mjs';
import { claim, ended, everything, idsOf, queued } from './support/runs.mjs';
import { execution, worktree, zone } from './support/samples.mjs';
import { expectSound, sql } from './support/sql.mjs';
import { inFiles, open, place, temporaryFolder } from './support/temporary.mjs';

vi.setConfig({ testTimeout: 120_000 });

async function exported(db, options) {
  const path = join(temporaryFolder(), 'board.jsonl');
  await db.exportAll(path, options);
  return readFileSync(path, 'utf8');
}

const take = (db, text) => db.importAll(Readable.from([Buffer.from(text)]));

/** Nothing is wrong with a board. */
function expectWell(db) {
  expectSound(db);
  if (inFiles) expect(visualDb('doctor', '--db', db.db.name).status).toBe(0);
}

/** The same board in a place of its own. */
async function copy(db) {
  const other = open(place());
  await take(other, await exported(db));
  return other;
}

/** An export of other lines: the header, these, and an end that counts them. */
const textOf = (lines, header = '{"format":"visual-db","version":1,"schema":6}') =>
  `${[header, ...lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line)))].join('\n')}\n{"end":${lines.length + 1}}\n`;

describe('importAll into an empty file', () => {
  test('makes the same board: exported again it is the same to the byte', async () => {
    const db = furnish(open(place()));
    if (inFiles) scribble(db);
    const text = await exported(db);
    const other = open(place());
    const counts = await take(other, text);
    expect(await exported(other)).toBe(text);
    expect(counts).toMatchObject({
      lines: text.split('\n').length - 1,
      equal: 0,
      zones: inFiles ? 3 : 2,
      archived: 1,
    });
  });

  test('answers as the other does: lists, statistics, moves, the archive, metadata, budgets, the queue', async () => {
    const db = furnish(open(place()));
    const other = await copy(db);
    const answers = (of) => ({
      board: of.getBoard().zones.map(({ revision, ...rest }) => rest),
      worktrees: inFiles ? of.findWorktrees().items : of.listWorktrees(),
      runs: of
        .listRuns({ fields: 'full', limit: 1000 })
        .items.map(({ leaseExpiresAt, ...rest }) => rest)
        .toSorted((a, b) => (a.id < b.id ? -1 : 1)),
      statistics: [of.getExecutionStats(), of.getExecutionStats({ zoneId: 'zone-1' }), of.getStats()],
      moves: of.getMoves().items,
      archived: of.listArchived().items,
      budgets: of.getBudgets(),
      limits: of.getRunLimits(),
      metadata: of.getMetadata('worktree', 'wt-1'),
    });
    expect(answers(other)).toEqual(answers(db));
    // Nothing has moved since, and what is next in line is.
    other.moveWorktree('wt-1', null);
    expect(other.getMoves().items[0]).toMatchObject({ worktreeId: 'wt-1', to: null });
    db.setRunLimit({ zoneId: 'zone-1' }, null);
    other.setRunLimit({ zoneId: 'zone-1' }, null);
    const next = (of) => [1, 2, 3].map(() => claim(of)?.run.prompt);
    expect(next(other)).toEqual(next(db));
    expect(other.restoreWorktree('wt-4').id).toBe('wt-4');
    expectWell(other);
  });

  test('tells the feed of all that came, and keeps a board of that time', async () => {
    const db = furnish(open(place()));
    const other = open(place());
    const { next } = other.getBoard();
    await take(other, await exported(db));
    const { items, gap } = other.getChanges({ after: next, limit: 1000 });
    expect(gap).toBe(false);
    const told = (entity) => items.filter((item) => item.entity === entity);
    expect(told('worktree').map(({ id, op }) => [id, op])).toEqual([1, 2, 3].map((n) => [`wt-${n}`, 'insert']));
    expect(told('run').length).toBeGreaterThan(5);
    expect(other.getBoard({ at: new Date() }).zones.length).toBe(other.getBoard().zones.length);
  });

  test('also of a database in memory, and from text in pieces of any size', async () => {
    const text = await exported(furnish(open()));
    const bytes = Buffer.from(text);
    const other = open();
    await other.importAll(
      (async function* () {
        for (let at = 0; at < bytes.length; at += 37) yield bytes.subarray(at, at + 37);
      })(),
    );
    expect(await exported(other)).toBe(text);
  });

  test.runIf(inFiles)('of any history that anybody wrote', async () => {
    const settings = [
      { recursive_triggers: 0, foreign_keys: 0 },
      { recursive_triggers: 1, foreign_keys: 1 },
    ];
    await fc.assert(
      fc.asyncProperty(anyHistory, fc.constantFrom(...settings), async (history, pragmas) => {
        const db = open();
        live(db.db, pragmas, history);
        const text = await exported(db);
        const other = open();
        await take(other, text);
        expect(await exported(other)).toBe(text);
        expect(other.getExecutionStats()).toEqual(db.getExecutionStats());
        db.close();
        other.close();
      }),
      { numRuns: 60, endOnFailure: true },
    );
  });
});

describe('importAll into a used file', () => {
  test('leaves out what is there already, where it is the same', async () => {
    const db = furnish(open(place()));
    const text = await exported(db);
    db.listRuns();
    await take(db, text);
    const before = everything(db);
    const { lines, equal, ...added } = await take(db, text);
    expect([equal, Object.values(added).every((rows) => rows === 0)]).toEqual([lines - 2, true]);
    const { boards: _, ...after } = everything(db);
    expect(after).toMatchObject({
      zones: before.zones,
      runs: before.runs,
      ...(inFiles && { run_queue: before.run_queue }),
      moves: before.moves,
    });
  });

  test('puts what is new beside it: both histories, both queues, moves in the order of their times', async () => {
    const ours = open(place());
    ours.createZone(zone(7));
    ours.createWorktree(worktree(7));
    ours.moveWorktree('wt-7', 'zone-7');
    const mine = { zoneId: 'zone-7', worktreeId: 'wt-7' };
    const kept = [ended(ours, mine).id, queued(ours, mine).id, ours.recordExecution({ ...execution(), ...mine })];
    const theirs = furnish(open(place()));
    ours.moveWorktree('wt-7', null);
    const all = [...idsOf(theirs.listRuns({ limit: 1000 }).items), ...kept];
    const statistics = [theirs, ours].map((db) => db.getExecutionStats().total);
    await take(ours, await exported(theirs));
    expect(new Set(idsOf(ours.listRuns({ limit: 1000 }).items))).toEqual(new Set(all));
    expect(ours.getExecutionStats().total).toBe(statistics[0] + statistics[1]);
    const moves = ours.getMoves({ limit: 1000 }).items.map(({ at }) => at);
    expect(moves).toEqual(moves.toSorted().toReversed());
    expect(moves).toHaveLength(theirs.getMoves().items.length + 2);
    expect(ours.getOutput(theirs.listRuns({ status: 'running' }).items[0].id).items).toHaveLength(2);
    ours.setRunLimit({ zoneId: 'zone-1' }, null);
    const claimed = [];
    for (let next = claim(ours); next; next = claim(ours)) claimed.push(next.run.id);
    expect(claimed).toContain(kept[1]);
    expect(claimed).toHaveLength(4);
    expectWell(ours);
  });

  test('refuses what is there and is another, by its line, and changes nothing', async () => {
    const db = furnish(open(place()));
    const text = await exported(db);
    const lineOf = (pattern) => text.split('\n').findIndex((line) => pattern.test(line)) + 1;
    for (const [change, pattern] of [
      [(of) => of.updateWorktree('wt-2', { status: 'other' }), /"table":"worktrees".*"id":"wt-2"/],
      [
        (of) =>
          sql(of).exec("UPDATE zone_executions SET prompt = 'x' WHERE id = (SELECT min(id) FROM zone_executions)"),
        null,
      ],
      [(of) => of.setWipLimit('zone-2', 9), /"table":"wip_limits"/],
      [(of) => claim(of), /"place":"queue"/],
    ]) {
      const other = await copy(db);
      other.setRunLimit({ zoneId: 'zone-1' }, null);
      if (pattern !== null && /wip|worktrees|place/.test(pattern.source)) other.setRunLimit({ zoneId: 'zone-1' }, 2);
      if (pattern?.source.includes('place')) other.setRunLimit({ zoneId: 'zone-1' }, 99);
      change(other);
      const before = everything(other);
      const error = await take(other, text).then(
        () => undefined,
        (refused) => refused,
      );
      expect(error).toMatchObject({ code: 'ERR_CONFLICT', method: 'importAll', field: 'source' });
      if (pattern !== null && !pattern.source.includes('place'))
        expect(error.message).toContain(`line ${lineOf(pattern)}:`);
      expect(everything(other)).toEqual(before);
    }
  });

  test('refuses a port, an id or an idempotency key that another one has', async () => {
    const port = open(place());
    port.createWorktree(worktree(9, { port: 3001 }));
    const db = furnish(open(place()));
    const text = await exported(db);
    await expect(take(port, text)).rejects.toThrow(
      /line \d+: another worktree has the port 3001; nothing was imported/,
    );
    const key = open(place());
    key.createZone(zone(9));
    key.createWorktree(worktree(9));
    queued(key, { zoneId: 'zone-9', worktreeId: 'wt-9', idempotencyKey: 'key-5' });
    await expect(take(key, text)).rejects.toThrow(/idempotency_key/);
  });

  test('needs a file that may be written, no transaction, and leaves nothing beside it', async () => {
    const where = place();
    const db = furnish(open(where));
    const text = await exported(db);
    await expect(take(open({ ...where, readonly: true }), text)).rejects.toMatchObject({ code: 'ERR_INVALID_STATE' });
    let within;
    db.transaction(() => {
      within = take(db, text);
      within.catch(() => {});
    });
    await expect(within).rejects.toThrow('finish the transaction first');
    await take(db, text);
    await expect(take(db, text.replace('"version":1', '"version":2'))).rejects.toThrow('line 1:');
    if (inFiles)
      expect(readdirSync(dirname(where.dbPath)).filter((name) => !/^visual\.db(-wal|-shm)?$/.test(name))).toEqual([]);
  });
});

describe('what is no export', () => {
  const zoneLine = {
    table: 'zones',
    rowid: 1,
    id: 'z',
    name: 'Z',
    description: null,
    trigger: 'onDrop',
    agents: '[]',
    prompt_template: '',
    actions: '[]',
    position_x: 0,
    position_y: 0,
    size_width: 1,
    size_height: 1,
    created_at: 't',
    updated_at: null,
  };

  test('is taken as it is where it is right, without a sum of the lines', async () => {
    const db = open();
    expect(await take(db, textOf([zoneLine]))).toMatchObject({ lines: 3, zones: 1 });
    expect(db.getZone('z').name).toBe('Z');
  });

  test.each([
    ['nothing', '', 1, 'begins with a header'],
    ['another header', '{"format":"csv"}\n', 1, 'no header'],
    ['a later version', '{"format":"visual-db","version":2}\n', 1, 'another version'],
    ['a later schema', '{"format":"visual-db","version":1,"schema":99}\n', 1, 'later version of this package'],
    ['no end', '{"format":"visual-db","version":1,"schema":6}\n', 2, 'cut off'],
    ['another count', '{"format":"visual-db","version":1,"schema":6}\n{"end":7}\n', 2, 'counts 7'],
    ['another sum', '{"format":"visual-db","version":1,"schema":6}\n{"end":1,"sha256":"00"}\n', 2, 'sha256'],
    ['a line behind the end', `${textOf([])}{}\n`, 3, 'behind the end'],
    ['no JSON', textOf(['{"table":']), 2, 'no object of values'],
    ['a list', textOf(['[1]']), 2, 'no object of values'],
    ['a deep one', textOf([`{"a":${'['.repeat(100_000)}`]), 2, 'no object of values'],
    ['no table', textOf([{}]), 2, 'no "table"'],
    ['another table', textOf([{ table: 'sqlite_schema' }]), 2, 'no table of a board'],
    ['a missing key', textOf([{ table: 'zones', rowid: 1 }]), 2, 'no "id"'],
    ['an unknown key', textOf([{ ...zoneLine, evil: 1 }]), 2, '"evil"'],
    [
      'a key twice',
      textOf([JSON.stringify(zoneLine).replace('}', ',"id":"y"}')]),
      2,
      '"id" is no key of zones, or there twice',
    ],
    ['a wrong value', textOf([{ ...zoneLine, rowid: 'one' }]), 2, '"rowid" must be a whole number'],
    ['NULL', textOf([{ ...zoneLine, name: null }]), 2, '"name" must be a value'],
    ['the same id twice', textOf([zoneLine, { ...zoneLine, rowid: 2 }]), 3, 'has the same id'],
    [
      'a number beyond',
      textOf([JSON.stringify(zoneLine).replace('"rowid":1', '"rowid":1e999')]),
      2,
      'no object of values',
    ],
    ['a boolean', textOf([{ ...zoneLine, name: true }]), 2, 'no object of values'],
    ['wrong bytes', textOf([{ ...zoneLine, name: { blob: 'x' } }]), 2, 'no object of values'],
    [
      'output of no run',
      textOf([{ table: 'run_output', run: 1, sequence: 0, at: 0, stream: 0, truncated: 0, bytes: 1, text: 'a' }]),
      2,
      'no line of its run',
    ],
    [
      'no UTF-8',
      Buffer.from(textOf([zoneLine]))
        .toString('latin1')
        .replace('"Z"', '"\u00ff"'),
      2,
      'no object of values',
    ],
  ])('%s is refused by its line, and nothing is changed', async (_, text, line, why) => {
    const db = furnish(open());
    const before = everything(db);
    const bytes = Buffer.from(text, 'latin1');
    const error = await db.importAll(Readable.from([bytes])).then(
      () => undefined,
      (refused) => refused,
    );
    expect(error).toMatchObject({ code: 'ERR_IMPORT', method: 'importAll', field: 'source', line });
    expect(error.message).toContain(`importAll: line ${line}: `);
    expect(error.message).toContain(why);
    expect(everything(db)).toEqual(before);
  });

  test('an export that is damaged anywhere, or cut off anywhere, is refused, and nothing is changed', async () => {
    const text = Buffer.from(await exported(furnish(open())));
    await fc.assert(
      fc.asyncProperty(fc.nat(text.length - 2), fc.integer({ min: 1, max: 255 }), fc.boolean(), async (at, by, cut) => {
        const damaged = cut ? text.subarray(0, at) : Buffer.from(text);
        if (!cut) damaged[at] ^= by;
        const db = open();
        await expect(db.importAll(Readable.from([damaged]))).rejects.toThrow(/importAll: line \d+: /);
        expect(db.getStats()).toEqual({ worktrees: 0, zones: 0, assignments: 0, executions: 0 });
        db.close();
      }),
      { numRuns: inFiles ? 150 : 30, endOnFailure: true },
    );
  });

  test('what is no source, no option, or gives no text is refused', async () => {
    const db = open();
    const refused = (...args) =>
      db.importAll(...args).then(
        () => 'nothing',
        ({ code, field }) => [code, field],
      );
    expect(await refused(5)).toEqual(['ERR_INVALID_ARG_TYPE', 'source']);
    expect(await refused('')).toEqual(['ERR_INVALID_ARG_VALUE', 'source']);
    expect(await refused('x', { progress: 1 })).toEqual(['ERR_UNKNOWN_KEY', 'progress']);
    expect(await refused('x', { onProgress: 1 })).toEqual(['ERR_INVALID_ARG_TYPE', 'onProgress']);
    expect(await refused(Readable.from([5]))).toEqual(['ERR_INVALID_ARG_TYPE', 'source']);
    expect(await refused('/nowhere/x')).toEqual(['ENOENT', undefined]);
    const broken = new Error('broken');
    const stream = Readable.from(
      (async function* () {
        yield '{"format"';
        throw broken;
      })(),
    );
    await expect(db.importAll(stream)).rejects.toBe(broken);
    writeFileSync(join(temporaryFolder(), 'empty'), '');
  });
});

test.runIf(inFiles)('what was pruned counts in the other file as it did', async () => {
  const db = furnish(open(place()));
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(db.prune({ runs: 1 }).runs).toBeGreaterThan(5);
  const text = await exported(db);
  const other = open(place());
  await take(other, text);
  expect(await exported(other)).toBe(text);
  const said = (of) => [of.getExecutionStats(), of.getExecutionStats({ zoneId: 'zone-1' }), of.getStats()];
  expect(said(other)).toEqual(said(db));
  const range = { bucket: 'day', since: new Date(Date.now() - 86_400_000), until: new Date() };
  expect(other.getTrend({ ...range, by: 'zone' })).toEqual(db.getTrend({ ...range, by: 'zone' }));
  expectWell(other);
});

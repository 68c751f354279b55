import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { thrown } from './support/failure.mjs';
import { rows } from './support/rows.mjs';
import { execution, furnish, worktree, zone } from './support/samples.mjs';
import { LONGEST_KEY, open } from './support/temporary.mjs';

describe('position and size: a canvas has no integers', () => {
  it.each([
    0.5,
    -0.5,
    1 / 3,
    -12.75,
    1e-10,
    5e-324,
    1e300,
    -1e300,
    2 ** 31,
    2 ** 53,
    2 ** 63,
    -(2 ** 63),
    2 ** 64,
    1e21,
  ])('%d comes back as given', (number) => {
    const db = furnish(open());
    const position = { x: number, y: -number };
    const size = { width: number, height: -number };
    expect(db.createWorktree(worktree(9, { position })).position).toStrictEqual(position);
    expect(db.updateWorktree('wt-1', { position }).position).toStrictEqual(position);
    expect(db.createZone(zone(9, { position, size }))).toMatchObject({ position, size });
    expect(db.updateZone('zone-1', { position, size })).toMatchObject({ position, size });
  });

  it('any finite number', () => {
    const db = furnish(open());
    const finite = fc.double({ noNaN: true, noDefaultInfinity: true }).filter((number) => !Object.is(number, -0));
    fc.assert(
      fc.property(finite, finite, (x, y) => {
        expect(db.updateWorktree('wt-1', { position: { x, y } }).position).toStrictEqual({ x, y });
        expect(db.updateZone('zone-1', { size: { width: x, height: y } }).size).toStrictEqual({ width: x, height: y });
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['100', 100],
    ['-7', -7],
    ['12.5', 12.5],
    ['1e3', 1000],
    ['0', 0],
  ])('a numeric string counts as its number: %o', (text, number) => {
    const db = furnish(open());
    const position = { x: text, y: text };
    expect(db.createWorktree(worktree(9, { position })).position).toStrictEqual({ x: number, y: number });
    expect(db.updateWorktree('wt-1', { position }).position).toStrictEqual({ x: number, y: number });
    expect(db.updateWorktree('wt-2', { position_x: text }).position).toStrictEqual({ x: number, y: 0 });
    expect(db.updateZone('zone-1', { size: { width: text } }).size).toStrictEqual({ width: number, height: 200 });
  });
});

describe('port: a non-negative integer, or a string of one', () => {
  it.each([
    [0, 0],
    [1, 1],
    [65535, 65535],
    [70000, 70000],
    [3001n, 3001],
    ['3001', 3001],
    ['0', 0],
    [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  ])('%o is stored as %o', (port, stored) => {
    expect(open().createWorktree(worktree(1, { port })).port).toBe(stored);
  });

  it("'3001' and 3001 are one port", () => {
    const db = furnish(open());
    expect(thrown(() => db.createWorktree(worktree(9, { port: '3001' }))).message).toBe(
      'UNIQUE constraint failed: worktrees.port',
    );
  });

  it.each([
    'abc',
    '',
    ' ',
    '1.5',
    '-1',
    '3001x',
    1.5,
    -1,
    -1n,
    NaN,
    Infinity,
    -Infinity,
    2 ** 70,
    2n ** 70n,
    true,
    false,
    {},
    [[]],
  ])('%o is a TypeError or RangeError that names port and what it got', (port) => {
    const db = furnish(open());
    const before = rows(db);
    const error = thrown(() => db.createWorktree(worktree(9, { port })));
    expect(error instanceof TypeError || error instanceof RangeError).toBe(true);
    expect(error.message).toContain('port');
    if (typeof port === 'number' && Math.abs(port) < 1e9) expect(error.message).toContain(String(port));
    if (port === 'abc') expect(error.message).toContain('abc');
    expect(rows(db)).toEqual(before);
  });
});

describe('text', () => {
  const TEXTS = [
    '',
    ' ',
    'a\0b',
    '\0',
    'ü😀空',
    'it\'s "quoted"; DROP TABLE zones; --',
    '\n\r\t',
    '\ufeff',
    'e\u0301',
    'x'.repeat(LONGEST_KEY),
  ];

  it.each(TEXTS)('%j comes back as it is, in every field', (text) => {
    const db = furnish(open());
    const given = {
      path: text,
      branchName: text,
      status: text || 'active',
      issueUrl: text || null,
      taskId: text || null,
    };
    expect(db.createWorktree(worktree(9, given))).toMatchObject(given);
    expect(db.updateWorktree('wt-1', { status: text, issueUrl: text, taskId: text })).toMatchObject({
      status: text,
      issueUrl: text,
      taskId: text,
    });
    const changes = { name: text, description: text, trigger: text, promptTemplate: text };
    expect(db.updateZone('zone-1', changes)).toMatchObject(changes);
    const run = { agentType: text, prompt: text };
    expect(db.getExecution(db.recordExecution(execution(run)))).toMatchObject(run);
  });

  it('of an id too, wherever it is looked up', () => {
    for (const id of TEXTS.filter(Boolean)) {
      const db = open();
      db.createZone(zone(1, { id }));
      db.createWorktree(worktree(1, { id }));
      db.assignWorktreeToZone(id, id);
      const run = db.recordExecution(execution({ zoneId: id, worktreeId: id }));
      expect(db.getWorktree(id).id).toBe(id);
      expect(db.getWorktreeZone(id)).toBe(id);
      expect(db.getWorktreesInZone(id)).toHaveLength(1);
      expect(db.getExecutionHistory(id)[0]).toMatchObject({ id: run, zoneId: id, worktreeId: id });
      expect(db.getExecutionStats({ zoneId: id, worktreeId: id }).total).toBe(1);
      expect(thrown(() => db.deleteWorktree(`${id}?`)).message).toBe(`Worktree not found: ${id}?`);
      expect(db.deleteWorktree(id)).toBe(true);
      expect(db.deleteZone(id)).toBe(true);
    }
  });

  it('with lone surrogates comes back with U+FFFD in their place', () => {
    const db = furnish(open());
    const [lone, stored] = ['a\ud800b\udc00c😀\ud83d', 'a\ufffdb\ufffdc😀\ufffd'];
    expect(db.createWorktree(worktree(9, { path: lone, taskId: lone }))).toMatchObject({
      path: stored,
      taskId: stored,
    });
    expect(db.updateZone('zone-1', { name: lone }).name).toBe(stored);
    expect(db.getExecution(db.recordExecution(execution({ prompt: lone }))).prompt).toBe(stored);
  });

  it('any text that fast-check can think of', () => {
    const db = furnish(open());
    const text = fc.string({ unit: 'binary', maxLength: 50 });
    fc.assert(
      fc.property(text, (given) => {
        expect(db.updateZone('zone-1', { name: given }).name).toBe(given.toWellFormed());
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    [123, '123'],
    [0.5, '0.5'],
    [-7, '-7'],
    [1e21, '1e+21'],
    [2 ** 53, '9007199254740992'],
    [-0, '0'],
  ])('a number where text belongs is stored as JavaScript writes it: %d', (number, text) => {
    const db = furnish(open());
    const required = { path: number, branchName: number };
    expect(db.createWorktree(worktree(9, required))).toMatchObject({ path: text, branchName: text });
    expect(db.updateWorktree('wt-1', { status: number, issueUrl: number, taskId: number })).toMatchObject({
      status: text,
      issueUrl: text,
      taskId: text,
    });
    expect(db.updateZone('zone-1', { name: number, trigger: number })).toMatchObject({ name: text, trigger: text });
    expect(db.getExecution(db.recordExecution(execution({ agentType: number })))).toMatchObject({ agentType: text });
    if (number) expect(db.createWorktree(worktree(8, { taskId: number })).taskId).toBe(text);
  });

  it('listWorktrees({ status: 7 }) finds what status: 7 stored', () => {
    const db = open();
    db.createWorktree(worktree(1, { status: 7 }));
    expect(db.listWorktrees({ status: 7 })).toHaveLength(1);
  });
});

describe('timestamps that the package makes', () => {
  it('are ISO 8601 in UTC with milliseconds, of this moment', () => {
    const db = furnish(open());
    const started = new Date(Date.now() - 60_000).toISOString();
    const made = [
      db.getWorktree('wt-1').createdAt,
      db.createZone({ id: 'z', name: 'n' }).createdAt,
      db.updateWorktree('wt-1', { status: 'x' }).updatedAt,
      db.updateZone('zone-1', { name: 'x' }).updatedAt,
      db.getExecutionHistory('zone-1')[0].executedAt,
    ];
    for (const time of made) {
      expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      expect(time > started && time <= new Date().toISOString()).toBe(true);
    }
  });
});

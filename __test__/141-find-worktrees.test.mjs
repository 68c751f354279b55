// `findWorktrees`: worktrees by every filter and in every order, a page at a time.
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { board, claim, ended, idsOf, queued, refusal } from './support/runs.mjs';
import { worktree } from './support/samples.mjs';
import { sql } from './support/sql.mjs';
import { inFiles, open, place } from './support/temporary.mjs';
import { WRITERS } from './support/writers.mjs';

vi.setConfig({ testTimeout: 60_000 });

const at = (n) => new Date(Date.UTC(2026, 0, 1) + n * 3_600_000).toISOString();

/** All pages of a filter. */
function everyPage(db, filter, limit) {
  const found = [];
  let after;
  do {
    const page = db.findWorktrees({ ...filter, limit, after });
    found.push(...page.items);
    after = page.next;
  } while (after !== null);
  return found;
}

const has = (found, asked) =>
  Object.entries(asked).every(([key, value]) =>
    value === null
      ? !(key in found)
      : typeof value === 'object'
        ? typeof found[key] === 'object' && found[key] !== null && has(found[key], value)
        : found[key] === value,
  );
const pattern = (text) =>
  new RegExp(
    `^${text
      .split('*')
      .map((part) => part.replaceAll(/[$()+.?[\\\]^{|}]/g, String.raw`\$&`))
      .join('.*')}$`,
    's',
  );

/** What each filter keeps, found out the slow way. */
const KEEPS = {
  status: (found, words) => [words].flat().includes(found.status),
  zoneId: (found, ids, db) => [ids].flat().includes(db.getWorktreeZone(found.id)),
  branchName: (found, text) => pattern(text).test(found.branchName),
  createdSince: (found, time) => Date.parse(found.createdAt) >= new Date(time).getTime(),
  updatedSince: (found, time) => found.updatedAt !== null && Date.parse(found.updatedAt) >= new Date(time).getTime(),
  hasOpenRuns: ({ id }, is, db) =>
    db.listRuns({ worktreeId: id, status: ['queued', 'running', 'waiting'] }).items.length > 0 === is,
  metadata: ({ id }, asked, db) => has(db.getMetadata('worktree', id) ?? {}, asked),
};
const VALUE = {
  newest: (found) => found.createdAt,
  oldest: (found) => found.createdAt,
  branch: (found) => found.branchName,
  updated: (found) => found.updatedAt ?? found.createdAt,
};
const LAST_FIRST = new Set(['newest', 'updated']);
const compare = (one, other) => (one < other ? -1 : Number(one > other));

function asked(db, { orderBy = 'newest', ...filter }) {
  const kept = db
    .listWorktrees()
    .filter((found) => Object.entries(filter).every(([key, value]) => KEEPS[key](found, value, db)));
  const value = VALUE[orderBy];
  const sorted = kept.toSorted((a, b) => compare(value(a), value(b)) || compare(a.id, b.id));
  return LAST_FIRST.has(orderBy) ? sorted.toReversed() : sorted;
}

const ONE_OF = {
  status: fc.oneof(fc.constantFrom('active', 'done', 'none'), fc.constant(['active', 'done', 'done'])),
  zoneId: fc.oneof(fc.constantFrom('zone-1', 'nowhere'), fc.constant(['zone-2', 'zone-1', 'zone-2'])),
  branchName: fc.constantFrom('feature/3', 'feature/*', '*/1*', 'f*x/*', '*', 'nowhere', '*2'),
  createdSince: fc.constantFrom(at(0), at(7), new Date(at(12)), '2030-01-01'),
  updatedSince: fc.constantFrom('2020-01-01', '2030-01-01T00:00:00.500Z', '2099-01-01'),
  hasOpenRuns: fc.boolean(),
  metadata: fc.constantFrom({ team: 'a' }, { team: 'a', size: { x: 1 } }, { team: null }, {}, { size: { y: null } }),
};
const KEYS = Object.keys(ONE_OF);
const orderBy = fc.constantFrom('newest', 'oldest', 'branch', 'updated');
const filters = fc.tuple(
  ...KEYS.map((key) => fc.record({ [key]: ONE_OF[key], orderBy })),
  ...Array.from({ length: 8 }, () =>
    fc
      .tuple(fc.constantFrom(...KEYS), fc.constantFrom(...KEYS))
      .chain(([one, other]) => fc.record({ [one]: ONE_OF[one], [other]: ONE_OF[other], orderBy })),
  ),
);

const boards = fc.array(
  fc.record({
    branch: fc.constantFrom('feature', 'fix', 'main'),
    hour: fc.nat({ max: 20 }),
    status: fc.constantFrom('active', 'done', 'other'),
    zone: fc.constantFrom(null, 'zone-1', 'zone-2'),
    runs: fc.nat({ max: 2 }),
    metadata: fc.constantFrom(null, { team: 'a' }, { team: 'a', size: { x: 1, y: 2 } }, { team: 'b' }),
    updated: fc.boolean(),
  }),
  { minLength: 10, maxLength: 40, size: 'max' },
);

function made(given) {
  const db = board({ clock: () => Date.parse('2030-01-01T00:00:00.500Z') });
  for (const [n, { branch, hour, status, zone, runs, metadata, updated }] of given.entries()) {
    const id = `wt-${n + 10}`;
    db.createWorktree(worktree(n + 10, { branchName: `${branch}/${n % 5}`, status, createdAt: at(hour) }));
    if (zone) db.assignWorktreeToZone(id, zone);
    for (let run = 0; run < runs; run += 1) queued(db, { worktreeId: id });
    if (metadata) db.setMetadata('worktree', id, metadata);
    if (updated) db.updateWorktree(id, { position: { x: n, y: 1 } });
  }
  if (given.some(({ runs }) => runs > 0)) claim(db);
  return db;
}

describe('findWorktrees(filter?)', () => {
  it('gives what any filter, any pair of filters and any order ask for', () => {
    fc.assert(
      fc.property(boards, filters, (given, some) => {
        const db = made(given);
        for (const filter of [{}, { orderBy: 'oldest' }, { orderBy: 'branch' }, { orderBy: 'updated' }, ...some]) {
          const right = asked(db, filter);
          expect({ filter, items: everyPage(db, filter, 1000) }).toEqual({ filter, items: right });
          expect(everyPage(db, filter, 3)).toEqual(right);
        }
        db.close();
      }),
      { numRuns: 25 },
    );
  });

  it('gives of the archive what it would have given of the board', () => {
    fc.assert(
      fc.property(boards, filters, (given, some) => {
        const db = made(given.map((each) => ({ ...each, runs: 0 })));
        const wanted = some.map((filter) => [filter, asked(db, filter)]);
        for (const { id } of db.listWorktrees()) db.archiveWorktree(id);
        expect(db.findWorktrees().items).toEqual([]);
        for (const [filter, right] of wanted) {
          // Of one time the archive has those last that were archived last.
          const sorted = (found) => found.toSorted((one, other) => compare(one.id, other.id));
          const found = everyPage(db, { ...filter, archived: true }, 3);
          expect(sorted(found)).toEqual(sorted(right));
          const { [filter.orderBy]: value } = VALUE;
          expect(found.map((each) => value(each))).toEqual(right.map((each) => value(each)));
        }
        db.close();
      }),
      { numRuns: 10 },
    );
  });

  it('has of the archive each that had an id', () => {
    const db = board();
    for (const n of [1, 2, 3]) {
      db.archiveWorktree('wt-1', { reason: `${n}` });
      db.createWorktree(worktree(1));
    }
    expect(idsOf(everyPage(db, { archived: true }, 1))).toEqual(['wt-1', 'wt-1', 'wt-1']);
    expect(idsOf(db.findWorktrees({ archived: false }).items).toSorted()).toEqual(['wt-1', 'wt-2', 'wt-3']);
  });

  it('takes times as any program writes them', () => {
    const at = place();
    const db = board(at);
    const writers = inFiles ? Object.values(WRITERS) : [1, 2, 3].map(() => (_, text) => sql(db).exec(text));
    for (const [n, write] of writers.entries()) {
      write(
        at.dbPath,
        `INSERT INTO worktrees (id, path, port, branch_name, created_at, updated_at)
         VALUES ('theirs-${n}', '/', ${4000 + n}, 'b', '2031-05-06 0${n}:08:09', '2031-05-06T07:08:09+02:00')`,
      );
    }
    const count = writers.length;
    expect(db.findWorktrees({ createdSince: '2031-05-06T00:00:00Z' }).items).toHaveLength(count);
    expect(db.findWorktrees({ createdSince: '2031-05-06T01:08:09.001Z' }).items).toHaveLength(Math.max(count - 2, 0));
    expect(db.findWorktrees({ updatedSince: '2031-05-06T05:08:09Z' }).items).toHaveLength(count);
    expect(db.findWorktrees({ updatedSince: '2031-05-06T05:08:10Z' }).items).toEqual([]);
  });

  it('takes every character but * for itself', () => {
    const db = board();
    const names = ['a_b', 'a%b', String.raw`a\b`, 'axb', 'ab', 'a\u0000b', 'a\u0001b', 'a\u0002b', 'a.b', 'Axb'];
    for (const [n, branchName] of names.entries()) db.createWorktree(worktree(10 + n, { branchName }));
    for (const name of names) {
      for (const asked of [name, `*${name}`, `${name}*`, name.replace('a', '*'), name.replace('b', '*')]) {
        const right = names.filter((each) => pattern(asked).test(each)).toSorted(compare);
        const found = db.findWorktrees({ branchName: asked, orderBy: 'branch' }).items;
        expect({ asked, found: found.map(({ branchName }) => branchName) }).toEqual({ asked, found: right });
        expect(everyPage(db, { branchName: asked, orderBy: 'branch' }, 1)).toEqual(found);
      }
    }
  });

  it('has each worktree once that stays, while others come and go', () => {
    const db = board();
    for (let n = 10; n < 60; n += 1) db.createWorktree(worktree(n, { createdAt: at(n % 7) }));
    for (const order of ['newest', 'oldest', 'branch']) {
      const before = idsOf(everyPage(db, { orderBy: order, branchName: 'feature/*' }, 1000));
      const seen = [];
      for (let after, n = 100; after !== null; n += 1) {
        const page = db.findWorktrees({ orderBy: order, branchName: 'feature/*', limit: 4, after });
        seen.push(...idsOf(page.items));
        after = page.next;
        db.createWorktree(worktree(n, { createdAt: at(n % 7) }));
        db.updateWorktree('wt-30', { position: { x: n, y: n } });
      }
      expect(seen.filter((id) => before.includes(id))).toEqual(before);
      expect(new Set(seen).size).toBe(seen.length);
      for (const { id } of db.findWorktrees({ limit: 1000 }).items)
        if (Number(id.slice(3)) >= 100) db.deleteWorktree(id);
    }
  });

  it('reads a file that can only be read', () => {
    const at = place();
    const db = board(at);
    queued(db);
    ended(db, { worktreeId: 'wt-2' });
    const reading = open({ ...at, readonly: true });
    expect(idsOf(reading.findWorktrees({ hasOpenRuns: true }).items)).toEqual(['wt-1']);
  });

  it('goes on only in the same list', () => {
    const db = board();
    const { next } = db.findWorktrees({ limit: 1 });
    expect(next).toEqual(expect.any(String));
    for (const filter of [{ orderBy: 'oldest' }, { status: 'active' }, { metadata: {} }, { hasOpenRuns: false }])
      expect(refusal(() => db.findWorktrees({ ...filter, after: next }))).toMatchObject({
        code: 'ERR_CURSOR',
        method: 'findWorktrees',
        field: 'after',
      });
    const { next: runs } = db.listRuns({ limit: 1 });
    expect(runs).toBeNull();
    expect(refusal(() => db.findWorktrees({ after: 'nonsense' })).code).toBe('ERR_CURSOR');
  });
});

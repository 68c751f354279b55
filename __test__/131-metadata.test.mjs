// `setMetadata`, `getMetadata`: an object that somebody keeps beside a worktree, a zone or a run, changed by JSON merge patch.
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { board, ended, everything, queued, refusal, running } from './support/runs.mjs';
import { execution } from './support/samples.mjs';
import { sql } from './support/sql.mjs';
import { open, place } from './support/temporary.mjs';

/** RFC 7396, as it is written there. */
function merged(target, patch) {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const result = typeof target === 'object' && target !== null && !Array.isArray(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = merged(result[key], value);
  }
  return result;
}

const logged = (db) =>
  db.db
    .prepare('SELECT entity, op, id, data, "by" FROM changes WHERE entity = 6 ORDER BY seq')
    .all()
    .map((row) => ({ ...row, data: JSON.parse(row.data) }));

let db;
let runId;
beforeEach(() => {
  db = board();
  runId = queued(db).id;
});

const KINDS = [
  ['worktree', () => 'wt-1'],
  ['zone', () => 'zone-1'],
  ['run', () => runId],
];

describe.each(KINDS)('the metadata of a %s', (kind, idOf) => {
  const get = () => db.getMetadata(kind, idOf());
  const set = (patch) => db.setMetadata(kind, idOf(), patch);

  it('is {} until somebody sets it', () => {
    expect(get()).toStrictEqual({});
  });

  it('is what patches have made of it, and each gives all of it', () => {
    expect(set({ pr: { number: 7, draft: true }, labels: ['bug'] })).toStrictEqual({
      pr: { number: 7, draft: true },
      labels: ['bug'],
    });
    expect(set({ pr: { draft: null, title: 'Log in' }, labels: ['ui', null] })).toStrictEqual({
      pr: { number: 7, title: 'Log in' },
      labels: ['ui', null],
    });
    expect(get()).toStrictEqual({ pr: { number: 7, title: 'Log in' }, labels: ['ui', null] });
  });

  it('goes all at once with null, and then is {} again', () => {
    set({ a: 1 });
    expect(set(null)).toStrictEqual({});
    expect(get()).toStrictEqual({});
    expect(set(null)).toStrictEqual({});
  });

  it('leaves nothing behind where the last key goes', () => {
    const before = { ...everything(db), changes: null };
    set({ a: 1 });
    set({ a: null });
    expect({ ...everything(db), changes: null }).toStrictEqual(before);
  });

  it('is JSON: what JSON.stringify makes of it', () => {
    const patch = { at: new Date(0), left: undefined, ['__proto__']: { x: 1 }, n: 0.1 + 0.2, big: 1e21, '': '\u2028"' };
    expect(JSON.stringify(set(patch))).toBe(JSON.stringify(JSON.parse(JSON.stringify(patch))));
    expect(JSON.stringify(get())).toBe(JSON.stringify(JSON.parse(JSON.stringify(patch))));
    expect(set({ half: '\ud800' }).half).toBe('\ufffd');
  });

  it('is an object of the caller’s own', () => {
    const patch = { a: { n: 1 } };
    const whole = set(patch);
    whole.a.n = 2;
    patch.a.n = 3;
    get().a.n = 4;
    expect(get()).toStrictEqual({ a: { n: 1 } });
  });

  it('is told to the log, all of it, with who it was, and only where it changes', () => {
    set({ a: 1 });
    set({ a: 1, x: null });
    db.as({ kind: 'user', id: 'anna' }).setMetadata(kind, idOf(), { b: { c: 'ü' } });
    set({});
    set(null);
    const row = (metadata, by) => ({ entity: 6, op: 2, id: idOf(), data: { entity: kind, metadata }, by });
    expect(logged(db)).toStrictEqual([
      row({ a: 1 }, null),
      row({ a: 1, b: { c: 'ü' } }, '{"kind":"user","id":"anna"}'),
      row({}, null),
    ]);
  });

  it('writes nothing at all where nothing changes', () => {
    set({ a: { b: [1] } });
    const before = everything(db);
    for (const patch of [{}, { a: {} }, { a: { b: [1] } }, { z: null, a: { y: null } }]) set(patch);
    expect(everything(db)).toStrictEqual(before);
  });

  it('takes up to 64 KiB of JSON, all of it together', () => {
    const most = 64 * 1024 - '{"a":""}'.length;
    set({ a: 'x'.repeat(most) });
    const before = everything(db);
    const refused = { name: 'RangeError', code: 'ERR_OUT_OF_RANGE', method: 'setMetadata', field: 'patch' };
    for (const patch of [{ a: 'x'.repeat(most + 1) }, { b: 1 }, { a: 'ü'.repeat(most / 2 + 1) }])
      expect(refusal(() => set(patch))).toMatchObject(refused);
    expect(everything(db)).toStrictEqual(before);
    expect(set({ a: null, b: 1 })).toStrictEqual({ b: 1 });
  });

  it('is nested at most 127 deep', () => {
    const nested = (depth) => ({ a: JSON.parse('['.repeat(depth - 1) + ']'.repeat(depth - 1)) });
    expect(set(nested(127))).toStrictEqual(nested(127));
    expect(refusal(() => set(nested(128)))).toMatchObject({ name: 'RangeError', field: 'patch' });
  });

  it.each([undefined, 'text', 5, true, [], [1], () => {}, 7n])('refuses the patch %o', (patch) => {
    expect(refusal(() => set(patch))).toMatchObject({ name: 'TypeError', method: 'setMetadata', field: 'patch' });
    expect(get()).toStrictEqual({});
  });

  it('is of something that is there, else ERR_NOT_FOUND', () => {
    const word = kind[0].toUpperCase() + kind.slice(1);
    for (const [method, call] of [
      ['getMetadata', () => db.getMetadata(kind, 'nowhere')],
      ['setMetadata', () => db.setMetadata(kind, 'nowhere', { a: 1 })],
      ['setMetadata', () => db.setMetadata(kind, 'nowhere', null)],
    ]) {
      expect(refusal(call)).toEqual({ name: 'Error', code: 'ERR_NOT_FOUND', method, field: 'id', value: 'nowhere' });
      expect(call).toThrow(`${word} not found: nowhere`);
    }
    expect(logged(db)).toEqual([]);
  });

  it('is undone with the transaction', () => {
    set({ a: 1 });
    const before = everything(db);
    expect(() =>
      db.transaction(() => {
        set({ b: 2 });
        expect(get()).toStrictEqual({ a: 1, b: 2 });
        throw new Error('mine');
      }),
    ).toThrow('mine');
    expect(everything(db)).toStrictEqual(before);
  });

  it('is what RFC 7396 says, whatever is patched in what order', () => {
    const key = fc.constantFrom('a', 'b', 'c', 'ü\0😀');
    const leaf = fc.oneof(
      fc.constant(null),
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.boolean(),
    );
    const { patch } = fc.letrec((tie) => ({
      patch: fc.dictionary(key, tie('value'), { maxKeys: 3 }),
      value: fc.oneof({ maxDepth: 3 }, leaf, fc.array(leaf, { maxLength: 2 }), tie('patch')),
    }));
    fc.assert(
      fc.property(fc.array(patch, { maxLength: 6 }), (patches) => {
        set(null);
        let expected = {};
        for (const each of patches) {
          expected = JSON.parse(JSON.stringify(merged(expected, JSON.parse(JSON.stringify(each)))));
          expect(set(each)).toEqual(expected);
        }
        expect(get()).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });
});

describe('the metadata of a worktree or a zone', () => {
  it('goes with it, whoever deletes it, and is not that of the next one with the id', () => {
    for (const remove of [
      () => (db.deleteWorktree('wt-1'), db.deleteZone('zone-2')),
      () => sql(db).exec("DELETE FROM worktrees WHERE id = 'wt-1'; DELETE FROM zones WHERE id = 'zone-2'"),
    ]) {
      db.setMetadata('worktree', 'wt-1', { a: 1 });
      db.setMetadata('zone', 'zone-2', { a: 1 });
      remove();
      expect(refusal(() => db.getMetadata('worktree', 'wt-1')).code).toBe('ERR_NOT_FOUND');
      db.createWorktree({ id: 'wt-1', path: '/w', port: 3001, branchName: 'b' });
      db.createZone({ id: 'zone-2', name: 'Z' });
      expect(db.getMetadata('worktree', 'wt-1')).toStrictEqual({});
      expect(db.getMetadata('zone', 'zone-2')).toStrictEqual({});
    }
  });

  it('is of its kind: a zone and a worktree may have the same id', () => {
    db.createZone({ id: 'same', name: 'Z' });
    db.createWorktree({ id: 'same', path: '/w', port: 4001, branchName: 'b' });
    db.setMetadata('zone', 'same', { of: 'zone' });
    db.setMetadata('worktree', 'same', { of: 'worktree' });
    expect([db.getMetadata('zone', 'same').of, db.getMetadata('worktree', 'same').of]).toEqual(['zone', 'worktree']);
  });

  it('that somebody else wrote and is no object counts as none', () => {
    sql(db).exec(`INSERT INTO metadata VALUES (1, 'wt-1', '[1'), (2, 'zone-1', '7')`);
    expect(db.getMetadata('worktree', 'wt-1')).toStrictEqual({});
    expect(db.setMetadata('zone', 'zone-1', { a: 1 })).toStrictEqual({ a: 1 });
  });
});

describe('the metadata of a run', () => {
  it('is what getRun, listRuns and the run itself show', () => {
    const { run } = running(db, { metadata: { issue: 7 } });
    expect(db.getMetadata('run', run.id)).toStrictEqual({ issue: 7 });
    db.setMetadata('run', run.id, { issue: null, review: 'Anna' });
    expect(db.getRun(run.id).metadata).toStrictEqual({ review: 'Anna' });
    expect(db.listRuns({ status: 'running' }).items[0].metadata).toStrictEqual({ review: 'Anna' });
    db.setMetadata('run', run.id, null);
    expect(db.getRun(run.id).metadata).toBeNull();
  });

  it('stays through its life, and can be changed when it has ended', () => {
    const { id } = ended(db, { metadata: { n: 1 } });
    db.setMetadata('run', id, { m: 2 });
    expect(db.getRun(id)).toMatchObject({ status: 'succeeded', prompt: 'Build it', metadata: { n: 1, m: 2 } });
  });

  it('is of what is recorded as an execution only, too', () => {
    const id = db.recordExecution(execution({ result: { ok: true } }));
    expect(db.getMetadata('run', id)).toStrictEqual({});
    const before = db.getRun(id);
    expect(db.setMetadata('run', id, { kept: true })).toStrictEqual({ kept: true });
    expect(db.getRun(id)).toStrictEqual({ ...before, metadata: { kept: true } });
    expect(db.listRuns().items.filter((run) => run.id === id)).toHaveLength(1);
    db.recordUsage(id, { model: 'm', costMicros: 5 });
    expect(db.getRun(id)).toMatchObject({ metadata: { kept: true }, usage: { costMicros: 5 } });
    sql(db).prepare('DELETE FROM zone_executions WHERE id = ?').run(id);
    expect(refusal(() => db.getMetadata('run', id)).code).toBe('ERR_NOT_FOUND');
  });
});

describe('setMetadata(kind, id, patch)', () => {
  it.each(['execution', 'Worktree', '', undefined, null, 5, {}])('refuses the kind %o', (kind) => {
    for (const [method, call] of [
      ['setMetadata', () => db.setMetadata(kind, 'wt-1', {})],
      ['getMetadata', () => db.getMetadata(kind, 'wt-1')],
    ])
      expect(refusal(call)).toMatchObject({ name: 'TypeError', method, field: 'kind' });
  });

  it('of a file that may only be read is refused, and read there', () => {
    const at = place();
    const writer = open(at);
    writer.createZone({ id: 'z', name: 'Z' });
    writer.setMetadata('zone', 'z', { a: 1 });
    const reader = open({ ...at, readonly: true });
    expect(reader.getMetadata('zone', 'z')).toStrictEqual({ a: 1 });
    expect(refusal(() => reader.setMetadata('zone', 'z', { b: 1 }))).toMatchObject({ code: 'SQLITE_READONLY' });
  });

  it('of several processes at once loses no key', () => {
    const at = place();
    const [one, other] = [open(at), open(at)];
    one.createZone({ id: 'z', name: 'Z' });
    for (let n = 0; n < 50; n += 1) (n % 2 ? one : other).setMetadata('zone', 'z', { [`k${n}`]: n });
    expect(Object.keys(one.getMetadata('zone', 'z'))).toHaveLength(50);
  });
});

// Revisions: `getBoard` says of each worktree and zone which it is, and `updateWorktree` and `updateZone` change nothing that
// somebody else has changed since.
import { describe, expect, it, vi } from 'vitest';
import { startScript } from './support/child.mjs';
import { thrown } from './support/failure.mjs';
import { board, everything, refusal } from './support/runs.mjs';
import { worktree } from './support/samples.mjs';
import { inTransaction, sql } from './support/sql.mjs';
import { inFiles, open, temporaryFile } from './support/temporary.mjs';

vi.setConfig({ testTimeout: 60_000 });

const ofWorktree = (db, id = 'wt-1') => db.getBoard().worktrees.find((found) => found.id === id).revision;
const ofZone = (db, id = 'zone-1') => db.getBoard().zones.find((found) => found.id === id).revision;

const KINDS = [
  {
    kind: 'worktree',
    id: 'wt-1',
    of: ofWorktree,
    method: 'updateWorktree',
    changes: [{ status: 'done' }, { status: 'review' }],
    statement: "UPDATE worktrees SET task_id = 'ü😀' WHERE id = 'wt-1'",
    back: "UPDATE worktrees SET task_id = NULL WHERE id = 'wt-1'",
    get: (db) => db.getWorktree('wt-1'),
  },
  {
    kind: 'zone',
    id: 'zone-1',
    of: ofZone,
    method: 'updateZone',
    changes: [{ name: 'Done' }, { name: 'Review', agents: ['qa'] }],
    statement: "UPDATE zones SET position_x = position_x + 0.5 WHERE id = 'zone-1'",
    back: "UPDATE zones SET position_x = position_x - 0.5 WHERE id = 'zone-1'",
    get: (db) => db.getZone('zone-1'),
  },
];

describe.each(KINDS)('the revision of a $kind', ({ kind, id, of, method, changes, statement, back }) => {
  it('is text, and another one once anything of it is another, whoever changed it', () => {
    const db = board();
    const seen = [of(db)];
    const look = () => seen.push(of(db));
    db[method](id, changes[0]);
    look();
    db[method](id, { position: { x: 7 } });
    look();
    db.setMetadata(kind, id, { a: 1 });
    look();
    db.setMetadata(kind, id, { a: 2 });
    look();
    sql(db).exec(statement);
    look();
    expect(new Set(seen).size).toBe(seen.length);
    for (const revision of seen) expect(revision).toMatch(/^[\w-]{11}$/);
  });

  it('is the same again where all of it is, and costs no write', () => {
    const db = board();
    const before = everything(db);
    const revision = of(db);
    expect(everything(db)).toStrictEqual(before);
    sql(db).exec(statement);
    sql(db).exec(back);
    db.setMetadata(kind, id, { a: 1 });
    db.setMetadata(kind, id, null);
    expect(of(db)).toBe(revision);
  });

  it.runIf(inFiles)('is the same for every connection, and after a reopening and a copy', () => {
    const dbPath = temporaryFile();
    const db = board({ dbPath });
    db.setMetadata(kind, id, { a: 1 });
    const revision = of(db);
    expect(of(open({ dbPath }))).toBe(revision);
    expect(of(open({ dbPath, readonly: true, cacheSize: 0 }))).toBe(revision);
    const copy = temporaryFile();
    db.db.exec(`VACUUM INTO '${copy}'`);
    db.close();
    expect([of(open({ dbPath: copy })), of(open({ dbPath }))]).toEqual([revision, revision]);
  });

  it('says nothing of others, of assignments and of limits', () => {
    const db = board();
    const revision = of(db);
    db.assignWorktreeToZone('wt-1', 'zone-1');
    db.updateWorktree('wt-2', { status: 'x' });
    db.updateZone('zone-2', { name: 'x' });
    db.setWipLimit('zone-1', 3);
    expect(of(db)).toBe(revision);
  });
});

describe.each(KINDS)('$method(id, changes, { ifRevision })', ({ kind, id, of, method, changes, statement, get }) => {
  it('changes it where the revision is still that one', () => {
    const db = board();
    const changed = db[method](id, changes[0], { ifRevision: of(db) });
    expect(changed).toMatchObject(changes[0]);
    expect(changed).toStrictEqual(get(db));
    expect(db[method](id, changes[1], { ifRevision: of(db) })).toMatchObject(changes[1]);
  });

  it.each([
    ['an update', (db) => db[method](id, changes[1])],
    ['its metadata', (db) => db.setMetadata(kind, id, { a: { b: 1 } })],
    ['SQL', (db) => sql(db).exec(statement)],
  ])('after %s: ERR_CONFLICT, nothing is changed, and current is what it is now', (_, change) => {
    const db = board();
    const revision = of(db);
    change(db);
    const before = everything(db);
    const error = thrown(() => db[method](id, changes[0], { ifRevision: revision }));
    expect(error.constructor).toBe(Error);
    expect(error).toMatchObject({ code: 'ERR_CONFLICT', method, field: 'ifRevision', value: revision });
    expect(error.message).toBe(`${method}: the ${kind} was changed since it had the revision that ifRevision asks for`);
    expect(error.current).toStrictEqual({ ...get(db), revision: of(db), metadata: db.getMetadata(kind, id) });
    expect(everything(db)).toStrictEqual(before);
    expect(inTransaction(db)).toBe(false);
  });

  it('goes on from current', () => {
    const db = board();
    const revision = of(db);
    db.setMetadata(kind, id, { a: 1 });
    const { current } = thrown(() => db[method](id, changes[0], { ifRevision: revision }));
    expect(db[method](id, changes[0], { ifRevision: current.revision })).toMatchObject(changes[0]);
  });

  it('of nothing to change only looks', () => {
    const db = board();
    const before = everything(db);
    expect(db[method](id, {}, { ifRevision: of(db) })).toStrictEqual(get(db));
    expect(refusal(() => db[method](id, {}, { ifRevision: 'another' })).code).toBe('ERR_CONFLICT');
    expect(everything(db)).toStrictEqual(before);
  });

  it('of what isn’t there is null, as without', () => {
    const db = board();
    for (const nowhere of ['nowhere', null, undefined])
      expect(db[method](nowhere, changes[0], { ifRevision: of(db) })).toBeNull();
  });

  it('without a revision changes it whatever it is', () => {
    const db = board();
    db[method](id, changes[1]);
    for (const options of [undefined, {}, { ifRevision: undefined }, { ifRevision: null }])
      expect(db[method](id, changes[0], options)).toMatchObject(changes[0]);
  });

  it('refuses the other arguments as before', () => {
    const db = board();
    const before = everything(db);
    expect(refusal(() => db[method](5, changes[0], { ifRevision: 'x' }))).toMatchObject({ field: 'id', value: 5 });
    const wrong = { position: { x: 'left' } };
    expect(refusal(() => db[method](id, wrong, { ifRevision: of(db) }))).toMatchObject({
      name: 'TypeError',
      field: 'position.x',
      value: 'left',
    });
    expect(everything(db)).toStrictEqual(before);
  });

  it.each([5, true, {}, '', Symbol('s')])('refuses the revision %o', (ifRevision) => {
    expect(refusal(() => board()[method](id, changes[0], { ifRevision }))).toMatchObject({
      name: 'TypeError',
      method,
      field: 'ifRevision',
      value: ifRevision,
    });
  });

  it('shares a transaction, and is undone with it', () => {
    const db = board();
    const before = everything(db);
    expect(() =>
      db.transaction(() => {
        db[method](id, changes[0], { ifRevision: of(db) });
        db[method](id, changes[1], { ifRevision: of(db) });
        expect(refusal(() => db[method](id, changes[0], { ifRevision: 'another' })).code).toBe('ERR_CONFLICT');
        throw new Error('mine');
      }),
    ).toThrow('mine');
    expect(everything(db)).toStrictEqual(before);
  });
});

it.runIf(inFiles)('processes that count up in one worktree by its revision lose nothing', async () => {
  const dbPath = temporaryFile();
  const db = open({ dbPath });
  db.createWorktree(worktree(1, { taskId: '0' }));
  const script = `
    const db = new VisualDatabase({ dbPath, timeout: 30000 });
    let conflicts = 0;
    for (let n = 0; n < 60; ) {
      const { taskId, revision } = db.getBoard().worktrees[0];
      try {
        db.updateWorktree('wt-1', { taskId: String(Number(taskId) + 1) }, { ifRevision: revision });
        n += 1;
      } catch (error) {
        if (error.code !== 'ERR_CONFLICT') throw error;
        conflicts += 1;
      }
    }
    console.log(conflicts);`;
  const ends = await Promise.all([1, 2, 3].map(() => startScript(script, { dbPath }).ended));
  expect(ends.map(({ code, stderr }) => `${code}${stderr}`)).toEqual(['0', '0', '0']);
  expect(db.getWorktree('wt-1').taskId).toBe('180');
});

// `createWorktree({ port: 'auto' })`, `allocatePort`: the lowest port that no worktree has.
import { describe, expect, it, vi } from 'vitest';
import { startScript } from './support/child.mjs';
import { thrown } from './support/failure.mjs';
import { everything, refusal } from './support/runs.mjs';
import { worktree } from './support/samples.mjs';
import { inTransaction, sql } from './support/sql.mjs';
import { inFiles, open, place, temporaryFile } from './support/temporary.mjs';

vi.setConfig({ testTimeout: 60_000 });

/** A board whose worktrees have these ports. */
function taken(...ports) {
  const db = open();
  db.createWorktrees(ports.map((port) => worktree(port, { port })));
  return db;
}

const all = (from, to) => Array.from({ length: to - from + 1 }, (_, n) => from + n);
const auto = (id) => ({ id, path: `/${id}`, port: 'auto', branchName: id });

describe('createWorktree({ port: "auto" })', () => {
  it.each([
    [[], 3001],
    [[3001, 3002, 3004], 3003],
    [[3002], 3001],
    [[1, 3000, 4000, 65_535], 3001],
    [all(3001, 3998), 3999],
  ])('beside %o takes %i', (ports, port) => {
    const db = taken(...ports);
    const made = db.createWorktree(auto('w'));
    expect(made.port).toBe(port);
    expect(db.getWorktree('w')).toStrictEqual(made);
  });

  it('takes one after the other, and one that is free again first', () => {
    const db = taken();
    const ports = ['a', 'b', 'c'].map((id) => db.createWorktree(auto(id)).port);
    expect(ports).toEqual([3001, 3002, 3003]);
    db.deleteWorktree('b');
    expect(db.createWorktree(auto('d')).port).toBe(3002);
  });

  it('is taken in a list, too, beside ports that are given', () => {
    const db = taken(3002);
    const list = [auto('a'), worktree(3003, { port: 3003 }), auto('b'), auto('c')];
    expect(db.createWorktrees(list).map(({ port }) => port)).toEqual([3001, 3003, 3004, 3005]);
  });

  it('where none from 3001 to 3999 is free: ERR_NO_PORT, and nothing is made', () => {
    const db = taken(...all(3001, 3999));
    const before = everything(db);
    const refused = { name: 'Error', code: 'ERR_NO_PORT', field: 'port', value: 'auto' };
    expect(refusal(() => db.createWorktree(auto('w')))).toEqual({ ...refused, method: 'createWorktree' });
    expect(() => db.createWorktree(auto('w'))).toThrow(
      "createWorktree: port 'auto' finds none that is free from 3001 to 3999",
    );
    db.deleteWorktree('wt-3500');
    const list = [auto('v'), auto('w')];
    expect(refusal(() => db.createWorktrees(list))).toEqual({ ...refused, method: 'createWorktrees', index: 1 });
    expect(() => db.createWorktrees(list)).toThrow("createWorktrees: worktrees[1].port 'auto' finds none");
    db.createWorktree(worktree(3500, { port: 3500 }));
    expect(everything(db).worktrees).toHaveLength(before.worktrees.length);
  });

  it('is refused for another field as before, and locks nothing then', () => {
    const db = taken();
    const other = { ...auto('w'), id: 5 };
    expect(refusal(() => db.createWorktree(other))).toMatchObject({ name: 'TypeError', field: 'id' });
    expect(inTransaction(db)).toBe(false);
    db.createWorktree(auto('w'));
    const { code, field } = thrown(() => db.createWorktree(auto('w')));
    expect({ code, field }).toEqual({ code: 'SQLITE_CONSTRAINT_PRIMARYKEY', field: 'id' });
    expect(inTransaction(db)).toBe(false);
  });

  it('shares a transaction, and is undone with it', () => {
    const db = taken();
    expect(() =>
      db.transaction(() => {
        expect(db.createWorktree(auto('a')).port).toBe(3001);
        expect(db.createWorktree(auto('b')).port).toBe(3002);
        throw new Error('mine');
      }),
    ).toThrow('mine');
    expect(db.createWorktree(auto('a')).port).toBe(3001);
  });

  it('is only that word: other text is refused as before', () => {
    for (const port of ['Auto', 'auto ', 'AUTO'])
      expect(refusal(() => taken().createWorktree({ ...auto('w'), port })).field).toBe('port');
    const db = taken(3001);
    expect(refusal(() => db.relocateWorktree('wt-3001', { port: 'auto' }))).toMatchObject({ field: 'port' });
  });

  it('sees what other programs stored, be it no whole number', () => {
    const db = taken(3001);
    sql(db)
      .exec(`INSERT INTO worktrees (id, path, port, branch_name, created_at) VALUES ('x', '/x', 3002.5, 'x', '2026'),
      ('y', '/y', 'text', 'y', '2026')`);
    expect(db.createWorktree(auto('w')).port).toBe(3003);
  });

  it.runIf(inFiles)('of several processes at once never collides', async () => {
    const dbPath = temporaryFile();
    open({ dbPath }).close();
    const script = (name) => `
      const db = new VisualDatabase({ dbPath, timeout: 30000 });
      console.log('ready');
      process.stdin.once('data', () => {
        const ports = [];
        for (let n = 0; n < 100; n += 1) {
          const id = '${name}-' + n;
          const made = { id, path: '/' + id, port: 'auto', branchName: id };
          ports.push(n % 10 ? db.createWorktree(made).port : db.createWorktrees([made])[0].port);
        }
        console.log(JSON.stringify(ports));
        process.exit();
      });`;
    const scripts = ['a', 'b', 'c', 'd'].map((name) => startScript(script(name), { dbPath }));
    await Promise.all(scripts.map(({ printed }) => printed('ready')));
    for (const { child } of scripts) child.stdin.write('go\n');
    const ends = await Promise.all(scripts.map(({ ended }) => ended));
    expect(ends.map(({ code, stderr }) => `${code}${stderr}`)).toEqual(['0', '0', '0', '0']);
    const ports = ends.flatMap(({ stdout }) => JSON.parse(stdout.split('\n')[1]));
    expect(ports.toSorted((one, other) => one - other)).toEqual(all(3001, 3400));
    const stored = open({ dbPath }).listWorktrees();
    expect(stored.map(({ port }) => port).toSorted()).toEqual(ports.toSorted());
  });
});

describe('allocatePort({ from = 3001, to = 3999, isFree })', () => {
  it('tells the lowest port that no worktree has, and takes nothing', () => {
    const db = taken(3001, 3002, 3004);
    const before = everything(db);
    expect([db.allocatePort(), db.allocatePort(), db.allocatePort({})]).toEqual([3003, 3003, 3003]);
    expect(everything(db)).toStrictEqual(before);
  });

  it('of a range, both ends included', () => {
    const db = taken(5000, 5001, 5003);
    expect(db.allocatePort({ from: 5000, to: 5002 })).toBe(5002);
    expect(db.allocatePort({ from: 5003, to: 5004 })).toBe(5004);
    expect(db.allocatePort({ from: 1, to: 1 })).toBe(1);
    expect(db.allocatePort({ to: 65_535 })).toBe(3001);
  });

  it('where none is free: ERR_NO_PORT', () => {
    const call = () => taken(5000, 5001).allocatePort({ from: 5000, to: 5001 });
    expect(refusal(call)).toEqual({ name: 'Error', code: 'ERR_NO_PORT', method: 'allocatePort' });
    expect(call).toThrow('allocatePort: no port from 5000 to 5001 is free');
  });

  it('asks isFree of each that no worktree has, from the lowest on, until it says yes', () => {
    const asked = [];
    const isFree = (port) => (asked.push(port), port === 3006);
    expect(taken(3002, 3004).allocatePort({ isFree })).toBe(3006);
    expect(asked).toEqual([3001, 3003, 3005, 3006]);
    expect(refusal(() => taken().allocatePort({ from: 9, to: 12, isFree: () => false })).code).toBe('ERR_NO_PORT');
  });

  it('lets isFree throw, its own value arrives', () => {
    const mine = new Error('mine');
    const isFree = () => {
      throw mine;
    };
    expect(thrown(() => taken().allocatePort({ isFree }))).toBe(mine);
  });

  it('lets isFree use the database, also to take the port meanwhile, or to close it', () => {
    const db = taken();
    let asked = 0;
    const isFree = (port) => {
      asked += 1;
      if (asked < 3) db.createWorktree(worktree(port, { port }));
      return asked >= 3;
    };
    expect(db.allocatePort({ isFree })).toBe(3003);
    const closing = () => (db.close(), false);
    expect(thrown(() => db.allocatePort({ isFree: closing }))).toEqual(
      new TypeError('The database connection is not open'),
    );
  });

  it('with createWorktree in one transaction is a port that is free here, too', () => {
    const db = taken(3001);
    const made = db.transaction(() =>
      db.createWorktree({ ...auto('w'), port: db.allocatePort({ isFree: (port) => port !== 3002 }) }),
    );
    expect(made.port).toBe(3003);
  });

  it('needs no right to write', () => {
    const at = place();
    open(at).createWorktree(auto('w'));
    expect(open({ ...at, readonly: true }).allocatePort()).toBe(3002);
  });

  it.each([
    [{ isFree: 5 }, 'isFree'],
    [{ isFree: 'yes' }, 'isFree'],
    [{ isFree: async () => true }, 'isFree'],
    [{ from: '3001' }, 'from'],
    [{ to: true }, 'to'],
    [5, 'options'],
    [null, 'options'],
    [{ form: 1 }, 'form'],
  ])('refuses %o', (options, field) => {
    expect(refusal(() => taken().allocatePort(options))).toMatchObject({
      name: 'TypeError',
      method: 'allocatePort',
      field,
    });
  });

  it.each([
    [{ from: 0 }, 'from'],
    [{ from: 1.5 }, 'from'],
    [{ from: 65_536 }, 'from'],
    [{ to: 3000 }, 'to'],
    [{ from: 4000 }, 'to'],
    [{ to: NaN }, 'to'],
  ])('refuses %o as out of range', (options, field) => {
    expect(refusal(() => taken().allocatePort(options))).toMatchObject({
      name: 'RangeError',
      code: 'ERR_OUT_OF_RANGE',
      method: 'allocatePort',
      field,
    });
  });
});

// Statements have names where the session is the board's own: half of what a call takes is to parse and to plan one. Nobody notices but
// by the time that it takes: no call is two trips for it, and a name that is lost does no harm.
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { other, temporarySchema } from './support/postgres/databases.mjs';
import { proxyTo } from './support/postgres/proxy.mjs';
import { execution, furnish, worktree } from './support/samples.mjs';
import { open } from './support/temporary.mjs';

vi.setConfig({ testTimeout: 60_000 });

let at;
let proxy;
let db;

beforeEach(() => {
  at = temporarySchema();
  proxy = proxyTo(at.url);
  db = furnish(open({ ...at, url: proxy.url }));
});

/** What was sent in each trip of a call: P and D parse and describe, B and E bind and execute, S ends one, Q is a script. */
function sent(call) {
  proxy.counted();
  call();
  return proxy.counted().turns;
}

describe('a statement', () => {
  it('has a name when it is asked the third time, in a trip as before', () => {
    const read = () => db.getWorktree('wt-1');
    expect([sent(read), sent(read), sent(read), sent(read)]).toEqual([['PBDES'], ['PBDESPDS'], ['BES'], ['BES']]);
  });

  it('that writes has one, too, and so has the lock before it', () => {
    const write = () => db.recordExecution(execution());
    for (let n = 0; n < 2; n += 1) write();
    expect(sent(write)).toEqual(['QBESBESQ']);
  });

  it('within a transaction has one, too', () => {
    const within = () => db.transaction(() => db.updateZone('zone-1', { name: `${Math.random()}` }));
    for (let n = 0; n < 2; n += 1) within();
    expect(sent(within)[1]).toBe('QBESQ');
  });

  it('that has failed is prepared all the same, once it succeeds', () => {
    const taken = () => db.createWorktree(worktree(1));
    for (let n = 0; n < 4; n += 1) expect(taken).toThrow(/UNIQUE/);
    for (let n = 20; n < 24; n += 1) expect(db.createWorktree(worktree(n)).id).toBe(`wt-${n}`);
  });
});

describe('a column that somebody gives another type, so that a name stands for nothing any more', () => {
  // The log's trigger doesn't bear that in a session in which it has run, whatever the statement is called.
  const alter = () =>
    other().query(
      at,
      'DROP TRIGGER log_worktree ON worktrees; ALTER TABLE worktrees ALTER COLUMN task_id TYPE varchar(99) COLLATE "C"',
    );

  it.each([
    ['a read', () => db.getWorktree('wt-1')],
    ['a list', () => db.listWorktrees().length],
    ['a write', () => db.updateWorktree('wt-1', { taskId: 'x' }).taskId],
    ['a call in a transaction', () => db.transaction(() => db.updateWorktree('wt-2', { taskId: 'y' }).taskId)],
  ])('%s answers as before', (_, call) => {
    for (let n = 0; n < 4; n += 1) call();
    const before = call();
    alter();
    for (let n = 0; n < 4; n += 1) expect(call()).toEqual(before);
  });

  it('a transaction goes on, with what was written in it', () => {
    for (let n = 0; n < 4; n += 1) db.updateWorktree('wt-1', { taskId: `${n}` });
    alter();
    db.transaction(() => {
      db.createWorktree(worktree(30));
      expect(db.updateWorktree('wt-1', { taskId: 'z' }).taskId).toBe('z');
      db.createWorktree(worktree(31));
    });
    expect(db.listWorktrees().map(({ id }) => id)).toEqual(expect.arrayContaining(['wt-30', 'wt-31']));
    expect(db.getWorktree('wt-1').taskId).toBe('z');
  });
});

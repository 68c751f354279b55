// Watching calls: the option `onQuery`, and the tracing channel `visual-db:call` for all databases of a process.
import diagnostics from 'node:diagnostics_channel';
import { describe, expect, it, onTestFinished, test } from 'vitest';
import { watchable } from '../lib/native/calls.js';
import { thrown } from './support/failure.mjs';
import { worktree, zone } from './support/samples.mjs';
import { open, temporaryFile } from './support/temporary.mjs';
import { Database, VisualDatabase } from './support/visual_database.mjs';

/** What the channel tells while a test runs, as `[event, message]`. */
function listen() {
  const told = [];
  const channel = diagnostics.tracingChannel('visual-db:call');
  const events = ['start', 'end', 'asyncStart', 'asyncEnd', 'error'];
  const handlers = Object.fromEntries(events.map((event) => [event, (call) => told.push([event, call])]));
  channel.subscribe(handlers);
  onTestFinished(() => channel.unsubscribe(handlers));
  return told;
}

const names = (told) => told.map(([event, { method }]) => `${event} ${method}`);

describe('onQuery', () => {
  it('hears of each call once it has ended: its method, how long it took, how many rows', () => {
    const heard = [];
    const db = open({ onQuery: (query) => heard.push(query) });
    db.createWorktree(worktree(1));
    db.listWorktrees();
    db.listRuns();
    expect(heard.map(({ method, rows }) => [method, rows])).toEqual([
      ['createWorktree', null],
      ['listWorktrees', 1],
      ['listRuns', 0],
    ]);
    for (const query of heard) {
      expect(Object.keys(query)).toEqual(['method', 'sql', 'durationMs', 'rows', 'error']);
      expect(query.durationMs).toBeGreaterThan(0);
      expect([query.sql, query.error]).toEqual([null, null]);
    }
  });

  it('hears of statements on the raw handle, with their SQL', () => {
    const heard = [];
    const db = open({ onQuery: ({ method, sql, rows }) => heard.push([method, sql, rows]) });
    db.db.exec('CREATE TABLE notes (text TEXT)');
    db.db.prepare('INSERT INTO notes VALUES (?)').run('one');
    db.db.prepare('SELECT text FROM notes').get();
    db.db.prepare('SELECT text FROM notes').all();
    expect([...db.db.prepare('SELECT text FROM notes').iterate()]).toHaveLength(1);
    expect(heard).toEqual([
      ['exec', 'CREATE TABLE notes (text TEXT)', null],
      ['run', 'INSERT INTO notes VALUES (?)', null],
      ['get', 'SELECT text FROM notes', null],
      ['all', 'SELECT text FROM notes', 1],
      ['iterate', 'SELECT text FROM notes', null],
    ]);
  });

  it('hears what failed, and the caller has the very same error', () => {
    const heard = [];
    const db = open({ onQuery: ({ error }) => heard.push(error) });
    const error = thrown(() => db.deleteWorktree('nobody'));
    const raw = thrown(() => db.db.exec('NONSENSE'));
    expect(heard).toEqual([error, raw]);
    expect(heard[0]).toBe(error);
  });

  it('hears of a promise once it is settled', async () => {
    const heard = [];
    const db = open({ dbPath: temporaryFile(), onQuery: ({ method, error }) => heard.push([method, error?.name]) });
    const backup = db.backup();
    expect(heard.map(([method]) => method)).not.toContain('backup');
    await backup;
    const stop = AbortSignal.timeout(5);
    await expect(db.waitForRun({ workerId: 'a', signal: stop })).rejects.toThrow();
    expect(heard.filter(([method]) => method !== 'all')).toEqual([
      ['backup', undefined],
      ['waitForRun', 'TimeoutError'],
    ]);
  });

  it('a call in a transaction is told before the transaction', () => {
    const heard = [];
    const db = open({ onQuery: ({ method }) => heard.push(method) });
    db.transaction(() => db.createZone(zone(1)));
    expect(heard).toEqual(['createZone', 'transaction']);
  });

  it('hears of its own database only, also through `as`, and of nothing after close()', () => {
    const heard = [];
    const db = open({ onQuery: ({ method }) => heard.push(method) });
    const other = open();
    other.getStats();
    new Database(':memory:').prepare('SELECT 1').get();
    db.as({ kind: 'user', id: 'anna' }).createZone(zone(1));
    db.close();
    thrown(() => db.getStats());
    expect(heard).toEqual(['createZone']);
  });

  it('one that throws changes nothing', () => {
    const db = open({
      onQuery: () => {
        throw new Error('mine');
      },
    });
    expect(db.createZone(zone(1)).id).toBe('zone-1');
  });

  test.each([5, 'text', {}])('%o is refused', (onQuery) => {
    const error = thrown(() => new VisualDatabase({ dbPath: ':memory:', onQuery }));
    expect(error).toMatchObject({ name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE', field: 'onQuery' });
  });
});

describe('the channel', () => {
  it('tells of beginnings and ends, with what the call was given and gave', () => {
    const db = open();
    const told = listen();
    const made = db.createZone(zone(1));
    expect(names(told)).toEqual(['start createZone', 'end createZone']);
    const [[, began], [, ended]] = told;
    expect(began).toBe(ended);
    expect(ended.database).toBe(db);
    expect(ended.arguments).toEqual([zone(1)]);
    expect(ended.result).toBe(made);
    expect(ended.durationMs).toBeGreaterThan(0);
    expect(ended.pending).toBe(false);
  });

  it('tells of errors before the end', () => {
    const db = open();
    const told = listen();
    const error = thrown(() => db.deleteZone('nobody'));
    expect(names(told)).toEqual(['start deleteZone', 'error deleteZone', 'end deleteZone']);
    expect(told[1][1].error).toBe(error);
  });

  it('tells of a promise twice: once the call has returned, and once it is settled', async () => {
    const db = open();
    const told = listen();
    const controller = new AbortController();
    const waiting = db.waitForRun({ workerId: 'a', signal: controller.signal });
    expect(names(told)).toEqual(['start waitForRun', 'end waitForRun']);
    expect(told[1][1].pending).toBe(true);
    controller.abort();
    await expect(waiting).rejects.toThrow();
    expect(names(told).slice(2)).toEqual(['error waitForRun', 'asyncStart waitForRun', 'asyncEnd waitForRun']);
    expect(told[1][1].pending).toBe(false);
  });

  it('hears of every database of the process, bare ones too', () => {
    const told = listen();
    const bare = new Database(':memory:');
    bare.prepare('SELECT ? AS n').get(1);
    bare.close();
    const [[, call]] = told;
    expect([call.method, call.sql, call.arguments]).toEqual(['get', 'SELECT ? AS n', [1]]);
    expect(call.database).toBe(bare);
  });

  it('hears nothing more once it is left', () => {
    const db = open();
    const heard = [];
    const handler = (call) => heard.push(call);
    diagnostics.subscribe('tracing:visual-db:call:start', handler);
    db.getStats();
    diagnostics.unsubscribe('tracing:visual-db:call:start', handler);
    db.getStats();
    expect(heard).toHaveLength(1);
  });
});

describe('a method that can be watched', () => {
  it('has its name, and the length that it had', () => {
    expect([VisualDatabase.prototype.getWorktree.name, VisualDatabase.prototype.getWorktree.length]).toEqual([
      'getWorktree',
      1,
    ]);
    expect(VisualDatabase.prototype.heartbeatRun).toHaveLength(3);
  });

  it('takes as many arguments as any method has', () => {
    for (const name of Object.getOwnPropertyNames(VisualDatabase.prototype)) {
      expect(VisualDatabase.prototype[name].length, name).toBeLessThanOrEqual(4);
    }
    const all = watchable('all', (...given) => given);
    expect(all(1, 2, 3, 4)).toEqual([1, 2, 3, 4]);
  });
});

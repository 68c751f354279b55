// What is sent again where a connection gave no answer, and what that does: once.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { setTimeout } from 'node:timers/promises';
import { other, server as shared, temporarySchema } from './support/postgres/databases.mjs';
import { expectSilence } from './support/postgres/openings.mjs';
import { proxyTo } from './support/postgres/proxy.mjs';
import { PASSWORD, startServer } from './support/postgres/server.mjs';
import { follow } from './support/postgres/standby.mjs';
import { Thread } from './support/postgres/thread.mjs';
import { thrown } from './support/failure.mjs';
import { CALLS } from './support/postgres/sent_again.mjs';
import { furnish, worktree } from './support/samples.mjs';
import { open } from './support/temporary.mjs';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

let at;
let proxy;
let db;
let witness;
let given;

describe.each(Object.entries(CALLS))('%s', (_, [call, found, wanted, prepare = () => {}]) => {
  beforeEach(() => {
    at = temporarySchema();
    witness = furnish(open(at));
    given = prepare(witness);
    proxy = proxyTo(at.url);
    db = open({ ...at, url: proxy.url, timeout: 2000 });
    db.getStats();
  });

  it.each([
    ['before it came to the server', 'cutBefore'],
    ['after the server had committed it', 'cutAfter'],
  ])('cut off %s: is made once, and answers', (__, cut) => {
    proxy[cut](/^COMMIT$/);
    const answer = call(db, given);
    expect(answer).toEqual(found(witness, given));
    if (wanted !== undefined) expect(answer).toEqual(wanted);
    expect(proxy.counted().connections).toBeGreaterThanOrEqual(2);
  });

  it('cut off after the server had committed it, which then lets nobody in: whether it was made is not known', () => {
    proxy.shutAfter(/^COMMIT$/);
    const start = performance.now();
    const error = thrown(() => call(db, given));
    expect(error.code).toBe('ERR_OUTCOME_UNKNOWN');
    expectSilence(error);
    expect(performance.now() - start).toBeLessThan(4000);
  });
});

describe('transaction', () => {
  beforeEach(() => {
    at = temporarySchema();
    witness = furnish(open(at));
    proxy = proxyTo(at.url);
    db = open({ ...at, url: proxy.url, timeout: 2000 });
  });

  it('cut off after COMMIT: the log tells that it was made, and fn runs once', () => {
    let runs = 0;
    proxy.cutAfter(/^COMMIT$/);
    db.transaction(() => {
      runs += 1;
      db.createWorktree(worktree(9));
    });
    expect(runs).toBe(1);
    expect(witness.getWorktree('wt-9').id).toBe('wt-9');
  });

  it('cut off before COMMIT came to the server: is not made, and nobody makes it again', () => {
    let runs = 0;
    proxy.cutBefore(/^COMMIT$/);
    const error = thrown(() =>
      db.transaction(() => {
        runs += 1;
        db.createWorktree(worktree(9));
      }),
    );
    expect(error.code).toBe('ERR_OUTCOME_UNKNOWN');
    expect(runs).toBe(1);
    expect(witness.getWorktree('wt-9')).toBeNull();
  });
});

describe('writers', () => {
  let writers = [];
  afterEach(() => (writers = []));

  const begin = (config, count = 3) => {
    const file = new URL('support/postgres/writer_thread.mjs', import.meta.url);
    writers = Array.from({ length: count }, (_, n) => {
      const given = {
        config: typeof config === 'function' ? config(n) : config,
        name: `w${n}`,
        firstPort: 20_000 + 10_000 * n,
      };
      const thread = new Thread(file, given);
      thread.call('start');
      return thread;
    });
  };

  /** Waits until each has written so many times more. */
  const written = async (more = 40) => {
    const counts = writers.map((writer) => writer.call('count') + more);
    await vi.waitFor(() => writers.forEach((writer, n) => expect(writer.call('count')).toBeGreaterThan(counts[n])), {
      timeout: 60_000,
    });
  };

  /** What they were told is so: what was made is there once, what was not made isn't, of the rest nobody says anything. */
  const expectTruth = (board) => {
    const told = writers.map((writer) => writer.call('stop'));
    const all = told.flat();
    const runs = [];
    for (let after; ;) {
      const page = board.listRuns({ after, limit: 500 });
      runs.push(...page.items.map((run) => run.agentType).filter((type) => type !== 'qa'));
      if (!(after = page.next)) break;
    }
    const history = board.getExecutionHistory('zone-1', -1).map((run) => run.prompt);
    const keys = [...history, ...runs, ...board.listWorktrees().map(({ id }) => id)];
    const times = new Map();
    for (const key of keys) times.set(key, 1 + (times.get(key) ?? 0));
    const leaves = (call) => !['updateWorktree', 'setMetadata', 'moveWorktree'].includes(call);
    for (const { call, key, code } of all.filter((write) => leaves(write.call))) {
      const there = times.get(key) ?? 0;
      if (code === undefined) expect({ call, key, there }).toEqual({ call, key, there: 1 });
      else if (code === 'ERR_DATABASE_UNAVAILABLE') expect({ call, key, there }).toEqual({ call, key, there: 0 });
      else expect(there).toBeLessThanOrEqual(1);
    }
    // The last one that was made stays, unless one behind it may have been made.
    told.forEach((writes, n) => {
      for (const [call, found] of [
        ['updateWorktree', () => board.getWorktree(`w${n}`).taskId],
        ['setMetadata', () => board.getMetadata('worktree', `w${n}`).key],
      ]) {
        const mine = writes.filter((write) => write.call === call);
        const last = mine.findLastIndex((write) => write.code === undefined);
        const may = mine.slice(Math.max(last, 0)).filter((write) => write.code !== 'ERR_DATABASE_UNAVAILABLE');
        expect(may.map((write) => write.key)).toContain(found());
      }
      // Each move that was made is in the ledger once: they go to and fro.
      const moves = board.getMoves({ worktreeId: `w${n}`, limit: 500 }).items;
      const unsure = writes.filter((write) => write.call === 'moveWorktree' && write.code === 'ERR_OUTCOME_UNKNOWN');
      expect(moves.length).toBeLessThanOrEqual(
        writes.filter((write) => write.call === 'moveWorktree' && write.code === undefined).length + unsure.length,
      );
    });
    const codes = new Set(all.map((write) => write.code));
    expect([undefined, 'ERR_DATABASE_UNAVAILABLE', 'ERR_OUTCOME_UNKNOWN']).toEqual(expect.arrayContaining([...codes]));
    return all;
  };

  it('whose connections are cut again and again: all is made, once, and none of the calls outside of transactions fails', async () => {
    at = temporarySchema();
    witness = furnish(open(at));
    proxy = proxyTo(at.url);
    begin({ ...at, url: proxy.url, timeout: 20_000 });
    for (let n = 0; n < 30; n += 1) {
      await setTimeout(20 + 7 * (n % 11));
      proxy.cut();
    }
    await written(10);
    const failed = expectTruth(witness).filter((write) => write.code !== undefined && write.call !== 'transaction');
    expect(failed).toEqual([]);
  });

  describe('on a server of their own', () => {
    let server;
    let config;
    let board;
    beforeEach(async () => {
      const { bin, cluster } = shared;
      server = await startServer({ bin, cluster });
      config = { url: server.url({ tcp: true, password: PASSWORD }), timeout: 30_000 };
      board = furnish(open({ url: server.url(), timeout: 30_000 }));
    });
    afterEach(() => server.stop());

    it.each([
      ['SIGKILL, and starts again', 'SIGKILL'],
      ['pg_ctl stop -m immediate, and starts again', 'SIGQUIT'],
      ['pg_ctl restart -m fast', 'SIGINT'],
    ])('that ends by %s: what was acknowledged is there, once', async (_, signal) => {
      begin(config);
      for (let n = 0; n < 2; n += 1) {
        await written();
        await server.restart(signal);
      }
      await written();
      const failed = expectTruth(board).filter((write) => write.code !== undefined && write.call !== 'transaction');
      expect(failed).toEqual([]);
    });

    it('whose sessions are killed, which has all of them ended: the same', async () => {
      begin(config);
      for (let n = 0; n < 2; n += 1) {
        await written();
        const { rows } = other().query(
          { url: server.url() },
          "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() LIMIT 1",
        );
        process.kill(rows[0].pid, 'SIGKILL');
      }
      await written();
      const failed = expectTruth(board).filter((write) => write.code !== undefined && write.call !== 'transaction');
      expect(failed).toEqual([]);
    });

    it('which a synchronous standby takes over from: what was acknowledged is there, once', async () => {
      const standby = await follow(server);
      try {
        const admin = { url: server.url() };
        for (const sql of ["ALTER SYSTEM SET synchronous_standby_names = '*'", 'SELECT pg_reload_conf()'])
          other().query(admin, sql);
        await vi.waitFor(
          () =>
            expect(other().query(admin, 'SELECT sync_state FROM pg_stat_replication').rows).toEqual([
              { sync_state: 'sync' },
            ]),
          { timeout: 20_000 },
        );
        const hosts = `127.0.0.1:${server.port},127.0.0.1:${standby.port}`;
        begin({ url: `postgres://postgres:${encodeURIComponent(PASSWORD)}@${hosts}/postgres`, timeout: 30_000 });
        await written();
        board.close();
        process.kill(server.pid, 'SIGKILL');
        await server.stop();
        other().query({ url: standby.url() }, 'SELECT pg_promote()');
        await written();
        const failed = expectTruth(open({ url: standby.url() })).filter(
          (write) => write.code !== undefined && write.call !== 'transaction',
        );
        expect(failed).toEqual([]);
      } finally {
        await standby.stop();
      }
    });

    it('whose wait for a standby somebody cancels: that is no success', async () => {
      for (const sql of ["ALTER SYSTEM SET synchronous_standby_names = 'nobody'", 'SELECT pg_reload_conf()'])
        other().query({ url: server.url() }, sql);
      const waits = "SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'";
      const writer = new Thread(new URL('support/postgres/one_write_thread.mjs', import.meta.url), {
        ...config,
        timeout: 1500,
      });
      writer.send('write', worktree(9));
      const found = () => other().query({ url: server.url() }, waits).rows;
      await vi.waitFor(() => expect(found()).toHaveLength(1), { timeout: 10_000 });
      other().query({ url: server.url() }, 'SELECT pg_cancel_backend($1)', [found()[0].pid]);
      expect(writer.call('told').code).toBe('ERR_OUTCOME_UNKNOWN');
      expect(board.getWorktree('wt-9').id).toBe('wt-9');
    });
  });
});

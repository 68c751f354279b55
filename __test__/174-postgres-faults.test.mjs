// The network and the server fail: in the middle of calls, of transactions, and between them.
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { server as shared } from './support/postgres/databases.mjs';
import { other, temporarySchema } from './support/postgres/databases.mjs';
import { expectSilence } from './support/postgres/openings.mjs';
import { proxyTo } from './support/postgres/proxy.mjs';
import { PASSWORD, startServer } from './support/postgres/server.mjs';
import { thrown } from './support/failure.mjs';
import { furnish, worktree } from './support/samples.mjs';
import { open } from './support/temporary.mjs';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const terminate = (at) =>
  other().query(
    { url: at.url },
    'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = $1',
    ['client backend'],
  );

let at;
let proxy;
let db;
/** Another connection, which nothing happens to. */
let witness;

beforeEach(() => {
  at = temporarySchema();
  witness = furnish(open(at));
  proxy = proxyTo(at.url);
  db = open({ ...at, url: proxy.url, timeout: 2000 });
});

describe('a connection that is cut', () => {
  it('between two calls is made again, and nobody notices', async () => {
    expect(db.getStats().worktrees).toBe(3);
    proxy.cut();
    await vi.waitFor(() => expect(db.getStats().worktrees).toBe(3));
    expect(db.createWorktree(worktree(9)).id).toBe('wt-9');
    expect(witness.getWorktree('wt-9').id).toBe('wt-9');
  });

  it('while a transaction is open fails it, undoes it, and is made again for what comes after', () => {
    const error = thrown(() =>
      db.transaction(() => {
        db.createWorktree(worktree(9));
        proxy.cut();
        db.createWorktree(worktree(10));
      }),
    );
    expect(['ERR_DATABASE_UNAVAILABLE', 'ERR_OUTCOME_UNKNOWN']).toContain(error.code);
    expect(error.code).toBe('ERR_DATABASE_UNAVAILABLE');
    expectSilence(error);
    expect(witness.getStats().worktrees).toBe(3);
    expect(db.createWorktree(worktree(11)).id).toBe('wt-11');
  });

  it('in a transaction whose fn catches the failure: the calls after it fail too, and nothing of it is there', () => {
    const error = thrown(() =>
      db.transaction(() => {
        db.createWorktree(worktree(9));
        proxy.cut();
        expect(() => db.getStats()).toThrow();
        expect(() => db.createWorktree(worktree(10))).toThrow();
      }),
    );
    expect(error.code).toBe('ERR_DATABASE_UNAVAILABLE');
    expect(witness.getStats().worktrees).toBe(3);
  });

  it('while fn does something else: the end of the transaction says so, and nothing of it is there', () => {
    const error = thrown(() =>
      db.transaction(() => {
        db.createWorktree(worktree(9));
        proxy.cut();
        // So long that the next call looks whether there is still a connection.
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
      }),
    );
    expect(error.code).toBe('ERR_DATABASE_UNAVAILABLE');
    expect(error.message).toContain('undone');
    expect(witness.getStats().worktrees).toBe(3);
    expect(db.createWorktree(worktree(11)).id).toBe('wt-11');
  });

  it('after COMMIT was sent, for good: whether it was done is not known, and says so', () => {
    proxy.shutAfter(/^COMMIT$/);
    const error = thrown(() => db.transaction(() => db.createWorktree(worktree(9))));
    expect(error.code).toBe('ERR_OUTCOME_UNKNOWN');
    expect(error.message).toContain('127.0.0.1');
    expectSilence(error);
    // Here it was.
    expect(witness.getWorktree('wt-9').id).toBe('wt-9');
  });

  it('after a read was sent: it is asked again, since that can have done no harm', () => {
    proxy.cutAfter(/SELECT/);
    expect(db.getWorktree('wt-1').id).toBe('wt-1');
    expect(proxy.counted().connections).toBe(2);
  });

  it('for good is an error of each call, which names the host, until it is there again', () => {
    const { host } = new URL(proxy.url);
    proxy.close();
    for (const call of [() => db.getStats(), () => db.createWorktree(worktree(9)), () => db.transaction(() => {})]) {
      const error = thrown(call);
      expect(error.code).toBe('ERR_DATABASE_UNAVAILABLE');
      expect(error.message).toContain(host.split('@').at(-1));
    }
    expect(db.close()).toBeUndefined();
  });

  it('by the server, which ends the session', async () => {
    expect(db.getStats().worktrees).toBe(3);
    terminate(at);
    await vi.waitFor(() => expect(db.getStats().worktrees).toBe(3));
    expect(db.createWorktree(worktree(9)).id).toBe('wt-9');
  });
});

describe('answers that were kept', () => {
  it('are not given once the connection is another one', async () => {
    expect(db.listWorktrees()).toHaveLength(3);
    expect(db.listWorktrees()).toHaveLength(3);
    proxy.cut();
    witness.createWorktree(worktree(9));
    await vi.waitFor(() => expect(db.listWorktrees()).toHaveLength(4));
  });
});

describe('a server of its own', () => {
  let server;
  let config;
  beforeAll(async () => {
    const { bin, cluster } = shared;
    server = await startServer({ bin, cluster });
    config = { url: server.url({ tcp: true, password: PASSWORD }), timeout: 500 };
  });
  afterAll(() => server?.stop());

  it('that is frozen: a call ends with its deadline, and goes on once it is thawed', () => {
    const own = furnish(open(config));
    server.freeze();
    const start = performance.now();
    let error;
    try {
      error = thrown(() => own.getStats());
    } finally {
      server.thaw();
    }
    expect(performance.now() - start).toBeLessThan(5000);
    expect(error.code).toBe('ERR_DATABASE_UNAVAILABLE');
    expect(error.message).toMatch(/no answer within/);
    expect(error.message).toContain(`127.0.0.1:${server.port}`);
    expectSilence(error);
    expect(own.getStats().worktrees).toBe(3);
  });

  it('that is frozen while it writes: the outcome is unknown; frozen at opening, it is unavailable', () => {
    const own = open({ ...config, schema: 'frozen' });
    server.freeze();
    try {
      expect(thrown(() => own.createWorktree(worktree(1))).code).toBe('ERR_OUTCOME_UNKNOWN');
      const error = thrown(() => open(config));
      expect(error.code).toBe('ERR_DATABASE_UNAVAILABLE');
      expectSilence(error);
    } finally {
      server.thaw();
    }
    own.close();
  });

  it('that is frozen as it is closed: close() does not wait', () => {
    const own = open(config);
    server.freeze();
    const start = performance.now();
    try {
      own.close();
    } finally {
      server.thaw();
    }
    expect(performance.now() - start).toBeLessThan(3000);
  });

  it('that stops: each call says so', async () => {
    const own = open(config);
    expect(own.getStats()).toBeDefined();
    await server.stop();
    server = undefined;
    for (const _ of [1, 2]) {
      const error = thrown(() => own.getStats());
      expect(error.code).toBe('ERR_DATABASE_UNAVAILABLE');
      expectSilence(error);
    }
  });
});

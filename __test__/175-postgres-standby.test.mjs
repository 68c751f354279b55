// A server that follows another one: it may be read, and takes over.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { other, server as shared } from './support/postgres/databases.mjs';
import { expectRefusal, openingError } from './support/postgres/openings.mjs';
import { PASSWORD, startServer } from './support/postgres/server.mjs';
import { follow } from './support/postgres/standby.mjs';
import { furnish, worktree } from './support/samples.mjs';
import { open } from './support/temporary.mjs';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let primary;
let standby;

beforeAll(async () => {
  const { bin, cluster } = shared;
  primary = await startServer({ bin, cluster });
  standby = await follow(primary);
});

afterAll(async () => {
  await standby?.stop();
  await primary?.stop();
});

const tcp = (server) => server.url({ tcp: true, password: PASSWORD });
const host = (server) => `127.0.0.1:${server.port}`;
const both = (parameters = '') =>
  `postgres://postgres:${encodeURIComponent(PASSWORD)}@${host(standby)},${host(primary)}/postgres${parameters}`;

describe('a standby', () => {
  it('can’t be opened for writing, and says why and what can be done', () => {
    expectRefusal({ url: tcp(standby) }, { host: host(standby), why: /recovery|standby/ });
    expect(openingError({ url: tcp(standby) }).message).toMatch(/readonly/);
  });

  it('has no board to read as long as the primary has none', () => {
    expectRefusal({ url: tcp(standby), readonly: true, schema: 'nowhere' }, { host: host(standby), why: /no board/ });
  });

  it('opened with readonly: true answers what the primary has, as it comes', async () => {
    const db = furnish(open({ url: tcp(primary) }));
    await vi.waitFor(() => open({ url: tcp(standby), readonly: true }), { timeout: 10_000 });
    const reader = open({ url: tcp(standby), readonly: true });
    await vi.waitFor(() => expect(reader.listWorktrees()).toEqual(db.listWorktrees()), { timeout: 10_000 });
    db.updateWorktree('wt-1', { status: 'done' });
    await vi.waitFor(() => expect(reader.getWorktree('wt-1').status).toBe('done'), { timeout: 10_000 });
    expect(() => reader.createWorktree(worktree(9))).toThrow(/read-?only/);
  });
});

describe('a URL of several hosts', () => {
  it('finds the one that takes writes, whichever stands first', () => {
    const db = open({ url: both() });
    expect(db.createWorktree(worktree(20)).id).toBe('wt-20');
    expect(open({ url: tcp(primary) }).getWorktree('wt-20').id).toBe('wt-20');
  });

  it('finds one that takes none where that is asked for', () => {
    const url = both('?target_session_attrs=read-only');
    expect(open({ url, readonly: true }).getStats().zones).toBe(2);
  });

  it('goes on with the standby once it has taken over', async () => {
    const db = open({ url: both(), timeout: 2000 });
    expect(db.createWorktree(worktree(21)).id).toBe('wt-21');
    const reader = open({ url: tcp(standby), readonly: true });
    await vi.waitFor(() => expect(reader.getWorktree('wt-21')?.id).toBe('wt-21'), { timeout: 10_000 });
    await primary.stop();
    other().query({ url: standby.url() }, 'SELECT pg_promote()');
    await vi.waitFor(() => expect(db.createWorktree(worktree(22)).id).toBe('wt-22'), {
      timeout: 20_000,
      interval: 100,
    });
    expect(db.getWorktree('wt-21').id).toBe('wt-21');
  });
});

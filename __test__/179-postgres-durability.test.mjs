// What `doctor` says of a server that can lose what it has acknowledged.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { visualDb } from './support/backups.mjs';
import { other, server as shared } from './support/postgres/databases.mjs';
import { PASSWORD, startServer } from './support/postgres/server.mjs';
import { follow } from './support/postgres/standby.mjs';
import { furnish } from './support/samples.mjs';
import { openForAll } from './support/temporary.mjs';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let server;
let standby;
const sql = (...statements) => statements.map((text) => other().query({ url: server.url() }, text));
const reload = (...statements) => sql(...statements, 'SELECT pg_reload_conf()');
const tcp = (...servers) => {
  const hosts = servers.map(({ port }) => `127.0.0.1:${port}`).join(',');
  return `postgres://postgres:${encodeURIComponent(PASSWORD)}@${hosts}/postgres`;
};

/** What it says about a check: `{ state, finding, advice }`. */
function examined(name, url = tcp(server)) {
  const told = visualDb('doctor', '--db', url, '--json');
  expect([told.stderr, told.status], told.stdout).toEqual(['', 0]);
  expect(told.stdout).not.toContain(PASSWORD);
  return told.json().find(({ check }) => check === name);
}

beforeAll(async () => {
  const { bin, cluster } = shared;
  // Of the command line it could not be set otherwise later.
  server = await startServer({ bin, cluster, settings: { fsync: undefined, full_page_writes: undefined } });
  furnish(openForAll({ url: server.url(), schema: 'visual_db' })).close();
});

afterAll(async () => {
  await standby?.stop();
  await server?.stop();
});

describe('doctor', () => {
  it.each(['fsync', 'full_page_writes'])('warns of %s = off, and is content with on', async (name) => {
    expect(examined(name)).toEqual({ check: name, state: 'ok', finding: 'on' });
    reload(`ALTER SYSTEM SET ${name} = off`);
    await vi.waitFor(() =>
      expect(examined(name)).toMatchObject({ state: 'note', advice: expect.stringContaining(name) }),
    );
    reload(`ALTER SYSTEM RESET ${name}`);
  });

  it.each([
    ['off', 'note'],
    ['local', 'note'],
    ['remote_apply', 'ok'],
  ])('with synchronous_commit = %s, which the URL may say: %s', (value, state) => {
    const url = `${tcp(server)}?options=-c%20synchronous_commit%3D${value}`;
    expect(examined('synchronous_commit', url)).toMatchObject({ state, finding: expect.stringMatching(`^${value}`) });
  });

  it('warns of a server that nobody follows, and of one whose standby no commit waits for', async () => {
    expect(examined('standbys')).toMatchObject({
      state: 'note',
      finding: 'no standby follows the server: what was acknowledged is lost with this host',
    });
    standby = await follow(server);
    await vi.waitFor(
      () =>
        expect(examined('standbys').finding).toBe(
          '1 standby, and no commit waits for any of them: what was acknowledged is lost with this host',
        ),
      { timeout: 20_000 },
    );
    expect(examined('standbys', tcp(standby, server)).finding).toContain(
      'the URL names 2 hosts: what was acknowledged is lost when another one takes over',
    );
  });

  it('is content with a synchronous standby, and says where the one that is waited for is not there', async () => {
    reload("ALTER SYSTEM SET synchronous_standby_names = '*'");
    await vi.waitFor(
      () =>
        expect(examined('standbys', tcp(standby, server))).toEqual({
          check: 'standbys',
          state: 'ok',
          finding: 'a commit waits for 1 synchronous standby',
        }),
      { timeout: 20_000 },
    );
    reload("ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
    await vi.waitFor(() => expect(examined('standbys').finding).toContain('commits wait until nobody is there'), {
      timeout: 20_000,
    });
    reload('ALTER SYSTEM RESET synchronous_standby_names');
  });

  it('says that a standby knows nothing of it, and a role that may not see it', () => {
    expect(examined('standbys', tcp(standby)).finding).toBe('this is a standby');
    sql(
      "CREATE ROLE worker LOGIN PASSWORD 'geheim'",
      'GRANT USAGE ON SCHEMA visual_db TO worker',
      'GRANT SELECT ON ALL TABLES IN SCHEMA visual_db TO worker',
    );
    const url = `postgres://worker:geheim@127.0.0.1:${server.port}/postgres`;
    expect(examined('standbys', url)).toMatchObject({ state: 'note', advice: expect.stringContaining('pg_monitor') });
  });
});

// Servers that can't be used: each is an error that names the host and the reason, and never the password.
import { createServer } from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import { worktree } from './support/samples.mjs';
import { expectRefusal, openingError } from './support/postgres/openings.mjs';
import { other, ownUrl, server, temporarySchema } from './support/postgres/databases.mjs';
import { respond } from './support/postgres/responder.mjs';
import { PASSWORD } from './support/postgres/server.mjs';
import { open, temporaryFolder } from './support/temporary.mjs';

vi.setConfig({ testTimeout: 60_000 });

const admin = (text, url = server.url()) => other().query({ url }, text);
const nameOf = (url) => new URL(url).pathname.slice(1);

/** A URL of this machine's, with a password that must not be told. */
const url = (port, { user = 'postgres', host = '127.0.0.1', database = 'postgres' } = {}) =>
  `postgres://${user}:${encodeURIComponent(PASSWORD)}@${host}:${port}/${database}`;

/** A role of one test's own, which may log in with the password of the others. */
let roles = 0;
function role(rights = 'LOGIN') {
  const name = `role_${process.pid}_${(roles += 1)}`;
  admin(`CREATE ROLE ${name} PASSWORD '${PASSWORD}' ${rights}`);
  return name;
}

const closedPort = () =>
  new Promise((resolve) => {
    const listener = createServer().listen(0, '127.0.0.1', () => {
      const { port } = listener.address();
      listener.close(() => resolve(port));
    });
  });

describe('a server that is not there', () => {
  it('where nobody listens', async () => {
    const port = await closedPort();
    expectRefusal({ url: url(port) }, { host: `127.0.0.1:${port}`, why: /refused/i });
  });

  it('at a name that nobody has', () => {
    expectRefusal(
      { url: url(5432, { host: 'nowhere.invalid' }) },
      { host: 'nowhere.invalid:5432', why: /lookup|resolve|known/ },
    );
  });

  it('in a folder without a socket', () => {
    const folder = temporaryFolder();
    const host = encodeURIComponent(folder);
    expectRefusal({ url: url(5433, { host }) }, { host: `${folder}/.s.PGSQL.5433`, why: /No such file/ });
  });

  it('at several hosts: each is named with its reason', async () => {
    const ports = [await closedPort(), await closedPort()];
    const hosts = ports.map((port) => `127.0.0.1:${port}`);
    const { message } = expectRefusal(
      { url: `postgres://postgres:${encodeURIComponent(PASSWORD)}@${hosts.join()}/x` },
      { host: hosts[0], why: /refused/i },
    );
    expect(message).toContain(hosts[1]);
  });
});

describe('something else at its place', () => {
  it.each([
    ['a web server', { answer: 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n' }],
    ['an SSH server', { banner: 'SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n' }],
    ['a mail server', { banner: '220 mail.example ESMTP\r\n' }],
    ['noise', { answer: Buffer.from(Array.from({ length: 4000 }, (_, n) => (n * 73) % 256)).toString('latin1') }],
    ['one that hangs up', { hangUp: true }],
  ])('%s', (_, given) => {
    for (const sslmode of ['disable', 'prefer', 'require']) {
      const port = respond(given);
      const error = openingError({ url: `${url(port)}?sslmode=${sslmode}` });
      expect(error.code).toBe('ERR_DATABASE_UNAVAILABLE');
      expect(error.message).toContain(`127.0.0.1:${port}`);
    }
  });

  it('what accepts and says nothing is waited for as long as for a lock, and a second', () => {
    const port = respond({ silence: true });
    const start = performance.now();
    expectRefusal({ url: url(port), timeout: 200 }, { host: `127.0.0.1:${port}`, why: /no answer within/ });
    expect(performance.now() - start).toBeLessThan(3000);
  });

  it.each([
    ['an older PostgreSQL', { server_version: '13.11 (Debian 13.11-1)' }, /PostgreSQL 13\.11.*14/],
    ['CockroachDB', { server_version: '13.0.0', crdb_version: 'CockroachDB CCL v24.1.0' }, /CockroachDB/],
    ['YugabyteDB', { server_version: '15.2-YB-2.25.0.0-b0' }, /YugabyteDB/],
    ['one without a version', {}, /no PostgreSQL/],
  ])('%s', (_, parameters, why) => {
    const port = respond({ parameters });
    expectRefusal({ url: url(port) }, { host: `127.0.0.1:${port}`, why, code: 'ERR_ENGINE_UNSUPPORTED' });
  });
});

describe('a server that lets nobody in', () => {
  const host = `127.0.0.1:${server.port}`;

  it('with a wrong password', () => {
    const wrong = `${PASSWORD}x`;
    expectRefusal({ url: server.url({ tcp: true, password: wrong }) }, { host, why: /password authentication failed/ });
  });

  it('without a password', () => {
    expectRefusal({ url: server.url({ tcp: true }) }, { host, why: /password/ });
  });

  it('as somebody whom it does not know, who may not log in, or to a database that is not there', () => {
    const may = { tcp: true, password: PASSWORD };
    const [nobody, group] = [`nobody_${process.pid}`, role('NOLOGIN')];
    expectRefusal({ url: server.url({ ...may, user: nobody }) }, { host, why: /authentication failed/ });
    expectRefusal({ url: server.url({ ...may, user: group }) }, { host, why: /not permitted to log in/ });
    expectRefusal(
      { url: server.url({ ...may, database: 'nowhere' }) },
      { host, why: /database "nowhere" does not exist/ },
    );
  });

  it('since the role has no connection left; once one is closed it does', async () => {
    const user = role('LOGIN CONNECTION LIMIT 1');
    const { schema } = temporarySchema();
    admin(`GRANT CREATE ON DATABASE "${nameOf(ownUrl())}" TO ${user}`);
    const config = { url: server.url({ user, password: PASSWORD, tcp: true, database: nameOf(ownUrl()) }), schema };
    const first = open(config);
    expectRefusal(config, { host, why: /too many connections for role/ });
    first.close();
    await vi.waitFor(() => expect(open(config).getStats().worktrees).toBe(0));
  });
});

describe('a database in which nothing may be written', () => {
  const database = () => nameOf(ownUrl());

  it('by a role without the right to create: it says so, and nothing is there', () => {
    const user = role();
    const { schema } = temporarySchema();
    const error = openingError({ url: server.url({ user, database: database() }), schema });
    expect(error.message).toMatch(/permission denied/);
    expect(error.message).toContain(`.s.PGSQL.${server.port}`);
    const found = other().query({ url: ownUrl() }, 'SELECT 1 FROM pg_namespace WHERE nspname = $1', [schema]);
    expect(found.rows).toEqual([]);
  });

  it('by a role that may see the schema and not its tables', () => {
    const user = role();
    const at = temporarySchema();
    open(at);
    admin(`GRANT USAGE ON SCHEMA "${at.schema}" TO ${user}`, at.url);
    expect(openingError({ ...at, url: server.url({ user, database: database() }) }).message).toMatch(
      /permission denied/,
    );
  });

  it('by a role that may read alone: reads answer, writes are refused and change nothing', () => {
    const user = role();
    const at = temporarySchema();
    const db = open(at);
    db.createWorktree(worktree(1));
    admin(
      `GRANT USAGE ON SCHEMA "${at.schema}" TO ${user}; GRANT SELECT ON ALL TABLES IN SCHEMA "${at.schema}" TO ${user}`,
      at.url,
    );
    const reader = open({ ...at, url: server.url({ user, database: database() }) });
    expect(reader.getWorktree('wt-1')).toEqual(db.getWorktree('wt-1'));
    expect(() => reader.createWorktree(worktree(2))).toThrow(/permission denied/);
    expect(db.getStats().worktrees).toBe(1);
  });

  it('since it is set to be read-only: to open it for reading is possible', () => {
    const at = temporarySchema();
    const db = open(at);
    db.createWorktree(worktree(1));
    const user = role();
    admin(
      `ALTER ROLE ${user} SUPERUSER; ALTER ROLE ${user} IN DATABASE "${database()}" SET default_transaction_read_only = on`,
    );
    const readOnly = { ...at, url: server.url({ user, database: database() }) };
    expect(open({ ...readOnly, readonly: true }).getStats().worktrees).toBe(1);
    const writer = open(readOnly);
    expect(() => writer.createWorktree(worktree(2))).toThrow(/read-?only/);
    expect(openingError({ ...readOnly, schema: 'not there' }).message).toMatch(/read-?only/);
    expect(db.getStats().worktrees).toBe(1);
  });
});

describe('a URL that is none', () => {
  it.each([
    ['of something else', `mysql://u:${PASSWORD}@h/x`],
    ['with a port that is none', `postgres://u:${encodeURIComponent(PASSWORD)}@h:port/x`],
    ['with a password that is not encoded', `postgres://u:${PASSWORD}@h/x`],
    ['with a parameter that nobody knows', `postgres://u:${encodeURIComponent(PASSWORD)}@h/x?colour=red`],
    ['with a mode that nobody knows', `postgres://u:${encodeURIComponent(PASSWORD)}@h/x?sslmode=maybe`],
    ['without a host', 'postgres://'],
  ])('%s is a TypeError that doesn’t repeat it', (_, text) => {
    expect(openingError({ url: text })).toBeInstanceOf(TypeError);
  });
});

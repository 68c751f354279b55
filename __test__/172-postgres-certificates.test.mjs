// Encryption, and whose certificate is taken.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Authority } from './support/postgres/certificates.mjs';
import { expectRefusal } from './support/postgres/openings.mjs';
import { server as shared } from './support/postgres/databases.mjs';
import { PASSWORD, startServer } from './support/postgres/server.mjs';
import { worktree } from './support/samples.mjs';
import { open } from './support/temporary.mjs';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let authority;
let stranger;
const servers = new Map();

/** Of what each server's certificate is. */
const CERTIFICATES = {
  good: () => authority.files('localhost'),
  expired: () => authority.files('localhost', { from: -3 }),
  'not valid yet': () => authority.files('localhost', { from: 2 }),
  'of another host': () => authority.files('elsewhere.example'),
  foreign: () => stranger.files('localhost'),
};

beforeAll(async () => {
  authority = new Authority();
  stranger = new Authority('Somebody else');
  const { bin, cluster } = shared;
  // Only with encryption may anybody come in by TCP.
  const hba = ['local all all trust', 'hostssl all all all scram-sha-256'];
  for (const [name, files] of Object.entries(CERTIFICATES))
    servers.set(name, await startServer({ bin, cluster, hba, settings: { ssl: 'on' }, files: files() }));
});

afterAll(async () => {
  for (const server of servers.values()) await server.stop();
  for (const each of [authority, stranger]) each?.remove();
});

function config(name, parameters) {
  const url = servers.get(name).url({ tcp: true, password: PASSWORD, host: 'localhost' });
  return { url: `${url}?${new URLSearchParams(parameters)}` };
}
const trusted = (name, sslmode = 'verify-full') => config(name, { sslmode, sslrootcert: authority.certificate });

describe('a certificate', () => {
  it('of this host, signed by whom we trust, is taken, and what is sent is encrypted', () => {
    const db = open(trusted('good'));
    expect(db.createWorktree(worktree(1)).id).toBe('wt-1');
  });

  it.each([
    ['expired', /expired/i],
    ['not valid yet', /not (yet )?valid|NotValidYet/i],
    ['foreign', /unknown ?issuer|not trusted|authority/i],
    ['of another host', /not valid for|name/i],
  ])('that is %s is refused by verify-full', (name, why) => {
    expectRefusal(trusted(name), { host: `localhost:${servers.get(name).port}`, why });
  });

  it.each(['expired', 'not valid yet', 'foreign'])('that is %s is refused by verify-ca, too', (name) => {
    expectRefusal(trusted(name, 'verify-ca'), { host: `localhost:${servers.get(name).port}`, why: /certificate/i });
  });

  it('of another host is taken by verify-ca', () => {
    expect(open(trusted('of another host', 'verify-ca')).getStats().worktrees).toBe(0);
  });

  it('is checked by none of the modes below: as in libpq, require without a root certificate only encrypts', () => {
    for (const name of ['expired', 'foreign', 'of another host'])
      expect(open(config(name, { sslmode: 'require' })).getStats().worktrees).toBe(0);
  });

  it('is no way in for a client without TLS', () => {
    expectRefusal(config('good', { sslmode: 'disable' }), {
      host: `localhost:${servers.get('good').port}`,
      why: /no encryption|pg_hba/,
    });
  });

  it('that can’t be read is named', () => {
    const error = expectRefusal(config('good', { sslmode: 'verify-full', sslrootcert: '/nowhere/ca.crt' }), {
      host: `localhost:${servers.get('good').port}`,
      why: /\/nowhere\/ca\.crt/,
    });
    expect(error.message).toContain('/nowhere/ca.crt');
  });
});

describe('a server without one', () => {
  const host = `localhost:${shared.port}`;
  const url = (sslmode) => `${shared.url({ tcp: true, password: PASSWORD, host: 'localhost' })}?sslmode=${sslmode}`;

  it('is refused where encryption is asked for, with what can be done', () => {
    for (const mode of ['require', 'verify-ca', 'verify-full'])
      expectRefusal({ url: url(mode) }, { host, why: /does not support TLS|sslmode/ });
  });

  it('is taken by prefer, which is what a server on this machine is opened with', () => {
    for (const mode of ['prefer', 'disable'])
      expect(open({ url: url(mode), schema: `mode ${mode}` }).getStats().zones).toBe(0);
  });
});

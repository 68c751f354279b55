// Servers, databases and roles that are set up otherwise than most: what is on the board is the same.
import { describe, expect, it, vi } from 'vitest';
import { other, ownUrl, server, temporarySchema } from './support/postgres/databases.mjs';
import { expectRefusal } from './support/postgres/openings.mjs';
import { readBack } from './support/rows.mjs';
import { execution, furnish, worktree, zone } from './support/samples.mjs';
import { open } from './support/temporary.mjs';

vi.setConfig({ testTimeout: 60_000 });

const admin = (text, url = server.url()) => other().query({ url }, text);
const database = () => new URL(ownUrl()).pathname.slice(1);

let count = 0;
const own = (kind) => `${kind}_${process.pid}_${(count += 1)}`;

/** Each is a setting that some administrator has for everybody; what it could do to us. */
const SETTINGS = {
  standard_conforming_strings: 'off',
  backslash_quote: 'on',
  default_transaction_isolation: 'serializable',
  default_transaction_deferrable: 'on',
  client_encoding: 'LATIN1',
  DateStyle: 'SQL, DMY',
  IntervalStyle: 'sql_standard',
  TimeZone: 'America/St_Johns',
  bytea_output: 'escape',
  extra_float_digits: '-15',
  search_path: 'nowhere',
  xmloption: 'document',
  quote_all_identifiers: 'on',
  lc_messages: 'C',
  lc_numeric: 'C',
  transform_null_equals: 'on',
  array_nulls: 'off',
  row_security: 'off',
  jit: 'on',
  jit_above_cost: '0',
  enable_indexscan: 'off',
  enable_seqscan: 'off',
  synchronous_commit: 'off',
  lock_timeout: '1',
  statement_timeout: '30000',
  idle_in_transaction_session_timeout: '20000',
  plan_cache_mode: 'force_generic_plan',
};

/** A board of everything, read back; times and what comes from chance are left out. */
function story(config) {
  const db = open({ ...config, clock: () => Date.UTC(2026, 0, 2, 3, 4, 5, 678) });
  furnish(db);
  db.updateWorktree('wt-1', {
    position: { x: 0.1 + 0.2, y: -1e-300 },
    taskId: 'back\\slash \'quote" $1 ü😀\u0000\u2028',
  });
  db.updateZone('zone-1', { agents: ['ä', { deep: [null, -0, 1e21] }], description: '%s\n\\n' });
  db.createWorktrees([5, 4, 6].map((n) => worktree(n, { createdAt: '2026-01-01T00:00:00.000Z' })));
  for (const name of ['b', 'B', 'a', 'ä', 'Z', '_', ' ']) db.createZone(zone(name, { id: name, createdAt: 'x' }));
  db.recordExecution(execution({ result: { text: '\\x00' } }));
  const { executions, ...rest } = readBack(db);
  return JSON.parse(
    JSON.stringify({
      ...rest,
      executions: Object.values(executions)
        .flat()
        .map(({ prompt, result }) => ({ prompt, result })),
    }),
  );
}

describe('a role with the setting', () => {
  it.each(Object.entries(SETTINGS))('%s = %s reads and writes the same', (name, value) => {
    const user = own('set');
    admin(`CREATE ROLE ${user} SUPERUSER LOGIN; ALTER ROLE ${user} SET ${name} = '${value}'`);
    const usual = story(temporarySchema());
    const url = server.url({ user, database: database() });
    expect(story({ ...temporarySchema(), url })).toEqual(usual);
  });

  it('of each of them at once does', () => {
    const user = own('set');
    const set = Object.entries(SETTINGS).map(([name, value]) => `ALTER ROLE ${user} SET ${name} = '${value}'`);
    admin(`CREATE ROLE ${user} SUPERUSER LOGIN; ${set.join(';')}`);
    const usual = story(temporarySchema());
    expect(story({ ...temporarySchema(), url: server.url({ user, database: database() }) })).toEqual(usual);
  });
});

describe('a database', () => {
  it('of a locale that orders otherwise orders as any other', () => {
    const [turkish, plain] = [own('database'), own('database')];
    admin(
      `CREATE DATABASE ${turkish} TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'tr-TR' LOCALE 'C' ENCODING 'UTF8'`,
    );
    admin(`CREATE DATABASE ${plain} TEMPLATE template0 LOCALE 'C' LOCALE_PROVIDER libc ENCODING 'UTF8'`);
    const [one, two] = [turkish, plain].map((name) => story({ url: server.url({ database: name }), schema: 'board' }));
    expect(one).toEqual(two);
  });

  it.each(['LATIN1', 'SQL_ASCII'])('of the encoding %s, which can’t hold all texts, is refused', (encoding) => {
    const name = own('database');
    admin(`CREATE DATABASE ${name} TEMPLATE template0 LOCALE_PROVIDER libc LOCALE 'C' ENCODING '${encoding}'`);
    expectRefusal(
      { url: server.url({ database: name }) },
      { host: `.s.PGSQL.${server.port}`, why: new RegExp(encoding), code: 'ERR_ENGINE_UNSUPPORTED' },
    );
  });

  it('of a name, and a board of a schema, with anything in it', () => {
    for (const name of ['Groß "und" klein', "'; DROP TABLE x; --", 'ü😀 \\ % $1 ?']) {
      admin(`CREATE DATABASE "${name.replaceAll('"', '""')} ${process.pid}"`);
      const db = furnish(open({ url: server.url({ database: `${name} ${process.pid}` }), schema: name }));
      expect(db.getStats()).toEqual({ worktrees: 3, zones: 2, assignments: 1, executions: 1 });
    }
  });
});

// Versions of a board's tables on a server: up, down, status and verify, by the package and by the command line.
import { describe, expect, it, vi } from 'vitest';
import { visualDb, visualDbWith } from './support/backups.mjs';
import { thrown } from './support/failure.mjs';
import { furnish } from './support/furnished.mjs';
import { other, temporarySchema } from './support/postgres/databases.mjs';
import { schema } from './support/schema.mjs';
import { open } from './support/temporary.mjs';

vi.setConfig({ testTimeout: 120_000 });

const NAMES = ['board', 'beside', 'changes', 'runs', 'archive', 'asking', 'search', 'keeping'];
const LATEST = NAMES.length;
const BEFORE = [0, 1, 2, 3, 4, 5, 6, 7];

const query = (at, text) => other().query(at, text).rows;

/** Everything that is in a board's schema, a text each, as the catalog has it; but for what `enableSearch` makes. */
function shapeOf(at) {
  const inSchema = (column) => `${column} = (SELECT oid FROM pg_namespace WHERE nspname = '${at.schema}')`;
  const texts = [
    `SELECT c.relkind::text || ' ' || c.relname || ' ' || coalesce(c.reloptions::text, '') || CASE c.relkind WHEN 'v' THEN pg_get_viewdef(c.oid) WHEN 'i' THEN pg_get_indexdef(c.oid) ELSE '' END
       FROM pg_class AS c WHERE ${inSchema('c.relnamespace')}`,
    `SELECT c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || a.attnotnull::text || a.attidentity::text || a.attgenerated::text || a.attcollation::text
       || coalesce(pg_get_expr(d.adbin, d.adrelid), '') || (row_number() OVER (PARTITION BY c.oid ORDER BY a.attnum))::text
       FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
       LEFT JOIN pg_attrdef AS d ON d.adrelid = c.oid AND d.adnum = a.attnum WHERE c.relkind = 'r' AND ${inSchema('c.relnamespace')}`,
    `SELECT conrelid::regclass::text || ' ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint WHERE ${inSchema('connamespace')}`,
    `SELECT pg_get_triggerdef(t.oid) FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid WHERE NOT tgisinternal AND ${inSchema('c.relnamespace')}`,
    `SELECT pg_get_functiondef(oid) FROM pg_proc WHERE ${inSchema('pronamespace')}`,
  ];
  return texts
    .flatMap((text) => query(at, text).map((row) => Object.values(row)[0].replaceAll(at.schema, 'S')))
    .filter((found) => !found.startsWith('CREATE TRIGGER search_'))
    .toSorted();
}

/** The rows of the four tables, in the order in which they came. */
const rowsOf = (at) =>
  ['zones', 'worktrees', 'worktree_zones', 'zone_executions'].map((table) =>
    query(at, `SELECT * FROM ${table} ORDER BY seq`).map(({ metadata, wip_limit, ...row }) => row),
  );

function empty() {
  const at = temporarySchema();
  open(at).close();
  return at;
}

/** A board that has something of everything, but for the archive. */
function filled() {
  const at = temporarySchema();
  const db = furnish(open(at));
  db.enableSearch();
  for (const { worktree } of db.listArchived().items) db.restoreWorktree(worktree.id);
  db.close();
  return at;
}

describe('a new board', () => {
  it('remembers each version: its text, when, and by which package', () => {
    const { state, version, latest, migrations } = schema.onServer(empty()).status();
    expect({ state, version, latest }).toEqual({ state: 'current', version: LATEST, latest: LATEST });
    expect(migrations.map(({ name, applied }) => [name, applied])).toEqual(NAMES.map((name) => [name, true]));
    for (const { history } of migrations) {
      expect(history.sha256).toMatch(/^[0-9a-f]{64}$/);
      expect(Date.now() - Date.parse(history.appliedAt)).toBeLessThan(60_000);
      expect(history.rolledBackAt).toBeNull();
    }
  });

  it('is made up to the version that is asked for, and where there is none its status is empty', () => {
    const at = temporarySchema();
    const versions = schema.onServer(at);
    expect(versions.status()).toMatchObject({ state: 'empty', version: 0 });
    expect(versions.up(3)).toMatchObject({ from: 0, version: 3, pinned: false });
    expect(versions.status()).toMatchObject({ state: 'older', version: 3 });
    expect(versions.verify()).toEqual([]);
    open(at).close();
    expect(versions.status()).toMatchObject({ state: 'current' });
  });
});

describe.each([
  ['an empty board', empty],
  ['a board that has something of everything', filled],
])('%s', (_, make) => {
  it.each(BEFORE)(
    'taken back to version %i is of that version, and of the latest again after migrate up',
    (version) => {
      const at = make();
      const versions = schema.onServer(at);
      const before = rowsOf(at);
      expect(versions.down(version)).toMatchObject({ from: LATEST, version, pinned: true });
      const model = temporarySchema();
      if (version > 0) {
        schema.onServer(model).up(version);
        expect(shapeOf(at)).toEqual(shapeOf(model));
        expect(rowsOf(at)).toEqual(before);
      } else {
        expect(query(at, 'SELECT tablename FROM pg_tables WHERE schemaname = current_schema()')).toEqual([
          { tablename: 'schema_migrations' },
        ]);
      }
      expect(versions.verify()).toEqual([]);
      expect(versions.up()).toMatchObject({ from: version, version: LATEST, pinned: false });
      schema.onServer(model).up();
      expect(shapeOf(at)).toEqual(shapeOf(model));
      expect(versions.verify()).toEqual([]);
      if (version > 0) expect(rowsOf(at)).toEqual(before);
      const db = open(at);
      expect(db.getStats().executions).toBe(version > 0 ? before[3].length : 0);
      // Without a version of runs, what was recorded is all that is known of them.
      if (version < 4) expect(db.listRuns({ limit: 1000 }).items).toHaveLength(db.getStats().executions);
      if (db.listZones().length === 0) furnish(db);
    },
  );

  it('goes back a version at a time, and up again a version at a time', () => {
    const at = make();
    const versions = schema.onServer(at);
    const whole = shapeOf(empty());
    for (const version of BEFORE.toReversed()) {
      expect(versions.down(version)).toMatchObject({ from: version + 1, version });
      expect(versions.verify()).toEqual([]);
    }
    for (const version of BEFORE)
      expect(versions.up(version + 1)).toMatchObject({ from: version, version: version + 1 });
    expect(shapeOf(at)).toEqual(whole);
  });
});

describe('a board that was taken back', () => {
  it('is left there by every opening, which says what to do, until migrate up', () => {
    const at = filled();
    const versions = schema.onServer(at);
    versions.down(6);
    for (const more of [{}, { readonly: true }, { migrate: false }, { fileMustExist: true }]) {
      const error = thrown(() => open({ ...at, ...more }));
      expect(error).toMatchObject({ name: 'Error', code: 'ERR_SCHEMA_OLDER' });
      expect(error.message).toContain('were taken back to version 6');
      expect(error.message).toContain('visual-db migrate up');
    }
    const { state, migrations } = versions.status();
    expect(state).toBe('pinned');
    expect(migrations.map(({ applied }) => applied)).toEqual(NAMES.map((__, nth) => nth < 6));
    expect(migrations[6].history.rolledBackAt).toMatch(/^20.+Z$/);
    expect(versions.up()).toMatchObject({ from: 6, version: LATEST, pinned: false });
    expect(versions.status().migrations.map(({ history }) => history.rolledBackAt)).toEqual(NAMES.map(() => null));
    expect(open(at).getStats().worktrees).toBe(4);
  });

  it('keeps what is archived: it has to be restored first, and nothing is changed before', () => {
    const at = filled();
    const db = open(at);
    db.archiveWorktree('wt-1');
    const before = shapeOf(at);
    const error = thrown(() => schema.onServer(at).down(2));
    expect(error.message).toMatch(/migration 5 \(archive\) failed and nothing was changed: .*worktrees are archived/);
    expect(error.message).toContain('visual-db restore-worktree');
    expect(shapeOf(at)).toEqual(before);
    expect(db.listArchived().items).toHaveLength(1);
    db.restoreWorktree('wt-1');
    expect(schema.onServer(at).down(2).version).toBe(2);
  });
});

it('versions that make no sense are refused', () => {
  const versions = schema.onServer(empty());
  versions.down(2);
  expect(thrown(() => versions.up(LATEST + 1))).toMatchObject({ name: 'RangeError' });
  expect(thrown(() => versions.up(1))).toMatchObject({ name: 'RangeError' });
  expect(thrown(() => versions.down(2))).toMatchObject({ name: 'RangeError' });
  expect(thrown(() => versions.down('1'))).toMatchObject({ name: 'TypeError' });
  expect(versions.status().version).toBe(2);
});

it('a board of a later version is left as it is', () => {
  const at = empty();
  query(
    at,
    `INSERT INTO schema_migrations (version, name, sha256, package_version) VALUES (${LATEST + 1}, 'later', 'x', '9')`,
  );
  const versions = schema.onServer(at);
  for (const call of [
    () => open(at),
    () => open({ ...at, readonly: true }),
    () => versions.up(),
    () => versions.down(1),
  ])
    expect(thrown(call)).toMatchObject({ name: 'Error', code: 'ERR_SCHEMA_NEWER' });
  expect(versions.status()).toMatchObject({ state: 'newer', version: LATEST + 1 });
});

describe('verify', () => {
  it.each([
    ["UPDATE schema_migrations SET sha256 = 'f00' WHERE version = 2", /version 2 \(beside\) .* another text/],
    ['DROP INDEX runs_by_end', /^index runs_by_end is missing$/],
    [
      'ALTER TABLE zone_executions DISABLE TRIGGER log_execution',
      /^trigger log_execution on zone_executions is not the one/,
    ],
    ['DROP TRIGGER log_zone ON zones', /^trigger log_zone on zones is missing$/],
    ['ALTER TABLE zones ADD COLUMN colour text', /^column zones\.colour is not known$/],
    ['ALTER TABLE zones ALTER COLUMN name DROP NOT NULL', /^column zones\.name is not the one of version 8$/],
    [
      'ALTER TABLE worktree_zones DROP CONSTRAINT worktree_zones_zone',
      /^constraint worktree_zones\.worktree_zones_zone is missing$/,
    ],
    [
      "CREATE OR REPLACE FUNCTION log_move(bigint, text, text, text) RETURNS void LANGUAGE sql AS ''",
      /^function log_move is not the one/,
    ],
    ['DROP VIEW v_daily', /^view v_daily is missing$/],
  ])('%s: reported', (text, words) => {
    const at = filled();
    const versions = schema.onServer(at);
    expect(versions.verify()).toEqual([]);
    if (text.startsWith('CREATE OR')) query(at, 'DROP FUNCTION log_move');
    query(at, text);
    const problems = versions.verify();
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(words);
  });

  it('leaves nothing behind, and lets others own what they made', () => {
    const at = filled();
    query(at, 'CREATE TABLE notes_of_mine (id text); CREATE INDEX mine ON zones (name)');
    const names = () => query(at, "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'visual_db%'");
    const before = names();
    expect(schema.onServer(at).verify()).toEqual([]);
    expect(names()).toEqual(before);
  });
});

describe('visual-db migrate', () => {
  const runs =
    (at) =>
    (...args) =>
      visualDbWith({ env: { VISUAL_DB_SCHEMA: at.schema } }, 'migrate', ...args, '--db', at.url);

  it('status, down, up and verify are of a server as of a file, and show no password', () => {
    const at = filled();
    const migrate = runs(at);
    const status = migrate('status');
    expect(status.stdout).toContain(`current, version ${LATEST} of ${LATEST}`);
    expect(migrate('status', '--json').json()).toEqual(schema.onServer(at).status());
    expect(migrate('down').stderr).toContain(`from version ${LATEST} back to version ${LATEST - 1}?`);
    const down = migrate('down', '--to', '5', '--yes');
    expect([down.status, down.stdout]).toEqual([
      0,
      `From version ${LATEST} to version 5\nIt stays at this version until \`visual-db migrate up\`.\n`,
    ]);
    expect(migrate('status').stdout).toContain('rolled back');
    expect(migrate('verify').stdout).toContain('everything is as it should be');
    expect(migrate().stdout).toBe(`From version 5 to version ${LATEST}\n`);
    expect(migrate('up').stdout).toBe(`Version ${LATEST}: nothing to do\n`);
    query(at, 'DROP VIEW v_daily');
    const verify = migrate('verify');
    expect([verify.status, verify.stdout]).toEqual([1, expect.stringContaining('view v_daily is missing')]);
    for (const command of ['status', 'up', 'down', 'verify', 'rollback']) {
      const { stdout, stderr } = visualDb('migrate', command, '--db', 'postgres://me:geheim@127.0.0.1:9/x');
      expect(stderr).not.toBe('');
      expect(stdout + stderr).not.toContain('geheim');
    }
  });

  it('rollback says what to use instead', () => {
    const { status, stderr } = runs(empty())('rollback', '--yes');
    expect([status, stderr]).toEqual([1, expect.stringContaining('use pg_restore')]);
  });
});

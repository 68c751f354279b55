// The addon's own functions in the hands of somebody else: whatever they are given, they throw, and memory stays whole.
// Each scene is a process of its own, since what it must not do is crash it.
import { fileURLToPath } from 'node:url';
import { expect, it, vi } from 'vitest';
import { runScript } from './support/child.mjs';
import { temporaryFile } from './support/temporary.mjs';

vi.setConfig({ testTimeout: 60_000 });

const lib = (name) => JSON.stringify(fileURLToPath(new URL(`../lib/${name}`, import.meta.url)));

/** Runs `body`, which returns (or awaits) what the test looks at. */
async function scene(body) {
  const { stdout, stderr, code, signal } = await runScript(
    `const addon = require(${lib('native/addon.js')});
    const { binaryPath, platformName } = require(${lib('native/platform.js')});
    const thrown = (fn) => {
      try {
        return { returned: String(fn()).slice(0, 50) };
      } catch (error) {
        return { name: error.name, code: error.code, message: error.message };
      }
    };
    const REGISTRATION = { name: 'f', arguments: 0, bigints: false, deterministic: false, directOnly: false };
    const visual = () => addon.openVisual(addon.realm, ':memory:', false, false, 5000, false, 0o600, true, '1.0.0', false);
    (async () => { ${body} })().then((result) => console.log(JSON.stringify(result)));`,
    { dbPath: temporaryFile() },
  );
  expect({ stderr, code, signal }).toEqual({ stderr: '', code: 0, signal: null });
  return JSON.parse(stdout);
}

/** A copy of the addon is another addon, as another version of this package in the same process would be. */
const WRONG = `
  const copy = dbPath + '.node';
  require('node:fs').copyFileSync(binaryPath(platformName()), copy);
  const native = require(copy);
  const other = { ...native, ...native.setup(Error, TypeError, RangeError, Error, Array) };
  const theirs = other.openVisual(other.realm, ':memory:', false, false, 5000, false, 0o600, true, '1.0.0', false);
  const ours = visual();
  const server = await new Promise((resolve) => {
    const server = require('node:net').createServer().listen(0, () => resolve(server));
  });
  const wrong = {
    "another copy's connection": theirs,
    "another copy's statement": other.prepare(theirs, 'SELECT 1', 0, false),
    "Node's external": server._handle._externalStream,
    'a plain object': {},
    'a proxy of an object': new Proxy({}, {}),
    'a proxy of a handle': new Proxy(ours, {}),
    // Node 24 and 26 crash in Object.create itself, with externals of their own, too.
    ...(Number.parseInt(process.versions.node) < 24 && { 'an heir of a handle': Object.create(ours) }),
    'a proxy of a function': new Proxy(() => {}, {}),
    'an array of a handle': [ours],
    null: null,
    undefined: undefined,
    'a number': 5,
    'a text': 'handle',
    'a symbol': Symbol('handle'),
    'a bigint': 5n,
  };
  server.close();`;

/** What functions take behind their handle that napi-rs reads before they are called. */
const GENERATED = `{
  prepare: ['SELECT 1', 0, false],
  setUnsafeMode: [true],
  serialize: ['main'],
  loadExtension: ['x', null],
  startBackup: ['main', dbPath, true],
  stepBackup: [1],
  function: [() => 1, REGISTRATION],
  aggregate: [0, () => 1, null, null, REGISTRATION],
  actAs: ['{"kind":"user"}'],
  startExport: [dbPath, null, false, null],
  nextOfExport: [0],
  startImport: [dbPath],
  feedImport: [0, Buffer.from('x')],
  finishImport: [0],
  endImport: [],
  applyImport: [null, 0, dbPath],
  refusedOfImport: [null, 0, dbPath, 1],
  applyImportTo: [null],
}`;

/** Those that take no handle. */
const WITHOUT = [
  'setup',
  'realm',
  'open',
  'openVisual',
  'openPostgres',
  'shownUrl',
  'lookAtServer',
  'serverSchemaStatus',
  'serverSchemaVerify',
  'serverSchemaUp',
  'serverSchemaDown',
  'closeAll',
  'declarations',
  'unreviewedSqlite',
  'blob',
  'wide',
  'longText',
  'memory',
  'wakeBy',
];

it('whatever is given for a handle is refused, by every function that takes one', async () => {
  const results = await scene(`${WRONG}
    const rest = (name) => generated[name] ?? [1, 'x', null];
    const generated = ${GENERATED};
    const names = Object.keys(addon).filter((name) => !${JSON.stringify(WITHOUT)}.includes(name) && !/^(backup|schema)/.test(name));
    return names.flatMap((name) =>
      Object.entries(wrong).map(([what, value]) => [name, what, thrown(() => addon[name](value, ...rest(name)))]));`);
  expect(results.length).toBeGreaterThan(800);
  const illegal = { name: 'TypeError', message: 'Illegal invocation' };
  expect(results.filter(([, , { name, message }]) => name !== illegal.name || message !== illegal.message)).toEqual([]);
});

it('a handle of another kind is refused', async () => {
  const results = await scene(`
    const connection = visual();
    const statement = addon.prepare(connection, 'SELECT 1', 0, false);
    const backup = addon.startBackup(connection, 'main', dbPath, true);
    return [
      thrown(() => addon.run(connection)), thrown(() => addon.exec(statement, 'SELECT 1')),
      thrown(() => addon.getWorktree(statement, 0, 'wt-1')), thrown(() => addon.stepBackup(connection, 1)),
      thrown(() => addon.stepBackup(statement, 1)), thrown(() => addon.isOpen(backup)),
      thrown(() => addon.getWorktree(addon.open(addon.realm, ':memory:', false, false, 0, null), 0, 'wt-1')),
    ];`);
  expect(results).toEqual(results.map(() => ({ name: 'TypeError', message: 'Illegal invocation' })));
});

it('an argument of another type is refused, not read as 0, false or an empty text', async () => {
  const results = await scene(`
    const connection = visual();
    const statement = addon.prepare(connection, 'SELECT 1', 0, false);
    return [
      thrown(() => addon.exec(connection, 5)), thrown(() => addon.prepare(connection, null, 0, false)),
      thrown(() => addon.setBigints(statement, 'yes')),
      thrown(() => addon.control(connection, 'COMMIT')),
      thrown(() => addon.wakeBy(5)), thrown(() => addon.watch(connection, 1, 'x', 0)),
    ];`);
  const expected = (type) => ({ name: 'TypeError', message: `Expected ${type}` });
  const types = ['a string', 'a string', 'a boolean', 'a number', 'a function', 'a number'];
  expect(results).toEqual(types.map(expected));
});

it('so is one that napi-rs reads, in its words', async () => {
  const results = await scene(`
    const connection = visual();
    return [
      thrown(() => addon.open(addon.realm, {}, false, false, 0, null)),
      thrown(() => addon.open(addon.realm, ':memory:', 1, false, 0, null)),
      thrown(() => addon.serialize(connection, 5)),
      thrown(() => addon.setUnsafeMode(connection, 'yes')), thrown(() => addon.backupList(addon.realm, 5)),
    ];`);
  const types = ['String', 'Boolean', 'String', 'Boolean', 'String'];
  expect(results.map(({ name, code }) => [name, code])).toEqual(types.map((type) => ['Error', `${type}Expected`]));
});

it('a realm that there is none of is refused', async () => {
  const results = await scene(`
    return [-1, 1, 2 ** 31].map((realm) => thrown(() => addon.open(realm, ':memory:', false, false, 0, null)));`);
  expect(results).toEqual(results.map(() => ({ name: 'TypeError', message: 'Illegal invocation' })));
});

it('a call that Node-API refuses throws, instead of returning undefined', async () => {
  const result = await scene(`
    return thrown(() => addon.function(visual(), undefined, REGISTRATION));`);
  expect(result).toMatchObject({
    name: 'Error',
    code: 'ERR_INTERNAL',
    message: expect.stringContaining('internal error'),
  });
});

it('rows that do not fit the shared memory are an error, not those of the call before', async () => {
  const result = await scene(`
    const values = Array.from({ length: 1000 }, (_, n) =>
      ['wt-' + n, '/' + n, 3000 + n, 'b' + n, undefined, undefined, undefined, undefined, undefined, undefined]);
    return thrown(() => addon.createWorktrees(visual(), Date.now(), ...values.flat()));`);
  expect(result).toMatchObject({
    name: 'Error',
    code: 'ERR_INTERNAL',
    message: expect.stringContaining('shared memory'),
  });
});

it('a blob that was taken already is an error, not an empty one', async () => {
  const results = await scene(`
    const statement = addon.prepare(visual(), 'SELECT zeroblob(9000)', 0, false);
    addon.get(statement);
    return [addon.blob(0).length, thrown(() => addon.blob(0)), thrown(() => addon.blob(1)), thrown(() => addon.longText(7))];`);
  const internal = { name: 'Error', code: 'ERR_INTERNAL', message: expect.stringContaining('no blob') };
  expect(results).toEqual([9000, internal, internal, internal]);
});

it('setup wants five classes', async () => {
  const results = await scene(`
    const native = require(${lib('native/binary.js')});
    return [[], [Error], [Error, TypeError, RangeError, Error, {}], [null, null, null, null, null]].map((given) =>
      thrown(() => native.setup(...given)));`);
  for (const { name, message } of results) {
    expect(name).toBe('TypeError');
    expect(message).toContain('takes five classes');
  }
});

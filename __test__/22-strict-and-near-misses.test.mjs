// Keys that no call reads: with `strict` an error that names the nearest known key; without it they are ignored, and a
// near-miss is told once.
// Long because it is read as a specification: each rule of unknown keys, of all calls is a test.
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { runScript } from './support/child.mjs';
import { thrown } from './support/failure.mjs';
import { rows } from './support/rows.mjs';
import { execution, furnish, worktree, zone } from './support/samples.mjs';
import { inFiles, open, place, temporaryFile, temporaryFolder } from './support/temporary.mjs';
import { VisualDatabase } from './support/visual_database.mjs';

vi.setConfig({ testTimeout: 60_000 });

const POSITION = { x: 1, y: 2 };
const SIZE = { width: 3, height: 4 };

/** Every argument with keys: who reads it, under which name, a full one, and the call that is given it. */
const ARGUMENTS = [
  ['VisualDatabase', 'options', { dbPath: ':memory:' }, (db, given) => opened(db.isStrict ? strictly(given) : given)],
  ['VisualDatabase', 'backups', { every: '1h' }, (db, backups) => open({ ...place(), strict: db.isStrict, backups })],
  [
    'VisualDatabase',
    'backups.keep',
    { hourly: 1, daily: 1, weekly: 1, monthly: 1 },
    (db, keep) => open({ ...place(), strict: db.isStrict, backups: { keep } }),
  ],
  ['createWorktree', 'worktree', worktree(9), (db, given) => db.createWorktree(given)],
  ['createWorktree', 'position', POSITION, (db, position) => db.createWorktree(worktree(9, { position }))],
  ['createWorktrees', 'worktrees[0]', worktree(9), (db, given) => db.createWorktrees([given])],
  [
    'createWorktrees',
    'worktrees[1].position',
    POSITION,
    (db, position) => db.createWorktrees([worktree(8), worktree(9, { position })]),
  ],
  ['updateWorktree', 'changes', { status: 'x' }, (db, given) => db.updateWorktree('wt-1', given)],
  ['updateWorktree', 'position', POSITION, (db, position) => db.updateWorktree('wt-1', { position })],
  ['relocateWorktree', 'location', { port: 4001 }, (db, given) => db.relocateWorktree('wt-1', given)],
  ['listWorktrees', 'filter', { status: 'x' }, (db, given) => db.listWorktrees(given)],
  ['createZone', 'zone', zone(9), (db, given) => db.createZone(given)],
  ['createZone', 'position', POSITION, (db, position) => db.createZone(zone(9, { position }))],
  ['createZone', 'size', SIZE, (db, size) => db.createZone(zone(9, { size }))],
  ['updateZone', 'changes', { name: 'x' }, (db, given) => db.updateZone('zone-1', given)],
  ['updateZone', 'position', POSITION, (db, position) => db.updateZone('zone-1', { position })],
  ['updateZone', 'size', SIZE, (db, size) => db.updateZone('zone-1', { size })],
  ['recordExecution', 'execution', execution(), (db, given) => db.recordExecution(given)],
  ['recordExecutions', 'executions[0]', execution(), (db, given) => db.recordExecutions([given])],
  ['getExecutionStats', 'filter', { zoneId: 'zone-1' }, (db, given) => db.getExecutionStats(given)],
  ['backupSync', 'options', {}, (db, given) => db.backupSync(join(temporaryFolder(), 'copy.db'), given)],
];

function board(config) {
  const db = furnish(open(config));
  db.isStrict = config?.strict ?? false;
  return db;
}

function opened(config) {
  const db = new VisualDatabase(config);
  onTestFinished(() => db.close());
  return db;
}

/** The same options, whatever they inherit, and `strict`. */
const strictly = (config) =>
  Object.create(Object.getPrototypeOf(config), {
    ...Object.getOwnPropertyDescriptors(config),
    strict: { value: true, enumerable: true, configurable: true },
  });

/** Keys that differ in their looks only are equally near: one of them is named. */
const letters = (key) => key.replaceAll('_', '').toLowerCase();

const title = ([method, name]) => `${method}: ${name}`;
const table = ARGUMENTS.map((row) => [title(row), ...row]);

describe('strict: true', () => {
  it.each(['yes', 1, 0, '', {}])('is a boolean: %o is a TypeError', (strict) => {
    expect(thrown(() => open({ strict }))).toBeInstanceOf(TypeError);
  });

  describe.each(table)('%s', (_, method, name, full, call) => {
    it('takes each key that is read, and no other', () => {
      // What is read is what a Proxy is asked for.
      const read = new Set();
      call(board(), new Proxy(full, { get: (target, key) => (read.add(key), Reflect.get(target, key)) }));
      for (const key of read) {
        expect(() => call(board({ strict: true }), { ...full, [key]: full[key] }), key).not.toThrow();
        const { message } = thrown(() => call(board({ strict: true }), { ...full, [`${key}_`]: 1 }));
        const [, told, nearest] = /unknown key "(.*)" in .*; the nearest known is '(.*)'/.exec(message);
        expect([told, letters(nearest)]).toEqual([`${key}_`, letters(key)]);
      }
    });

    it('refuses any other key before anything is done', () => {
      const db = board({ strict: true });
      const before = rows(db);
      const error = thrown(() => call(db, { ...full, unheardOf: undefined }));
      expect(error).toBeInstanceOf(TypeError);
      expect(error).toMatchObject({ code: 'ERR_UNKNOWN_KEY', method, field: 'unheardOf' });
      expect(error.message).toContain(`${method}: unknown key "unheardOf" in ${name}; known are `);
      for (const key of Object.keys(full)) expect(error.message).toContain(key);
      expect(rows(db)).toEqual(before);
    });

    it('keys that are symbols, inherited or not enumerable are nobody’s mistake', () => {
      const given = Object.assign(Object.create({ inherited: 1 }), full, { [Symbol('s')]: 1 });
      Object.defineProperty(given, 'hidden', { value: 1 });
      expect(() => call(board({ strict: true }), given)).not.toThrow();
    });
  });

  it.runIf(inFiles).each([
    ['VisualDatabase', { readOnly: true }, 'readonly'],
    ['VisualDatabase', { dbpath: 'x.db' }, 'dbPath'],
    ['VisualDatabase', { 'cache-size': 1 }, 'cacheSize'],
  ])('%s(%o) names %s', (_, config, nearest) => {
    expect(thrown(() => open({ strict: true, ...config })).message).toContain(`the nearest known is '${nearest}'`);
  });

  it.runIf(inFiles).each([
    ['VisualDatabase', 'backups.keep', (keep) => open({ dbPath: temporaryFile(), backups: { keep } })],
    ['pruneBackups', 'keep', (keep) => VisualDatabase.pruneBackups(temporaryFolder(), { keep })],
  ])(
    '%s: a misspelled period in %s is refused without strict, too: its backups would be removed',
    (method, name, call) => {
      const error = thrown(() => call({ hourley: 24, daily: 7 }));
      expect(error).toMatchObject({ name: 'TypeError', code: 'ERR_UNKNOWN_KEY', method, field: 'hourley' });
      expect(error.message).toBe(`${method}: unknown key "hourley" in ${name}; the nearest known is 'hourly'`);
      expect(thrown(() => call({ days: 7 })).message).toContain(`the nearest known is 'daily'`);
    },
  );

  it.each([
    [{ branch: 'x' }, "'branchName' (an update does not change it, only SQL does)"],
    [{ stauts: 'x' }, "'status'"],
    [{ issue: 'x' }, "'issueUrl'"],
    [{ prot: 1 }, "'port' (an update does not change it, only SQL does)"],
    [{ ports: 1 }, undefined],
    [{ postion: {} }, "'position'"],
  ])('updateWorktree(id, %o) names %s', (changes, nearest) => {
    const { message } = thrown(() => board({ strict: true }).updateWorktree('wt-1', changes));
    if (nearest) expect(message).toContain(`; the nearest known is ${nearest}`);
    else expect(message).toContain('; known are issueUrl, taskId, status, position');
  });

  it.each(['id', 'path', 'port', 'branchName', 'createdAt', 'updatedAt'])(
    'updateWorktree: %s is known, but not changeable',
    (key) => {
      const error = thrown(() => board({ strict: true }).updateWorktree('wt-1', { status: 'x', [key]: 'x' }));
      expect(error).toMatchObject({
        code: 'ERR_UNKNOWN_KEY',
        message: `updateWorktree: "${key}" in changes is not taken: an update does not change it, only SQL does`,
      });
    },
  );

  it('createWorktree: updatedAt is the database’s own', () => {
    const error = thrown(() => board({ strict: true }).createWorktree(worktree(9, { updatedAt: null })));
    expect(error.message).toBe('createWorktree: "updatedAt" in worktree is not taken: the database sets it itself');
  });

  it('bulk calls say which element', () => {
    const error = thrown(() => board({ strict: true }).createWorktrees([worktree(8), worktree(9, { branch: 'x' })]));
    expect(error).toMatchObject({ index: 1, code: 'ERR_UNKNOWN_KEY', field: 'branch' });
  });

  it.runIf(inFiles)('backup() rejects', async () => {
    const db = board({ strict: true });
    const path = join(temporaryFolder(), 'copy.db');
    await expect(db.backup(path, { onProgress() {} })).rejects.toMatchObject({ code: 'ERR_UNKNOWN_KEY' });
    await expect(db.backup(path)).resolves.toMatchObject({ path });
  });

  it('JSON values and what is stored may have any keys', () => {
    const db = board({ strict: true });
    const agents = { anything: { readOnly: [{ y: 1 }] } };
    expect(db.updateZone('zone-1', { agents }).agents).toEqual(agents);
    const id = db.recordExecution(execution({ result: agents }));
    expect(db.getExecution(id).result).toEqual(agents);
  });

  it('a long key is cut short in the message', () => {
    const { message } = thrown(() => board({ strict: true }).listWorktrees({ ['k'.repeat(1e6)]: 1 }));
    expect(message.length).toBeLessThan(200);
  });
});

/** The warnings of a process that runs `code`, in which `db` is furnished. */
async function told(code, config = '{ dbPath }') {
  const { code: status, stdout } = await runScript(`
    process.on('warning', ({ name, code, message, detail }) => console.log(JSON.stringify({ name, code, message, detail })));
    const db = new VisualDatabase(${config});
    samples.then(async ({ furnish, worktree, zone, execution }) => { furnish(db); ${code} });
  `);
  expect(status).toBe(0);
  return stdout.split('\n').flatMap((line) => (line ? [JSON.parse(line)] : []));
}

const messages = async (...args) => (await told(...args)).map(({ message }) => message);

describe('without strict', () => {
  it('unknown keys are ignored, a near-miss too, but it is told', async () => {
    expect(await told(`db.updateWorktree('wt-1', { branch: 'x' })`)).toEqual([
      {
        name: 'VisualDatabaseWarning',
        code: 'VISUAL_DB_NEAR_MISS',
        message:
          'updateWorktree: the key "branch" of changes is ignored. ' +
          "Is 'branchName' (an update does not change it, only SQL does) meant?",
        detail: 'With strict: true it is an error.',
      },
    ]);
  });

  it.runIf(inFiles)('once a process and key', async () => {
    expect(
      await messages(`
        for (let n = 0; n < 100; n++) {
          db.updateWorktree('wt-1', { branch: 'x' });
          db.updateWorktree('wt-2', { stauts: 'x', branch: 'y' });
          new VisualDatabase({ dbPath, readOnly: true });
        }
      `),
    ).toEqual([
      expect.stringContaining('updateWorktree: the key "branch"'),
      expect.stringContaining('updateWorktree: the key "stauts" of changes is ignored. Is \'status\' meant?'),
      expect.stringContaining('VisualDatabase: the key "readOnly" of options is ignored. Is \'readonly\' meant?'),
    ]);
  });

  it.runIf(inFiles).each([
    ['db_path', 'dbPath', `try { new VisualDatabase({ db_path: 'x.db', fileMustExist: true }) } catch {}`],
    ['cachesize', 'cacheSize', `new VisualDatabase({ dbPath, cachesize: 0 })`],
    ['backup', 'backups', `new VisualDatabase({ dbPath, backup: false })`],
    ['branch', 'branchName', `try { db.createWorktree({ id: 'x', branch: 'x' }) } catch {}`],
    ['issue_url', 'issueUrl', `db.createWorktree({ ...worktree(9), issue_url: 'x' })`],
    ['task', 'taskId', `db.createWorktree({ ...worktree(9), task: 'x' })`],
    ['Status', 'status', `db.listWorktrees({ Status: 'x' })`],
    ['Width', 'width', `db.updateZone('zone-1', { size: { Width: 5 } })`],
    ['prompttemplate', 'promptTemplate', `db.updateZone('zone-1', { prompttemplate: 'x' })`],
    ['promptTempalte', 'promptTemplate', `db.createZone({ ...zone(9), promptTempalte: 'x' })`],
    ['tmeout', 'timeout', `new VisualDatabase({ dbPath, tmeout: 5 })`],
    ['agnets', 'agents', `db.createZone({ ...zone(9), agnets: [] })`],
    ['prompts', 'promptTemplate', `db.createZone({ ...zone(9), prompts: 'x' })`],
    ['prompts', 'prompt', `try { db.recordExecution({ zoneId: 'zone-1', prompts: 'x' }) } catch {}`],
    ['brnach', 'branchName', `try { db.createWorktree({ id: 'x', brnach: 'x' }) } catch {}`],
    ['moode', 'mode', `new VisualDatabase({ dbPath, moode: 0o644 })`],
    ['mdoe', 'mode', `new VisualDatabase({ dbPath, mdoe: 0o644 })`],
    ['nane', 'name', `db.updateZone('zone-1', { nane: 'x' })`],
    ['szie', 'size', `db.updateZone('zone-1', { szie: {} })`],
    ['prot', 'port', `try { db.createWorktree({ id: 'x', prot: 1 }) } catch {}`],
    ['pathe', 'path', `try { db.createWorktree({ id: 'x', pathe: 'x' }) } catch {}`],
    ['kepe', 'keep', `VisualDatabase.pruneBackups('nowhere', { kepe: {} })`],
    ['worktree', 'worktreeId', `db.getExecutionStats({ zoneId: 'zone-1', worktree: 'wt-1' })`],
    ['sucess', 'success', `db.recordExecution({ ...execution(), sucess: true })`],
    ['results', 'result', `db.recordExecutions([{ ...execution(), results: {} }])`],
    ['dryrun', 'dryRun', `VisualDatabase.pruneBackups('nowhere', { dryrun: true })`],
    ['dbpath', 'dbPath', `try { VisualDatabase.restore('nowhere', { dbpath: 'x' }) } catch {}`],
    ['Progress', 'progress', `db.backupSync(require('node:path').join(dbPath, '../copy.db'), { Progress: 1 })`],
  ])('%s for %s: %s', async (key, known, code) => {
    const folder = temporaryFolder();
    const { stderr } = await runScript(
      `process.chdir(require('node:path').dirname(dbPath));
       const db = new VisualDatabase({ dbPath });
       samples.then(({ furnish, worktree, zone, execution }) => { furnish(db); ${code} });`,
      { dbPath: join(folder, 'visual.db') },
    );
    expect(stderr).toMatch(new RegExp(`VISUAL_DB_NEAR_MISS.*the key "${key}" of .* ignored. Is '${known}' meant?`));
  });

  it.runIf(inFiles)('nothing is told of what is something else', async () => {
    const settings = `{
      dbPath, model: 'm', models: [], port: 1, path: 'p', file: 'f', cache: true, script: 's', string: 's', static: 's',
      logLevel: 'info', logging: true, loader: 'x', verbose: true, debug: true, agents: 3, mod: 1, node: 'x', code: 'x',
      times: 3, dbPort: 5432, dbHost: 'h', dbName: 'n', tickets: [], migrations: [], x: 1, y: 2, '': 0, '0': 0,
      modes: [], more: true, move: true, made: 1, modem: 'm', mods: [], mode2: 1, wmode: 1, lock: true, block: 1, click: 1,
    }`;
    expect(
      await messages(
        `
        const stored = db.getWorktree('wt-1');
        db.deleteWorktree('wt-1');
        db.createWorktree(stored);
        db.updateWorktree('wt-1', { ...stored, status: 'x' });
        db.updateWorktree('wt-1', { branch_name: 'x', created_at: 'x', updated_at: 'x' });
        db.updateWorktree('wt-1', { name: 'x', title: 'x', state: 'x', url: 'x', X: 1, size: 3, zone: 'x' });
        db.updateWorktree('wt-1', { position: { X: 1, z: 3, left: 1 } });
        db.updateWorktree('wt-1', { ports: [], port1: 1, port2: 2, sort: 's', post: 1, part: 1, paths: [], patch: 'p', xpath: '/' });
        db.updateWorktree('wt-1', { tasks: [], mask: 1, ask: 1, issues: [], issuer: 'i', stats: {}, states: [] });
        const zone1 = db.getZone('zone-1');
        db.deleteZone('zone-1');
        db.createZone(zone1);
        db.updateZone('zone-1', { ...zone1, color: 'red', agentId: 'a' });
        db.updateZone('zone-1', { names: [], game: 'g', uname: 'u', named: true, sizes: [], side: 1, site: 's', done: true });
        db.getExecutionStats({ done: true, none: null, gone: 1 });
        db.recordExecution({ ...execution(), id: 'x', executedAt: 'x', model: 'm', duration: 5, error: null });
        db.listWorktrees({ limit: 5, zone: 'x' });
        db.getExecutionStats({ since: 'x', zoneId: 'zone-1' });
      `,
        settings,
      ),
    ).toEqual([]);
  });

  it.runIf(inFiles)('nothing is told where the known key is given, too: then the other one is another', async () => {
    expect(
      await messages(`
        db.createWorktree({ ...worktree(9), branch: { name: 'x' }, stats: {}, status: 'x', task: {}, taskId: undefined });
        db.recordExecution({ ...execution(), zone: {}, worktree: {}, agent: {} });
        new VisualDatabase({ dbPath, readonly: false, readOnly: true });
      `),
    ).toEqual([]);
  });

  it('strict: true tells nothing: it throws', async () => {
    expect(
      await messages(`try { db.updateWorktree('wt-1', { branch: 'x' }) } catch {}`, '{ ...at, strict: true }'),
    ).toEqual([]);
  });

  it('ever new keys are remembered up to a bound, and cost nothing but that', async () => {
    expect(
      await messages(`
        for (let n = 0; n < 5000; n++) db.listWorktrees({ ['key' + n]: 1 });
        db.listWorktrees({ Status: 1 });
        db.listWorktrees({ ['status'.padEnd(1e7, 's')]: 1 });
      `),
    ).toEqual([]);
  });

  it('an object that can’t be asked for its keys is read as before', () => {
    const db = board();
    const refuse = () => {
      throw new Error('mine');
    };
    const shy = new Proxy(worktree(9), { ownKeys: refuse, has: refuse, getOwnPropertyDescriptor: refuse });
    expect(db.createWorktree(shy).id).toBe('wt-9');
  });
});

// Long because it is read as a specification: each rule of what errors say, of all calls is a test.
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { failure, thrown } from './support/failure.mjs';
import { execution, furnish, worktree, zone } from './support/samples.mjs';
import { sql } from './support/sql.mjs';
import { inFiles, open, place } from './support/temporary.mjs';
import { SqliteError, VisualDatabase } from './support/visual_database.mjs';

/** A failure of each kind, on a furnished database. */
const FAILURES = {
  'unique port': (db) => db.createWorktree(worktree(9, { port: 3001 })),
  'primary key': (db) => db.createZone(zone(1)),
  'not null': (db) => db.createWorktree(worktree(9, { path: null })),
  'foreign key': (db) => db.assignWorktreeToZone('wt-1', 'nowhere'),
  'a wrong id': (db) => db.createWorktree(worktree(9, { id: 5 })),
  'a wrong port': (db) => db.createWorktree(worktree(9, { port: 'abc' })),
  'a wrong field': (db) => db.updateZone('zone-1', { trigger: true }),
  'a wrong limit': (db) => db.getExecutionHistory('zone-1', 0.5),
  'a wrong run': (db) => db.recordExecution(execution({ prompt: {} })),
  'unknown worktree': (db) => db.deleteWorktree('nowhere'),
  closed: (db) => (db.close(), db.getStats()),
};

function theCaller() {
  FAILURES['unique port'](furnish(open()));
}

describe('SqliteError', () => {
  it('has name, code and the message of SQLite unchanged', () => {
    const error = thrown(() => FAILURES['unique port'](furnish(open())));
    expect(error).toBeInstanceOf(SqliteError);
    expect(error).toBeInstanceOf(Error);
    expect(error.name).toBe('SqliteError');
    expect(error.code).toBe('SQLITE_CONSTRAINT_UNIQUE');
    expect(error.message).toBe('UNIQUE constraint failed: worktrees.port');
    expect(String(error)).toBe('SqliteError: UNIQUE constraint failed: worktrees.port');
  });

  it('its stack leads to the caller', () => {
    const { stack } = thrown(theCaller);
    expect(stack).toContain('SqliteError: UNIQUE constraint failed: worktrees.port');
    expect(stack).toContain('theCaller');
  });

  it('of another SQLite failure has that code', () => {
    const at = place();
    const [db, other] = [furnish(open({ ...at, timeout: 0 })), open(at)];
    other.transaction(() => {
      const error = thrown(() => db.createWorktree(worktree(9)));
      expect(error).toBeInstanceOf(SqliteError);
      expect([error.code, error.message]).toEqual(['SQLITE_BUSY', 'database is locked']);
    });
  });
});

describe.each(Object.entries(FAILURES))('the error of: %s', (_, fail) => {
  it('is of one of the classes of the contract', () => {
    const error = thrown(() => fail(furnish(open())));
    expect([Error, TypeError, RangeError, SqliteError]).toContain(error.constructor);
  });

  it("shows no SQL text, no native frames and no other row's data", () => {
    const secret = 'another row’s secret';
    const db = furnish(open());
    db.createWorktree(worktree(7, { path: secret, taskId: secret, status: secret }));
    db.recordExecution(execution({ worktreeId: 'wt-7', prompt: secret, result: secret }));
    const error = thrown(() => fail(db));
    const shown = [error.message, ...Object.values(error).map(String)].join('\n');
    expect(shown).not.toMatch(/\b(SELECT|INSERT|UPDATE|DELETE|FROM|WHERE|VALUES)\b/);
    expect(shown).not.toMatch(/\.rs\b|panicked|napi|GenericFailure|0x[0-9a-f]{6}/i);
    expect(shown).not.toContain(secret);
    expect(error.stack).not.toMatch(/\.rs\b|\.node\b/);
  });
});

describe('a caller’s mistake names the method’s field and what it got', () => {
  it.each([
    ['createWorktree', 'port', 'abc', (db) => db.createWorktree(worktree(9, { port: 'abc' }))],
    ['createWorktree', 'port', '1.5', (db) => db.createWorktree(worktree(9, { port: 1.5 }))],
    ['createWorktree', 'status', 'true', (db) => db.createWorktree(worktree(9, { status: true }))],
    ['createWorktree', 'position.x', 'left', (db) => db.createWorktree(worktree(9, { position: { x: 'left' } }))],
    ['updateWorktree', 'position.y', 'NaN', (db) => db.updateWorktree('wt-1', { position: { y: NaN } })],
    ['createZone', 'size.width', 'wide', (db) => db.createZone(zone(9, { size: { width: 'wide' } }))],
    ['updateZone', 'trigger', 'null', (db) => db.updateZone('zone-1', { trigger: null })],
    ['recordExecution', 'zoneId', '7', (db) => db.recordExecution(execution({ zoneId: 7 }))],
    ['getExecutionHistory', 'limit', '2.5', (db) => db.getExecutionHistory('zone-1', 2.5)],
    ['getWorktreeExecutions', 'limit', 'NaN', (db) => db.getWorktreeExecutions('wt-1', NaN)],
  ])('%s: %s, got %s', (method, field, got, call) => {
    const { message } = thrown(() => call(furnish(open())));
    expect(message).toContain(method);
    expect(message).toContain(field);
    expect(message).toContain(got);
  });
});

/** What programs can test: the properties of an error, with `value`, which is not enumerable. */
function facts(error) {
  return 'value' in error ? { ...error, value: error.value } : { ...error };
}

/** The facts of what the call throws on a furnished database. */
const factsOf = (call) => facts(thrown(() => call(furnish(open()))));

describe('a foreign key that fails says which id is of nothing', () => {
  const LINKS = {
    assignWorktreeToZone: (db, worktreeId, zoneId) => db.assignWorktreeToZone(worktreeId, zoneId),
    recordExecution: (db, worktreeId, zoneId) => db.recordExecution(execution({ worktreeId, zoneId })),
    assignWorktreesToZone: (db, worktreeId, zoneId) => db.assignWorktreesToZone([worktreeId], zoneId),
    recordExecutions: (db, worktreeId, zoneId) => db.recordExecutions([execution({ worktreeId, zoneId })]),
  };
  const SWAPPED = 'zoneId is the id of a worktree and worktreeId that of a zone: they are swapped';

  describe.each(Object.entries(LINKS))('%s', (method, link) => {
    it.runIf(inFiles).each([
      ['the zone', 'wt-1', 'nowhere', ['zoneId'], undefined],
      ['the worktree', 'nowhere', 'zone-1', ['worktreeId'], undefined],
      ['both', 'nothing', 'nowhere', ['zoneId', 'worktreeId'], undefined],
      ['both, which are swapped', 'zone-1', 'wt-1', ['zoneId', 'worktreeId'], SWAPPED],
      ['a worktree that is a zone', 'zone-1', 'zone-2', ['worktreeId'], 'worktreeId is the id of a zone'],
      ['a zone that is a worktree', 'wt-1', 'wt-2', ['zoneId'], 'zoneId is the id of a worktree'],
      ['text with lone surrogates, as it was given', 'wt-1', '\ud800', ['zoneId'], undefined],
    ])('%s', (_, worktreeId, zoneId, missing, hint) => {
      const db = furnish(open());
      const isBulk = /Executions|Worktrees/.test(method);
      const expected = {
        code: 'SQLITE_CONSTRAINT_FOREIGNKEY',
        method,
        field: missing[0],
        value: missing[0] === 'zoneId' ? zoneId : worktreeId,
        missing,
        ...(hint && { hint }),
        ...(isBulk && { index: 0 }),
      };
      for (const run of [(call) => call(), (call) => db.transaction(call), (call) => db.db.transaction(call)()]) {
        const error = thrown(() => run(() => link(db, worktreeId, zoneId)));
        expect(error).toBeInstanceOf(SqliteError);
        expect(error.message).toMatch(/^(\w+\[0\]: )?FOREIGN KEY constraint failed$/);
        expect(facts(error)).toEqual(expected);
      }
      expect(db.db.inTransaction).toBe(false);
    });
  });

  it('the message is SQLite’s, to the letter', () => {
    for (const method of ['assignWorktreeToZone', 'recordExecution']) {
      const error = thrown(() => LINKS[method](furnish(open()), 'zone-1', 'wt-1'));
      expect(error.message).toBe('FOREIGN KEY constraint failed');
    }
  });

  it.runIf(inFiles)('that is somebody else’s names no field', () => {
    const db = furnish(open());
    db.db.exec(`
      CREATE TABLE notes (execution TEXT, author TEXT REFERENCES authors (id));
      CREATE TABLE authors (id TEXT PRIMARY KEY);
      CREATE TRIGGER note AFTER INSERT ON zone_executions BEGIN INSERT INTO notes VALUES (new.id, 'nobody'); END;
    `);
    expect(facts(thrown(() => db.recordExecution(execution())))).toEqual({
      code: 'SQLITE_CONSTRAINT_FOREIGNKEY',
      method: 'recordExecution',
    });
  });
});

describe('a constraint of a field says which, as JavaScript spells it, and what was given', () => {
  it.each([
    ['UNIQUE', 'createWorktree', 'port', '3001', (db) => db.createWorktree(worktree(9, { port: '3001' }))],
    ['PRIMARYKEY', 'createWorktree', 'id', 'wt-1', (db) => db.createWorktree(worktree(9, { id: 'wt-1' }))],
    ['PRIMARYKEY', 'createZone', 'id', 'zone-1', (db) => db.createZone(zone(1))],
    ['NOTNULL', 'createWorktree', 'branchName', null, (db) => db.createWorktree(worktree(9, { branchName: null }))],
    ['NOTNULL', 'createWorktree', 'port', undefined, (db) => db.createWorktree(worktree(9, { port: undefined }))],
    ['NOTNULL', 'createZone', 'name', undefined, (db) => db.createZone(zone(9, { name: undefined }))],
    ['NOTNULL', 'updateZone', 'name', null, (db) => db.updateZone('zone-1', { size: { width: 1 }, name: null })],
    ['NOTNULL', 'recordExecution', 'agentType', null, (db) => db.recordExecution(execution({ agentType: null }))],
    ['NOTNULL', 'recordExecution', 'prompt', undefined, (db) => db.recordExecution(execution({ prompt: undefined }))],
  ])('%s: %s, %s', (kind, method, field, value, call) => {
    expect(factsOf(call)).toEqual({ code: `SQLITE_CONSTRAINT_${kind}`, method, field, value });
  });

  it('of a user’s own index, too; of several columns the first', () => {
    const db = furnish(open());
    sql(db).exec(
      "CREATE UNIQUE INDEX mine ON worktrees (task_id, branch_name); UPDATE worktrees SET branch_name = 'x'",
    );
    db.updateWorktree('wt-2', { taskId: 5 });
    const { method, field, value } = facts(thrown(() => db.updateWorktree('wt-1', { status: 'y', taskId: 5 })));
    expect({ method, field, value }).toEqual({ method: 'updateWorktree', field: 'taskId', value: 5 });
  });

  it('in a bulk call, with the element’s own value', () => {
    const list = [8, 9, 1].map((n) => worktree(n, { id: `other-${n}`, position: { x: n, y: n } }));
    expect(factsOf((db) => db.createWorktrees(list))).toEqual({
      code: 'SQLITE_CONSTRAINT_UNIQUE',
      method: 'createWorktrees',
      field: 'port',
      value: 3001,
      index: 2,
    });
    expect(factsOf((db) => db.recordExecutions([execution(), execution({ prompt: null })]))).toEqual({
      code: 'SQLITE_CONSTRAINT_NOTNULL',
      method: 'recordExecutions',
      field: 'prompt',
      value: null,
      index: 1,
    });
  });

  it.runIf(inFiles)('of the raw handle has SQLite’s words and code alone', () => {
    const { db } = furnish(open());
    const insert = db.prepare(
      "INSERT INTO worktrees (id, path, port, branch_name, created_at) VALUES ('x', 'x', ?, 'x', '')",
    );
    expect(facts(thrown(() => insert.run(3001)))).toEqual({ code: 'SQLITE_CONSTRAINT_UNIQUE' });
    const assign = "INSERT INTO worktree_zones VALUES ('wt-3', 'nowhere', '')";
    expect(facts(thrown(() => db.exec(assign)))).toEqual({ code: 'SQLITE_CONSTRAINT_FOREIGNKEY' });
    expect(facts(thrown(() => insert.run({}, {})))).not.toHaveProperty('method');
  });
});

describe('an argument’s error has a code, the method, the field and the very value', () => {
  const object = { a: 1 };
  const fn = () => {};
  const symbol = Symbol('s');
  const TYPE = 'ERR_INVALID_ARG_TYPE';
  const VALUE = 'ERR_INVALID_ARG_VALUE';
  const RANGE = 'ERR_OUT_OF_RANGE';
  it.each([
    [TYPE, 'createWorktree', 'worktree', 5, (db) => db.createWorktree(5)],
    [TYPE, 'createWorktree', 'id', object, (db) => db.createWorktree(worktree(9, { id: object }))],
    [VALUE, 'createWorktree', 'id', '', (db) => db.createWorktree(worktree(9, { id: '' }))],
    [VALUE, 'createWorktree', 'port', 'abc', (db) => db.createWorktree(worktree(9, { port: 'abc' }))],
    [RANGE, 'createWorktree', 'port', -1n, (db) => db.createWorktree(worktree(9, { port: -1n }))],
    [TYPE, 'createWorktree', 'createdAt', object, (db) => db.createWorktree(worktree(9, { createdAt: object }))],
    [TYPE, 'createWorktree', 'position', 5, (db) => db.createWorktree(worktree(9, { position: 5 }))],
    [TYPE, 'createWorktree', 'position.y', fn, (db) => db.createWorktree(worktree(9, { position: { y: fn } }))],
    [TYPE, 'getWorktree', 'id', symbol, (db) => db.getWorktree(symbol)],
    [TYPE, 'listWorktrees', 'filter', null, (db) => db.listWorktrees(null)],
    [TYPE, 'listWorktrees', 'status', object, (db) => db.listWorktrees({ status: object })],
    [TYPE, 'updateWorktree', 'id', 7, (db) => db.updateWorktree(7, {})],
    [TYPE, 'updateWorktree', 'status', null, (db) => db.updateWorktree('wt-1', { status: null })],
    [VALUE, 'updateWorktree', 'position.x', Infinity, (db) => db.updateWorktree('wt-1', { position_x: Infinity })],
    [TYPE, 'updateWorktree', 'issueUrl', object, (db) => db.updateWorktree('wt-1', { issue_url: object })],
    [TYPE, 'relocateWorktree', 'location', 5, (db) => db.relocateWorktree('wt-1', 5)],
    [TYPE, 'relocateWorktree', 'path', null, (db) => db.relocateWorktree('wt-1', { path: null })],
    [TYPE, 'deleteWorktree', 'id', 7, (db) => db.deleteWorktree(7)],
    [VALUE, 'createZone', 'size.height', 'tall', (db) => db.createZone(zone(9, { size: { height: 'tall' } }))],
    [TYPE, 'createZone', 'agents', fn, (db) => db.createZone(zone(9, { agents: fn }))],
    [TYPE, 'getZone', 'id', 7, (db) => db.getZone(7)],
    [TYPE, 'updateZone', 'promptTemplate', true, (db) => db.updateZone('zone-1', { promptTemplate: true })],
    [VALUE, 'updateZone', 'size.height', NaN, (db) => db.updateZone('zone-1', { size: { height: NaN } })],
    [TYPE, 'deleteZone', 'id', object, (db) => db.deleteZone(object)],
    [TYPE, 'assignWorktreeToZone', 'worktreeId', 7, (db) => db.assignWorktreeToZone(7, 'zone-1')],
    [VALUE, 'assignWorktreeToZone', 'zoneId', '', (db) => db.assignWorktreeToZone('wt-1', '')],
    [TYPE, 'getWorktreeZone', 'worktreeId', 7, (db) => db.getWorktreeZone(7)],
    [TYPE, 'removeWorktreeFromZone', 'worktreeId', fn, (db) => db.removeWorktreeFromZone(fn)],
    [TYPE, 'getWorktreesInZone', 'zoneId', 7, (db) => db.getWorktreesInZone(7)],
    [TYPE, 'recordExecution', 'worktreeId', null, (db) => db.recordExecution(execution({ worktreeId: null }))],
    [TYPE, 'recordExecution', 'prompt', object, (db) => db.recordExecution(execution({ prompt: object }))],
    [TYPE, 'getExecution', 'id', 7, (db) => db.getExecution(7)],
    [TYPE, 'getExecutionHistory', 'zoneId', 7, (db) => db.getExecutionHistory(7)],
    [RANGE, 'getExecutionHistory', 'limit', null, (db) => db.getExecutionHistory('zone-1', null)],
    [TYPE, 'getWorktreeExecutions', 'limit', object, (db) => db.getWorktreeExecutions('wt-1', object)],
    [TYPE, 'getExecutionStats', 'zoneId', 7, (db) => db.getExecutionStats({ zoneId: 7 })],
    [TYPE, 'getExecutionStats', 'worktreeId', 7, (db) => db.getExecutionStats({ worktreeId: 7 })],
    [TYPE, 'transaction', 'fn', object, (db) => db.transaction(object)],
    ...(inFiles ? [[TYPE, 'backupSync', 'path', 5, (db) => db.backupSync(5)]] : []),
    [TYPE, 'verifyBackup', 'path', 5, () => VisualDatabase.verifyBackup(5)],
    [VALUE, 'listBackups', 'folder', '', () => VisualDatabase.listBackups('')],
    [RANGE, 'pruneBackups', 'keep.daily', -1, () => VisualDatabase.pruneBackups('backups', { keep: { daily: -1 } })],
    [TYPE, 'restore', 'backup', 5, () => VisualDatabase.restore(5)],
    [TYPE, 'VisualDatabase', 'timeout', '5s', () => new VisualDatabase({ timeout: '5s' })],
    [RANGE, 'VisualDatabase', 'mode', -1, () => new VisualDatabase({ mode: -1 })],
    [VALUE, 'VisualDatabase', 'synchronous', 'off', () => new VisualDatabase({ synchronous: 'off' })],
    [VALUE, 'VisualDatabase', 'backups.every', 'hourly', () => new VisualDatabase({ backups: { every: 'hourly' } })],
    [RANGE, 'VisualDatabase', 'backups.keep.daily', -1, () => new VisualDatabase({ backups: { keep: { daily: -1 } } })],
  ])('%s: %s, %s, given %o', (code, method, field, value, call) => {
    const error = thrown(() => call(furnish(open())));
    expect(error).toBeInstanceOf(code === RANGE ? RangeError : TypeError);
    expect(facts(error)).toEqual({ code, method, field, value });
    expect(error.value).toBe(value);
  });

  it.each([
    [TYPE, 'createWorktrees', 'worktrees', 5, (db, value) => db.createWorktrees([worktree(8), value])],
    [
      TYPE,
      'createWorktrees',
      'position',
      5,
      (db, value) => db.createWorktrees([worktree(8), worktree(9, { position: value })]),
    ],
    [
      VALUE,
      'createWorktrees',
      'port',
      'abc',
      (db, value) => db.createWorktrees([worktree(8), worktree(9, { port: value })]),
    ],
    [
      TYPE,
      'assignWorktreesToZone',
      'worktreeId',
      7,
      (db, value) => db.assignWorktreesToZone(['wt-1', value], 'zone-1'),
    ],
    [
      TYPE,
      'recordExecutions',
      'zoneId',
      object,
      (db, value) => db.recordExecutions([execution(), execution({ zoneId: value })]),
    ],
    [
      TYPE,
      'recordExecutions',
      'result',
      fn,
      (db, value) => db.recordExecutions([execution(), execution({ result: value })]),
    ],
  ])('%s in a bulk call: %s, %s', (code, method, field, value, call) => {
    const error = thrown(() => call(furnish(open()), value));
    expect(facts(error)).toEqual({ code, method, field, value, index: 1 });
    expect(error.value).toBe(value);
  });

  it('in a bulk call of more than a frame it is the value of the element behind it', () => {
    const list = Array.from({ length: 700 }, (_, n) => worktree(100 + n));
    list[620].port = object;
    expect(factsOf((db) => db.createWorktrees(list))).toMatchObject({ index: 620, field: 'port', value: object });
  });

  it('the list itself that is no array, and the zone of a list', () => {
    expect(factsOf((db) => db.createWorktrees(object))).toEqual({
      code: TYPE,
      method: 'createWorktrees',
      field: 'worktrees',
      value: object,
    });
    expect(factsOf((db) => db.assignWorktreesToZone(['wt-1'], object))).toMatchObject({
      field: 'zoneId',
      value: object,
    });
  });

  it('of 65 MiB is given by reference, and not shown', () => {
    const prompt = 'p'.repeat(64 * 1024 * 1024 + 1);
    const result = [prompt];
    for (const [field, value] of Object.entries({ prompt, result })) {
      const error = thrown(() => furnish(open()).recordExecution(execution({ [field]: value })));
      expect(error).toBeInstanceOf(RangeError);
      expect(error).toMatchObject({ code: RANGE, method: 'recordExecution', field });
      expect(error.value === value).toBe(true);
      expect(inspect(error).length).toBeLessThan(5000);
      expect(JSON.stringify(error).length).toBeLessThan(500);
    }
  });

  it('getters are read once, also where they are refused', () => {
    let reads = 0;
    const given = {
      ...worktree(9),
      get port() {
        reads += 1;
        return `port ${reads}`;
      },
    };
    expect(factsOf((db) => db.createWorktree(given)).value).toBe('port 1');
    expect(reads).toBe(1);
  });
});

describe('what is not there to delete', () => {
  it.each(['nowhere', '', null, undefined])('%o', (id) => {
    expect(failure(() => furnish(open()).deleteWorktree(id))).toEqual({
      name: 'Error',
      code: 'ERR_NOT_FOUND',
      message: `Worktree not found: ${id}`,
    });
    expect(factsOf((db) => db.deleteZone(id))).toEqual({
      code: 'ERR_NOT_FOUND',
      method: 'deleteZone',
      field: 'id',
      value: id,
    });
  });
});

describe('a method that was taken off its object says so', () => {
  const methods = Object.getOwnPropertyNames(VisualDatabase.prototype).filter((name) => name !== 'constructor');

  it.each(methods)('%s', (name) => {
    const db = furnish(open());
    const { [name]: method } = db;
    for (const call of [
      () => method('wt-1'),
      () => Reflect.apply(method, null, ['wt-1']),
      () => Reflect.apply(method, 5, ['wt-1']),
      () => ({ method }).method('wt-1'),
    ]) {
      const error = thrown(call);
      expect(error).toBeInstanceOf(TypeError);
      expect(error.message).toBe(`${name} was taken off its object: call db.${name}(…) or bind it`);
      expect(facts(error)).toEqual({ code: 'ERR_INVALID_THIS', method: name });
    }
  });

  it('bound, or of a class of one’s own, it works', () => {
    const db = furnish(open());
    expect(db.getZone.bind(db)('zone-1').id).toBe('zone-1');
    class Mine extends VisualDatabase {}
    expect(new Mine(':memory:').getStats().zones).toBe(0);
  });
});

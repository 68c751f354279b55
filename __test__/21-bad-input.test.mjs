// A table of wrong values for every argument and field of every method: the contract's error, and the database as it was.
import { beforeAll, describe, expect, it } from 'vitest';
import { thrown } from './support/failure.mjs';
import { rows } from './support/rows.mjs';
import { execution, furnish, worktree, zone } from './support/samples.mjs';
import { inTransaction, sql } from './support/sql.mjs';
import { inFiles, open, openForAll, temporaryFile } from './support/temporary.mjs';
import { SqliteError, VisualDatabase } from './support/visual_database.mjs';
import * as wrong from './support/wrong_values.mjs';

const newWorktree = (key) => (db, value) => db.createWorktree(worktree(9, { [key]: value }));
const newZone = (key) => (db, value) => db.createZone(zone(9, { [key]: value }));
const run = (key) => (db, value) => db.recordExecution(execution({ [key]: value }));
const inList = (key) => (db, value) => db.createWorktrees([worktree(8), worktree(9, { [key]: value })]);
const runInList = (key) => (db, value) => db.recordExecutions([execution(), execution({ [key]: value })]);
const relocation = (key) => (db, value) => db.relocateWorktree('wt-1', { branchName: 'changed', [key]: value });
const worktreeChange = (key) => (db, value) => db.updateWorktree('wt-1', { taskId: 'changed', [key]: value });
const zoneChange = (key) => (db, value) => db.updateZone('zone-1', { description: 'changed', [key]: value });

/** What errors about a path say that they got: the kind of the value. */
const kindOf = ([name, value]) => [name, value, new RegExp(typeof value)];

/** The fields of each method with the call that sends a value there, and the values that are wrong there. */
const FIELDS = [
  ...['path', 'branchName'].map((key) => ['createWorktree', key, newWorktree(key), wrong.NO_TEXT]),
  ...['status', 'issueUrl', 'taskId'].map((key) => ['createWorktree', key, newWorktree(key), wrong.NO_TEXT_NOR_FALSY]),
  ['createWorktree', 'createdAt', newWorktree('createdAt'), wrong.NO_TIME],
  ['createWorktree', 'port', newWorktree('port'), wrong.NO_COORDINATE],
  ...['x', 'y'].map((part) => [
    'createWorktree',
    `position.${part}`,
    (db, value) => db.createWorktree(worktree(9, { position: { [part]: value } })),
    wrong.NO_COORDINATE_NOR_FALSY,
  ]),
  ...['status', 'issueUrl', 'taskId'].map((key) => ['updateWorktree', key, worktreeChange(key), wrong.NO_TEXT]),
  ...['position_x', 'position_y'].map((key) => ['updateWorktree', key, worktreeChange(key), wrong.NO_COORDINATE]),
  ...['x', 'y'].map((part) => [
    'updateWorktree',
    `position.${part}`,
    (db, value) => db.updateWorktree('wt-1', { taskId: 'changed', position: { [part]: value } }),
    wrong.NO_COORDINATE,
  ]),
  ...['path', 'branchName'].flatMap((key) => [
    ['createWorktrees', key, inList(key), wrong.NO_TEXT],
    ['relocateWorktree', key, relocation(key), [...wrong.NO_TEXT, ['null', null, /null/]]],
  ]),
  ['createWorktrees', 'port', inList('port'), wrong.NO_COORDINATE],
  ['relocateWorktree', 'port', relocation('port'), wrong.NO_COORDINATE],
  ['createZone', 'name', newZone('name'), wrong.NO_TEXT],
  ...['description', 'trigger', 'promptTemplate'].map((key) => [
    'createZone',
    key,
    newZone(key),
    wrong.NO_TEXT_NOR_FALSY,
  ]),
  ['createZone', 'createdAt', newZone('createdAt'), wrong.NO_TIME],
  ...['x', 'y'].map((part) => [
    'createZone',
    `position.${part}`,
    (db, value) => db.createZone(zone(9, { position: { [part]: value } })),
    wrong.NO_COORDINATE_NOR_FALSY,
  ]),
  ...['width', 'height'].map((part) => [
    'createZone',
    `size.${part}`,
    (db, value) => db.createZone(zone(9, { size: { [part]: value } })),
    wrong.NO_COORDINATE_NOR_FALSY,
  ]),
  ...['name', 'trigger', 'promptTemplate'].map((key) => ['updateZone', key, zoneChange(key), wrong.NO_TEXT]),
  [
    'updateZone',
    'description',
    (db, value) => db.updateZone('zone-1', { name: 'changed', description: value }),
    wrong.NO_TEXT,
  ],
  ...['position_x', 'position_y', 'size_width', 'size_height'].map((key) => [
    'updateZone',
    key,
    zoneChange(key),
    wrong.NO_COORDINATE,
  ]),
  ...['width', 'height'].map((part) => [
    'updateZone',
    `size.${part}`,
    (db, value) => db.updateZone('zone-1', { name: 'changed', size: { [part]: value } }),
    wrong.NO_COORDINATE,
  ]),
  ...['agentType', 'prompt'].map((key) => ['recordExecution', key, run(key), wrong.NO_TEXT]),
  ...['agentType', 'prompt'].map((key) => ['recordExecutions', key, runInList(key), wrong.NO_TEXT]),
  ['listWorktrees', 'status', (db, value) => db.listWorktrees({ status: value }), wrong.NO_TEXT_NOR_FALSY],
  ...['zoneId', 'worktreeId'].map((key) => [
    'getExecutionStats',
    key,
    (db, value) => db.getExecutionStats({ [key]: value }),
    wrong.NO_TEXT_NOR_FALSY,
  ]),
  [
    'getExecutionHistory',
    'limit',
    (db, value) => db.getExecutionHistory('zone-1', value),
    [...wrong.BOOLEANS, ...wrong.OBJECTS],
  ],
  [
    'getWorktreeExecutions',
    'limit',
    (db, value) => db.getWorktreeExecutions('wt-1', value),
    [...wrong.BOOLEANS, ...wrong.OBJECTS],
  ],
  [
    'createWorktree',
    'worktree',
    (db, value) => db.createWorktree(value),
    [['undefined', undefined, /undefined/], ...wrong.NO_FIELDS],
  ],
  [
    'createZone',
    'zone',
    (db, value) => db.createZone(value),
    [['undefined', undefined, /undefined/], ...wrong.NO_FIELDS],
  ],
  [
    'recordExecution',
    'execution',
    (db, value) => db.recordExecution(value),
    [['undefined', undefined, /undefined/], ...wrong.NO_FIELDS],
  ],
  [
    'updateWorktree',
    'changes',
    (db, value) => db.updateWorktree('wt-1', value),
    [['undefined', undefined, /undefined/], ...wrong.NO_FIELDS],
  ],
  [
    'updateZone',
    'changes',
    (db, value) => db.updateZone('zone-1', value),
    [['undefined', undefined, /undefined/], ...wrong.NO_FIELDS],
  ],
  ...[
    ['createWorktrees', 'worktrees', (db, value) => db.createWorktrees(value)],
    ['recordExecutions', 'executions', (db, value) => db.recordExecutions(value)],
    ['assignWorktreesToZone', 'worktreeIds', (db, value) => db.assignWorktreesToZone(value, 'zone-1')],
  ].map((row) => [...row, [['undefined', undefined, /undefined/], ...wrong.NO_FIELDS, ['an object', {}, /object/]]]),
  ...[
    ['createWorktrees', 'worktrees', (db, value) => db.createWorktrees([worktree(8), value])],
    ['recordExecutions', 'executions', (db, value) => db.recordExecutions([execution(), value])],
    ['relocateWorktree', 'location', (db, value) => db.relocateWorktree('wt-1', value)],
  ].map((row) => [...row, [['undefined', undefined, /undefined/], ...wrong.NO_FIELDS]]),
  [
    'assignWorktreesToZone',
    'worktreeId',
    (db, value) => db.assignWorktreesToZone(['wt-1', value], 'zone-1'),
    [['undefined', undefined, /undefined/], ...wrong.NO_TEXT],
  ],
  ['createWorktrees', 'position', inList('position'), wrong.NO_GROUP],
  ...[
    // A text is a path: not one of the folder in which the tests run.
    ...(inFiles
      ? [
          [
            'backupSync',
            'path',
            (db, value) => db.backupSync(value && typeof value === 'string' ? `${temporaryFile()}${value}` : value),
          ],
        ]
      : []),
    ['verifyBackup', 'path', (_, value) => VisualDatabase.verifyBackup(value)],
    ['listBackups', 'folder', (_, value) => VisualDatabase.listBackups(value)],
    ['pruneBackups', 'folder', (_, value) => VisualDatabase.pruneBackups(value)],
    ['restore', 'backup', (_, value) => VisualDatabase.restore(value)],
  ].map((row) => [...row, [...wrong.NO_TEXT.map(kindOf), ['text with NUL', 'a\0b', /a\\u0000b/]]]),
  ['createWorktree', 'position', newWorktree('position'), wrong.NO_GROUP],
  ['updateWorktree', 'position', worktreeChange('position'), wrong.NO_GROUP],
  ...['position', 'size'].flatMap((key) => [
    ['createZone', key, newZone(key), wrong.NO_GROUP],
    ['updateZone', key, zoneChange(key), wrong.NO_GROUP],
  ]),
  ['listWorktrees', '', (db, value) => db.listWorktrees(value), wrong.NO_FIELDS],
  ['getExecutionStats', '', (db, value) => db.getExecutionStats(value), wrong.NO_FIELDS],
];

describe.each(FIELDS)('%s: %s', (method, field, call, values) => {
  let db;
  let before;
  beforeAll(() => {
    db = furnish(openForAll());
    before = rows(db);
    return () => db.close();
  });

  it.each(values)('%s: a TypeError that names the field and what it got; nothing is changed', (_, value, got) => {
    const error = thrown(() => call(db, value));
    expect(error instanceof TypeError || (field === 'port' && error instanceof RangeError), String(error)).toBe(true);
    expect(error.message).toContain(method);
    // A column's spelling may be answered with the field's.
    expect(error.message).toMatch(new RegExp(field.replace('_', '[._]')));
    expect(error.message).toMatch(got);
    expect(rows(db)).toEqual(before);
  });
});

describe('every value in every place', () => {
  const PLACES = [
    ...FIELDS.map(([method, field, call]) => [`${method} ${field}`, call]),
    ...['agents', 'actions', 'position', 'size', 'id'].map((key) => [`createZone ${key}`, newZone(key)]),
    ...['agents', 'actions', 'position', 'size'].map((key) => [`updateZone ${key}`, zoneChange(key)]),
    ...['id', 'position'].map((key) => [`createWorktree ${key}`, newWorktree(key)]),
    ...['position'].map((key) => [`updateWorktree ${key}`, worktreeChange(key)]),
    ...['zoneId', 'worktreeId', 'result', 'success'].map((key) => [`recordExecution ${key}`, run(key)]),
    ...['getWorktree', 'deleteWorktree', 'getZone', 'deleteZone', 'getWorktreeZone', 'removeWorktreeFromZone'].map(
      (method) => [method, (db, value) => db[method](value)],
    ),
    ...['getWorktreesInZone', 'getExecutionHistory', 'getWorktreeExecutions', 'getExecution'].map((method) => [
      method,
      (db, value) => db[method](value),
    ]),
    ['assignWorktreeToZone worktreeId', (db, value) => db.assignWorktreeToZone(value, 'zone-1')],
    ['assignWorktreeToZone zoneId', (db, value) => db.assignWorktreeToZone('wt-1', value)],
    ['transaction', (db, value) => db.transaction(value)],
    ['updateWorktree id', (db, value) => db.updateWorktree(value, { status: 'x' })],
    ['updateZone id', (db, value) => db.updateZone(value, { name: 'x' })],
  ];

  it.each(PLACES)(
    '%s: taken, or refused with an error of the contract and nothing done; the database works on',
    (_, call) => {
      const db = furnish(open());
      let before = rows(db);
      for (const [name, value] of wrong.EVERYTHING) {
        try {
          call(db, value);
          db.createWorktree(worktree(77));
          sql(db).exec('DELETE FROM worktrees; DELETE FROM zones');
          furnish(db);
          before = rows(db);
        } catch (error) {
          expect([Error, TypeError, RangeError, SqliteError], `${name}: ${error.stack}`).toContain(error.constructor);
          expect(rows(db), name).toEqual(before);
          expect(inTransaction(db), name).toBe(false);
        }
      }
    },
  );
});

describe('methods without their object', () => {
  it('taken off it, called on another or on nothing: a TypeError, no crash', () => {
    const db = furnish(open());
    const prototype = Object.getPrototypeOf(db);
    const synchronous = Object.getOwnPropertyNames(prototype).filter(
      // A backup tells by its promise.
      (name) => typeof prototype[name] === 'function' && !['constructor', 'backup'].includes(name),
    );
    expect(synchronous).toContain('createWorktree');
    for (const method of synchronous)
      for (const receiver of [undefined, null, {}, 5, Object.create(prototype)])
        expect(
          thrown(() => db[method].call(receiver, 'wt-1', {})),
          method,
        ).toBeInstanceOf(TypeError);
  });
});

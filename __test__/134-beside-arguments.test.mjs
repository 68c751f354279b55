// What is beside the board: what its calls say after close(), wrong values, arguments that act while they are read, and keys that
// no call reads.
// Long because it is read as a specification: each rule of arguments, of all calls that are beside the board is a test.
import { describe, expect, it } from 'vitest';
import { getting } from './support/acting.mjs';
import { thrown } from './support/failure.mjs';
import { board, everything, queued } from './support/runs.mjs';
import { execution } from './support/samples.mjs';
import { expectSound, inTransaction } from './support/sql.mjs';
import { open, place } from './support/temporary.mjs';
import * as wrong from './support/wrong_values.mjs';

const NO_ID = [...wrong.NO_TEXT, ['empty', '', /""/], ['nothing', undefined, /undefined/], ['null', null, /null/]];

const NO_REVISION = [...wrong.NO_TEXT, ['empty', '', /""/]];
const NO_INTEGER = [
  ...wrong.NO_TEXT,
  ['text', '3', /"3"/],
  ['a fraction', 0.5, /0\.5/],
  ['negative', -1, /-1/],
  ['2 ** 53', 2 ** 53, /9007199254740992/],
];

const NO_LIMIT = [
  ['none', 0, /0/],
  ['text', '5', /5/],
  ['many', 1001, /1001/],
];

const NO_TIME = [
  ['a number', 5, /5/],
  ['no time', 'yesterday', /yesterday/],
  ['no date', new Date(NaN), /Date/],
];

const ANNA = { kind: 'user', id: 'anna' };

/** Each call, and each of its arguments: what it is called, and what belongs there no more than here. */
const CALLS = {
  renderPrompt: (db) => db.renderPrompt('zone-1', 'wt-1', { a: 1 }),
  moveWorktree: (db) => db.moveWorktree('wt-1', 'zone-1'),
  moveWorktrees: (db) => db.moveWorktrees([]),
  getMoves: (db) => db.getMoves(),
  getTrend: (db) => db.getTrend(),
  getFlow: (db) => db.getFlow(),
  findWorktrees: (db) => db.findWorktrees(),
  archiveWorktree: (db) => db.archiveWorktree('wt-1'),
  restoreWorktree: (db) => db.restoreWorktree('wt-1'),
  listArchived: (db) => db.listArchived(),
  undo: (db) => db.undo({ by: ANNA }),
  redo: (db) => db.redo({ by: ANNA }),
  setMetadata: (db) => db.setMetadata('zone', 'zone-1', { a: 1 }),
  getMetadata: (db) => db.getMetadata('zone', 'zone-1'),
  setWipLimit: (db) => db.setWipLimit('zone-1', 1),
  allocatePort: (db) => db.allocatePort(),
  enableSearch: (db) => db.enableSearch(),
  disableSearch: (db) => db.disableSearch(),
  searchRuns: (db) => db.searchRuns('build'),
};

const NO_ZONE = NO_ID.filter(([, value]) => value !== null);
const BUT_MISSING = (values) => values.filter(([, value]) => value !== undefined && value !== null);

const WRONG = [
  ['renderPrompt', 'zoneId', (db, value) => db.renderPrompt(value, 'wt-1'), NO_ID],
  ['renderPrompt', 'worktreeId', (db, value) => db.renderPrompt('zone-1', value), NO_ID],
  [
    'renderPrompt',
    'variables',
    (db, value) => db.renderPrompt('zone-1', 'wt-1', value),
    wrong.NO_FIELDS.filter(([, value]) => value !== null),
  ],
  ['moveWorktree', 'worktreeId', (db, value) => db.moveWorktree(value, 'zone-2'), NO_ID],
  ['moveWorktree', 'zoneId', (db, value) => db.moveWorktree('wt-1', value), NO_ZONE],
  ['moveWorktree', 'options', (db, value) => db.moveWorktree('wt-1', 'zone-2', value), wrong.NO_FIELDS],
  ...['reason', 'expectedZoneId', 'overLimit', 'enqueue', 'position', 'position.x', 'variables'].map((field) => [
    'moveWorktree',
    field,
    (db, value) => {
      const given = field === 'position.x' ? { position: { x: value } } : { enqueue: true, [field]: value };
      return db.moveWorktree('wt-1', 'zone-2', given);
    },
    {
      reason: BUT_MISSING(wrong.NO_TEXT),
      expectedZoneId: BUT_MISSING(NO_ID),
      overLimit: [['another word', 'never', /never/], ...BUT_MISSING(wrong.NO_TEXT)],
      enqueue: [
        ['text', 'yes', /yes/],
        ['a number', 1, /1/],
      ],
      position: BUT_MISSING(wrong.NO_FIELDS),
      'position.x': [
        ['text', 'x', /x/],
        ['an object', {}, /object/],
      ],
      variables: BUT_MISSING(wrong.NO_FIELDS),
    }[field],
  ]),
  ['moveWorktrees', 'moves', (db, value) => db.moveWorktrees(value), wrong.NO_FIELDS],
  ...['zoneId', 'worktreeId', 'after'].map((field) => [
    'getMoves',
    field,
    (db, value) => db.getMoves({ [field]: value }),
    BUT_MISSING(wrong.NO_TEXT),
  ]),
  ...['since', 'until'].map((field) => ['getMoves', field, (db, value) => db.getMoves({ [field]: value }), NO_TIME]),
  ...['getTrend', 'getFlow'].flatMap((method) => [
    [method, 'filter', (db, value) => db[method](value), wrong.NO_FIELDS.filter(([, value]) => value !== undefined)],
    ...['since', 'until'].map((field) => [method, field, (db, value) => db[method]({ [field]: value }), NO_TIME]),
    ...['bucket', 'timeZone'].map((field) => [
      method,
      field,
      (db, value) => db[method]({ [field]: value }),
      [['another word', 'never', /never/], ...BUT_MISSING(wrong.NO_TEXT)],
    ]),
  ]),
  ...['by', 'zoneId', 'worktreeId', 'agentType', 'status', 'model', 'parentRunId', 'branchName'].map((field) => [
    'getTrend',
    field,
    (db, value) => db.getTrend({ [field]: value }),
    BUT_MISSING(wrong.NO_TEXT).filter(([, value]) => !Array.isArray(value)),
  ]),
  ['getTrend', 'minDurationMs', (db, value) => db.getTrend({ minDurationMs: value }), BUT_MISSING(NO_INTEGER)],
  ['getMoves', 'limit', (db, value) => db.getMoves({ limit: value }), NO_LIMIT],
  ['getMoves', 'filter', (db, value) => db.getMoves(value), wrong.NO_FIELDS.filter(([, value]) => value !== undefined)],
  ...['undo', 'redo'].flatMap((method) => [
    [method, 'by', (db, value) => db[method]({ by: value }), BUT_MISSING(wrong.NO_FIELDS)],
    [method, 'onConflict', (db, value) => db[method]({ by: ANNA, onConflict: value }), BUT_MISSING(wrong.NO_TEXT)],
    [method, 'options', (db, value) => db[method](value), wrong.NO_FIELDS.filter(([, value]) => value != null)],
  ]),
  ['archiveWorktree', 'id', (db, value) => db.archiveWorktree(value), NO_ID],
  [
    'archiveWorktree',
    'reason',
    (db, value) => db.archiveWorktree('wt-1', { reason: value }),
    BUT_MISSING(wrong.NO_TEXT),
  ],
  ['archiveWorktree', 'options', (db, value) => db.archiveWorktree('wt-1', value), BUT_MISSING(wrong.NO_FIELDS)],
  ['restoreWorktree', 'id', (db, value) => db.restoreWorktree(value), NO_ID],
  [
    'restoreWorktree',
    'port',
    (db, value) => db.restoreWorktree('wt-1', { port: value }),
    [
      ['text', 'any', /any/],
      ['a fraction', 0.5, /0\.5/],
      ['negative', -1, /-1/],
      ['an object', {}, /object/],
    ],
  ],
  ...['status', 'zoneId', 'branchName'].map((field) => [
    'findWorktrees',
    field,
    (db, value) => db.findWorktrees({ [field]: value }),
    BUT_MISSING(wrong.NO_TEXT).filter(([, value]) => !Array.isArray(value)),
  ]),
  ...['createdSince', 'updatedSince'].map((field) => [
    'findWorktrees',
    field,
    (db, value) => db.findWorktrees({ [field]: value }),
    [
      ['text', 'yesterday', /yesterday/],
      ['a number', 5, /5/],
      ['no time', new Date(NaN), /Date/],
    ],
  ]),
  [
    'findWorktrees',
    'hasOpenRuns',
    (db, value) => db.findWorktrees({ hasOpenRuns: value }),
    [
      ['text', 'yes', /yes/],
      ['a number', 1, /1/],
    ],
  ],
  [
    'findWorktrees',
    'metadata',
    (db, value) => db.findWorktrees({ metadata: value }),
    wrong.NO_FIELDS.filter(([, value]) => value !== null),
  ],
  [
    'findWorktrees',
    'orderBy',
    (db, value) => db.findWorktrees({ orderBy: value }),
    [
      ['another', 'port', /port/],
      ['a number', 1, /1/],
    ],
  ],
  [
    'findWorktrees',
    'limit',
    (db, value) => db.findWorktrees({ limit: value }),
    [
      ['none', 0, /0/],
      ['many', 1001, /1001/],
    ],
  ],
  [
    'findWorktrees',
    'filter',
    (db, value) => db.findWorktrees(value),
    wrong.NO_FIELDS.filter(([, value]) => value !== undefined),
  ],
  ['restoreWorktree', 'key', (db, value) => db.restoreWorktree('wt-1', { key: value }), BUT_MISSING(NO_INTEGER)],
  ['restoreWorktree', 'options', (db, value) => db.restoreWorktree('wt-1', value), BUT_MISSING(wrong.NO_FIELDS)],
  ['listArchived', 'limit', (db, value) => db.listArchived({ limit: value }), NO_LIMIT],
  ['listArchived', 'after', (db, value) => db.listArchived({ after: value }), BUT_MISSING(wrong.NO_TEXT)],
  ['listArchived', 'options', (db, value) => db.listArchived(value), BUT_MISSING(wrong.NO_FIELDS)],
  ['setMetadata', 'kind', (db, value) => db.setMetadata(value, 'zone-1', {}), NO_ID],
  ['setMetadata', 'id', (db, value) => db.setMetadata('zone', value, {}), NO_ID],
  [
    'setMetadata',
    'patch',
    (db, value) => db.setMetadata('zone', 'zone-1', value),
    wrong.NO_FIELDS.filter(([, value]) => value !== null),
  ],
  ['getMetadata', 'kind', (db, value) => db.getMetadata(value, 'zone-1'), NO_ID],
  ['getMetadata', 'id', (db, value) => db.getMetadata('run', value), NO_ID],
  ['updateWorktree', 'ifRevision', (db, value) => db.updateWorktree('wt-1', {}, { ifRevision: value }), NO_REVISION],
  ['updateZone', 'ifRevision', (db, value) => db.updateZone('zone-1', {}, { ifRevision: value }), NO_REVISION],
  ['allocatePort', 'from', (db, value) => db.allocatePort({ from: value }), NO_INTEGER],
  ['allocatePort', 'to', (db, value) => db.allocatePort({ to: value }), NO_INTEGER],
  ['searchRuns', 'text', (db, value) => db.searchRuns(value), NO_ID],
  ['searchRuns', 'limit', (db, value) => db.searchRuns('build', { limit: value }), NO_LIMIT],
  ['searchRuns', 'mode', (db, value) => db.searchRuns('build', { mode: value }), BUT_MISSING(wrong.NO_TEXT)],
  [
    'searchRuns',
    'filter',
    (db, value) => db.searchRuns('build', value),
    wrong.NO_FIELDS.filter(([, value]) => value !== undefined),
  ],
  ['enableSearch', 'mode', (db, value) => db.enableSearch({ mode: value }), BUT_MISSING(wrong.NO_TEXT)],
  [
    'enableSearch',
    'options',
    (db, value) => db.enableSearch(value),
    wrong.NO_FIELDS.filter(([, value]) => value !== undefined),
  ],
  ['setWipLimit', 'zoneId', (db, value) => db.setWipLimit(value, 1), NO_ID],
  ['setWipLimit', 'limit', (db, value) => db.setWipLimit('zone-1', value), NO_INTEGER],
];

const EVERYWHERE = {
  renderPrompt: (db, value) => db.renderPrompt(value, value, value),
  moveWorktree: (db, value) => db.moveWorktree(value, value, value),
  moveWorktrees: (db, value) => db.moveWorktrees(value),
  getMoves: (db, value) => db.getMoves(value),
  getTrend: (db, value) => db.getTrend(value),
  getFlow: (db, value) => db.getFlow(value),
  findWorktrees: (db, value) => db.findWorktrees(value),
  archiveWorktree: (db, value) => db.archiveWorktree(value, value),
  restoreWorktree: (db, value) => db.restoreWorktree(value, value),
  listArchived: (db, value) => db.listArchived(value),
  undo: (db, value) => db.undo(value),
  redo: (db, value) => db.redo(value),
  setMetadata: (db, value) => db.setMetadata('zone', 'zone-1', value),
  getMetadata: (db, value) => db.getMetadata(value, value),
  setWipLimit: (db, value) => db.setWipLimit(value, value),
  allocatePort: (db, value) => db.allocatePort(value),
  updateWorktree: (db, value) => db.updateWorktree('wt-1', { status: 'x' }, value),
  updateZone: (db, value) => db.updateZone('zone-1', { name: 'x' }, { ifRevision: value }),
  getBoard: (db, value) => db.getBoard(value),
  enableSearch: (db, value) => db.enableSearch(value),
  searchRuns: (db, value) => db.searchRuns(value, value),
};

/** Each argument that is an object: its name, a full one, one of its keys, and the call that is given it. */
const ACTING = {
  renderPrompt: ['variables', { a: 1 }, 'a', (db, given) => db.renderPrompt('zone-1', 'wt-1', given)],
  moveWorktree: [
    'options',
    { reason: 'x', enqueue: true },
    'reason',
    (db, given) => db.moveWorktree('wt-1', 'zone-2', given),
  ],
  moveWorktrees: [
    'moves[1]',
    { worktreeId: 'wt-2', zoneId: 'zone-2' },
    'zoneId',
    (db, given) => db.moveWorktrees([{ worktreeId: 'wt-1', zoneId: null }, given]),
  ],
  findWorktrees: ['filter', { zoneId: 'zone-1' }, 'zoneId', (db, given) => db.findWorktrees(given)],
  enableSearch: ['options', { mode: 'words' }, 'mode', (db, given) => db.enableSearch(given)],
  searchRuns: ['filter', { zoneId: 'zone-1' }, 'zoneId', (db, given) => db.searchRuns('build', given)],
  getMoves: ['filter', { zoneId: 'zone-1' }, 'zoneId', (db, given) => db.getMoves(given)],
  getTrend: ['filter', { zoneId: 'zone-1' }, 'zoneId', (db, given) => db.getTrend(given)],
  getFlow: ['filter', { bucket: 'day' }, 'bucket', (db, given) => db.getFlow(given)],
  archiveWorktree: ['options', { reason: 'x' }, 'reason', (db, given) => db.archiveWorktree('wt-1', given)],
  restoreWorktree: ['options', { port: 'auto', key: 1 }, 'port', (db, given) => db.restoreWorktree('wt-3', given)],
  listArchived: ['options', { limit: 5 }, 'limit', (db, given) => db.listArchived(given)],
  undo: ['options', { by: ANNA, onConflict: 'skip' }, 'onConflict', (db, given) => db.undo(given)],
  redo: ['options', { by: ANNA }, 'by', (db, given) => db.redo(given)],
  getBoard: ['options', { runs: true }, 'runs', (db, given) => db.getBoard(given)],
  allocatePort: [
    'options',
    { from: 3001, to: 3999, isFree: () => true },
    'from',
    (db, given) => db.allocatePort(given),
  ],
  setMetadata: ['patch', { a: 1 }, 'a', (db, given) => db.setMetadata('zone', 'zone-1', given)],
};

/** Those whose keys are all known. */
const STRICT = Object.entries(ACTING).filter(([, [name]]) => !['variables', 'patch'].includes(name));

function furnished(config) {
  const db = board(config);
  db.assignWorktreeToZone('wt-1', 'zone-1');
  db.updateZone('zone-1', { promptTemplate: '{{ a }}' });
  queued(db);
  db.archiveWorktree('wt-3');
  db.enableSearch();
  return db;
}

describe.each(Object.entries(CALLS))('%s after close()', (_, call) => {
  it('is a TypeError(The database connection is not open)', () => {
    const db = furnished();
    db.close();
    expect(thrown(() => call(db))).toEqual(new TypeError('The database connection is not open'));
  });
});

describe.each(WRONG.map(([method, field, call, values]) => ({ method, field, call, values })))(
  '$method: $field',
  ({ method, field, call, values }) => {
    it('that is wrong is a TypeError or a RangeError that names it and what it got, and changes nothing', () => {
      const db = furnished();
      const before = everything(db);
      for (const [name, value, words] of values) {
        const error = thrown(() => call(db, value));
        expect(error instanceof TypeError || error instanceof RangeError, `${name}: ${error}`).toBe(true);
        expect(error.code, name).toMatch(/^ERR_(INVALID_ARG_TYPE|INVALID_ARG_VALUE|OUT_OF_RANGE)$/);
        expect({ name, method: error.method, field: error.field }).toEqual({ name, method, field });
        expect(error.message, name).toContain(`${method}: ${field} `);
        expect(error.message, name).toMatch(words);
        expect(error.message.length, name).toBeLessThan(400);
      }
      expect(everything(db)).toEqual(before);
    });
  },
);

describe('every value everywhere', () => {
  it.each(Object.entries(EVERYWHERE))(
    'in %s: an error of ours, or an answer, and the board as sound as it was',
    (method, call) => {
      const db = furnished();
      for (const [name, value] of wrong.EVERYTHING) {
        try {
          call(db, value);
        } catch (error) {
          expect(error, name).toBeInstanceOf(Error);
          expect(error.code, `${name}: ${error.stack}`).toMatch(/^ERR_(?!INTERNAL)/);
          expect(error.method, name).toBe(method);
        }
        expect(inTransaction(db), name).toBe(false);
      }
      expectSound(db);
    },
  );
});

describe.each(Object.entries(ACTING))('what %s is given', (name, [, given, key, call]) => {
  it('throws: its own value arrives, and nothing is done', () => {
    const db = furnished();
    const before = everything(db);
    const mine = new Error('mine');
    const refuse = () => {
      throw mine;
    };
    for (const hostile of [
      getting(given, key, refuse),
      new Proxy(given, { get: refuse, has: refuse, ownKeys: refuse, getOwnPropertyDescriptor: refuse }),
    ])
      expect(thrown(() => call(db, hostile))).toBe(mine);
    expect(everything(db)).toEqual(before);
  });

  it('is a revoked Proxy: a TypeError', () => {
    const db = furnished();
    const before = everything(db);
    const { proxy, revoke } = Proxy.revocable(given, {});
    revoke();
    expect(thrown(() => call(db, proxy))).toBeInstanceOf(TypeError);
    expect(everything(db)).toEqual(before);
  });

  it('uses the database meanwhile', () => {
    const db = furnished();
    let meanwhile;
    call(
      db,
      getting(given, key, () => {
        meanwhile = db.transaction(() => db.recordExecution(execution()));
        return given[key];
      }),
    );
    expect(db.getExecution(meanwhile).id).toBe(meanwhile);
    expect(inTransaction(db)).toBe(false);
  });

  it('closes the database: a TypeError, nothing of the call is done, no crash', () => {
    const at = place();
    const db = furnished(at);
    const before = everything(db);
    const error = thrown(() =>
      call(
        db,
        getting(given, key, () => (db.close(), given[key])),
      ),
    );
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toBe('The database connection is not open');
    expect(everything(open(at))).toEqual(before);
  });

  it('runs out of stack: a RangeError of the engine', () => {
    const db = furnished();
    const before = everything(db);
    const hostile = getting(given, key, () => call(db, hostile));
    expect(thrown(() => call(db, hostile))).toBeInstanceOf(RangeError);
    expect(everything(db)).toEqual(before);
  });
});

describe.each(STRICT)('an unknown key in what %s is given', (name, [field, given, , call]) => {
  it('is refused before anything is done', () => {
    const db = furnished();
    const before = everything(db);
    const [method] = name.split(' ');
    const error = thrown(() => call(db, { ...given, unheardOf: undefined }));
    expect(error).toMatchObject({ name: 'TypeError', code: 'ERR_UNKNOWN_KEY', method, field: 'unheardOf' });
    expect(error.message).toContain(`${method}: unknown key "unheardOf" in ${field}; known are `);
    for (const known of Object.keys(given)) expect(error.message).toContain(known);
    expect(everything(db)).toEqual(before);
  });
});

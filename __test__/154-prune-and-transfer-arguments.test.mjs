// What the calls that keep a board small, and take it along, make of wrong arguments, hostile ones, and a closed database.
import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { open } from './support/temporary.mjs';

/** What a call throws, or its promise is rejected with. */
async function refused(call) {
  try {
    await call();
  } catch (error) {
    return error;
  }
  return undefined;
}

const CALLS = {
  prune: (db, value) => db.prune(value),
  getRetention: (db) => db.getRetention(),
  setRetention: (db, value) => db.setRetention(value),
  exportAll: (db, value) => db.exportAll('/nowhere/x', value),
  importAll: (db, value) => db.importAll(Readable.from([]), value),
};

const TAKE_OPTIONS = ['prune', 'setRetention', 'exportAll', 'importAll'];

describe.each(Object.keys(CALLS))('%s', (name) => {
  test('throws once the database is closed', async () => {
    const db = open();
    db.close();
    const error = await refused(() => CALLS[name](db, name === 'setRetention' ? null : undefined));
    expect([error.name, error.message]).toEqual(['TypeError', 'The database connection is not open']);
  });

  test('says who it is where it was taken off its database', async () => {
    const method = open()[name];
    const error = await refused(() => method());
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toContain(`db.${name}`);
  });
});

describe.each(TAKE_OPTIONS)('%s: its options', (name) => {
  test.each([5, 'text', true, null].filter((value) => name !== 'setRetention' || value !== null))(
    '%o is a TypeError that names them',
    async (value) => {
      const error = await refused(() => CALLS[name](open(), value));
      expect(error).toMatchObject({ name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE', method: name });
    },
  );

  test('an unknown key is refused, and the nearest named', async () => {
    const error = await refused(() => CALLS[name](open(), { bodys: '1d', onprogress: 1 }));
    expect(error).toMatchObject({ name: 'TypeError', code: 'ERR_UNKNOWN_KEY', method: name });
  });

  test('getters and proxies that throw have their say, and nothing is changed', async () => {
    const stop = new Error('stop');
    const hostile = new Proxy(
      {},
      {
        get() {
          throw stop;
        },
      },
    );
    const db = open();
    expect(await refused(() => CALLS[name](db, hostile))).toBe(stop);
    expect(db.getRetention()).toBeNull();
  });
});

test.each([
  ['bodies', true, 'ERR_INVALID_ARG_TYPE'],
  ['bodies', '1 year', 'ERR_INVALID_ARG_VALUE'],
  ['output', -5, 'ERR_OUT_OF_RANGE'],
  ['runs', Number.NaN, 'ERR_OUT_OF_RANGE'],
  ['runs', 1e300, 'ERR_OUT_OF_RANGE'],
  ['perZone', '5', 'ERR_INVALID_ARG_TYPE'],
  ['perZone', -1, 'ERR_OUT_OF_RANGE'],
  ['maxBytes', 1.5, 'ERR_OUT_OF_RANGE'],
  ['changes', {}, 'ERR_INVALID_ARG_TYPE'],
])('%s: %o is %s, of prune and of setRetention', (field, value, code) => {
  const db = open();
  for (const [method, call] of [
    ['prune', () => db.prune({ [field]: value })],
    ['setRetention', () => db.setRetention({ [field]: value })],
  ]) {
    let error;
    try {
      call();
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ code, method, field, value });
  }
});

test.each([
  ['dryRun', 1, 'ERR_INVALID_ARG_TYPE'],
  ['budgetMs', '5', 'ERR_INVALID_ARG_TYPE'],
  ['budgetMs', 0, 'ERR_OUT_OF_RANGE'],
  ['budgetMs', Infinity, 'ERR_OUT_OF_RANGE'],
])('%s: %o is %s', async (field, value, code) => {
  expect(await refused(() => open().prune({ [field]: value }))).toMatchObject({ code, method: 'prune', field, value });
});

// Arguments of the feed that act while they are read, keys that nothing reads, and calls after close().
import { describe, expect, it } from 'vitest';
import { getting } from './support/acting.mjs';
import { thrown } from './support/failure.mjs';
import { board } from './support/runs.mjs';
import { execution } from './support/samples.mjs';

/** Each call, with a full argument, and one of its keys. */
const CALLS = {
  getChanges: [(db, given) => db.getChanges(given), { after: null, limit: 5, entities: ['zone'] }, 'limit'],
  watch: [(db, given) => db.watch(given), { after: null, entities: ['zone'], signal: null }, 'entities'],
};

describe.each(Object.entries(CALLS))('%s', (method, [call, given, key]) => {
  it('after close(): TypeError(The database connection is not open)', () => {
    const db = board();
    db.close();
    expect(thrown(() => call(db))).toEqual(new TypeError('The database connection is not open'));
  });

  it('takes nothing, and a full argument', () => {
    const db = board();
    for (const fine of [undefined, {}, given, { ...given, [key]: undefined }, { ...given, [key]: null }])
      expect(() => call(db, fine)).not.toThrow();
  });

  it.each([null, 5, 'text', true])('refuses %o for its argument', (wrong) => {
    const error = thrown(() => call(board(), wrong));
    expect(error).toMatchObject({ name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE', method, field: 'options' });
  });

  it.each([
    ['after', 5, 'ERR_INVALID_ARG_TYPE'],
    ['after', 'nonsense', 'ERR_CURSOR'],
    ['entities', 5, 'ERR_INVALID_ARG_TYPE'],
    ['entities', ['nonsense'], 'ERR_INVALID_ARG_VALUE'],
    ['entities', [5], 'ERR_INVALID_ARG_TYPE'],
  ])('refuses { %s: %j }, and names the method, the field and the value', (field, value, code) => {
    const error = thrown(() => call(board(), { [field]: value }));
    expect(error).toMatchObject({ code, method, field });
    expect(error.message).toContain(method);
    expect(error.value).toBe(Array.isArray(value) ? value[0] : value);
  });

  it('refuses a key that nothing reads, and names those it knows', () => {
    for (const strict of [true, false]) {
      const error = thrown(() => call(board({ strict }), { ...given, unheardOf: undefined }));
      expect(error).toMatchObject({ name: 'TypeError', code: 'ERR_UNKNOWN_KEY', method, field: 'unheardOf' });
      expect(error.message).toContain(Object.keys(given).toSorted()[0]);
    }
  });

  it('reads each key once, and its own error arrives', () => {
    const db = board();
    const read = [];
    call(db, new Proxy(given, { get: (target, name) => (read.push(name), Reflect.get(target, name)) }));
    expect(read.toSorted()).toEqual(Object.keys(given).toSorted());
    const mine = new Error('mine');
    const refuse = () => {
      throw mine;
    };
    expect(thrown(() => call(db, getting(given, key, refuse)))).toBe(mine);
    expect(thrown(() => call(db, new Proxy(given, { get: refuse, ownKeys: refuse })))).toBe(mine);
  });

  it('may use and close the database meanwhile', () => {
    const db = board();
    const acting = getting(given, key, () => (db.recordExecution(execution()), given[key]));
    expect(() => call(db, acting)).not.toThrow();
    const closing = getting(given, key, () => (db.close(), given[key]));
    expect(thrown(() => call(db, closing))).toEqual(new TypeError('The database connection is not open'));
  });
});

it.each(['now', 5, {}])('watch: signal is an AbortSignal, %o is none', (signal) => {
  expect(thrown(() => board().watch({ signal }))).toMatchObject({
    name: 'TypeError',
    code: 'ERR_INVALID_ARG_TYPE',
    method: 'watch',
    field: 'signal',
  });
});

// A method of the raw handle without its object says which one it is, as those of the class do.
import { afterAll, describe, expect, it } from 'vitest';
import { thrown } from './support/failure.mjs';
import { VisualDatabase } from './support/visual_database.mjs';

const { db } = new VisualDatabase(':memory:');
afterAll(() => db.close());
const statement = db.prepare('SELECT 1');

const methodsOf = (object) =>
  Object.getOwnPropertyNames(Object.getPrototypeOf(object))
    .filter((name) => name !== 'constructor')
    .map((name) => [name, object[name]]);

/** What the methods check before they look at their object. */
const GIVEN = {
  toString: [],

  table: ['t', () => {}],
  serialize: [],
  defaultSafeIntegers: [],
  unsafeMode: [],
};

describe.each([
  ['db', db, statement],
  ['statement', statement, db],
])('a method of a %s that was taken off its object says so', (object, owner, other) => {
  it.each(methodsOf(owner))('%s', (name, method) => {
    const given = GIVEN[name] ?? ['SELECT 1'];
    for (const call of [
      () => method(...given),
      () => Reflect.apply(method, null, given),
      () => Reflect.apply(method, 5, given),
      () => Reflect.apply(method, other, given),
      () => ({ method }).method(...given),
    ]) {
      const error = thrown(call);
      expect(error).toBeInstanceOf(TypeError);
      expect(error.message).toBe(`${name} was taken off its object: call ${object}.${name}(…) or bind it`);
      expect({ ...error }).toEqual({ code: 'ERR_INVALID_THIS', method: name });
    }
  });
});

it('bound, it works', () => {
  const get = statement.get.bind(statement);
  expect(get()).toEqual({ 1: 1 });
  expect(db.exec.bind(db)('SELECT 1')).toBe(db);
});

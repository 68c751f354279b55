import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { thrown } from './support/failure.mjs';
import { rows } from './support/rows.mjs';
import { execution, furnish, zone } from './support/samples.mjs';
import { sql } from './support/sql.mjs';
import { open } from './support/temporary.mjs';

const asJson = (value) => JSON.parse(JSON.stringify(value));

/** `value` stored in every place that takes JSON, and read back from each. */
function throughAll(db, value) {
  sql(db).exec("DELETE FROM zones WHERE id IN ('zone-7', 'zone-8')");
  const created = db.createZone(zone(7, { agents: value, actions: value }));
  db.createZone(zone(8));
  const updated = db.updateZone('zone-8', { agents: value, actions: value });
  const { result } = db.getExecution(db.recordExecution(execution({ result: value })));
  return [created.agents, created.actions, updated.agents, updated.actions, db.getZone('zone-7').agents, result];
}

const deep = (levels) => JSON.parse('['.repeat(levels) + ']'.repeat(levels));

describe('agents, actions and result are any JSON value', () => {
  it.each([
    ['text', 'frontend'],
    ['a number', 7],
    ['true', true],
    ['an object', { lead: 'a', crew: ['b', { c: null }] }],
    ['numbers to the last bit', [0.1 + 0.2, 5e-324, 1.7976931348623157e308, 2 ** 53 + 2, 1e21, 123456789012345680000]],
    ['-0, which JSON writes as 0', [-0]],
    ['numbers that JSON has no word for', [NaN, Infinity, -Infinity]],
    ['emoji, other planes, combining marks', ['😀👩‍💻🏳️‍🌈', '\u{10ffff}', 'e\u0301', '空']],
    ['NUL and other control characters', ['a\0b', '\u0001\u001f\u007f\u2028\u2029', '\\u0000 "quoted" \\']],
    ['lone surrogates, which JSON escapes', ['\ud800', 'x\udc00y', { '\ud83d': 1 }]],
    ['key order', { z: 1, a: 2, m: { y: 1, b: 2 } }],
    ['keys that are numbers', { 10: 'a', 2: 'b', x: 'c', '-1': 'd' }],
    ['keys that look like others', { '': 1, ' ': 2, constructor: 3, toString: 4, length: 5, hasOwnProperty: 6 }],
    ['nested empties', [[], {}, [[]], [{}]]],
    ['undefined and functions inside', { a: undefined, b: () => {}, c: [undefined, () => {}, Symbol('s')] }],
    ['toJSON', { at: new Date(0), custom: { toJSON: (key) => `under ${key}` } }],
    ['a Date itself', new Date(0)],
    ['Map, Set, typed arrays', [new Map([[1, 2]]), new Set([1]), new Uint8Array([1, 2])]],
    ['boxed values', [Object('s'), Object(1), Object(false)]],
    ['a thousand levels', deep(1000)],
    ['ten thousand items', Array.from({ length: 10000 }, (_, n) => ({ n, text: `item ${n}` }))],
  ])('%s', (_, value) => {
    for (const read of throughAll(furnish(open()), value)) expect(read).toStrictEqual(asJson(value));
  });

  it('false, 0, "" and null are values of a result and in an update', () => {
    const db = furnish(open());
    for (const value of [false, 0, '', null]) {
      expect(db.getExecution(db.recordExecution(execution({ result: value }))).result).toBe(value);
      expect(db.updateZone('zone-1', { agents: value }).agents).toBe(value);
    }
  });

  it('__proto__ comes back as a plain key', () => {
    const value = JSON.parse('{"__proto__":{"polluted":true},"a":{"__proto__":1}}');
    for (const read of throughAll(furnish(open()), value)) {
      expect(Object.keys(read)).toEqual(['__proto__', 'a']);
      expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
      expect(JSON.stringify(read)).toBe(JSON.stringify(value));
    }
    expect({}.polluted).toBeUndefined();
  });

  it('key order, to the letter', () => {
    const value = { z: 1, 10: 2, a: { d: 1, 2: 1, c: 1 } };
    for (const read of throughAll(furnish(open()), value)) expect(JSON.stringify(read)).toBe(JSON.stringify(value));
  });

  it('an object that changes while it is written is written once', () => {
    let reads = 0;
    const value = { toJSON: () => ({ read: ++reads }) };
    const db = furnish(open());
    expect(db.updateZone('zone-1', { agents: value }).agents).toEqual({ read: 1 });
    expect(reads).toBe(1);
  });

  it('any value that fast-check can think of', () => {
    const db = furnish(open());
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(db.updateZone('zone-1', { agents: value }).agents).toStrictEqual(asJson(value));
        expect(db.getExecution(db.recordExecution(execution({ result: value }))).result).toStrictEqual(asJson(value));
      }),
      { numRuns: 200 },
    );
  });
});

describe('what JSON.stringify rejects is a TypeError with its own words behind the field, and nothing is stored', () => {
  const cycle = {};
  cycle.self = cycle;
  it.each([
    ['a cycle', cycle],
    ['a BigInt', 1n],
    ['a BigInt inside', { deep: [1n] }],
  ])('%s', (_, value) => {
    const db = furnish(open());
    const before = rows(db);
    const own = thrown(() => JSON.stringify(value));
    for (const [method, field, call] of [
      ['createZone', 'agents', () => db.createZone(zone(9, { agents: value }))],
      ['createZone', 'actions', () => db.createZone(zone(9, { actions: value }))],
      ['updateZone', 'agents', () => db.updateZone('zone-1', { name: 'x', agents: value })],
      ['updateZone', 'actions', () => db.updateZone('zone-1', { name: 'x', actions: value })],
      ['recordExecution', 'result', () => db.recordExecution(execution({ result: value }))],
    ]) {
      const error = thrown(call);
      expect(error).toBeInstanceOf(TypeError);
      expect(error.message).toBe(`${method}: ${field}: ${own.message}`);
      expect(error.cause.message).toBe(own.message);
      expect(error).toMatchObject({ code: 'ERR_INVALID_ARG_VALUE', method, field });
      expect(error.value).toBe(value);
    }
    expect(rows(db)).toEqual(before);
  });

  it.each([
    ['a function', () => {}],
    ['a symbol', Symbol('s')],
  ])('%s, of which JSON.stringify makes nothing, is a TypeError that names the field', (_, value) => {
    const db = furnish(open());
    const before = rows(db);
    for (const [field, call] of [
      ['agents', () => db.createZone(zone(9, { agents: value }))],
      ['actions', () => db.createZone(zone(9, { actions: value }))],
      ['agents', () => db.updateZone('zone-1', { agents: value })],
      ['actions', () => db.updateZone('zone-1', { actions: value })],
      ['result', () => db.recordExecution(execution({ result: value }))],
    ]) {
      const error = thrown(call);
      expect(error).toBeInstanceOf(TypeError);
      expect(error.message).toContain(field);
    }
    expect(rows(db)).toEqual(before);
  });
});

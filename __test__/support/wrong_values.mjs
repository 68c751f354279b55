// Values that belong nowhere in the contract, each with what an error has to say that it got.
class WithToString {
  toString() {
    return 'wt-1';
  }
}

export const BOOLEANS = [
  ['true', true, /true|boolean/],
  ['false', false, /false|boolean/],
];

export const NO_NUMBERS = [
  ['NaN', NaN, /NaN/],
  ['Infinity', Infinity, /Infinity/],
  ['-Infinity', -Infinity, /-Infinity/],
];

export const OBJECTS = [
  ['a symbol', Symbol('wt-1'), /symbol/i],
  ['a function', () => 'wt-1', /function/],
  ['a class', WithToString, /function|class/],
  ['a Date', new Date(0), /Date|object/],
  ['an object', { id: 'wt-1' }, /object/i],
  ['an object without prototype', Object.create(null), /object/i],
  ['an array', ['wt-1'], /array|object/i],
  ['an object with toString', new WithToString(), /WithToString|object/],
  ['a boxed string', Object('wt-1'), /String|object/],
  ['a boxed number', Object(7), /Number|object/],
  ['a Map', new Map([['id', 'wt-1']]), /Map|object/],
  ['a Buffer', Buffer.from('wt-1'), /Buffer|Uint8Array|object/],
  ['a RegExp', /wt-1/, /RegExp|object/],
  ['a promise', Promise.resolve('wt-1'), /Promise|object/],
  ['a Proxy of an object', new Proxy({}, {}), /object/i],
  ['a Proxy of a function', new Proxy(() => {}, {}), /function/],
];

const truthy = ([, value]) => Boolean(value);

/** Wrong where text belongs. */
export const NO_TEXT = [...BOOLEANS, ...NO_NUMBERS, ...OBJECTS];
/** Wrong where text belongs, and where a falsy value is the default. */
export const NO_TEXT_NOR_FALSY = NO_TEXT.filter(truthy);
/** Wrong where a finite number belongs. */
export const NO_COORDINATE = [...NO_TEXT, ['text', 'left', /left/], ['half a number', '12px', /12px/]];
export const NO_COORDINATE_NOR_FALSY = NO_COORDINATE.filter(truthy);
/** Wrong where the moment of creation belongs. */
export const NO_TIME = [...NO_TEXT, ['a number', 1700000000000, /1700000000000|number/], ['0', 0, /0|number/]];
/** Wrong where an object of fields belongs. */
export const NO_FIELDS = [
  ['null', null, /null/],
  ['a number', 5, /5|number/],
  ['NaN', NaN, /NaN|number/],
  ['text', 'active', /active|string|text/],
  ['true', true, /true|boolean/],
  ['a symbol', Symbol('s'), /symbol/i],
  ['a BigInt', 7n, /7|bigint/i],
];
/** Wrong where a position or a size belongs, of which everything may be missing. */
export const NO_GROUP = NO_FIELDS.filter(truthy);

/** Everything, also what some fields take: sent everywhere, where nothing may crash or be half done. */
export const EVERYTHING = [
  ...NO_COORDINATE,
  ...NO_FIELDS,
  ['undefined', undefined],
  ['-0', -0],
  ['a fraction', 0.1],
  ['2 ** 53', 2 ** 53],
  ['1e300', 1e300],
  ['a large BigInt', 2n ** 70n],
  ['a negative BigInt', -1n],
  ['empty text', ''],
  ['text with NUL', 'a\0b'],
  ['a lone surrogate', '\ud800'],
  ['extra keys', { id: 'wt-1', extra: { keys: [1] }, __proto__: { inherited: true } }],
  ['a sparse array', [, 1]], // eslint-disable-line no-sparse-arrays
  ['a typed array', new Float64Array([NaN])],
  ['a WeakMap', new WeakMap()],
  ['an Error', new Error('wt-1')],
  ['globalThis', globalThis],
];

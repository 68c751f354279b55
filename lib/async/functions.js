'use strict';

// Arguments of a call that can't be cloned: functions, signals and streams stay on the caller's thread, and the other thread asks for
// them. (Streams could be transferred, but Node 20 loses what is written last.)

const { Writable } = require('node:stream');
const { WritableStream } = require('node:stream/web');
const { nodeSink, webSink } = require('../transfer/sinks.js');

const isPlain = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/** `{ args, kept, where }`: arguments that can be cloned; what stays here of them; and where each was: `[index, key | null, kind]`. */
function separated(args) {
  const kept = [];
  const where = [];
  const keep = (index, key, kind, value) => {
    where.push([index, key, kind]);
    kept.push(value);
  };
  const separate = (value, index) => {
    if (typeof value === 'function') return keep(index, null, 'function', value);
    if (!isPlain(value)) return value;
    if (value instanceof Writable) return keep(index, null, 'sink', nodeSink(value));
    if (value instanceof WritableStream) return keep(index, null, 'sink', webSink(value));
    if (typeof value[Symbol.asyncIterator] === 'function') {
      return keep(index, null, 'source', value[Symbol.asyncIterator]());
    }
    const asked = Object.entries(value).filter(([, inner]) => typeof inner === 'function' || isSignal(inner));
    if (asked.length === 0) return value;
    const rest = { ...value };
    for (const [key, inner] of asked) {
      keep(index, key, isSignal(inner) ? 'signal' : 'function', inner);
      rest[key] = undefined;
    }
    return rest;
  };
  return { args: args.map(separate), kept, where };
}

const isSignal = (value) => value instanceof AbortSignal;

/** The arguments again, with `make(number, kind)` for what was kept. */
function joined(args, where, make) {
  const all = [...args];
  where.forEach(([index, key, kind], number) => {
    const value = make(number, kind);
    all[index] = key === null ? value : { ...all[index], [key]: value };
  });
  return all;
}

module.exports = { isSignal, joined, separated };

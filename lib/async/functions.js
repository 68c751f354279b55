'use strict';

// What among the arguments of a call can't be cloned: functions and signals stay on the caller's thread, and the other one asks;
// streams go over as they can.

const { Writable } = require('node:stream');
const { ReadableStream, WritableStream } = require('node:stream/web');
const { nodeSink } = require('../transfer/sinks.js');

const isPlain = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const isIterable = (value) => typeof value === 'object' && typeof value?.[Symbol.asyncIterator] === 'function';

/**
 * `{ args, kept, where, transfer }`: arguments that can be cloned, with the streams that are transferred; what is kept of them, and of
 * each of that `[index, key | null, kind]`.
 */
function separated(args) {
  const kept = [];
  const where = [];
  const transfer = [];
  const keep = (index, key, value) => {
    where.push([index, key, typeof value === 'function' ? 'function' : 'signal']);
    kept.push(value);
  };
  const carried = (stream) => {
    transfer.push(stream);
    return stream;
  };
  const separate = (value, index) => {
    if (typeof value === 'function') return keep(index, null, value);
    if (!isPlain(value)) return value;
    if (value instanceof WritableStream || value instanceof ReadableStream) return carried(value);
    if (value instanceof Writable) return carried(webOf(value));
    if (isIterable(value)) return carried(ReadableStream.from(value));
    const rest = { ...value };
    let isWhole = true;
    for (const [key, inner] of Object.entries(value)) {
      if (typeof inner !== 'function' && !(inner instanceof AbortSignal)) continue;
      keep(index, key, inner);
      rest[key] = undefined;
      isWhole = false;
    }
    return isWhole ? value : rest;
  };
  return { args: args.map(separate), kept, where, transfer };
}

function webOf(stream) {
  const { write, end, abandon } = nodeSink(stream);
  return new WritableStream({ write, close: end, abort: abandon });
}

/** The arguments again, with `make(number, kind)` for what was kept. */
function joined(args, where, make) {
  const all = [...args];
  where.forEach(([index, key, kind], number) => {
    const value = make(number, kind);
    all[index] = key === null ? value : { ...all[index], [key]: value };
  });
  return all;
}

module.exports = { joined, separated };

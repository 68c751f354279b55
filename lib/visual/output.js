'use strict';

const addon = require('../native/addon.js');
const { list } = require('../native/objects.js');
const rows = require('../native/rows.js');
const { describe, each, fields, instant, integer, options } = require('./arguments.js');
const { outOfRange, wrongType, wrongValue } = require('./errors.js');
const knownKeys = require('./known_keys.js');
const { limitOf } = require('./pages.js');
const { stateOf } = require('./state.js');

const { cell } = rows;

/** The streams, in the addon's order. */
const STREAMS = ['stdout', 'stderr', 'event'];

/** How many chunks one call may append. */
const MOST = 10_000;

/** The range of sequence numbers. */
const ANY = [0, Number.MAX_SAFE_INTEGER];

const chunk = {
  width: 4,
  make: (at) => ({ sequence: cell(at), stream: cell(at + 1), text: cell(at + 2), at: cell(at + 3) }),
};

/** The methods of VisualDatabase for what runs print. */
const methods = {
  appendOutput(id, token, chunks, given) {
    const { connection, maxOutputBytes, clock } = stateOf(this, 'appendOutput');
    const { expectedSequence } = options('appendOutput', 'options', given, knownKeys.append);
    const values = [];
    if (chunks?.length > MOST) throw tooMany(chunks);
    each('appendOutput', 'chunks', chunks, (argument, index) => {
      const name = `chunks[${index}]`;
      const { stream, text, at } = fields('appendOutput', name, argument, knownKeys.chunk, true);
      const its = streamOf(`${name}.stream`, stream);
      if (typeof text !== 'string') {
        const message = `appendOutput: ${name}.text must be a string, got ${describe(text)}`;
        throw wrongType('appendOutput', `${name}.text`, text, message);
      }
      values.push(its, text, instant('appendOutput', `${name}.at`, at) ?? NaN);
    });
    // `undefined` instead of the chunks, whose values follow all other arguments.
    const told = [id, token, undefined, expectedSequence];
    return addon.appendOutput(connection, clock(), ...told, maxOutputBytes, ...values);
  },

  getOutput(id, given) {
    const { connection } = stateOf(this, 'getOutput');
    const { after, limit } = options('getOutput', 'options', given, knownKeys.output);
    const from = integer('getOutput', 'after', after, ANY, 0);
    const text = addon.listOutput(connection, id, from, limitOf('getOutput', limit));
    const truncated = rows.more();
    const items = listOnce(text);
    return { items, next: items.length === 0 ? from : items.at(-1).sequence + 1, truncated };
  },
};

/** All rows of the one batch that a call returned; its `more` means something else. */
function listOnce(text) {
  if (text === undefined) return [];
  rows.head[1] = 0;
  return list(chunk, text);
}

function tooMany(chunks) {
  const message = `appendOutput: chunks must be at most ${MOST} at a time, got ${chunks.length}`;
  return outOfRange('appendOutput', 'chunks', chunks, message);
}

function streamOf(name, stream) {
  const at = STREAMS.indexOf(stream);
  if (at !== -1) return at;
  const message = `appendOutput: ${name} must be one of ${STREAMS.join(', ')}, got ${describe(stream)}`;
  throw (typeof stream === 'string' ? wrongValue : wrongType)('appendOutput', name, stream, message);
}

module.exports = { methods };

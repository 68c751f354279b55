'use strict';

// The options of `traceCalls`, checked.

const { describe, options } = require('../visual/arguments.js');
const { wrongType } = require('../visual/errors.js');
const knownKeys = require('../visual/known_keys.js');

const METHOD = 'traceCalls';

function optionsOf(given) {
  const { tracerProvider, meterProvider, queryText } = options(METHOD, 'options', given, knownKeys.tracing);
  provider('tracerProvider', 'getTracer', tracerProvider);
  provider('meterProvider', 'getMeter', meterProvider);
  if (queryText !== undefined && queryText !== null && typeof queryText !== 'boolean') {
    throw wrongType(
      METHOD,
      'queryText',
      queryText,
      `${METHOD}: queryText must be a boolean, got ${describe(queryText)}`,
    );
  }
  return { tracerProvider, meterProvider, queryText };
}

function provider(field, gives, value) {
  if (value === undefined || value === null || typeof value[gives] === 'function') return;
  throw wrongType(METHOD, field, value, `${METHOD}: ${field} must have the function ${gives}, got ${describe(value)}`);
}

module.exports = { optionsOf };

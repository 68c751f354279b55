'use strict';

// `traceCalls`: a span of OpenTelemetry for each call, and a histogram of how long calls take, by the semantic conventions for
// databases. `@opentelemetry/api` is the application's: this package has no dependency on it.

const path = require('node:path');
const { version } = require('../../package.json');
const { follow } = require('../native/calls.js');
const { aboutOf } = require('../visual/observers.js');
const { optionsOf } = require('./options.js');

const NAME = '@ai-orchestra/visual-db';

/** Traces all calls of this process from now on, and returns a function that stops it. */
function traceCalls(given) {
  const options = optionsOf(given);
  const api = theirs();
  const tracer = (options.tracerProvider ?? api.trace).getTracer(NAME, version);
  const duration = (options.meterProvider ?? api.metrics)
    .getMeter(NAME, version)
    .createHistogram('db.client.operation.duration', {
      description: 'Duration of database client operations.',
      unit: 's',
      advice: { explicitBucketBoundaries: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10] },
    });
  const open = [];
  return follow({
    began(call) {
      const active = api.context.active();
      const outer = open.at(-1);
      // A call within another one (in a transaction) is its child, unless the application has begun a span in between.
      const parent = outer?.active === active ? api.trace.setSpan(active, outer.span) : active;
      const about = attributesOf(call);
      const attributes = { ...about, ...textOf(call, options.queryText) };
      const kind = aboutOf(call.database).memory ? api.SpanKind.INTERNAL : api.SpanKind.CLIENT;
      const name = `${about['db.operation.name']} ${about['db.namespace']}`;
      const span = tracer.startSpan(name, { kind, attributes }, parent);
      open.push({ active, span, call });
      return { span, about };
    },
    left: (call) => {
      const at = open.findLastIndex((one) => one.call === call);
      if (at !== -1) open.splice(at, 1);
    },
    ended(call, { span, about }) {
      const outcome = outcomeOf(call);
      const { rows, ...measured } = outcome;
      span.setAttributes(rows === null ? measured : { ...measured, 'db.response.returned_rows': rows });
      if (call.error !== undefined) {
        span.recordException(call.error);
        span.setStatus({ code: api.SpanStatusCode.ERROR, message: call.error?.message });
      }
      span.end();
      duration.record(call.durationMs / 1000, { ...about, ...measured });
    },
  });
}

function theirs() {
  try {
    return require('@opentelemetry/api');
  } catch (cause) {
    const message = 'traceCalls: @opentelemetry/api is not installed: npm install @opentelemetry/api';
    throw Object.assign(new Error(message, { cause }), { code: 'ERR_NO_OPENTELEMETRY', method: 'traceCalls' });
  }
}

function attributesOf(call) {
  const { system, name, memory } = aboutOf(call.database);
  return {
    'db.system.name': system,
    'db.namespace': memory ? ':memory:' : path.basename(name),
    'db.operation.name':
      call.sql === undefined ? call.method : (/\w+/.exec(call.sql)?.[0].toUpperCase() ?? call.method),
  };
}

/** The attribute with a statement's SQL: by default only with parameters, since SQL without any may contain values. */
function textOf({ sql, arguments: values }, queryText) {
  if (sql === undefined)
    return Array.isArray(values[0]) && values[0].length > 1 ? { 'db.operation.batch.size': values[0].length } : {};
  return (queryText ?? values.length > 0) ? { 'db.query.text': sql } : {};
}

function outcomeOf({ error, result }) {
  if (error === undefined) {
    const list = result?.items ?? result;
    return { rows: Array.isArray(list) ? list.length : null };
  }
  const code = String(error?.code ?? error?.name ?? 'Error');
  return { rows: null, 'error.type': code, ...(code.startsWith('SQLITE_') && { 'db.response.status_code': code }) };
}

module.exports = { traceCalls };

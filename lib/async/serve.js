'use strict';

// The other thread: it has a VisualDatabase, and makes the calls that messages ask for.

const { parentPort, receiveMessageOnPort, workerData } = require('node:worker_threads');
const VisualDatabase = require('../visual/visual_database.js');
const { packed } = require('./answers.js');
const { heard, over, told } = require('./errors.js');
const { joined } = require('./functions.js');
const { SLOW } = require('./slow.js');
const { together } = require('./together.js');

const { options, has, dropped, reply } = workerData;

/** What the caller's clock said for the call that is being made. */
let now = null;

/** A function of the caller's threw; the thrown value stays on the caller's thread. */
class Thrown extends Error {
  constructor(number, error) {
    super(error.message);
    this.number = number;
    this.told = error;
  }

  /** For the caller's thread: the number of the value, where that thread kept it. */
  get answer() {
    return this.number === null ? { error: this.told } : { thrown: this.number };
  }
}

/** Asks the caller's thread, and blocks until it answers. */
function ask(port, message) {
  Atomics.store(reply.flag, 0, 0);
  port.postMessage(message);
  Atomics.wait(reply.flag, 0, 0);
  const { value, promise, thrown, error } = receiveMessageOnPort(reply.port).message;
  if (thrown !== undefined) throw new Thrown(thrown, error);
  return promise ? Promise.resolve() : value;
}

/** Asks for a step of a stream, and goes on meanwhile. */
function askLater(port, id, asked, step, ...given) {
  lastLater += 1;
  const later = lastLater;
  port.postMessage({ id, asked, step, given, later });
  return new Promise((resolve, reject) => laters.set(later, { resolve, reject }));
}

function hearLater({ later, value, thrown, error }) {
  const { resolve, reject } = laters.get(later);
  laters.delete(later);
  if (thrown === undefined) resolve(value);
  else reject(new Thrown(thrown, error));
}

const laters = new Map();
let lastLater = 0;

/** Stand-ins for the caller's streams, in the form that the class takes. */
const STREAMS = {
  sink: (ask) => ({
    getWriter: () => ({
      ready: Promise.resolve(),
      write: (bytes) => ask('write', bytes),
      close: () => ask('end'),
      abort: (error) => ask('abandon', told(error)),
    }),
  }),
  source: (ask) => ({ [Symbol.asyncIterator]: () => ({ next: () => ask('next') }) }),
};

const tell =
  (event) =>
  (...given) =>
    parentPort.postMessage({ event, given });

function opened() {
  const config = { ...options };
  if (has.clock) config.clock = () => now ?? ask(parentPort, { asked: 'clock', given: [] });
  if (has.logger) config.logger = { info: tell('info'), error: tell('error') };
  if (has.onQuery)
    config.onQuery = ({ error, ...call }) => tell('query')({ ...call, error: error === null ? null : told(error) });
  return new VisualDatabase(has.options ? config : options);
}

/** The signals of waiting calls by the call's id, and iterators by the watch's number. */
const stops = new Map();
const iterators = new Map();

/** The database as each actor has it, by the actor's JSON. */
const actors = new Map();
function seenBy(by) {
  if (by === undefined) return database;
  if (!actors.has(by)) {
    // A caller with a new actor for each request would fill the map without end.
    if (actors.size >= 1000) actors.clear();
    actors.set(by, database.as(JSON.parse(by)));
  }
  return actors.get(by);
}

const SPECIAL = {
  close: () => database.close(),
  'watch.begin': (seen, id, given) => void iterators.set(id, seen.watch(given)),
  'watch.next': async (_, id) => {
    const iterator = iterators.get(id);
    const { done, value } = await iterator.next();
    return { done, value, position: iterator.position };
  },
  'watch.end': async (_, id) => {
    await iterators.get(id)?.return();
    iterators.delete(id);
  },
};

function call(port, { id, method, by, args, where }) {
  const given = joined(args, where, (number, kind) => {
    if (kind === 'function') return (...values) => ask(port, { id, asked: number, given: values });
    if (kind in STREAMS) return STREAMS[kind]((...step) => askLater(port, id, number, ...step));
    const stop = new AbortController();
    stops.set(id, stop);
    return stop.signal;
  });
  const seen = seenBy(by);
  return Object.hasOwn(SPECIAL, method) ? SPECIAL[method](seen, ...given) : seen[method](...given);
}

/** Makes a call and answers it. While a promise of it is pending, other calls are served. */
function serve(port, message, awake) {
  const { id, method } = message;
  const end = (answer) => {
    stops.delete(id);
    port.postMessage({ id, ...answer });
  };
  const answer = (value) => end(packed(value));
  const fail = (error) => end(error instanceof Thrown ? error.answer : { error: told(error) });
  if (message.later !== undefined) return hearLater(message);
  if (message.abort !== undefined) return stops.get(message.abort)?.abort();
  if (Atomics.exchange(dropped, id % dropped.length, 0) === 1) return fail(new DOMException('aborted', 'AbortError'));
  if (message.now !== undefined) ({ now } = message);
  try {
    if (method === 'transaction') return transaction(port, message, awake, answer, fail);
    if (awake !== undefined && SLOW.has(method)) throw takesItsTime(method);
    const value = call(port, message);
    return value instanceof Promise ? value.then(answer, fail) : answer(value);
  } catch (error) {
    return fail(error);
  } finally {
    now = null;
  }
}

function takesItsTime(method) {
  const [name] = method.split('.');
  return over(name, `${name}: it takes its time, and can't be called in a transaction`);
}

/** Runs a transaction: until it ends, this thread takes only the calls that belong to it. */
function transaction(port, { calls = port, awake: own }, awake = own, answer, fail) {
  let ended;
  try {
    database.transaction(() => {
      answer(undefined);
      ended = untilEnd(calls, awake);
      if (ended.end.rollback !== undefined) throw heard(ended.end.rollback);
    });
    calls.postMessage({ id: ended.id, value: undefined });
  } catch (error) {
    if (ended === undefined) return fail(error);
    const isWanted = ended.end.rollback !== undefined;
    calls.postMessage({ id: ended.id, ...(!isWanted && { error: told(error) }) });
  } finally {
    if (calls !== port) calls.close();
  }
  return undefined;
}

/** Serves messages until one ends the transaction, and returns that one. */
function untilEnd(port, awake) {
  for (;;) {
    const before = Atomics.load(awake, 0);
    const received = receiveMessageOnPort(port);
    if (received === undefined) Atomics.wait(awake, 0, before);
    else if (received.message.end !== undefined) return received.message;
    else serve(port, received.message, awake);
  }
}

let database;

/** The listener for messages. With a clock, a logger or `onQuery` each call is made by itself. */
function hearing() {
  const one = (message) => serve(parentPort, message);
  if (has.clock || has.logger || has.onQuery) return one;
  return together(parentPort, database, {
    serve: one,
    make: (message) => call(parentPort, message),
    answer: ({ id }, value) => parentPort.postMessage({ id, ...packed(value) }),
    fail: ({ id }, error) => parentPort.postMessage({ id, error: told(error) }),
    isDropped: ({ id }) => Atomics.load(dropped, id % dropped.length) === 1,
  });
}

/** Opens the database, and serves calls from then on. */
function serveAll() {
  try {
    database = opened();
    parentPort.on('message', hearing());
    parentPort.postMessage({ opened: true });
  } catch (error) {
    parentPort.postMessage({ opened: false, error: told(error) });
  }
}

module.exports = { serveAll };

// AsyncVisualDatabase with the methods of VisualDatabase: each is a call to a thread that has the former, and is waited for. So what
// is a test of the one is a test of the other.
import { createRequire } from 'node:module';
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { Database, VisualDatabase as Sync } from '../../../lib/index.mjs';

const require = createRequire(import.meta.url);
const { heard, told } = require('../../../lib/async/errors.js');
const { separated } = require('../../../lib/async/functions.js');
const { SLOW } = require('../../../lib/async/slow.js');

/** Counts what the thread has said, so that it is heard also by who sleeps. */
const said = new Int32Array(new SharedArrayBuffer(4));
/** Counts what the thread was answered. */
const answered = new Int32Array(new SharedArrayBuffer(4));
const [calls, answers] = [new MessageChannel(), new MessageChannel()];
const port = calls.port1;
const thread = new Worker(new URL('./host_thread.mjs', import.meta.url), {
  workerData: { port: calls.port2, answers: answers.port2, said, answered },
  transferList: [calls.port2, answers.port2],
});
port.on('message', hear);
for (const each of [thread, port]) each.unref();

const THE_DATE = Date;
const pending = new Map();
/** Functions that the thread may ask, which stay: loggers, clocks, those of calls. */
const functions = [];
const thrown = [];
const values = [];
let last = 0;

const keep = (fn) => functions.push(fn) - 1;

function ask({ asked, given, isAwaited, transaction }) {
  let answer;
  try {
    const value = functions[asked](transaction, ...given);
    // What fn of a transaction gives stays here.
    if (transaction !== undefined) answer = { value: values.push(value) - 1 };
    else answer = value instanceof Promise ? { promise: true } : { value };
  } catch (error) {
    answer = { thrown: thrown.push(error) - 1, error: told(error) };
  }
  return isAwaited ? answer : undefined;
}

function hear(message) {
  if (message.asked !== undefined) {
    const answer = ask(message);
    if (message.transaction !== undefined) return port.postMessage({ ended: message.transaction, answer });
    if (answer === undefined) return undefined;
    answers.port1.postMessage(answer);
    Atomics.add(answered, 0, 1);
    return Atomics.notify(answered, 0);
  }
  const settle = pending.get(message.id);
  pending.delete(message.id);
  if (pending.size === 0) port.unref();
  return settle(message);
}

const result = (message) => {
  if (message.thrown !== undefined) throw thrown[message.thrown];
  if (message.error !== undefined) throw heard(message.error);
  return message.value;
};

/** Posts a call: arguments as the class itself separates them, with what of them stays here. */
function post(message, args, settle) {
  const id = (last += 1);
  const { args: plain, kept, where } = separated(args);
  const numbers = kept.map((one) => (one instanceof AbortSignal ? null : keep((_, ...given) => one(...given))));
  // A test may have set the time, which another thread has not.
  const now = Date === THE_DATE ? null : Date.now();
  const signal = kept.find((one) => one instanceof AbortSignal);
  const why = () => thrown.push(signal.reason) - 1;
  const aborted = signal?.aborted ? why() : undefined;
  try {
    port.postMessage({ ...message, id, args: plain, where, numbers, now, aborted });
  } catch (error) {
    throw refused(message, error);
  }
  const abort = () => port.postMessage({ abort: id, reason: why() });
  signal?.addEventListener('abort', abort);
  pending.set(id, (answer) => {
    signal?.removeEventListener('abort', abort);
    settle(answer);
  });
  port.ref();
}

/** What can't cross is refused before it does, in the words of the class. */
function refused({ method }, error) {
  if (error?.name !== 'DataCloneError') return error;
  const facts = { code: 'ERR_INVALID_ARG_TYPE', method };
  return Object.assign(new TypeError(`${method}: ${error.message}`, { cause: error }), facts);
}

/** Makes a call, and waits for it. */
function wait(message, args = []) {
  let settled;
  post(message, args, (answer) => (settled = answer));
  while (settled === undefined) {
    const before = Atomics.load(said, 0);
    const next = receiveMessageOnPort(port);
    if (next) hear(next.message);
    else if (Atomics.wait(said, 0, before, 20_000) === 'timed-out') throw new Error(`${message.method}: no answer`);
  }
  return result(settled);
}

/** Makes a call that gives a promise. */
const later = (message, args) =>
  new Promise((resolve, reject) => {
    post(message, args, (answer) => {
      try {
        resolve(result(answer));
      } catch (error) {
        reject(error);
      }
    });
  });

/** Functions in what it is opened with are asked with what was said; those of the logger wait for nobody. */
function opening(config) {
  if (typeof config !== 'object' || config === null) return { config, asks: {} };
  const { clock, logger, onQuery, ...rest } = config;
  const asks = {};
  if (typeof clock === 'function') asks.clock = keep(() => clock());
  else if (clock !== undefined) rest.clock = clock;
  if (typeof onQuery === 'function') asks.onQuery = keep((_, call) => onQuery(call));
  else if (onQuery !== undefined) rest.onQuery = onQuery;
  if (typeof logger?.info === 'function')
    for (const level of ['info', 'error']) asks[level] = keep((_, ...given) => logger[level](...given));
  else if (logger !== undefined) rest.logger = logger;
  return { config: rest, asks };
}

export class VisualDatabase {
  #root;
  #by;

  constructor(config, root, by) {
    this.#by = by;
    this.#root = root;
    if (root !== undefined) return;
    const { config: plain, asks } = opening(config);
    this.#root = { number: wait({ method: 'open', asks }, [plain]), within: [], config };
  }

  get db() {
    const { dbPath } = this.#root.config;
    this.#root.raw ??= new Database(dbPath ?? this.#root.config);
    return this.#root.raw;
  }

  #message(method) {
    return { method, number: this.#root.number, within: this.#root.within.at(-1), by: this.#by };
  }

  as(actor) {
    // That the actor can't be one is said now.
    wait({ ...this.#message('as'), by: undefined }, [actor]);
    return new VisualDatabase(undefined, this.#root, actor);
  }

  transaction(fn) {
    if (typeof fn !== 'function') return wait(this.#message('transaction'), [fn]);
    const { within } = this.#root;
    const asked = keep((transaction) => {
      within.push(transaction);
      try {
        return fn(this);
      } finally {
        within.pop();
      }
    });
    return values[wait({ ...this.#message('transaction'), fn: asked })];
  }

  watch(options) {
    const iterator = wait(this.#message('watch'), [options]);
    const step = (name) => later({ ...this.#message(name), iterator }, []);
    let position = null;
    return {
      get position() {
        return position;
      },
      async next() {
        const { position: at, ...next } = await step('next');
        position = at;
        return next;
      },
      return: () => step('return'),
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  close() {
    this.#root.raw?.close();
    return wait(this.#message('close'));
  }

  static {
    for (const name of Object.getOwnPropertyNames(Sync.prototype)) {
      if (Object.hasOwn(this.prototype, name)) continue;
      this.prototype[name] = function call(...args) {
        return SLOW.has(name) ? later(this.#message(name), args) : wait(this.#message(name), args);
      };
    }
    for (const name of Object.getOwnPropertyNames(Sync))
      if (typeof Sync[name] === 'function') this[name] = Sync[name].bind(Sync);
  }
}

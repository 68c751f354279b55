'use strict';

// AsyncVisualDatabase as it is once it has been opened: its methods are VisualDatabase's, each a call to the thread.

const { AsyncLocalStorage } = require('node:async_hooks');
const { disposedBy } = require('../native/disposable.js');
const { takenOff } = require('../native/taken_off.js');
const { actorText } = require('../visual/actors.js');
const VisualDatabase = require('../visual/visual_database.js');
const { wrongType } = require('../visual/errors.js');
const { describe } = require('../visual/arguments.js');
const { CLOSED } = require('./conversation.js');
const { over, told } = require('./errors.js');
const { Thread } = require('./thread.js');
const { Turns } = require('./turns.js');
const { watch } = require('./watch.js');

/** Methods that are not simply sent to the other thread. */
const OWN = new Set(['constructor', 'as', 'close', 'transaction', 'watch']);

/** Which transactions the running code is in. */
const within = new AsyncLocalStorage();

/** Ends threads of databases that were garbage-collected, once they have done what was asked of them. */
const forgotten = new FinalizationRegistry((threads) => {
  for (const thread of threads) thread.close().catch(() => {});
});

/** The state of each database: `{ root, calls, by, level }`; each transaction has a `level` of its own. */
const states = new WeakMap();

/** What all objects of an opened database share: its thread, the one for transactions, and the turns for that. */
class Root {
  threads = [];
  turns = new Turns();
  isClosed = false;

  constructor(options, thread) {
    this.options = options;
    this.threads.push(thread);
    const path = typeof options === 'string' ? options : options?.dbPath;
    // A database in memory can't have a second connection.
    this.isAlone = path === ':memory:';
  }

  get thread() {
    return this.threads[0];
  }

  async threadOfTransactions() {
    if (this.isAlone) return this.thread;
    if (this.threads.length === 1) this.threads.push(await Thread.open(forTransactions(this.options)));
    return this.threads[1];
  }

  async close() {
    if (this.isClosed) return;
    this.isClosed = true;
    await this.turns.all();
    await Promise.all(this.threads.map((thread) => thread.close()));
  }
}

/** The options without backups and retention, which the first connection does alone. */
function forTransactions(options) {
  if (typeof options !== 'object' || options === null) return options;
  const { backups: _, retention: __, ...rest } = options;
  return rest;
}

/** Opens a database of a class; the first one opened gives the class its methods. */
async function open(Class, options) {
  prepare(Class.prototype);
  const thread = await Thread.open(options);
  const root = new Root(options, thread);
  forgotten.register(root, root.threads);
  root.prototype = Class.prototype;
  return made(root, thread);
}

function made(root, calls, by, level) {
  const database = Object.create(root.prototype);
  states.set(database, { root, calls, by, level });
  return database;
}

function stateOf(database, method) {
  const state = states.get(database);
  if (state !== undefined) return state;
  throw takenOff('db', method);
}

/** Takes off `{ signal }` after the arguments of any call: aborting it ends the wait. */
function apart(args) {
  const last = args.at(-1);
  const isSignal = typeof last === 'object' && last !== null && last.signal instanceof AbortSignal;
  if (!isSignal || Object.keys(last).length !== 1) return { args };
  return { args: args.slice(0, -1), signal: last.signal };
}

function call(database, method, given) {
  const { root, calls, by } = stateOf(database, method);
  const { args, signal } = apart(given);
  if (root.isAlone && calls === root.thread && isWithin(root))
    throw over(method, `${method}: inside a transaction of a database in memory call it on what transaction gave`);
  // A signal that the method itself takes ends what the call waits for.
  return method === 'waitForRun' ? calls.call({ method, by }, given) : calls.call({ method, by }, args, { signal });
}

function isWithin(of) {
  for (let entered = within.getStore(); entered !== undefined; entered = entered.outer)
    if (entered.of === of) return true;
  return false;
}

const methods = {
  as(actor) {
    const { root, calls, level } = stateOf(this, 'as');
    return made(root, calls, actorText('as', 'actor', actor), level);
  },

  async close() {
    const { root, calls } = stateOf(this, 'close');
    if (!root.threads.includes(calls))
      throw over('close', 'close: a transaction is ended by what its function returns');
    await root.close();
  },

  async transaction(fn, options) {
    const { root, calls, by, level } = stateOf(this, 'transaction');
    if (typeof fn !== 'function')
      throw wrongType('transaction', 'fn', fn, `Expected first argument to be a function, got ${describe(fn)}`);
    const isOuter = root.threads.includes(calls);
    const of = isOuter ? root : level;
    if (isOuter && root.isClosed) throw new TypeError(CLOSED);
    if (isWithin(of)) throw over('transaction', 'transaction: inside a transaction begin another one on what it gave');
    const turns = isOuter ? root.turns : Turns.of(level);
    return turns.take(() => inTransaction(this, { root, calls, by, isOuter, of }, fn), options?.signal);
  },

  watch(options) {
    const { root, calls, by } = stateOf(this, 'watch');
    return watch(root, (step, ...given) => calls.call({ method: step, by }, given), options);
  },
};

async function inTransaction(database, { root, calls, by, isOuter, of }, fn) {
  const conversation = isOuter ? await (await root.threadOfTransactions()).begin(by) : calls;
  if (!isOuter) await calls.call({ method: 'transaction', by });
  const own = isOuter ? conversation : calls;
  const ended = () => over('transaction', 'The transaction has ended');
  let result;
  try {
    const tx = made(root, own, by, {});
    result = await within.run({ of, outer: within.getStore() }, () => fn(tx));
  } catch (error) {
    // If even this call fails, the thread has ended, and the transaction with it.
    await own.call({ method: 'transaction', end: { rollback: told(error) } }).catch(() => {});
    if (isOuter) own.end(ended);
    throw error;
  }
  try {
    await own.call({ method: 'transaction', end: {} });
  } finally {
    if (isOuter) own.end(ended);
  }
  return result;
}

function prepare(prototype) {
  if (Object.hasOwn(prototype, 'transaction')) return;
  const add = (name, value) => Object.defineProperty(prototype, name, { value, writable: true, configurable: true });
  for (const name of Object.getOwnPropertyNames(VisualDatabase.prototype)) {
    if (OWN.has(name)) continue;
    const { [name]: method } = {
      async [name](...given) {
        return call(this, name, given);
      },
    };
    add(name, method);
  }
  for (const [name, method] of Object.entries(methods)) add(name, method);
  disposedBy(prototype, Symbol.asyncDispose, function dispose() {
    return this.close();
  });
}

module.exports = { open };

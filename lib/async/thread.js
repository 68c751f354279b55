'use strict';

const path = require('node:path');
const { MessageChannel, Worker } = require('node:worker_threads');
const { BYTES, Conversation } = require('./conversation.js');
const { heard } = require('./errors.js');
const { reply } = require('./replies.js');

/** All folders of lib/ are equally deep, and so is the one file that a packed package has instead of them: the path holds for both. */
const FILE = path.join(__dirname, '../async/worker.js');

const isFunction = (value) => typeof value === 'function';

/** A thread with a connection of its own. It makes calls in the order in which they come. */
class Thread {
  #worker;
  #clock;
  #dropped = new Uint8Array(new SharedArrayBuffer(BYTES));
  #reply;
  #conversation;
  #isOver = false;

  /** Starts a thread, and opens its connection. */
  static async open(options) {
    const thread = new Thread();
    await thread.#start(options);
    return thread;
  }

  #start(given) {
    const { rest, has, kept } = optionsApart(given);
    const { port1, port2 } = new MessageChannel();
    this.#reply = { port: port1, flag: new Int32Array(new SharedArrayBuffer(4)) };
    this.#clock = kept.clock;
    const workerData = {
      options: rest,
      has,
      dropped: this.#dropped,
      reply: { port: port2, flag: this.#reply.flag },
    };
    this.#worker = new Worker(FILE, { workerData, transferList: [port2], name: 'visual-db' });
    const ended = new Promise((resolve) => this.#worker.once('exit', resolve));
    return new Promise((resolve, reject) => {
      this.#worker.on('message', (message) => {
        if (message.event !== undefined) return listeners(kept)[message.event](...message.given);
        if (message.asked === 'clock') return reply(this.#reply, this.#clock);
        if (message.opened === undefined) return undefined;
        if (message.opened) return resolve(this.#talk());
        ended.then(() => reject(heard(message.error)));
        return this.terminate();
      });
      this.#worker.once('error', (error) => this.#fail(error, reject));
      ended.then(() => this.#fail(undefined, reject));
    });
  }

  #talk() {
    this.#conversation = new Conversation(this.#worker, {
      clock: this.#clock,
      dropped: this.#dropped,
      reply: this.#reply,
    });
  }

  /** The thread ended without having been told to. */
  #fail(cause, reject) {
    if (this.#isOver) return;
    const error = () =>
      Object.assign(new Error(`the thread of the database has ended: ${cause?.message ?? 'unknown why'}`, { cause }), {
        code: 'ERR_INTERNAL',
      });
    reject(error());
    this.#conversation?.end(error);
  }

  call(...given) {
    return this.#conversation.call(...given);
  }

  /** Begins a transaction, and gives the conversation for its calls. */
  async begin(by) {
    const { port1, port2 } = new MessageChannel();
    const awake = new Int32Array(new SharedArrayBuffer(4));
    const conversation = new Conversation(port1, {
      clock: this.#clock,
      dropped: this.#dropped,
      reply: this.#reply,
      wake() {
        Atomics.add(awake, 0, 1);
        Atomics.notify(awake, 0);
      },
    });
    try {
      await this.call({ method: 'transaction', by, calls: port2, awake }, [], { transfer: [port2] });
    } catch (error) {
      port1.close();
      throw error;
    }
    return conversation;
  }

  /** Closes the connection once all earlier calls are done, and ends the thread. */
  async close() {
    try {
      await this.call({ method: 'close' });
    } finally {
      this.#isOver = true;
      this.#conversation.end();
      await this.#worker.terminate();
    }
  }

  /** Ends the thread at once. */
  terminate() {
    this.#isOver = true;
    void this.#worker.terminate();
  }
}

/** `rest`: the options that can be cloned; `kept`: those that stay here; `has`: which ones these are. */
function optionsApart(given) {
  const isObject = typeof given === 'object' && given !== null;
  if (!isObject) return { rest: given, has: { options: false }, kept: {} };
  const rest = { ...given };
  const kept = {};
  const { clock, logger, onQuery } = given;
  if (isFunction(clock)) kept.clock = clock;
  if (isFunction(logger?.info) && isFunction(logger?.error)) kept.logger = logger;
  if (isFunction(onQuery)) kept.onQuery = onQuery;
  for (const key of Object.keys(kept)) delete rest[key];
  const has = { options: true, ...Object.fromEntries(Object.keys(kept).map((key) => [key, true])) };
  return { rest, has, kept };
}

/** Hands the other thread's events to the caller's listeners; a listener that throws changes nothing. */
function listeners({ logger, onQuery }) {
  const quietly =
    (listener) =>
    (...given) => {
      try {
        listener(...given);
      } catch {}
    };
  return {
    info: quietly((...given) => logger.info(...given)),
    error: quietly((...given) => logger.error(...given)),
    query: quietly((call) => onQuery({ ...call, error: call.error === null ? null : heard(call.error) })),
  };
}

module.exports = { Thread };

'use strict';

// Calls to another thread and their answers, on the caller's side: of a connection, or of one transaction on it.

const { unpacked } = require('./answers.js');
const { heard, told } = require('./errors.js');
const { isSignal, separated } = require('./functions.js');
const { reply } = require('./replies.js');

const CLOSED = 'The database connection is not open';

/** A byte says that a call's caller has stopped waiting. With more calls than this at the same time, two share a byte. */
const BYTES = 65_536;

/** The number of the last call of all conversations: one thread may be in two. */
let last = 0;

class Conversation {
  #port;
  #wake;
  #clock;
  #reply;
  #calls = new Map();
  #over = null;
  /** A byte for each call: at 1 it is not begun any more. */
  #dropped;

  /**
   * @param port what messages are posted to and come from
   * @param {object} how `reply` is where functions' answers go; `wake` wakes a sleeping thread for a message
   */
  constructor(port, { clock, dropped, reply, wake = () => {} }) {
    this.#port = port;
    this.#clock = clock;
    this.#dropped = dropped;
    this.#reply = reply;
    this.#wake = wake;
    port.on('message', (message) => this.#hear(message));
    port.unref();
  }

  /**
   * Makes the call that `message` names, and gives the answer. Aborting `signal` ends the wait; a call that has not begun then never
   * begins.
   */
  async call(message, args = [], { signal, transfer } = {}) {
    if (this.#over !== null) throw this.#over(message.method);
    signal?.throwIfAborted();
    const { args: plain, kept, where } = separated(args);
    for (const one of kept) if (isSignal(one)) one.throwIfAborted();
    const id = (last += 1);
    Atomics.store(this.#dropped, id % BYTES, 0);
    // A transaction ends whatever the clock says.
    const now = message.end === undefined ? this.#clock?.() : undefined;
    this.#post({ ...message, id, args: plain, where, now }, transfer);
    return new Promise((resolve, reject) => {
      const call = { method: message.method, kept, thrown: [], resolve, reject, ended: [] };
      if (signal) this.#hearOf(signal, call, () => this.#drop(id, signal.reason));
      for (const one of kept) if (isSignal(one)) this.#hearOf(one, call, () => this.#abort(id));
      if (this.#calls.size === 0) this.#port.ref();
      this.#calls.set(id, call);
    });
  }

  /** Takes no further calls, and rejects those that are pending, each with what `error` makes for its method. */
  end(error = () => new TypeError(CLOSED)) {
    this.#over ??= error;
    for (const [id, { method, reject }] of this.#calls) {
      this.#end(id);
      reject(this.#over(method));
    }
  }

  #hearOf(signal, call, abort) {
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    call.ended.push(() => signal.removeEventListener('abort', abort));
  }

  #drop(id, why) {
    Atomics.store(this.#dropped, id % BYTES, 1);
    this.#end(id)?.reject(why);
  }

  /** Only the thread knows whether the call had begun, so its answer is waited for: a run that it has claimed is the caller's. */
  #abort(id) {
    Atomics.store(this.#dropped, id % BYTES, 1);
    this.#send({ abort: id });
  }

  #post(message, transfer) {
    try {
      this.#send(message, transfer);
    } catch (error) {
      if (error?.name !== 'DataCloneError') throw error;
      // The message can't be cloned.
      const { method } = message;
      const facts = { code: 'ERR_INVALID_ARG_TYPE', method };
      throw Object.assign(new TypeError(`${method}: ${error.message}`, { cause: error }), facts);
    }
  }

  #send(message, transfer) {
    this.#port.postMessage(message, transfer);
    this.#wake();
  }

  #end(id) {
    const call = this.#calls.get(id);
    this.#calls.delete(id);
    for (const stop of call?.ended ?? []) stop();
    if (this.#calls.size === 0) this.#port.unref();
    return call;
  }

  #hear(message) {
    // Messages that belong to no call are for `Thread`.
    if (message.id === undefined && message.later === undefined) return undefined;
    if (message.asked !== undefined) return this.#answer(message);
    const call = this.#end(message.id);
    if (call === undefined) return undefined;
    const { thrown, error } = message;
    if (thrown !== undefined) return call.reject(call.thrown[thrown]);
    return error === undefined ? call.resolve(unpacked(message)) : call.reject(reasonOf(call, error));
  }

  /** Answers for what stays here: a function, while the thread waits, or a step of a stream (`later`), while it goes on. */
  #answer({ id, asked, given, later, step }) {
    const call = this.#calls.get(id);
    if (later !== undefined) return void this.#answerLater(call, later, () => call.kept[asked][step](...given));
    const keep = (error) => call.thrown.push(error) - 1;
    return reply(this.#reply, () => call?.kept[asked](...given), keep);
  }

  async #answerLater(call, later, take) {
    if (call === undefined) return this.#send({ later, value: undefined });
    try {
      this.#send({ later, value: await take() });
    } catch (error) {
      this.#send({ later, thrown: call.thrown.push(error) - 1, error: told(error) });
    }
  }
}

/** The error of a call that a signal has ended is the signal's own reason. */
function reasonOf({ kept }, error) {
  const aborted = kept.find((one) => isSignal(one) && one.aborted);
  return error.name === 'AbortError' && aborted ? aborted.reason : heard(error);
}

module.exports = { BYTES, CLOSED, Conversation };

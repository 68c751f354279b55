'use strict';

// Calls to another thread and their answers, on the caller's side: of a connection, or of one transaction on it.

const { unpacked } = require('./answers.js');
const { heard, told } = require('./errors.js');
const { isSignal, separated } = require('./functions.js');
const { reply } = require('./replies.js');

const CLOSED = 'The database connection is not open';

/** A call whose caller waits no more is told by a byte; of more calls at the same time than this two have the same. */
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
  /** 1: does not begin any more. */
  #dropped;

  /**
   * @param port what messages are posted to and come from
   * @param {object} how `reply` is where functions' answers go; `wake` tells a thread that sleeps of a message
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
   * Asks for what `message` says, and gives the answer. `signal`: whoever has it aborted waits no more, and what has not begun does
   * not begin.
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

  /** No call is taken any more, and those that were are refused, each with what `error` makes for its method. */
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

  /** The thread says whether it had begun: a run that it has claimed is the caller's all the same. */
  #abort(id) {
    Atomics.store(this.#dropped, id % BYTES, 1);
    this.#send({ abort: id });
  }

  #post(message, transfer) {
    try {
      this.#send(message, transfer);
    } catch (error) {
      if (error?.name !== 'DataCloneError') throw error;
      // What no other thread can be told.
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
    // What is about no call is the thread's.
    if (message.id === undefined && message.later === undefined) return undefined;
    if (message.asked !== undefined) return this.#answer(message);
    const call = this.#end(message.id);
    if (call === undefined) return undefined;
    const { thrown, error } = message;
    if (thrown !== undefined) return call.reject(call.thrown[thrown]);
    return error === undefined ? call.resolve(unpacked(message)) : call.reject(reasonOf(call, error));
  }

  /** What stays here is asked: a function by a thread that waits for the answer, a step of a stream (`later`) by one that goes on. */
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

/** Of what a signal has ended the error is the signal's own. */
function reasonOf({ kept }, error) {
  const aborted = kept.find((one) => isSignal(one) && one.aborted);
  return error.name === 'AbortError' && aborted ? aborted.reason : heard(error);
}

module.exports = { BYTES, CLOSED, Conversation };

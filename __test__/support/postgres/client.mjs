// Another client than the package's own, for tests: to make a database, to write into it as other programs do, and to look at
// it. Its calls wait, as those of the package do: the connections are in a thread.
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';

export class Client {
  #flag = new Int32Array(new SharedArrayBuffer(4));
  #port;

  /** `admin` is the URL of a superuser; databases are copies of `template`, their names begin with `prefix`. */
  constructor({ admin, template, prefix }) {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    const workerData = { port: port2, flag: this.#flag, admin, template, prefix };
    const thread = new Worker(new URL('client_thread.mjs', import.meta.url), { workerData, transferList: [port2] });
    thread.unref();
    port1.unref();
  }

  /** The rows of the last statement, each value as SQLite has it or as text. */
  query = (url, text, values) => this.#call('query', { url, text, values });
  /** The name of a database of its own. */
  fresh = () => this.#call('fresh');
  disconnect = (url) => this.#call('disconnect', { url });

  /** Not waited for. */
  drop(url, name) {
    this.#port.postMessage({ action: 'drop', given: { url, name } });
  }

  #call(action, given = {}) {
    Atomics.store(this.#flag, 0, 0);
    this.#port.postMessage({ action, given, isAwaited: true });
    if (Atomics.wait(this.#flag, 0, 0, 60_000) === 'timed-out') throw new Error(`${action}: no answer for a minute`);
    const { value, error } = receiveMessageOnPort(this.#port).message;
    if (error) throw Object.assign(new Error(error.message), { code: error.code });
    return value;
  }
}

// A thread whose calls are waited for, as the package's own calls are: what answers a test must not need its event loop.
import { isMainThread, MessageChannel, receiveMessageOnPort, Worker, workerData } from 'node:worker_threads';

/** A thread that runs `file`, which calls `serve`. */
export class Thread {
  #flag = new Int32Array(new SharedArrayBuffer(4));
  #port;

  constructor(file, given) {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    const thread = new Worker(file, {
      workerData: { port: port2, flag: this.#flag, given },
      transferList: [port2],
    });
    for (const each of [thread, port1]) each.unref();
  }

  /** What the action answers or throws. */
  call(action, ...args) {
    Atomics.store(this.#flag, 0, 0);
    this.#port.postMessage({ action, args, isAwaited: true });
    // The call before may be woken for only now, so that there is no answer yet.
    while (Atomics.load(this.#flag, 0) === 0) {
      if (Atomics.wait(this.#flag, 0, 0, 60_000) === 'timed-out') throw new Error(`${action}: no answer for a minute`);
    }
    const { value, error } = receiveMessageOnPort(this.#port).message;
    if (error) throw Object.assign(new Error(error.message), { code: error.code });
    return value;
  }

  /** Not waited for, nor is its error. */
  send(action, ...args) {
    this.#port.postMessage({ action, args });
  }
}

/** In the thread: what it was given. */
export const given = isMainThread ? undefined : workerData.given;

/** In the thread: performs actions, one after the other as they were sent. */
export function serve(actions) {
  const { port, flag } = workerData;
  let queue = Promise.resolve();
  port.on('message', ({ action, args, isAwaited }) => {
    queue = queue.then(async () => {
      let answer;
      try {
        answer = { value: await actions[action](...args) };
      } catch ({ message, code }) {
        answer = { error: { message, code } };
      }
      if (!isAwaited) return;
      port.postMessage(answer);
      Atomics.store(flag, 0, 1);
      Atomics.notify(flag, 0);
    });
  });
}

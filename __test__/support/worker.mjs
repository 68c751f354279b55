import { Worker } from 'node:worker_threads';

const prelude = `
import { parentPort, workerData } from 'node:worker_threads';
import { Database, SqliteError } from ${JSON.stringify(new URL('./database.mjs', import.meta.url).href)};
const say = (message) => parentPort.postMessage(message);
`;

/** A worker thread that runs a module's text with `Database`, `workerData` and `say(message)` in scope. */
export function startWorker(source, workerData) {
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(prelude + source)}`), { workerData });
  const messages = [];
  const waiting = [];
  const settle = (message) => (waiting.shift() ?? ((ready) => messages.push(ready)))(message);
  const ended = new Promise((resolve) => worker.once('exit', resolve));
  // What fails in the worker is its next message, so that a test sees it and doesn't wait.
  worker.on('message', settle).on('error', settle);
  return {
    worker,
    ended,
    next: () => (messages.length ? Promise.resolve(messages.shift()) : new Promise((resolve) => waiting.push(resolve))),
  };
}

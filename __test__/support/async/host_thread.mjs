// The thread that has AsyncVisualDatabases for blocking.mjs, and makes the calls that it is told to.
import { createRequire } from 'node:module';
import { receiveMessageOnPort, workerData } from 'node:worker_threads';
import { AsyncVisualDatabase } from '../../../lib/index.mjs';

const require = createRequire(import.meta.url);
const { told } = require('../../../lib/async/errors.js');
const { joined } = require('../../../lib/async/functions.js');

const { port, answers, said, answered } = workerData;

const databases = [];
const transactions = [];
const iterators = [];
/** What the test has set the time to. */
let now = null;
/** Signals by the call that they were given to. */
const stops = new Map();

/** What a function of the other thread's threw, by its number there. */
class Thrown extends Error {
  constructor(number, { message }) {
    super(message);
    this.number = number;
  }
}

function say(message) {
  port.postMessage(message);
  Atomics.add(said, 0, 1);
  Atomics.notify(said, 0);
}

function heard({ value, promise, thrown, error }) {
  if (thrown !== undefined) throw new Thrown(thrown, error);
  return promise ? Promise.resolve() : value;
}

/** Asks a function, and waits: so do those who ask it. */
function ask(asked, given) {
  const before = Atomics.load(answered, 0);
  say({ asked, given, isAwaited: true });
  Atomics.wait(answered, 0, before);
  return heard(receiveMessageOnPort(answers).message);
}

const tell =
  (asked) =>
  (...given) =>
    say({ asked, given });

async function open({ asks }, [config]) {
  if (typeof config !== 'object' || config === null) return databases.push(await AsyncVisualDatabase.open(config)) - 1;
  const options = { clock: () => now ?? Date.now(), ...config };
  if (asks.clock !== undefined) options.clock = () => ask(asks.clock, []);
  if (asks.onQuery !== undefined) options.onQuery = (call) => tell(asks.onQuery)({ ...call });
  if (asks.info !== undefined) options.logger = { info: tell(asks.info), error: tell(asks.error) };
  return databases.push(await AsyncVisualDatabase.open(options)) - 1;
}

/** The function of a transaction runs there, and calls meanwhile. */
function inTransaction(database, fn) {
  return database.transaction(async (tx) => {
    const number = transactions.push({ tx }) - 1;
    const ended = new Promise((resolve) => (transactions[number].end = resolve));
    say({ asked: fn, given: [], isAwaited: true, transaction: number });
    return heard(await ended);
  });
}

function call(message) {
  const { method, number, within, by, where, numbers, iterator, fn } = message;
  if (method === 'open') return open(message, message.args);
  const args = joined(message.args, where, (nth, kind) => {
    if (kind !== 'signal') return (...given) => ask(numbers[nth], given);
    const stop = new AbortController();
    stops.set(message.id, stop);
    if (message.aborted !== undefined) stop.abort(new Thrown(message.aborted, { message: 'aborted' }));
    return stop.signal;
  });
  const base = within === undefined || method === 'close' ? databases[number] : transactions[within].tx;
  const database = by === undefined ? base : base.as(by);
  if (fn !== undefined) return inTransaction(database, fn);
  if (method === 'watch') return iterators.push(database.watch(...args)) - 1;
  if (iterator !== undefined) return step(iterators[iterator], method);
  if (method === 'as') return void database.as(...args);
  return database[method](...args);
}

async function step(iterator, method) {
  const next = await iterator[method]();
  return { ...next, position: iterator.position };
}

port.on('message', async (message) => {
  if (message.ended !== undefined) return transactions[message.ended].end(message.answer);
  if (message.abort !== undefined)
    return stops.get(message.abort)?.abort(new Thrown(message.reason, { message: 'aborted' }));
  const { id } = message;
  ({ now } = message);
  try {
    say({ id, value: await call(message) });
  } catch (error) {
    if (error instanceof Thrown) say({ id, thrown: error.number });
    else say({ id, error: told(error) });
  }
});

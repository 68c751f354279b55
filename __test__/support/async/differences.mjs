// What another class is than the one whose suites it passes (docs/async.md): what no other thread can be told is refused in other words,
// fn may give a promise, and there is no `db.db`.
import { beforeEach } from 'vitest';

const DIFFERENT = [
  // What structuredClone doesn't take never gets as far as to JSON.stringify, or to who reads it: functions inside, Proxies.
  /^undefined and functions inside$|^toJSON$|^an object that changes while it is written/,
  /what (enqueueRuns|appendOutput) is given > throws: its own value arrives/,
  /is given > is not one that it reads$/,
  // The value that an error has is a copy.
  /JSON.stringify rejects .* > a (cycle|BigInt inside)$/,
  // While a function is asked the thread waits for its answer, and makes no other call.
  /^is asked outside the transaction, and may use the database/,
  /that fails undoes itself alone$/,
  /^begun by SQL on db\.db/,
  // Its methods are taken off another class.
  /says how to call it$/,
  /symbol/i,
  /has toString/,
  /instances of a class, getters/,
  /promise (as the result|of a nested call)/,
  /^a non-function: /,
  /^the caller's rollback undoes|^fn that ends the transaction itself/,
  /inTransaction is true inside$/,
];

beforeEach(({ task, skip }) => {
  if (DIFFERENT.some((name) => name.test(task.name) || name.test(`${task.suite?.name} > ${task.name}`))) skip();
});

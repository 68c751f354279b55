// What another class is than the one whose suites it passes (docs/async.md): what no other thread can be told is refused in other words,
// fn may give a promise, and there is no `db.db`.
import { beforeEach } from 'vitest';

const DIFFERENT = [
  /symbol/i,
  /has toString/,
  /instances of a class, getters/,
  /promise (as the result|of a nested call)/,
  /^a non-function: /,
  /^the caller's rollback undoes|^fn that ends the transaction itself/,
  /inTransaction is true inside$/,
];

beforeEach(({ task, skip }) => {
  if (DIFFERENT.some((name) => name.test(task.name))) skip();
});

// What `metrics` makes of wrong arguments, hostile ones, and a closed database.
import { expect, it, test } from 'vitest';
import { thrown } from './support/failure.mjs';
import { open } from './support/temporary.mjs';

test.each([
  [{ prefix: 5 }, 'ERR_INVALID_ARG_TYPE', 'prefix'],
  [{ prefix: '1st' }, 'ERR_INVALID_ARG_VALUE', 'prefix'],
  [{ labels: 'x' }, 'ERR_INVALID_ARG_TYPE', 'labels'],
  [{ labels: { a: 1 } }, 'ERR_INVALID_ARG_TYPE', 'labels'],
  [{ labels: { __a: 'b' } }, 'ERR_INVALID_ARG_VALUE', 'labels'],
  [{ labels: { 'a b': 'b' } }, 'ERR_INVALID_ARG_VALUE', 'labels'],
  [{ label: {} }, 'ERR_UNKNOWN_KEY', 'label'],
  [null, 'ERR_INVALID_ARG_TYPE', 'options'],
  [5, 'ERR_INVALID_ARG_TYPE', 'options'],
])('%o is refused', (options, code, field) => {
  expect(thrown(() => open().metrics(options))).toMatchObject({ name: 'TypeError', code, method: 'metrics', field });
});

it('an option that throws has its say, and so has a proxy', () => {
  const db = open();
  const stop = new Error('stop');
  const stops = () => {
    throw stop;
  };
  expect(thrown(() => db.metrics(Object.defineProperty({}, 'prefix', { get: stops, enumerable: true })))).toBe(stop);
  expect(thrown(() => db.metrics({ labels: new Proxy({}, { ownKeys: stops }) }))).toBe(stop);
  expect(db.metrics()).toContain('visual_db_worktrees 0');
});

it('says who it is where it was taken off its database', () => {
  const { metrics } = open();
  expect(thrown(() => metrics()).message).toContain('db.metrics');
});

it('is refused once the database is closed', () => {
  const db = open();
  db.close();
  expect(thrown(() => db.metrics()).message).toBe('The database connection is not open');
});

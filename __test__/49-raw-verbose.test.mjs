import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Database } from './support/database.mjs';
import { expectRefusal, expectSqliteError, thrownBy } from './support/refusals.mjs';

let log;
let db;
beforeEach(() => {
  log = [];
  db = new Database(':memory:', { verbose: (...args) => log.push(args) });
});
afterEach(() => db.close());

const logged = () => log.splice(0).map(([source]) => source);

describe('`verbose` is called with the SQL that runs', () => {
  test('one text at a time, as the only argument', () => {
    db.exec('CREATE TABLE t (a)');
    expect(log).toEqual([['CREATE TABLE t (a)']]);
  });

  test('before it runs, once for every execution', () => {
    const statement = db.prepare('SELECT 1');
    expect(logged()).toEqual([]);
    statement.get();
    statement.all();
    statement.run();
    expect(logged()).toEqual(['SELECT 1', 'SELECT 1', 'SELECT 1']);
  });

  test('with the values in the place of the parameters', () => {
    db.prepare('SELECT ?, @b, :c, ?').get(1.5, 'text', { b: null, c: Buffer.from('ab') });
    db.prepare('SELECT ?, ?').get(7n, "it's");
    expect(logged()).toEqual(["SELECT 1.5, NULL, x'6162', 'text'", "SELECT 7, 'it''s'"]);
  });

  test('with long values shortened', () => {
    db.prepare('SELECT ?').get('x'.repeat(100));
    db.prepare('SELECT ?').get(Buffer.alloc(50));
    const [text, blob] = logged();
    expect(text).toBe(`SELECT '${'x'.repeat(32)}'/*+68 bytes*/`);
    expect(blob).toBe(`SELECT x'${'00'.repeat(32)}'/*+18 bytes*/`);
  });

  test('statement by statement of exec(), with the comments before them', () => {
    db.exec('CREATE TABLE t (a); -- then\nINSERT INTO t VALUES (1) ; ;\n');
    expect(logged()).toEqual(['CREATE TABLE t (a);', '-- then\nINSERT INTO t VALUES (1) ;']);
  });

  test('with the first row of an iterator, not with iterate()', () => {
    const rows = db.prepare('SELECT ? AS a').iterate('x');
    expect(logged()).toEqual([]);
    rows.next();
    rows.next();
    expect(logged()).toEqual(["SELECT 'x' AS a"]);
    db.prepare('SELECT 1').iterate().return();
    expect(logged()).toEqual([]);
  });

  test('of pragma(), explain() and transactions', () => {
    db.pragma('user_version');
    db.explain('SELECT 1');
    const inner = db.transaction(() => {});
    db.transaction(() => inner()).immediate();
    expect(logged()).toEqual([
      'PRAGMA user_version',
      'EXPLAIN SELECT 1',
      'BEGIN IMMEDIATE',
      expect.stringMatching(/^SAVEPOINT /),
      expect.stringMatching(/^RELEASE /),
      'COMMIT',
    ]);
  });

  test('also of what fails then, but not of what cannot be prepared or bound', () => {
    db.exec('CREATE TABLE t (a UNIQUE); INSERT INTO t VALUES (1)');
    logged();
    expect(() => db.prepare('INSERT INTO t VALUES (?)').run(1)).toThrow();
    expect(logged()).toEqual(['INSERT INTO t VALUES (1.0)']);
    expect(() => db.prepare('SELECT ?').get()).toThrow();
    expect(() => db.prepare('nonsense')).toThrow();
    expect(() => db.exec('nonsense')).toThrow();
    expect(logged()).toEqual([]);
  });

  test('with `this` undefined, whatever it returns', () => {
    let self = 'unset';
    const other = new Database(':memory:', {
      verbose() {
        self = this;
        return Promise.reject(new Error('never looked at')).catch(() => {});
      },
    });
    other.exec('SELECT 1');
    expect(self).toBe(undefined);
    other.close();
  });
});

describe('a throw in `verbose`', () => {
  const open = (thrown) => {
    let armed = false;
    const other = new Database(':memory:', {
      verbose() {
        if (armed) throw thrown;
      },
    });
    other.exec('CREATE TABLE t (a); INSERT INTO t VALUES (1)');
    return { other, arm: (value) => (armed = value) };
  };

  test.each([[new Error('oops')], ['text'], [5], [null], [undefined], [{}]])(
    'arrives as that very value: %o',
    (thrown) => {
      const { other, arm } = open(thrown);
      const insert = other.prepare('INSERT INTO t VALUES (?)');
      const select = other.prepare('SELECT * FROM t');
      const calls = {
        exec: () => other.exec('INSERT INTO t VALUES (2)'),
        run: () => insert.run(3),
        get: () => select.get(),
        all: () => select.all(),
        iterate: () => select.iterate().next(),
        pragma: () => other.pragma('user_version'),
        transaction: other.transaction(() => expect.fail('was called')),
      };
      for (const [name, call] of Object.entries(calls)) {
        arm(true);
        expect(thrownBy(call), name).toBe(thrown);
        arm(false);
        expect(select.all(), name).toEqual([{ a: 1 }]);
      }
      other.close();
    },
  );

  test('forgets the bound values', () => {
    const { other, arm } = open(new Error('oops'));
    const insert = other.prepare('INSERT INTO t VALUES (?)');
    arm(true);
    expect(() => insert.run(5)).toThrow('oops');
    arm(false);
    expectRefusal(() => insert.run(), RangeError, 'Too few parameter values were provided');
    other.close();
  });

  test('is not mistaken for SQLite’s own errors that come later', () => {
    const { other, arm } = open(new Error('oops'));
    arm(true);
    expect(() => other.exec('SELECT 1')).toThrow('oops');
    arm(false);
    expectSqliteError(() => other.exec('nonsense'), 'SQLITE_ERROR', 'near "nonsense": syntax error');
    other.close();
  });
});

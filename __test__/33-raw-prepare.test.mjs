import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Database } from './support/database.mjs';
import { expectRefusal, expectSqliteError } from './support/refusals.mjs';

let db;
beforeEach(() => {
  db = new Database(':memory:');
  db.exec('CREATE TABLE people (name TEXT)');
});
afterEach(() => db.close());

const NONE = 'The supplied SQL string contains no statements';
const SEVERAL = 'The supplied SQL string contains more than one statement';

describe('prepare(source) refuses', () => {
  test.each([[undefined], [null], [123], [true], [{}], [[]], [() => {}], [new String('SELECT 1')]])('%o', (source) => {
    expectRefusal(() => db.prepare(source), TypeError, 'Expected first argument to be a string');
  });

  test('nothing', () => {
    expectRefusal(() => db.prepare(), TypeError, 'Expected first argument to be a string');
  });

  test.each([
    [''],
    [' \t\r\n\f\v'],
    [';'],
    [' ; ;\n;'],
    ['-- only a comment'],
    ['/* only a comment */'],
    ['/**/ -- both\n;'],
  ])('a text without a statement: %j', (source) => {
    expectRefusal(() => db.prepare(source), RangeError, NONE);
  });

  test.each([
    ['SELECT 1; SELECT 2'],
    ["CREATE TABLE a (b); INSERT INTO a VALUES ('x')"],
    ['SELECT 1;; SELECT 2;'],
    ['SELECT 1; -- one\nSELECT 2'],
    ['SELECT 1; /* one */ SELECT 2'],
    ['SELECT 1; nonsense'],
    ['SELECT 1; /'],
    ['SELECT 1; -'],
  ])('more than one statement: %j', (source) => {
    expectRefusal(() => db.prepare(source), RangeError, SEVERAL);
  });

  test('what SQLite cannot parse, in SQLite’s words', () => {
    expectSqliteError(() => db.prepare('CREATE TABLE people'), 'SQLITE_ERROR', 'incomplete input');
    expectSqliteError(() => db.prepare('SELEC 1'), 'SQLITE_ERROR', 'near "SELEC": syntax error');
    expectSqliteError(() => db.prepare('SELECT * FROM nobody'), 'SQLITE_ERROR', 'no such table: nobody');
    expectSqliteError(() => db.prepare('SELECT age FROM people'), 'SQLITE_ERROR', 'no such column: age');
    expectSqliteError(() => db.prepare("SELECT 'x"), 'SQLITE_ERROR', /^unrecognized token/);
  });
});

describe('prepare(source) accepts one statement', () => {
  test.each([
    ['SELECT 1;'],
    ['  SELECT 1 ; ; \n;'],
    ['-- before\nSELECT 1'],
    ['/* before */ SELECT 1'],
    ['SELECT 1 -- after'],
    ['SELECT 1; -- after'],
    ['SELECT 1; -- after\n-- and again\n'],
    ['SELECT 1; /* after */'],
    ['SELECT 1; /* after'],
    ['SELECT 1; /* one */ ; -- two\n/* three\n\nlines */ ;;'],
    ['SELECT 1; /* a * b / c ** */'],
  ])('%j', (source) => {
    expect(db.prepare(source).pluck().get()).toBe(1);
  });

  test('as often as one likes', () => {
    const one = db.prepare('SELECT name FROM people');
    const other = db.prepare('SELECT name FROM people');
    expect(one).not.toBe(other);
    one.pluck();
    db.prepare("INSERT INTO people VALUES ('Ada')").run();
    expect(one.get()).toBe('Ada');
    expect(other.get()).toEqual({ name: 'Ada' });
  });

  test('and looks at the schema when it runs, not only when it is prepared', () => {
    const select = db.prepare('SELECT * FROM people');
    db.exec("DROP TABLE people; CREATE TABLE people (id, name); INSERT INTO people VALUES (1, 'Ada')");
    expect(select.get()).toEqual({ id: 1, name: 'Ada' });
    db.exec('DROP TABLE people');
    expectSqliteError(() => select.get(), 'SQLITE_ERROR', 'no such table: people');
  });
});

describe('a statement', () => {
  const shapes = [
    // source, reader, readonly
    ['SELECT 1', true, true],
    ['SELECT * FROM people', true, true],
    ['VALUES (1), (2)', true, true],
    ['WITH a AS (SELECT 1) SELECT * FROM a', true, true],
    ['INSERT INTO people VALUES (?)', false, false],
    ['INSERT INTO people VALUES (?) RETURNING *', true, false],
    ['UPDATE people SET name = 1', false, false],
    ['UPDATE people SET name = 1 RETURNING name', true, false],
    ['DELETE FROM people RETURNING rowid', true, false],
    ['CREATE TABLE more (a)', false, false],
    ['BEGIN', false, true],
    ['BEGIN IMMEDIATE', false, false],
    ['BEGIN EXCLUSIVE', false, false],
    ['COMMIT', false, true],
    ['ROLLBACK', false, true],
    ['SAVEPOINT a', false, true],
    ['EXPLAIN SELECT 1', true, true],
    ['EXPLAIN QUERY PLAN SELECT 1', true, true],
    ['PRAGMA user_version', true, true],
    ["ATTACH ':memory:' AS other", false, true],
  ];
  test.each(shapes)('knows whether it returns data and whether it only reads: %s', (source, reader, readonly) => {
    const statement = db.prepare(source);
    expect(statement.reader).toBe(reader);
    expect(statement.readonly).toBe(readonly);
  });

  test('knows its source as it was given, its database, and whether it is busy', () => {
    const source = '  SELECT  name FROM people -- all of them\n';
    const statement = db.prepare(source);
    expect(statement.source).toBe(source);
    expect(statement.database).toBe(db);
    expect(statement.busy).toBe(false);
  });

  test('shows these as its own enumerable properties, which cannot be written', () => {
    const statement = db.prepare('SELECT 1');
    expect(Object.keys(statement).sort()).toEqual(['busy', 'database', 'reader', 'readonly', 'source']);
    for (const key of Object.keys(statement)) {
      expect(() => {
        statement[key] = 5;
      }).toThrow(TypeError);
    }
    expect(statement.source).toBe('SELECT 1');
  });

  test('is an instance of Statement, which cannot be constructed', () => {
    const statement = db.prepare('SELECT 1');
    const { constructor } = statement;
    expect(constructor.name).toBe('Statement');
    expect(statement).toBeInstanceOf(constructor);
    const words = 'Statements can only be constructed by the db.prepare() method';
    expectRefusal(() => new constructor('SELECT 1'), TypeError, words);
    expectRefusal(() => new constructor(db, 'SELECT 1'), TypeError, words);
    expectRefusal(() => new constructor(), TypeError, words);
  });

  test('has the methods of the documentation', () => {
    const statement = db.prepare('SELECT 1');
    for (const name of ['run', 'get', 'all', 'iterate', 'bind', 'pluck', 'expand', 'raw', 'safeIntegers', 'columns']) {
      expect(typeof statement[name], name).toBe('function');
    }
  });

  test('refuses an object of another kind', () => {
    const statement = db.prepare('SELECT 1');
    for (const name of ['run', 'get', 'all', 'iterate', 'bind', 'pluck', 'expand', 'raw', 'safeIntegers', 'columns']) {
      expect(() => statement[name].call({}), name).toThrow(TypeError);
      expect(() => statement[name].call(db), name).toThrow(TypeError);
      expect(() => statement[name].call(undefined), name).toThrow(TypeError);
    }
  });
});

describe('toString()', () => {
  test('is the source', () => {
    expect(db.prepare('SELECT ? + ?').toString()).toBe('SELECT ? + ?');
    expect(`${db.prepare('SELECT 1; ')}`).toBe('SELECT 1; ');
  });

  test('shows the values once they are bound for good', () => {
    const statement = db.prepare("SELECT ?, ?, ?, ?, 'y'").bind(1.5, "it's", null, Buffer.from('é'));
    expect(`${statement}`).toBe("SELECT 1.5, 'it''s', NULL, x'c3a9', 'y'");
  });

  test('does not show values of a single execution', () => {
    const statement = db.prepare('SELECT ?');
    statement.get(5);
    expect(`${statement}`).toBe('SELECT ?');
  });
});

describe('explain(source)', () => {
  test('gives the program that SQLite would run', () => {
    const program = db.explain('SELECT * FROM people');
    expect(program.length).toBeGreaterThan(3);
    expect(Object.keys(program[0])).toEqual(['addr', 'opcode', 'p1', 'p2', 'p3', 'p4', 'p5', 'comment']);
    expect(program[0].opcode).toBe('Init');
  });

  test('gives the plan for a source that begins with QUERY PLAN', () => {
    const [step] = db.explain('QUERY PLAN SELECT * FROM people');
    expect(step.detail).toBe('SCAN people');
  });

  test('needs no values for the parameters', () => {
    expect(db.explain('SELECT * FROM people WHERE name = ?').length).toBeGreaterThan(3);
    expect(db.explain('INSERT INTO people VALUES (@name)').length).toBeGreaterThan(3);
  });

  test('runs nothing', () => {
    db.explain("INSERT INTO people VALUES ('x')");
    expect(db.prepare('SELECT count(*) FROM people').pluck().get()).toBe(0);
  });

  test('refuses what is not a string, what SQLite cannot parse, and two statements', () => {
    expectRefusal(() => db.explain(), TypeError, 'Expected first argument to be a string');
    expectRefusal(() => db.explain(5), TypeError, 'Expected first argument to be a string');
    expectSqliteError(() => db.explain('nonsense'), 'SQLITE_ERROR', 'near "nonsense": syntax error');
    expectRefusal(() => db.explain('SELECT 1; SELECT 2'), RangeError, SEVERAL);
  });
});

'use strict';

const fs = require('node:fs');
const path = require('node:path');

const addon = require('../native/addon.js');
const { start, watched } = require('../native/calls.js');
const SqliteError = require('../native/sqlite_error.js');
const { takenOff } = require('../native/taken_off.js');
const { transaction } = require('../native/transaction.js');
const { booleanOption, objectOption } = require('./options.js');

/** The kinds of statement that `addon.prepare` knows. */
const PLAIN = 0;
const PRAGMA = 1;
const EXPLAIN = 2;

/** The addon's connection of each database, out of reach of its users. */
const connections = new WeakMap();
/** Whether integers are BigInts in statements that are prepared from now on. */
const bigintDefaults = new WeakMap();

/** Databases that were opened with `allowExtensions`, which a board's never is. */
const extensible = new WeakSet();
/** Databases of boards: they get the views once a statement names one. */
const viewed = new WeakSet();
const VIEWS = /\bv_(?:runs|board|daily)\b/i;
/** SQLite refuses to drop or alter a table that a view reads; and a statement that creates something with such a name means its own. */
const OTHERS = /\b(?:alter|drop)\s+table\b|\bcreate\b[^;]*\bv_(?:runs|board|daily)\b/i;

function seeToViews(database, connection, sql) {
  if (!viewed.has(database)) return;
  if (OTHERS.test(sql)) addon.hideViews(connection);
  else if (VIEWS.test(sql)) addon.showViews(connection);
}

/** The connection of what a method was called on. */
const connectionOf = (database, method) => {
  const connection = connections.get(database);
  if (connection === undefined) throw takenOff('db', method);
  return connection;
};

/**
 * A database, as better-sqlite3 has it.
 *
 * @param {string | Buffer} [file] a path, `':memory:'`, `''` for a temporary one, or the content of a database
 * @param {object} [options] `readonly`, `fileMustExist`, `timeout`, `verbose`
 */
function Database(file, options) {
  if (new.target === undefined) return new Database(file, options);
  const content = Buffer.isBuffer(file) ? file : null;
  const given = content === null ? (file ?? '') : ':memory:';
  options ??= {};
  if (typeof given !== 'string') throw new TypeError('Expected first argument to be a string');
  if (typeof options !== 'object') throw new TypeError('Expected second argument to be an options object');
  if ('readOnly' in options) throw new TypeError('Misspelled option "readOnly" should be "readonly"');
  if ('memory' in options) {
    throw new TypeError('Option "memory" was removed in v7.0.0 (use ":memory:" filename instead)');
  }
  const name = given.trim();
  const anonymous = name === '' || name === ':memory:';
  const readonly = booleanOption(options, 'readonly');
  const fileMustExist = booleanOption(options, 'fileMustExist');
  const allowExtensions = booleanOption(options, 'allowExtensions');
  const timeout = 'timeout' in options ? options.timeout : 5000;
  const verbose = 'verbose' in options ? options.verbose : null;
  if (readonly && anonymous && content === null) {
    throw new TypeError('In-memory/temporary databases cannot be readonly');
  }
  if (!Number.isInteger(timeout) || timeout < 0) {
    throw new TypeError('Expected the "timeout" option to be a positive integer');
  }
  if (timeout > 0x7fffffff) throw new RangeError('Option "timeout" cannot be greater than 2147483647');
  if (verbose != null && typeof verbose !== 'function') {
    throw new TypeError('Expected the "verbose" option to be a function');
  }
  if (!anonymous && !name.startsWith('file:') && !fs.existsSync(path.dirname(name))) {
    throw new TypeError('Cannot open database because the directory does not exist');
  }
  const connection = addon.open(addon.realm, name, readonly, fileMustExist, timeout, content);
  if (verbose != null) addon.setLogger(connection, verbose);
  if (allowExtensions) extensible.add(this);
  adopt(this, connection, { name: given, memory: anonymous, readonly });
}

/** Makes `database` the handle of an open connection. */
function adopt(database, connection, { name, memory, readonly, views = false }) {
  connections.set(database, connection);
  if (views) viewed.add(database);
  bigintDefaults.set(database, false);
  const constant = (value) => ({ get: () => value, enumerable: true });
  Object.defineProperties(database, {
    name: constant(name),
    open: { get: () => addon.isOpen(connection), enumerable: true },
    inTransaction: { get: () => addon.inTransaction(connection), enumerable: true },
    readonly: constant(readonly),
    memory: constant(memory),
  });
  return database;
}

/** Loaded at the first use, so that a process without statements starts sooner. */
let statements;

function prepare(database, method, sql, kind) {
  const connection = connectionOf(database, method);
  seeToViews(database, connection, sql);
  statements ??= require('./statement.js');
  const { PRIVATE, Statement } = statements;
  return new Statement(PRIVATE, database, connection, sql, kind, bigintDefaults.get(database));
}

Object.assign(Database.prototype, {
  prepare(sql) {
    if (typeof sql !== 'string') throw new TypeError('Expected first argument to be a string');
    return prepare(this, 'prepare', sql, PLAIN);
  },

  transaction(fn) {
    return transaction(this, connectionOf(this, 'transaction'), fn);
  },

  pragma(source, options) {
    if (typeof source !== 'string') throw new TypeError('Expected first argument to be a string');
    const simple = booleanOption(objectOption(options, 'second'), 'simple');
    const statement = prepare(this, 'pragma', `PRAGMA ${source}`, PRAGMA);
    return simple ? statement.pluck().get() : statement.all();
  },

  explain(source) {
    if (typeof source !== 'string') throw new TypeError('Expected first argument to be a string');
    return prepare(this, 'explain', `EXPLAIN ${source}`, EXPLAIN).all();
  },

  exec(sql) {
    if (typeof sql !== 'string') throw new TypeError('Expected first argument to be a string');
    const connection = connectionOf(this, 'exec');
    seeToViews(this, connection, sql);
    if (start.hasSubscribers) {
      watched({ database: this, method: 'exec', sql, arguments: [] }, () => addon.exec(connection, sql));
    } else {
      addon.exec(connection, sql);
    }
    return this;
  },

  close() {
    addon.close(connectionOf(this, 'close'));
    return this;
  },

  backup(file, options) {
    return require('./online_backup.js').backup(connectionOf(this, 'backup'), file, options);
  },

  serialize(options) {
    options = objectOption(options, 'first');
    const attached = 'attached' in options ? options.attached : 'main';
    if (typeof attached !== 'string') throw new TypeError('Expected the "attached" option to be a string');
    if (attached === '') throw new TypeError('The "attached" option cannot be an empty string');
    return addon.serialize(connectionOf(this, 'serialize'), attached);
  },

  function(name, options, fn) {
    require('./user_functions.js').defineFunction(
      connectionOf(this, 'function'),
      bigintDefaults.get(this),
      name,
      options,
      fn,
    );
    return this;
  },

  aggregate(name, options) {
    require('./user_functions.js').defineAggregate(
      connectionOf(this, 'aggregate'),
      bigintDefaults.get(this),
      name,
      options,
    );
    return this;
  },

  table(name, definition) {
    if (typeof name !== 'string') throw new TypeError('Expected first argument to be a string');
    if (typeof definition !== 'function' && (typeof definition !== 'object' || definition === null)) {
      throw new TypeError('Expected second argument to be a function or a table definition object');
    }
    addon.checkNoIterators(connectionOf(this, 'table'));
    throw new TypeError('Virtual tables written in JavaScript are not supported: use a table, a view or db.function()');
  },

  loadExtension(...names) {
    if (typeof names[0] !== 'string') throw new TypeError('Expected first argument to be a string');
    if (names.length > 1 && typeof names[1] !== 'string') {
      throw new TypeError('Expected second argument to be a string');
    }
    const connection = connectionOf(this, 'loadExtension');
    addon.checkNoIterators(connection);
    if (!extensible.has(this)) {
      throw new SqliteError(
        'Extensions cannot be loaded: native code from outside could do anything with the only copy of the history. ' +
          'A bare Database loads them where it is opened with allowExtensions: true',
        'SQLITE_ERROR',
      );
    }
    const [file, entryPoint] = names;
    // As in better-sqlite3, an empty entry point is none.
    addon.loadExtension(connection, path.resolve(file), entryPoint || null);
    return this;
  },

  defaultSafeIntegers(on) {
    connectionOf(this, 'defaultSafeIntegers');
    bigintDefaults.set(this, arguments.length === 0 ? true : boolean(on));
    return this;
  },

  unsafeMode(on) {
    addon.setUnsafeMode(connectionOf(this, 'unsafeMode'), arguments.length === 0 ? true : boolean(on));
    return this;
  },
});

/** What `console.log` shows: the values, not the getters that give them. */
const { Database: Shown } = { Database: class {} };
Database.prototype[Symbol.for('nodejs.util.inspect.custom')] = function inspect() {
  return Object.assign(new Shown(), this);
};

for (const key of Reflect.ownKeys(Database.prototype)) {
  Object.defineProperty(Database.prototype, key, { enumerable: false });
}

function boolean(value) {
  if (typeof value !== 'boolean') throw new TypeError('Expected first argument to be a boolean');
  return value;
}

module.exports = { Database, adopt };

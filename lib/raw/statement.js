'use strict';

const addon = require('../native/addon.js');
const { start, watched } = require('../native/calls.js');
const rows = require('../native/rows.js');
const { flatten, needsFlattening } = require('./parameters.js');
const { PRIVATE } = require('./private.js');
const { StatementIterator } = require('./statement_iterator.js');
const { flatRow, rawRow, expandedRow } = require('../native/row_factory.js');
const { takenOff } = require('../native/taken_off.js');

/** Modes: what a row becomes. */
const FLAT = 0;
const PLUCK = 1;
const EXPAND = 2;
const RAW = 3;

/** The handle of the statement that a method was called on. */
let handleOf;
/** Sets what a statement's rows become. */
let setMode;

const frozen = (value) => ({ value, enumerable: true });

/** A prepared statement, as better-sqlite3 has it. Made by `db.prepare(sql)`. */
class Statement {
  #handle;
  #reader;
  #named;
  #names;
  #mode = FLAT;
  #bigints;
  #factory;
  #factoryMode = -1;
  #factoryVersion = -1;

  static {
    handleOf = (statement, method) => {
      try {
        return statement.#handle;
      } catch {
        throw takenOff('statement', method);
      }
    };
    setMode = (statement, method, mode, on) => {
      const handle = handleOf(statement, method);
      if (!statement.#reader) {
        throw new TypeError(`The ${method}() method is only for statements that return data`);
      }
      addon.checkUnlocked(handle);
      if (boolean(on)) statement.#mode = mode;
      else if (statement.#mode === mode) statement.#mode = FLAT;
      return statement;
    };
  }

  // One getter for all statements: with a getter of its own, each statement would have its own hidden class as well.
  static #busy = {
    enumerable: true,
    get() {
      return addon.isLocked(this.#handle);
    },
  };

  constructor(token, database, connection, source, kind, bigints) {
    if (token !== PRIVATE) throw new TypeError('Statements can only be constructed by the db.prepare() method');
    this.#handle = addon.prepare(connection, source, kind, bigints);
    this.#reader = rows.head[0] !== 0;
    this.#named = rows.head[3] !== 0;
    this.#bigints = bigints;
    Object.defineProperties(this, {
      reader: frozen(this.#reader),
      readonly: frozen(rows.head[1] !== 0),
      source: frozen(source),
      database: frozen(database),
      busy: Statement.#busy,
    });
  }

  /** Runs the statement to its end: `{ changes, lastInsertRowid }`. */
  run(...values) {
    const handle = handleOf(this, 'run');
    if (start.hasSubscribers) return this.#watched('run', values, () => this.#run(handle, values));
    return this.#run(handle, values);
  }

  #run(handle, values) {
    if (this.#needsFlattening(values)) values = this.#flatten(values, false, true);
    addon.run(handle, ...values);
    return { changes: rows.head[0], lastInsertRowid: this.#bigints ? rows.bigints[0] : rows.numbers[0] };
  }

  /** The first row, `undefined` where there is none. */
  get(...values) {
    const handle = handleOf(this, 'get');
    if (start.hasSubscribers) return this.#watched('get', values, () => this.#get(handle, values));
    return this.#get(handle, values);
  }

  #get(handle, values) {
    if (this.#needsFlattening(values)) values = this.#flatten(values, true, false);
    return this.#row(addon.get(handle, ...values));
  }

  /** All rows. */
  all(...values) {
    const handle = handleOf(this, 'all');
    if (start.hasSubscribers) return this.#watched('all', values, () => this.#all(handle, values));
    return this.#all(handle, values);
  }

  #all(handle, values) {
    if (this.#needsFlattening(values)) values = this.#flatten(values, true, false);
    const result = [];
    let text = addon.all(handle, ...values);
    if (text === undefined) return result;
    for (;;) {
      const count = rows.count();
      const more = rows.more();
      try {
        const factory = this.#rowFactory();
        rows.open(text);
        for (let row = 0, at = 0; row < count; row += 1, at += factory.width) result.push(factory(at));
      } catch (error) {
        if (more) addon.stopRows(handle);
        throw error;
      } finally {
        rows.close();
      }
      if (!more) return result;
      text = addon.moreRows(handle);
      if (text === undefined) return result;
    }
  }

  /** An iterator over the rows. The connection is busy for writes until it ends or is returned. */
  iterate(...values) {
    const handle = handleOf(this, 'iterate');
    if (start.hasSubscribers) return this.#watched('iterate', values, () => this.#iterate(handle, values));
    return this.#iterate(handle, values);
  }

  #iterate(handle, values) {
    if (this.#needsFlattening(values)) values = this.#flatten(values, true, false);
    addon.iterate(handle, ...values);
    return new StatementIterator(
      PRIVATE,
      this,
      () => this.#row(addon.next(handle)),
      () => addon.finish(handle),
      () => addon.checkNotBusy(handle),
    );
  }

  /** Binds values for good. */
  bind(...values) {
    const handle = handleOf(this, 'bind');
    if (this.#needsFlattening(values)) {
      if (addon.checkRunnable(handle, false, false)) addon.bind(handle);
      values = flatten(this.#parameterNames(), values);
    }
    addon.bind(handle, ...values);
    return this;
  }

  /** Rows become the value of their first column. */
  pluck(on) {
    return setMode(this, 'pluck', PLUCK, arguments.length === 0 ? true : on);
  }

  /** Rows become an object per table. */
  expand(on) {
    return setMode(this, 'expand', EXPAND, arguments.length === 0 ? true : on);
  }

  /** Rows become arrays. */
  raw(on) {
    return setMode(this, 'raw', RAW, arguments.length === 0 ? true : on);
  }

  /** Integers become BigInts. */
  safeIntegers(on) {
    const handle = handleOf(this, 'safeIntegers');
    addon.checkUnlocked(handle);
    const value = arguments.length === 0 ? true : boolean(on);
    addon.setBigints(handle, value);
    this.#bigints = value;
    return this;
  }

  /** The columns of the result: `{ name, column, table, database, type }`. */
  columns() {
    const handle = handleOf(this, 'columns');
    if (!this.#reader) throw new TypeError('The columns() method is only for statements that return data');
    const flat = addon.columns(handle);
    const columns = [];
    for (let at = 0; at < flat.length; at += 5) {
      const [name, column, table, database, type] = flat.slice(at, at + 5);
      columns.push({ name, column, table, database, type });
    }
    return columns;
  }

  /** The SQL, with the values instead of the parameters where they were bound for good. */
  toString() {
    return addon.expandedSql(handleOf(this, 'toString')) ?? this.source;
  }

  #watched(method, values, body) {
    return watched({ database: this.database, method, sql: this.source, arguments: values }, body);
  }

  #row(text) {
    if (text === undefined) return undefined;
    const factory = this.#rowFactory();
    rows.open(text);
    try {
      return factory(0);
    } finally {
      rows.close();
    }
  }

  /** The function that makes a row from cells: compiled once, and again when the schema or the mode has changed. */
  #rowFactory() {
    const version = rows.recompilations();
    if (this.#factoryVersion === version && this.#factoryMode === this.#mode) return this.#factory;
    this.#factory = this.#makeFactory();
    this.#factoryMode = this.#mode;
    this.#factoryVersion = version;
    return this.#factory;
  }

  #makeFactory() {
    const names = addon.columnNames(this.#handle);
    let factory;
    if (this.#mode === FLAT) factory = flatRow(names);
    else if (this.#mode === EXPAND) factory = expandedRow(names, addon.tableNames(this.#handle));
    else if (this.#mode === RAW) factory = rawRow(names.length);
    else factory = (at) => rows.cell(at);
    factory.width = names.length;
    return factory;
  }

  #needsFlattening(values) {
    return this.#named || needsFlattening(values);
  }

  #flatten(values, needsRows, mutates) {
    const bound = addon.checkRunnable(this.#handle, needsRows, mutates);
    return bound ? values : flatten(this.#parameterNames(), values);
  }

  #parameterNames() {
    this.#names ??= addon.parameterNames(this.#handle);
    return this.#names;
  }
}

function boolean(value) {
  if (typeof value !== 'boolean') throw new TypeError('Expected first argument to be a boolean');
  return value;
}

module.exports = { Statement, PRIVATE };

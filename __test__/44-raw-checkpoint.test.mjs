import fs from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Database } from './support/database.mjs';
import { freshFile } from './support/fresh_file.mjs';
import { expectSqliteError } from './support/refusals.mjs';

let file;
let db;
beforeEach(() => {
  file = freshFile();
  db = new Database(file);
  db.pragma('journal_mode = WAL');
  db.exec('CREATE TABLE entries (a TEXT)');
});
afterEach(() => db.close());

const fill = (n) =>
  db.transaction(() => {
    for (let i = 0; i < n; i += 1) db.prepare("INSERT INTO entries VALUES (printf('%.*c', 1000, 'x'))").run();
  })();
const sizeOf = (suffix) => fs.statSync(file + suffix).size;

describe('the write-ahead log', () => {
  test('writes with synchronous NORMAL', () => {
    expect(db.pragma('synchronous', { simple: true })).toBe(1);
  });

  test('is checkpointed by itself at a thousand pages', () => {
    expect(db.pragma('wal_autocheckpoint', { simple: true })).toBe(1000);
    for (let i = 0; i < 20; i += 1) fill(400);
    expect(sizeOf('')).toBeGreaterThan(4_000_000);
    expect(sizeOf('-wal')).toBeLessThan(8_000_000);
  });

  test('is folded into the file by pragma("wal_checkpoint(...)")', () => {
    fill(50);
    const before = sizeOf('');
    const [row] = db.pragma('wal_checkpoint(RESTART)');
    expect(row).toEqual({ busy: 0, log: expect.any(Number), checkpointed: row.log });
    expect(row.log).toBeGreaterThan(0);
    expect(sizeOf('')).toBeGreaterThan(before);
    expect(db.pragma('wal_checkpoint(TRUNCATE)', { simple: true })).toBe(0);
    expect(sizeOf('-wal')).toBe(0);
  });

  test('is not folded past another connection’s open read', () => {
    const other = new Database(file);
    db.pragma('busy_timeout = 0');
    fill(10);
    other.exec('BEGIN');
    other.prepare('SELECT count(*) FROM entries').get();
    fill(10);
    expect(db.pragma('wal_checkpoint(RESTART)', { simple: true })).toBe(1);
    other.exec('COMMIT');
    expect(db.pragma('wal_checkpoint(RESTART)', { simple: true })).toBe(0);
    other.close();
  });

  test('of attached databases is folded as well, or alone by its name', () => {
    const attached = freshFile();
    db.prepare('ATTACH ? AS other').run(attached);
    db.pragma('other.journal_mode = WAL');
    db.exec('CREATE TABLE other.t (a); INSERT INTO other.t VALUES (1)');
    expect(fs.statSync(`${attached}-wal`).size).toBeGreaterThan(0);
    db.pragma('other.wal_checkpoint(TRUNCATE)');
    expect(fs.statSync(`${attached}-wal`).size).toBe(0);
    expect(sizeOf('-wal')).toBeGreaterThan(0);
    db.pragma('wal_checkpoint(TRUNCATE)');
    expect(sizeOf('-wal')).toBe(0);
  });

  test('cannot be folded inside a transaction that writes', () => {
    db.exec("BEGIN; INSERT INTO entries VALUES ('x')");
    expectSqliteError(() => db.pragma('wal_checkpoint'), 'SQLITE_LOCKED', 'database table is locked');
    db.exec('COMMIT');
  });

  test('lets readers see the last commit while another connection writes', () => {
    const reader = new Database(file, { readonly: true, timeout: 0 });
    db.exec("BEGIN IMMEDIATE; INSERT INTO entries VALUES ('x')");
    expect(reader.prepare('SELECT count(*) FROM entries').pluck().get()).toBe(0);
    db.exec('COMMIT');
    expect(reader.prepare('SELECT count(*) FROM entries').pluck().get()).toBe(1);
    reader.close();
  });
});

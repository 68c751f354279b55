import { createRequire } from 'node:module';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Database } from './support/database.mjs';
import { freshFile } from './support/fresh_file.mjs';

const require = createRequire(import.meta.url);
const createKnex = require('knex');
const BetterSqlite3Client = require('knex/lib/dialects/better-sqlite3');

/** Knex's own client for better-sqlite3, given this class in place of the package of that name. */
class Client extends BetterSqlite3Client {
  _driver() {
    return Database;
  }
}

let knex;
beforeEach(async () => {
  knex = createKnex({ client: Client, connection: { filename: freshFile() }, useNullAsDefault: true });
  await knex.schema
    .createTable('zones', (table) => {
      table.string('id').primary();
      table.string('name').notNullable();
    })
    .createTable('runs', (table) => {
      table.increments('id');
      table.string('zone_id').references('zones.id').onDelete('CASCADE');
      table.boolean('success');
      table.timestamp('at');
    });
  await knex('zones').insert([
    { id: 'dev', name: 'Development' },
    { id: 'test', name: 'Testing' },
  ]);
});
afterEach(() => knex.destroy());

describe('Knex with its better-sqlite3 client', () => {
  test('inserts, and tells the new id', async () => {
    expect(await knex('runs').insert({ zone_id: 'dev', success: true })).toEqual([1]);
    expect(await knex('runs').insert({ zone_id: 'dev', success: false })).toEqual([2]);
    expect(await knex('runs').insert({ zone_id: 'test', success: true }, ['id', 'zone_id'])).toEqual([
      { id: 3, zone_id: 'test' },
    ]);
  });

  test('selects with joins, groups, order and pages', async () => {
    await knex('runs').insert([1, 1, 0].map((success, i) => ({ zone_id: i ? 'dev' : 'test', success })));
    const rows = await knex('runs')
      .join('zones', 'zones.id', 'runs.zone_id')
      .groupBy('zones.name')
      .orderBy('zones.name', 'desc')
      .select('zones.name')
      .count('* as runs')
      .limit(2);
    expect(rows).toEqual([
      { name: 'Testing', runs: 1 },
      { name: 'Development', runs: 2 },
    ]);
    expect(await knex('zones').where('name', 'like', 'Dev%').first()).toEqual({ id: 'dev', name: 'Development' });
    expect(await knex('zones').where({ id: 'nobody' }).first()).toBe(undefined);
    expect(await knex('zones').pluck('id')).toEqual(['dev', 'test']);
  });

  test('updates and deletes, and says how many rows', async () => {
    expect(await knex('zones').where({ id: 'dev' }).update({ name: 'Dev' })).toBe(1);
    expect(await knex('zones').where('id', '<>', 'x').del()).toBe(2);
  });

  test('binds booleans and dates as the client makes them', async () => {
    const at = new Date('2026-01-01T00:00:00.000Z');
    await knex('runs').insert({ zone_id: 'dev', success: true, at });
    expect(await knex('runs').where({ at, success: true }).first()).toMatchObject({ success: 1, at: at.valueOf() });
  });

  test('commits and rolls back transactions', async () => {
    await knex.transaction((trx) => trx('runs').insert({ zone_id: 'dev' }));
    const failing = knex.transaction(async (trx) => {
      await trx('runs').insert({ zone_id: 'dev' });
      await trx('runs').insert({ zone_id: 'nobody' });
    });
    await expect(failing).rejects.toMatchObject({ code: 'SQLITE_CONSTRAINT_FOREIGNKEY', name: 'SqliteError' });
    expect(await knex('runs').count('* as n').first()).toEqual({ n: 1 });
  });

  test('nests transactions', async () => {
    await knex.transaction(async (trx) => {
      await trx('runs').insert({ zone_id: 'dev' });
      await trx
        .transaction(async (inner) => {
          await inner('runs').insert({ zone_id: 'test' });
          throw new Error('inner');
        })
        .catch(() => {});
    });
    expect(await knex('runs').pluck('zone_id')).toEqual(['dev']);
  });

  test('runs raw SQL with positions and names', async () => {
    expect(await knex.raw('SELECT ? AS a, ? AS b', [1, 'x'])).toEqual([{ a: 1, b: 'x' }]);
    expect(await knex.raw('SELECT :a AS a', { a: 5 })).toEqual([{ a: 5 }]);
  });

  test('changes tables and keeps their rows', async () => {
    await knex.schema.alterTable('zones', (table) => {
      table.integer('position').defaultTo(3);
      table.dropNullable('name');
    });
    expect(await knex('zones').where({ id: 'dev' }).first()).toEqual({ id: 'dev', name: 'Development', position: 3 });
    expect(await knex.schema.hasColumn('zones', 'position')).toBe(true);
    expect(await knex.schema.hasTable('nothing')).toBe(false);
  });

  test('migrates from a source of migrations', async () => {
    const migrationSource = {
      getMigrations: async () => ['one'],
      getMigrationName: (name) => name,
      getMigration: async () => ({
        up: (on) => on.schema.createTable('migrated', (table) => table.increments()),
        down: (on) => on.schema.dropTable('migrated'),
      }),
    };
    await knex.migrate.latest({ migrationSource });
    expect(await knex.schema.hasTable('migrated')).toBe(true);
    await knex.migrate.rollback({ migrationSource });
    expect(await knex.schema.hasTable('migrated')).toBe(false);
  });

  test('opens for reading only, and with BigInts', async () => {
    const { filename } = knex.client.connectionSettings;
    const options = { readonly: true, safeIntegers: true };
    const reader = createKnex({ client: Client, connection: { filename, options }, useNullAsDefault: true });
    expect(await reader('zones').count('* as n').first()).toEqual({ n: 2n });
    await expect(reader('zones').del()).rejects.toMatchObject({ code: 'SQLITE_READONLY' });
    await reader.destroy();
  });
});

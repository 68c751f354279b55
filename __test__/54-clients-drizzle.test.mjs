import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { defineSchema } from './support/drizzle_schema.mjs';
import { openCanvas } from './support/canvas.mjs';
import { Database, isReference } from './support/database.mjs';
import { freshFile } from './support/fresh_file.mjs';
import { installClientProject } from './support/client_project.mjs';

// Drizzle's driver imports `better-sqlite3` by name: this suite installs the alias package as docs/query-builders.md says.
let project;
let orm;
let sqlite;
let drizzle;
let migrate;
let Installed;
let schema;
beforeAll(() => {
  project = installClientProject('drizzle-orm');
  orm = project.require('drizzle-orm');
  sqlite = project.require('drizzle-orm/sqlite-core');
  ({ drizzle } = project.require('drizzle-orm/better-sqlite3'));
  ({ migrate } = project.require('drizzle-orm/better-sqlite3/migrator'));
  Installed = isReference ? undefined : project.require('@ai-orchestra/visual-db').VisualDatabase;
  schema = defineSchema(sqlite, orm);
}, 180_000);
afterAll(() => project?.remove(), 60_000);

let visual;
let db;
beforeEach(() => {
  visual = openCanvas(Installed);
  db = drizzle({ client: visual.db, schema });
});
afterEach(() => visual.close());

describe('the alias package', () => {
  test.skipIf(isReference)('makes `better-sqlite3` this package’s Database, for CommonJS and for ESM', () => {
    const ours = project.require('@ai-orchestra/visual-db');
    const alias = project.require('better-sqlite3');
    expect(alias).toBe(ours.Database);
    expect(alias.SqliteError).toBe(ours.SqliteError);
    const source = `
      import Database, { SqliteError } from 'better-sqlite3';
      import { Database as Ours } from '@ai-orchestra/visual-db';
      import { drizzle } from 'drizzle-orm/better-sqlite3';
      const db = drizzle(':memory:');
      console.log(Database === Ours, db.$client instanceof Ours, SqliteError === Ours.SqliteError);
    `;
    const args = ['--input-type=module', '--eval', source];
    expect(execFileSync(process.execPath, args, { cwd: project.folder, encoding: 'utf8' })).toBe('true true true\n');
  });

  test.skipIf(isReference)('has the types that Drizzle asks for', () => {
    const source = `
      import Database from 'better-sqlite3';
      import { drizzle } from 'drizzle-orm/better-sqlite3';
      import { sqliteTable, text, integer } from 'drizzle-orm/sqlite-core';
      import { VisualDatabase } from '@ai-orchestra/visual-db';

      const worktrees = sqliteTable('worktrees', { id: text('id').primaryKey(), port: integer('port').notNull() });
      const db = drizzle({ client: new VisualDatabase({ dbPath: ':memory:' }).db, schema: { worktrees } });
      export const rows: { id: string; port: number }[] = db.select().from(worktrees).all();
      export const changes: number = db.delete(worktrees).run().changes;
      export const own: Database.Database = new Database(':memory:', { readonly: false } satisfies Database.Options);
      // @ts-expect-error: no database
      drizzle({ client: 5 });
    `;
    fs.writeFileSync(path.join(project.folder, 'drizzle.mts'), source);
    const options = [
      '--noEmit',
      '--strict',
      '--skipLibCheck',
      '--module',
      'nodenext',
      '--target',
      'es2022',
      '--types',
      '',
    ];
    const tsc = path.join(import.meta.dirname, '../node_modules/.bin/tsc');
    const { stdout } = spawnSync(tsc, [...options, 'drizzle.mts'], { cwd: project.folder, encoding: 'utf8' });
    expect(stdout).toBe('');
  });

  test('lets Drizzle open a database by itself', () => {
    const own = drizzle(':memory:');
    expect(own.get(orm.sql`SELECT 1 + 1 AS two`)).toEqual({ two: 2 });
    own.$client.close();
    const given = drizzle({ connection: { source: freshFile(), fileMustExist: false } });
    expect(given.$client.open).toBe(true);
    given.$client.close();
  });
});

describe('Drizzle on `db.db`', () => {
  test('filters, sorts and pages', () => {
    const { worktrees } = schema;
    const page = db
      .select({ id: worktrees.id, branch: worktrees.branchName })
      .from(worktrees)
      .where(orm.and(orm.like(worktrees.branchName, 'feature/%'), orm.gte(worktrees.port, 3001)))
      .orderBy(orm.desc(worktrees.createdAt))
      .limit(1)
      .offset(1);
    expect(page.all()).toEqual([{ id: 'wt-1', branch: 'feature/login' }]);
    expect(page.get()).toEqual({ id: 'wt-1', branch: 'feature/login' });
    expect(page.values()).toEqual([['wt-1', 'feature/login']]);
  });

  test('joins and counts', () => {
    const { zoneExecutions, zones } = schema;
    const rows = db
      .select({ zone: zones.name, runs: orm.count(), good: orm.sum(zoneExecutions.success).mapWith(Number) })
      .from(zoneExecutions)
      .innerJoin(zones, orm.eq(zones.id, zoneExecutions.zoneId))
      .groupBy(zones.id)
      .orderBy(zones.name)
      .all();
    expect(rows).toEqual([
      { zone: 'Development', runs: 3, good: 2 },
      { zone: 'Testing', runs: 2, good: 1 },
    ]);
  });

  test('reads relations in one query', () => {
    const found = db.query.worktrees
      .findFirst({
        where: (worktree, { eq }) => eq(worktree.id, 'wt-2'),
        with: { assignment: { with: { zone: true } }, executions: { columns: { agentType: true, success: true } } },
      })
      .sync();
    expect(found).toMatchObject({
      id: 'wt-2',
      assignment: { zone: { name: 'Development', agents: ['frontend', 'backend'] } },
    });
    expect(found.executions).toEqual([
      { agentType: 'frontend', success: true },
      { agentType: 'qa', success: true },
    ]);
  });

  test('inserts, updates, upserts and deletes, and the class sees it', () => {
    const { worktrees, worktreeZones } = schema;
    const values = {
      id: 'wt-4',
      path: '/trees/wt-4',
      port: 3004,
      branchName: 'new',
      createdAt: '2026-01-09T00:00:00.000Z',
    };
    expect(db.insert(worktrees).values(values).run().changes).toBe(1);
    expect(visual.getWorktree('wt-4')).toMatchObject({ branchName: 'new', status: 'active', position: { x: 0, y: 0 } });
    const returned = db
      .update(worktrees)
      .set({ status: 'paused' })
      .where(orm.eq(worktrees.id, 'wt-4'))
      .returning()
      .get();
    expect(returned).toMatchObject({ id: 'wt-4', status: 'paused' });
    db.insert(worktreeZones)
      .values({ worktreeId: 'wt-1', zoneId: 'zone-test', assignedAt: 'now' })
      .onConflictDoUpdate({ target: worktreeZones.worktreeId, set: { zoneId: 'zone-test' } })
      .run();
    expect(visual.getWorktreeZone('wt-1')).toBe('zone-test');
    expect(db.delete(worktrees).where(orm.eq(worktrees.status, 'paused')).run().changes).toBe(1);
  });

  test('runs prepared queries', () => {
    const { worktrees } = schema;
    const byPort = db
      .select()
      .from(worktrees)
      .where(orm.eq(worktrees.port, orm.sql.placeholder('port')))
      .prepare();
    expect(byPort.get({ port: 3002 }).id).toBe('wt-2');
    expect(byPort.get({ port: 3003 }).id).toBe('wt-3');
    expect(byPort.all({ port: 9999 })).toEqual([]);
  });

  test('commits, rolls back and nests transactions', () => {
    const { worktrees } = schema;
    const set = (tx, id, status) => tx.update(worktrees).set({ status }).where(orm.eq(worktrees.id, id)).run();
    db.transaction((tx) => {
      set(tx, 'wt-1', 'one');
      try {
        tx.transaction((inner) => {
          set(inner, 'wt-2', 'two');
          inner.rollback();
        });
      } catch (error) {
        expect(error).toBeInstanceOf(orm.TransactionRollbackError);
      }
    });
    expect([visual.getWorktree('wt-1').status, visual.getWorktree('wt-2').status]).toEqual(['one', 'active']);
    const failing = () =>
      db.transaction(
        (tx) => {
          tx.delete(worktrees).run();
          throw new Error('second thoughts');
        },
        { behavior: 'immediate' },
      );
    expect(failing).toThrow('second thoughts');
    expect(visual.getStats().worktrees).toBe(3);
  });

  test('passes errors on with their code', () => {
    const values = { id: 'x', path: '/x', port: 3001, branchName: 'x', createdAt: 'x' };
    let caught;
    try {
      db.insert(schema.worktrees).values(values).run();
    } catch (error) {
      caught = error.cause ?? error;
    }
    expect(caught).toMatchObject({ name: 'SqliteError', code: 'SQLITE_CONSTRAINT_UNIQUE' });
  });
});

describe('Drizzle’s migrator', () => {
  const migrations = (texts) => {
    const folder = freshFile('migrations');
    fs.mkdirSync(path.join(folder, 'meta'), { recursive: true });
    const entries = texts.map((text, idx) => {
      fs.writeFileSync(path.join(folder, `000${idx}_step.sql`), text);
      return { idx, version: '6', when: 1_700_000_000_000 + idx, tag: `000${idx}_step`, breakpoints: true };
    });
    const journal = { version: '7', dialect: 'sqlite', entries };
    fs.writeFileSync(path.join(folder, 'meta/_journal.json'), JSON.stringify(journal));
    return folder;
  };
  const Client = () => (isReference ? Database : project.require('@ai-orchestra/visual-db').Database);
  const tables = (client) =>
    client.prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").pluck().all();

  test('brings a database in memory to the last version, once', () => {
    const client = new (Client())(':memory:');
    const own = drizzle({ client });
    const first =
      'CREATE TABLE notes (id integer PRIMARY KEY, body text);\n--> statement-breakpoint\nCREATE INDEX by_body ON notes (body);';
    const migrationsFolder = migrations([first, "INSERT INTO notes (body) VALUES ('from a migration');"]);
    migrate(own, { migrationsFolder });
    migrate(own, { migrationsFolder });
    expect(tables(client)).toEqual(['__drizzle_migrations', 'notes']);
    expect(client.prepare('SELECT body FROM notes').pluck().all()).toEqual(['from a migration']);
    client.close();
  });

  test('undoes everything where a step fails', () => {
    const client = new (Client())(':memory:');
    const own = drizzle({ client });
    const migrationsFolder = migrations(['CREATE TABLE notes (id integer);', 'CREATE TABLE notes (id integer);']);
    expect(() => migrate(own, { migrationsFolder })).toThrow();
    expect(client.inTransaction).toBe(false);
    expect(tables(client)).not.toContain('notes');
    client.close();
  });

  test('adds tables beside the canvas', () => {
    migrate(db, { migrationsFolder: migrations(['CREATE TABLE notes (id integer);']) });
    expect(tables(visual.db)).toEqual(expect.arrayContaining(['notes', 'worktrees']));
    expect(visual.listWorktrees()).toHaveLength(3);
  });
});

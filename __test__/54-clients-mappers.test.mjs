// TypeORM, MikroORM, Prisma's client and drizzle-kit with tables of their own in a board's file, through the alias package and npm's
// `overrides`, on Node 24. They are installed from the lock file in clients/.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { peerNode } from './support/child.mjs';
import { furnish } from './support/samples.mjs';
import { open, temporaryFile, temporaryFolder } from './support/temporary.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const FOLDER = fileURLToPath(new URL('clients', import.meta.url));
const require = createRequire(import.meta.url);

const run = (args, env = {}) =>
  execFileSync(peerNode(), args, { cwd: FOLDER, encoding: 'utf8', env: { ...process.env, ...env }, stdio: 'pipe' });
const tool = (name, ...rest) => path.join(FOLDER, 'node_modules', name, ...rest);

beforeAll(() => {
  require('../scripts/setup.js').dependencies('__test__/clients');
  // The checkout is what is installed as the package.
  fs.mkdirSync(tool('@ai-orchestra'), { recursive: true });
  fs.rmSync(tool('@ai-orchestra', 'visual-db'), { recursive: true, force: true });
  fs.symlinkSync(ROOT, tool('@ai-orchestra', 'visual-db'), 'junction');
}, 300_000);

/** A board's file, closed; and what says afterwards whether it is as it was. */
function board() {
  const dbPath = temporaryFile();
  const db = furnish(open({ dbPath }));
  const before = JSON.stringify([db.getBoard().worktrees, db.getBoard().zones, db.listRuns().items]);
  db.close();
  return {
    dbPath,
    isUntouched() {
      const now = open({ dbPath });
      expect(JSON.stringify([now.getBoard().worktrees, now.getBoard().zones, now.listRuns().items])).toBe(before);
      now.close();
      const doctor = JSON.parse(run([path.join(ROOT, 'bin/visual-db.js'), 'doctor', '--json', '--db', dbPath]));
      expect(doctor.filter(({ state }) => state === 'problem')).toEqual([]);
    },
  };
}

const DONE = { texts: ['one', 'two'], joined: [{ text: 'one', branch_name: 'feature/1' }] };

test('all of them have this package for better-sqlite3, and nothing else', () => {
  const source = `
    const { createRequire } = require('node:module');
    const ours = require('@ai-orchestra/visual-db').Database;
    const found = ['typeorm', '@prisma/adapter-better-sqlite3', '@mikro-orm/sqlite', 'drizzle-orm', 'drizzle-kit'].map((name) =>
      createRequire(require.resolve(name))('better-sqlite3') === ours);
    console.log(found.every(Boolean));`;
  expect(run(['--input-type=commonjs', '-e', source]).trim()).toBe('true');
});

describe.each([
  ['TypeORM', 'typeorm.mjs'],
  ['MikroORM', 'mikro_orm.mjs'],
])('%s', (_, script) => {
  test('keeps a table of its own in a board’s file, joins ours, and leaves the board alone', () => {
    const { dbPath, isUntouched } = board();
    expect(JSON.parse(run([script, dbPath]))).toEqual(DONE);
    isUntouched();
  });
});

test('Prisma’s client does, by the adapter', () => {
  // Its own engine, which makes migrations and is downloaded when it is first wanted, has no part in this.
  const env = {
    PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
    CHECKPOINT_DISABLE: '1',
  };
  run([tool('prisma', 'build', 'index.js'), 'generate', '--schema', 'prisma/schema.prisma'], env);
  const { dbPath, isUntouched } = board();
  expect(JSON.parse(run(['prisma.mts', dbPath]))).toEqual(DONE);
  isUntouched();
});

describe('Drizzle with drizzle-kit', () => {
  const kit = (command, env) => run([tool('drizzle-kit', 'bin.cjs'), command, '--config', 'drizzle.config.mjs'], env);

  test('`generate` and `migrate` make its tables, and Drizzle uses them', () => {
    const { dbPath, isUntouched } = board();
    const env = { FILE: dbPath, OUT: temporaryFolder() };
    kit('generate', env);
    kit('migrate', env);
    expect(JSON.parse(run(['drizzle.mjs', dbPath]))).toEqual(DONE);
    isUntouched();
  });

  test('`push` with `tablesFilter` touches nothing that is ours', () => {
    const { dbPath, isUntouched } = board();
    kit('push', { FILE: dbPath, OUT: temporaryFolder() });
    expect(JSON.parse(run(['drizzle.mjs', dbPath]))).toEqual(DONE);
    isUntouched();
  });
});

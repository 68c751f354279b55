// Versions of the schema: what opening a file does to it, and what `migrate` up, down, status and verify do.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { furnish } from './support/samples.mjs';
import { rows } from './support/rows.mjs';
import { LATEST, elsewhere, failure, schema, schemaOf } from './support/schema.mjs';
import { open, temporaryFile } from './support/temporary.mjs';
import { VisualDatabase } from './support/visual_database.mjs';

const pragmas = (db) => ['application_id', 'user_version'].map((name) => db.db.pragma(name, { simple: true }));

/** A file of this version with rows in it. */
function fileAt(version) {
  const dbPath = temporaryFile();
  furnish(open({ dbPath })).close();
  if (version < LATEST) schema.down(dbPath, version);
  return dbPath;
}

describe('opening', () => {
  it('a new file gets the latest schema, its mark and its history', () => {
    const db = open({ dbPath: temporaryFile() });
    expect(pragmas(db)).toEqual([0x56444231, LATEST]);
    const history = db.db.prepare('SELECT * FROM schema_migrations').all();
    const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
    expect(history.map((step) => [step.version, step.name])).toEqual([
      [1, 'javascript_layer'],
      [2, 'indexes'],
      [3, 'changes'],
      [4, 'runs'],
      [5, 'board'],
      [6, 'history'],
    ]);
    for (const step of history) {
      expect(step).toMatchObject({ package_version: version, rolled_back_at: null });
      expect(step.sha256).toMatch(/^[0-9a-f]{64}$/);
      expect(Date.now() - Date.parse(step.applied_at)).toBeLessThan(60_000);
    }
  });

  it('a database in memory has the same schema', () => {
    expect(pragmas(open())).toEqual([0x56444231, LATEST]);
  });

  it('a file newer than the code is refused, naming both versions, and not one byte of it changes', () => {
    const dbPath = fileAt(LATEST);
    elsewhere(dbPath, 'PRAGMA user_version = 12');
    const before = readFileSync(dbPath);
    for (const readonly of [false, true]) {
      const error = failure(() => open({ dbPath, readonly }));
      expect(error).toMatchObject({ name: 'Error', code: 'ERR_SCHEMA_NEWER' });
      expect(error.message).toContain(dbPath);
      expect(error.message).toMatch(new RegExp(`version 12, this package knows ${LATEST}`));
      expect(readFileSync(dbPath)).toEqual(before);
    }
  });

  describe('a file of a later version', () => {
    /** A file that is two versions ahead, whose steps say from which version on they can be read and written. */
    function later(...bounds) {
      const dbPath = fileAt(LATEST);
      const steps = bounds.map(
        ([reader, writer], n) => `INSERT INTO schema_migrations (version, name, sha256, applied_at, package_version,
          min_reader, min_writer) VALUES (${LATEST + 1 + n}, 'later', 'x', 't', '9.0.0', ${reader}, ${writer})`,
      );
      elsewhere(dbPath, [...steps, 'CREATE TABLE later (x)', `PRAGMA user_version = ${LATEST + 2}`].join(';'));
      return dbPath;
    }
    const refused = (config) => failure(() => open(config));

    it('that this package may write opens as one of its own, and is not mended', () => {
      const dbPath = later([1, 1], [LATEST, LATEST]);
      elsewhere(dbPath, 'DROP TRIGGER changes_execution_insert');
      const before = schemaOf(dbPath);
      const db = open({ dbPath });
      db.recordExecution({ zoneId: 'zone-1', worktreeId: 'wt-1', agentType: 'qa', prompt: 'p' });
      expect(db.getStats()).toEqual({ worktrees: 3, zones: 2, assignments: 1, executions: 2 });
      expect(schemaOf(dbPath)).toEqual(before);
      expect(schema.status(dbPath)).toMatchObject({ state: 'newer', version: LATEST + 2, reasons: [] });
      expect(failure(() => schema.up(dbPath))).toMatchObject({ code: 'ERR_SCHEMA_NEWER' });
      expect(failure(() => schema.down(dbPath, 1))).toMatchObject({ code: 'ERR_SCHEMA_NEWER' });
      expect(failure(() => schema.rebuildCounts(dbPath))).toMatchObject({ code: 'ERR_SCHEMA_NEWER' });
      expect(schemaOf(dbPath)).toEqual(before);
    });

    it('can be backed up and restored by anybody who may read it', async () => {
      const db = open({ dbPath: later([1, 1], [1, 1]) });
      const { path } = await db.backup();
      db.close();
      const restored = temporaryFile();
      VisualDatabase.restore(path, { dbPath: restored });
      expect(open({ dbPath: restored }).getStats().worktrees).toBe(3);
    });

    it.each([
      ['says so', [1, 1], [LATEST, LATEST + 1]],
      ['and the one before it says so', [2, LATEST + 2], [1, 1]],
      ['says nothing of writing', [1, 1], [1, 'NULL']],
    ])('that this package may only read is refused otherwise: a step %s', (_, ...bounds) => {
      const dbPath = later(...bounds);
      const before = readFileSync(dbPath);
      const error = refused({ dbPath });
      expect(error).toMatchObject({ name: 'Error', code: 'ERR_SCHEMA_NEWER' });
      expect(error.message).toContain(
        `version ${LATEST + 2}, this package knows ${LATEST}: open it with \`readonly: true\``,
      );
      expect(open({ dbPath, readonly: true }).getStats().worktrees).toBe(3);
      expect(readFileSync(dbPath)).toEqual(before);
      expect(schema.status(dbPath).reasons).toEqual(['this package may only read a file of that version']);
    });

    it.each([
      ['says so', [1, 1], [LATEST + 1, LATEST + 1]],
      ['says nothing', [1, 1], ['NULL', 'NULL']],
      ['is not in the history', [1, 1]],
    ])('that this package may not even read is refused: a step %s', (_, ...bounds) => {
      const dbPath = later(...bounds);
      const before = readFileSync(dbPath);
      for (const readonly of [false, true]) {
        expect(refused({ dbPath, readonly })).toMatchObject({ name: 'Error', code: 'ERR_SCHEMA_NEWER' });
      }
      expect(readFileSync(dbPath)).toEqual(before);
      expect(schema.status(dbPath).reasons).toEqual(["this package can't use a file of that version"]);
    });

    it('does not count a step that was rolled back', () => {
      const dbPath = later([1, 1], [1, 1]);
      elsewhere(
        dbPath,
        `INSERT INTO schema_migrations VALUES (${LATEST + 3}, 'later', 'x', 't', '9.0.0', 't', NULL, NULL)`,
      );
      expect(open({ dbPath }).getStats().worktrees).toBe(3);
    });
  });

  it('a new file gives free pages back when it is asked to; one that was there before stays as it was', () => {
    expect(open({ dbPath: temporaryFile() }).db.pragma('auto_vacuum', { simple: true })).toBe(2);
    const before = temporaryFile();
    elsewhere(before, readFileSync(new URL('../schema/0001_javascript_layer.up.sql', import.meta.url), 'utf8'));
    expect(open({ dbPath: before }).db.pragma('auto_vacuum', { simple: true })).toBe(0);
  });

  it('a file of another program is refused, and not one byte of it changes', () => {
    for (const sql of ['CREATE TABLE orders (id)', 'PRAGMA application_id = 1; CREATE TABLE worktrees (id)']) {
      const dbPath = temporaryFile();
      elsewhere(dbPath, sql);
      const before = readFileSync(dbPath);
      expect(failure(() => open({ dbPath }))).toMatchObject({ name: 'Error', code: 'ERR_SCHEMA_FOREIGN' });
      expect(readFileSync(dbPath)).toEqual(before);
    }
  });

  it('a file with content is backed up before it is migrated', () => {
    const dbPath = fileAt(1);
    const before = rows(open({ dbPath }));
    const { backup } = schema.up(dbPath);
    expect(dirname(backup)).toBe(join(dirname(dbPath), 'backups'));
    expect(schema.status(backup)).toMatchObject({ state: 'pinned', version: 1 });
    expect(rows(open({ dbPath: backup, readonly: true }))).toEqual(before);
  });
});

describe('migrate: false', () => {
  it('opens a current file', () => {
    expect(open({ dbPath: fileAt(LATEST), migrate: false }).getStats().worktrees).toBe(3);
  });

  it('fails on an older one, saying what to do', () => {
    const dbPath = temporaryFile();
    elsewhere(dbPath, readFileSync(new URL('../schema/0001_javascript_layer.up.sql', import.meta.url), 'utf8'));
    const error = failure(() => open({ dbPath, migrate: false }));
    expect(error).toMatchObject({ name: 'Error', code: 'ERR_SCHEMA_OLDER' });
    expect(error.message).toContain(`this package needs ${LATEST}: \`visual-db migrate up\` brings it there`);
    expect(schema.status(dbPath).state).toBe('javascript-layer');
  });
});

describe('an older version', () => {
  it.each([1, 2])('%i can be read without being changed', (version) => {
    const dbPath = fileAt(version);
    const before = readFileSync(dbPath);
    const db = open({ dbPath, readonly: true });
    expect(db.getStats()).toEqual({ worktrees: 3, zones: 2, assignments: 1, executions: 1 });
    expect(db.getExecutionStats({ zoneId: 'zone-1' })).toMatchObject({ total: 1, uniqueAgents: 1 });
    expect(db.getExecutionHistory('zone-1')).toHaveLength(1);
    db.close();
    expect(readFileSync(dbPath)).toEqual(before);
  });

  it.each([1, 2])('%i, rolled back to on purpose, stays and works until migrate up', (version) => {
    const dbPath = fileAt(version);
    const db = open({ dbPath });
    db.recordExecution({ zoneId: 'zone-1', worktreeId: 'wt-2', agentType: 'qa', prompt: 'p', success: true });
    expect(db.getExecutionStats()).toMatchObject({ total: 2, successful: 1, uniqueAgents: 2 });
    db.close();
    expect(schema.status(dbPath)).toMatchObject({ state: 'pinned', version });
    expect(schema.up(dbPath)).toMatchObject({ from: version, version: LATEST, pinned: false });
    expect(open({ dbPath, migrate: false }).getExecutionStats()).toMatchObject({ total: 2, successful: 1 });
    expect(schema.verify(dbPath)).toEqual([]);
  });
});

describe('up and down', () => {
  it('up, down, up leaves an identical schema and every row', () => {
    for (const version of [2, 1]) {
      const dbPath = fileAt(LATEST);
      const before = [schemaOf(dbPath), rows(open({ dbPath }))];
      schema.down(dbPath, version);
      expect(schemaOf(dbPath)).not.toEqual(before[0]);
      schema.up(dbPath);
      expect([schemaOf(dbPath), rows(open({ dbPath }))]).toEqual(before);
    }
  });

  it.each([1, 2, 3, 4, 5, 6])('version %i is this schema', (version) => {
    expect(schemaOf(fileAt(version)).join('\n')).toMatchSnapshot();
  });

  it('versions that make no sense are refused', () => {
    const dbPath = fileAt(2);
    expect(failure(() => schema.up(dbPath, LATEST + 1))).toMatchObject({ name: 'RangeError' });
    expect(failure(() => schema.up(dbPath, 1))).toMatchObject({ name: 'RangeError' });
    expect(failure(() => schema.down(dbPath, 2))).toMatchObject({ name: 'RangeError' });
    expect(failure(() => schema.down(dbPath, '1'))).toMatchObject({ name: 'TypeError' });
    expect(schema.status(dbPath).version).toBe(2);
  });

  it('a file that is not there is named', () => {
    for (const call of [schema.status, schema.verify, schema.up, (dbPath) => schema.down(dbPath, 1)]) {
      const error = failure(() => call('/nowhere/visual.db'));
      expect(error).toMatchObject({ code: 'ERR_DATABASE_MISSING' });
      expect(error.message).toContain('/nowhere/visual.db');
    }
  });
});

describe('verify', () => {
  it.each([
    ["UPDATE schema_migrations SET sha256 = 'f00' WHERE version = 2", /version 2 \(indexes\) .* another text/],
    ['DROP INDEX idx_executions_worktree', /index idx_executions_worktree is missing/],
    ['DROP TRIGGER changes_execution_insert', /trigger changes_execution_insert is missing/],
    ['ALTER TABLE zones ADD COLUMN colour', /column zones\.colour .* is not known/],
    ["DELETE FROM zones WHERE id = 'zone-1'", /rows refer to rows that don't exist/],
  ])('%s: reported', (sql, words) => {
    const dbPath = fileAt(LATEST);
    expect(schema.verify(dbPath)).toEqual([]);
    elsewhere(dbPath, `PRAGMA foreign_keys = OFF; ${sql}`);
    const problems = schema.verify(dbPath);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(words);
  });
});

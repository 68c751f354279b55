// Files of the JavaScript layer become this package's in place, go back, and work on both sides.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixture, recorded } from './support/fixtures.mjs';
import { startPeer } from './support/peer.mjs';
import { readBack } from './support/rows.mjs';
import { LATEST, elsewhere, failure, schema } from './support/schema.mjs';
import { open, temporaryFile } from './support/temporary.mjs';

const FIXTURES = ['js-layer.db', 'js-layer-seven-indexes.db', 'js-layer-crashed'];
const byId = (one, other) => (one.id < other.id ? -1 : 1);

/** What the file says, as the dumps beside the fixtures have it. */
function everything(config) {
  const db = open(config);
  const { executions, ...rest } = readBack(db);
  db.close();
  const sorted = Object.entries(executions).map(([id, runs]) => [id, runs.toSorted(byId)]);
  return { ...rest, executions: Object.fromEntries(sorted) };
}

it('leaves no backup behind where it fails, however often it is tried', () => {
  const dbPath = fixture('js-layer.db');
  elsewhere(dbPath, 'CREATE TABLE execution_counts_of_zones (in_the_way)');
  const before = readFileSync(dbPath);
  for (const _ of [1, 2, 3]) expect(() => open({ dbPath })).toThrow(/failed and nothing was changed/);
  const backups = join(dirname(dbPath), 'backups');
  expect(existsSync(backups) ? readdirSync(backups) : []).toEqual([]);
  expect(readFileSync(dbPath)).toEqual(before);
});

describe.each(FIXTURES)('%s', (name) => {
  it('is adopted equal to its dump, rolled back equal to it, and opened again', () => {
    const dbPath = fixture(name);
    const dump = recorded(name);
    expect(schema.status(dbPath)).toMatchObject({ state: 'javascript-layer', version: 0 });
    expect(everything({ dbPath, readonly: true })).toStrictEqual(dump);
    expect(everything({ dbPath })).toStrictEqual(dump);
    expect(schema.status(dbPath)).toMatchObject({ state: 'current', version: LATEST });
    expect(schema.verify(dbPath)).toEqual([]);

    expect(schema.down(dbPath, 1)).toMatchObject({ from: LATEST, version: 1, pinned: true });
    expect(schema.verify(dbPath)).toEqual([]);
    expect(everything({ dbPath })).toStrictEqual(dump);
    expect(schema.status(dbPath)).toMatchObject({ state: 'pinned', version: 1 });

    schema.up(dbPath);
    expect(everything({ dbPath })).toStrictEqual(dump);
    expect(schema.verify(dbPath)).toEqual([]);
  });

  it('is adopted by a migration that leaves a verified backup of it', () => {
    const dbPath = fixture(name);
    const { adopted, backup } = schema.up(dbPath);
    expect(adopted).toBe(true);
    expect(schema.status(backup).state).toBe('javascript-layer');
    expect(everything({ dbPath: backup, readonly: true })).toStrictEqual(recorded(name));
  });
});

describe('tables of the right names that are not the JavaScript layer’s', () => {
  const layer = readFileSync(new URL('../schema/0001_javascript_layer.up.sql', import.meta.url), 'utf8');

  it.each([
    ['port INTEGER NOT NULL', 'port TEXT NOT NULL', 'column worktrees.port is TEXT NOT NULL, not INTEGER NOT NULL'],
    ['agents TEXT,', '', 'column zones.agents is missing'],
    ['UNIQUE(port)', 'CHECK (port > 0)', 'table worktrees has no UNIQUE (port)'],
    ['PRIMARY KEY (worktree_id)', 'PRIMARY KEY (worktree_id, zone_id)', 'column worktree_zones.zone_id'],
  ])('%s made %s: refused with what differs, unchanged to the byte', (what, instead, said) => {
    const dbPath = temporaryFile();
    elsewhere(dbPath, layer.replace(what, instead).replace(/,\s*\)/, ')'));
    const before = readFileSync(dbPath);
    const error = failure(() => open({ dbPath }));
    expect(error).toMatchObject({ name: 'Error', code: 'ERR_SCHEMA_DIFFERENT' });
    expect(error.message).toContain(said);
    expect(readFileSync(dbPath)).toEqual(before);
  });
});

describe('the JavaScript layer', () => {
  let peer;
  beforeAll(() => {
    peer = startPeer();
  });
  afterAll(() => peer.stop());

  const run = (n) => ({
    method: 'recordExecution',
    args: [{ zoneId: 'zone-1', worktreeId: 'wt-1', agentType: `agent-${n % 3}`, prompt: 'p', success: n % 2 === 0 }],
    after: 1,
  });
  const furnish = [
    { method: 'createZone', args: [{ id: 'zone-1', name: 'Z', createdAt: 't' }], after: 1 },
    { method: 'createWorktree', args: [{ id: 'wt-1', path: '/', port: 1, branchName: 'b' }], after: 1 },
  ];

  it.each([1, 2, 3])('works on a file of version %i, and what it writes is counted', async (version) => {
    const dbPath = temporaryFile();
    open({ dbPath }).close();
    if (version < LATEST) schema.down(dbPath, version);
    const runs = Array.from({ length: 20 }, (_, n) => run(n));
    const { outcomes } = await peer.perform(dbPath, [
      ...furnish,
      ...runs,
      { method: 'getExecutionStats', args: [{}], after: 1 },
    ]);
    expect(outcomes.filter(({ error }) => error)).toEqual([]);
    const stats = outcomes.at(-1).value;
    expect(stats).toMatchObject({ total: 20, successful: 10, failed: 10, uniqueAgents: 3 });
    expect(open({ dbPath }).getExecutionStats()).toEqual(stats);
    if (version < LATEST) schema.up(dbPath);
    expect(open({ dbPath }).getExecutionStats()).toEqual(stats);
    expect(schema.verify(dbPath)).toEqual([]);
  });

  it('leaves the indexes of version 2 as they are', async () => {
    const dbPath = temporaryFile();
    open({ dbPath }).close();
    await peer.perform(dbPath, furnish);
    expect(schema.verify(dbPath)).toEqual([]);
  });

  it('deletes with what belongs to it, and the counts follow', async () => {
    const dbPath = temporaryFile();
    open({ dbPath }).close();
    const runs = Array.from({ length: 20 }, (_, n) => run(n));
    await peer.perform(dbPath, [...furnish, ...runs, { method: 'deleteWorktree', args: ['wt-1'], after: 1 }]);
    const db = open({ dbPath });
    expect(db.getExecutionStats()).toEqual({ total: 0, successful: 0, failed: 0, uniqueAgents: 0, successRate: 0 });
    expect(db.getStats()).toEqual({ worktrees: 0, zones: 1, assignments: 0, executions: 0 });
    expect(schema.verify(dbPath)).toEqual([]);
  });
});

// `visual-db prune`, `retention`, `vacuum --convert`, and what `doctor` says of the room.
import { existsSync, statSync } from 'node:fs';
import { expect, test } from 'vitest';
import { visualDb } from './support/backups.mjs';
import { execution, worktree, zone } from './support/samples.mjs';
import { open, temporaryFile } from './support/temporary.mjs';

function filled(count = 20, dbPath = temporaryFile()) {
  const db = open({ dbPath });
  db.createZone(zone(1));
  db.createWorktree(worktree(1));
  db.transaction(() => {
    for (let n = 0; n < count; n += 1) db.recordExecution({ ...execution(), prompt: 'x'.repeat(3000) });
  });
  return { dbPath, db };
}

test('prune --dry-run says what would go; prune removes it', () => {
  const { dbPath, db } = filled();
  const dry = visualDb('prune', '--per-zone', '5', '--dry-run', '--db', dbPath);
  expect([dry.status, dry.stdout]).toEqual([
    0,
    expect.stringMatching(/Kept: 5 runs of each zone\n15 runs would be removed/),
  ]);
  expect(db.getStats().executions).toBe(20);
  expect(visualDb('prune', '--per-zone', '5', '--json', '--db', dbPath).json()).toMatchObject({
    runs: 15,
    more: false,
  });
  expect(db.getStats().executions).toBe(5);
  expect(visualDb('prune', '--runs', 'soon', '--db', dbPath)).toMatchObject({ status: 2 });
  expect(visualDb('prune', '--per-zone', 'x', '--db', dbPath)).toMatchObject({ status: 2 });
});

test('retention shows and sets what the file says, and prune goes by it', () => {
  const { dbPath } = filled();
  expect(visualDb('retention', '--db', dbPath).stdout).toMatch(/^Everything is kept/);
  expect(visualDb('retention', 'set', '--per-zone', '7', '--bodies', '30d', '--db', dbPath).stdout).toBe(
    'Kept: prompts, results and output 30d, 7 runs of each zone. Looked at every 1h.\n',
  );
  expect(visualDb('retention', '--json', '--db', dbPath).json()).toMatchObject({
    bodies: '30d',
    perZone: 7,
    every: '1h',
  });
  expect(visualDb('prune', '--db', dbPath).stdout).toMatch(/^Kept: .*\n13 runs removed/);
  expect(visualDb('retention', 'off', '--db', dbPath).stdout).toMatch(/^Everything is kept/);
  expect(visualDb('retention', 'set', '--db', dbPath).status).toBe(2);
});

test('doctor says what takes the room, and what retention would give back', () => {
  const { dbPath } = filled();
  const finding = (check) =>
    visualDb('doctor', '--json', '--db', dbPath)
      .json()
      .find((found) => found.check === check);
  expect(finding('room')).toMatchObject({
    state: 'ok',
    finding: expect.stringMatching(/runs and executions [\d.]+ KiB/),
  });
  expect(finding('retention').finding).toMatch(/none is set; bodies older than 30 days: of 0 runs/);
  visualDb('retention', 'set', '--per-zone', '7', '--db', dbPath);
  visualDb('prune', '--dry-run', '--db', dbPath);
  expect(finding('retention').finding).toMatch(/kept: 7 runs of each zone; to be pruned now: 13 runs/);
});

test('vacuum --convert makes an older file one that shrinks in slices, after it said what that takes', () => {
  const { dbPath, db } = filled(200);
  db.db.pragma('auto_vacuum = NONE');
  db.db.exec('VACUUM');
  db.close();
  const before = statSync(dbPath).size;
  const unasked = visualDb('vacuum', '--convert', '--db', dbPath);
  expect([unasked.status, unasked.stdout]).toEqual([2, expect.stringMatching(/about 1 s.*nobody else can write/s)]);
  expect(statSync(dbPath).size).toBe(before);
  const done = visualDb('vacuum', '--convert', '--yes', '--json', '--db', dbPath).json();
  expect(done).toMatchObject({ converted: true, before });
  expect(existsSync(`${dbPath}.before-convert`)).toBe(false);
  const again = open({ dbPath });
  expect(again.db.pragma('auto_vacuum', { simple: true })).toBe(2);
  expect(again.getStats().executions).toBe(200);
  expect(visualDb('vacuum', '--convert', '--json', '--db', dbPath).json()).toMatchObject({ converted: false });
});

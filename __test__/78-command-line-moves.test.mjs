// `visual-db move` and `visual-db moves`: a drop, and the ledger.
import { describe, expect, test } from 'vitest';
import { visualDb } from './support/backups.mjs';
import { board } from './support/runs.mjs';
import { temporaryFile } from './support/temporary.mjs';

function furnished() {
  const dbPath = temporaryFile();
  return { dbPath, db: board({ dbPath }) };
}

describe('move', () => {
  test('moves a worktree, both by what they are called, and says from where to where', () => {
    const { dbPath, db } = furnished();
    const { status, stdout } = visualDb('move', 'feature/1', 'Zone 2', '--reason', 'ready', '--db', dbPath);
    expect([status, stdout]).toEqual([0, 'feature/1: no zone -> Zone 2\n']);
    expect(db.getMoves().items).toMatchObject([{ worktreeId: 'wt-1', to: 'zone-2', reason: 'ready' }]);
    expect(visualDb('move', 'wt-1', 'zone-2', '--db', dbPath).stdout).toBe('feature/1 is there already.\n');
    expect(visualDb('move', 'wt-1', '--out', '--db', dbPath).stdout).toBe('feature/1: Zone 2 -> no zone\n');
    expect(db.getWorktreeZone('wt-1')).toBeNull();
  });

  test('wants the runs of the zone, and passes over its limit by force', () => {
    const { dbPath, db } = furnished();
    db.updateZone('zone-1', { trigger: 'onDrop', agents: ['qa'], promptTemplate: '{{ github.title }}' });
    db.setWipLimit('zone-1', 0);
    const drop = [
      'move',
      'wt-1',
      'Zone 1',
      '--enqueue',
      '--variables',
      '{ "github": { "title": "Log in" } }',
      '--db',
      dbPath,
    ];
    expect(visualDb(...drop)).toMatchObject({ status: 1, stdout: '' });
    expect(visualDb(...drop).stderr).toContain("overLimit: 'force'");
    expect(visualDb(...drop, '--force').stdout).toMatch(/^feature\/1: no zone -> Zone 1\nWanted: exec-\S+ of qa\n$/);
    expect(db.listRuns({ fields: 'full' }).items).toMatchObject([{ prompt: 'Log in', status: 'queued' }]);
  });

  test('gives what moveWorktree gives with --json', () => {
    const { dbPath, db } = furnished();
    const made = visualDb('move', 'wt-1', 'zone-1', '--json', '--db', dbPath).json();
    expect(made).toEqual({ worktree: db.getWorktree('wt-1'), move: db.getMoves().items[0], runs: [] });
  });

  test.each([[[]], [['zone-1', '--out']]])('with %j is wrong usage: a zone, or --out', (args) => {
    const { status, stderr } = visualDb('move', 'wt-1', ...args, '--db', furnished().dbPath);
    expect(status).toBe(2);
    expect(stderr).toContain('say a zone, or --out');
  });

  test('of what there is none of fails', () => {
    const { status, stderr } = visualDb('move', 'nobody', 'zone-1', '--db', furnished().dbPath);
    expect([status, stderr]).toEqual([1, expect.stringContaining('Worktree not found: nobody')]);
  });
});

describe('moves', () => {
  test('lists them newest first, by what everything was called then', () => {
    const { dbPath, db } = furnished();
    expect(visualDb('moves', '--db', dbPath)).toMatchObject({ status: 0, stdout: 'No moves.\n' });
    db.as({ kind: 'user', id: 'anna' }).moveWorktree('wt-1', 'zone-1', { reason: 'a\u001b[31m\nb' });
    db.updateZone('zone-1', { name: 'Renamed' });
    db.moveWorktree('wt-1', 'zone-2');
    const { status, stdout } = visualDb('moves', '--db', dbPath);
    expect(status).toBe(0);
    expect(stdout).toMatch(/feature\/1 +│ Renamed +│ Zone 2 +│ - [^]*feature\/1 +│ - +│ Zone 1 +│ user anna/);
    expect(stdout).not.toContain('\u001b[31m');
  });

  test('filters by worktree, zone and time, pages, and gives JSON', () => {
    const { dbPath, db } = furnished();
    for (const zoneId of ['zone-1', 'zone-2', null]) db.moveWorktree('wt-1', zoneId);
    db.moveWorktree('wt-2', 'zone-2');
    const found = (...args) => visualDb('moves', '--json', '--db', dbPath, ...args).json();
    expect(found()).toEqual(db.getMoves());
    expect(found('--worktree', 'feature/2')).toEqual(db.getMoves({ worktreeId: 'wt-2' }));
    expect(found('--zone', 'Zone 1').items).toHaveLength(2);
    expect(found('--until', '2001-01-01T00:00:00Z').items).toEqual([]);
    expect(found('--since', '2001-01-01T00:00:00Z').items).toHaveLength(4);
    const first = found('--limit', '3');
    expect(found('--after', first.next).items).toHaveLength(1);
    expect(visualDb('moves', '--limit', '3', '--db', dbPath).stdout).toContain(`There are more: --after ${first.next}`);
    expect(visualDb('moves', '--since', 'yesterday', '--db', dbPath).status).toBe(2);
  });
});

// scripts/migrate_to_phase9.js: sets up schema and default zones, verifies, and goes back.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, vi } from 'vitest';
import { fixture, recorded } from './support/fixtures.mjs';
import { rows } from './support/rows.mjs';
import { execution, worktree } from './support/samples.mjs';
import { elsewhere, schema } from './support/schema.mjs';
import { open, temporaryFile, temporaryFolder } from './support/temporary.mjs';

// Every call of the script is a process.
vi.setConfig({ testTimeout: 60_000 });

const SCRIPT = fileURLToPath(new URL('../scripts/migrate_to_phase9.js', import.meta.url));
const IDS = ['zone-development', 'zone-testing', 'zone-review', 'zone-deployment'];
const VARIABLES = [
  'github.title',
  'github.description',
  'github.url',
  'worktree.branch',
  'worktree.path',
  'worktree.port',
];

function script(args, cwd) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [SCRIPT, ...args], { encoding: 'utf8', cwd });
  return { status, stdout, stderr };
}

const run = (dbPath, ...command) => script([...command, '--db', dbPath]);

/** A file that the script has set up. */
function setUp() {
  const dbPath = temporaryFile();
  expect(run(dbPath).status).toBe(0);
  return dbPath;
}

const backups = (dbPath) => {
  const folder = join(dirname(dbPath), 'backups');
  return existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.db')) : [];
};

describe('run', () => {
  it('without --db sets up data/visual.db under the current directory', () => {
    const cwd = temporaryFolder();
    expect(script([], cwd)).toMatchObject({ status: 0, stderr: '' });
    expect(open({ dbPath: join(cwd, 'data', 'visual.db'), fileMustExist: true }).listZones()).toHaveLength(4);
  });

  it('creates the four default zones', () => {
    const zones = open({ dbPath: setUp() }).listZones();
    const size = { width: 350, height: 450 };
    const tests = { type: 'runTests' };
    expect(zones).toMatchObject([
      {
        id: IDS[0],
        name: 'Development',
        agents: ['frontend', 'backend'],
        trigger: 'onDrop',
        actions: [],
        position: { x: 50, y: 50 },
        size,
      },
      {
        id: IDS[1],
        name: 'Testing',
        agents: ['qa', 'test-engineer'],
        trigger: 'onDrop',
        actions: [tests],
        position: { x: 450, y: 50 },
        size,
      },
      {
        id: IDS[2],
        name: 'Code Review',
        agents: ['code-reviewer'],
        trigger: 'onDrop',
        actions: [tests, { type: 'createPR', title: '{{ github.title }}' }],
        position: { x: 850, y: 50 },
        size,
      },
      {
        id: IDS[3],
        name: 'Deployment',
        agents: ['devops'],
        trigger: 'manual',
        actions: [tests, { type: 'notify', message: 'Ready for deployment' }],
        position: { x: 1250, y: 50 },
        size,
      },
    ]);
  });

  it('with prompt templates that use the six variables and no other', () => {
    for (const { promptTemplate } of open({ dbPath: setUp() }).listZones()) {
      const used = [...promptTemplate.matchAll(/\{\{ (\S+) \}\}/g)].map(([, name]) => name);
      expect([...new Set(used)].toSorted()).toEqual(VARIABLES.toSorted());
      expect(promptTemplate.replaceAll(/\{\{ \S+ \}\}/g, '')).not.toMatch(/[{}]/);
    }
  });

  it('a second time changes nothing and makes no backup', () => {
    const dbPath = setUp();
    const before = rows(open({ dbPath, readonly: true }));
    const { status, stdout } = run(dbPath, 'run');
    expect(status).toBe(0);
    expect(stdout).toMatch(/Backup: +not needed/);
    expect(rows(open({ dbPath, readonly: true }))).toEqual(before);
    expect(backups(dbPath)).toEqual([]);
  });

  it('leaves a zone that a user changed as it is, and creates one that is missing', () => {
    const dbPath = setUp();
    const db = open({ dbPath });
    const mine = db.updateZone('zone-testing', { name: 'QA', agents: [], promptTemplate: 'mine' });
    db.deleteZone('zone-review');
    db.close();
    expect(run(dbPath).stdout).toMatch(/created zone-review; kept zone-development, zone-testing, zone-deployment/);
    expect(open({ dbPath }).getZone('zone-testing')).toEqual(mine);
    expect(backups(dbPath)).toHaveLength(1);
  });

  it.each(['js-layer.db', 'js-layer-seven-indexes.db', 'js-layer-crashed'])('adopts %s after a backup', (name) => {
    const dbPath = fixture(name);
    const { status, stdout } = run(dbPath);
    expect(status).toBe(0);
    expect(stdout).toMatch(/version 6 \(was the JavaScript layer's\)/);
    expect(backups(dbPath)).toHaveLength(1);
    const { stats } = recorded(name);
    expect(open({ dbPath }).getStats()).toEqual({ ...stats, zones: stats.zones + 4 });
  });

  it('applies again what was rolled back', () => {
    const dbPath = setUp();
    schema.down(dbPath, 1);
    expect(run(dbPath).status).toBe(0);
    expect(schema.status(dbPath).state).toBe('current');
  });

  it('refuses a file of another program by name, and leaves it as it was', () => {
    const dbPath = temporaryFile();
    elsewhere(dbPath, 'CREATE TABLE orders (id)');
    const before = readFileSync(dbPath);
    const { status, stderr } = run(dbPath);
    expect(status).toBe(1);
    expect(stderr).toContain(dbPath);
    expect(readFileSync(dbPath)).toEqual(before);
  });
});

describe('verify', () => {
  it('is fine with what run has set up, and writes nothing', () => {
    const dbPath = setUp();
    const before = readFileSync(dbPath);
    expect(run(dbPath, 'verify')).toMatchObject({ status: 0, stderr: '' });
    expect(readFileSync(dbPath)).toEqual(before);
  });

  it('says what was not set up', () => {
    const dbPath = temporaryFile();
    expect(run(dbPath, 'verify')).toMatchObject({ status: 1 });
    expect(existsSync(dbPath)).toBe(false);
    open({ dbPath }).close();
    const { status, stdout } = run(dbPath, 'verify');
    expect(status).toBe(1);
    for (const id of IDS) expect(stdout).toContain(id);
  });

  it('says what was changed', () => {
    const dbPath = setUp();
    elsewhere(dbPath, 'DROP INDEX idx_zones_created');
    const { status, stdout } = run(dbPath, 'verify');
    expect(status).toBe(1);
    expect(stdout).toMatch(/Problem: +index idx_zones_created is missing/);
  });
});

describe('rollback', () => {
  it('brings back the file of the JavaScript layer, row for row, and keeps what it replaces', () => {
    const dbPath = fixture('js-layer.db');
    const before = rows(open({ dbPath, readonly: true }));
    run(dbPath);
    const db = open({ dbPath });
    db.createWorktree(worktree(9000, { id: 'new' }));
    db.recordExecution(execution({ zoneId: 'zone-testing', worktreeId: 'new' }));
    const { id } = db.listWorktrees({ status: 'active' }).at(-1);
    db.updateWorktree(id, { taskId: 'written since' });
    const after = rows(db);
    db.close();

    const { status, stdout } = run(dbPath, 'rollback');
    expect(status).toBe(0);
    expect(schema.status(dbPath).state).toBe('javascript-layer');
    expect(rows(open({ dbPath, readonly: true }))).toEqual(before);
    expect(stdout).toMatch(/Only there: 2 of worktrees: /);
    expect(stdout).toMatch(/Only there: 4 of zones: zone-deployment, zone-development, zone-review, zone-testing/);
    expect(stdout).toMatch(/Only there: 1 of zone_executions: exec-/);
    for (const named of ['new', id]) expect(stdout).toContain(named);
    const [, safety] = /kept in (.*)/.exec(stdout);
    expect(rows(open({ dbPath: safety, readonly: true }))).toEqual(after);
  });

  it('goes back to before the latest of several runs', () => {
    const dbPath = setUp();
    const db = open({ dbPath });
    db.deleteZone('zone-review');
    db.deleteZone('zone-testing');
    const before = rows(db);
    db.close();
    run(dbPath);
    run(dbPath);
    expect(run(dbPath, 'rollback')).toMatchObject({ status: 0 });
    expect(rows(open({ dbPath }))).toEqual(before);
  });

  it('takes no backup of another database in the folder for its own', () => {
    const folder = temporaryFolder();
    const [mine, other] = [join(folder, 'a.db'), join(folder, 'a-b.db')];
    run(mine);
    run(other);
    const db = open({ dbPath: other });
    db.deleteZone('zone-review');
    db.close();
    run(other);
    expect(backups(mine)).toHaveLength(1);
    expect(run(mine, 'rollback')).toMatchObject({ status: 1 });
  });

  it('without a backup says so, with the folder where it looked', () => {
    const dbPath = setUp();
    const { status, stderr } = run(dbPath, 'rollback');
    expect(status).toBe(1);
    expect(stderr).toContain(join(dirname(dbPath), 'backups'));
    expect(open({ dbPath }).listZones()).toHaveLength(4);
  });
});

describe('usage', () => {
  it('--help explains', () => {
    const { status, stdout } = script(['--help']);
    expect(status).toBe(0);
    for (const word of ['run', 'verify', 'rollback', '--db']) expect(stdout).toContain(word);
  });

  it.each([[['undo']], [['run', 'verify']], [['--path', 'x']], [['--db', '']]])('%j is wrong usage', (args) => {
    const cwd = temporaryFolder();
    expect(script(args, cwd)).toMatchObject({ status: 2, stdout: '' });
    expect(readdirSync(cwd)).toEqual([]);
  });

  it('a path that is a folder fails with its name', () => {
    const dbPath = join(temporaryFolder(), 'folder.db');
    mkdirSync(dbPath);
    const { status, stderr } = run(dbPath);
    expect(status).toBe(1);
    expect(stderr).toContain(dbPath);
  });
});

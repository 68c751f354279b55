// `npm run demo`: the main job, on a real Git repository.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { open, temporaryFolder } from './support/temporary.mjs';

const DEMO = fileURLToPath(new URL('../scripts/demo.js', import.meta.url));

/** Runs it as a person with these settings would. */
function demo(args = [], env = {}) {
  const folder = temporaryFolder();
  const { status, stdout, stderr } = spawnSync(process.execPath, [DEMO, ...args], {
    cwd: folder,
    env: { ...process.env, TMPDIR: folder, TEMP: folder, ...env },
    encoding: 'utf8',
  });
  return { folder, status, stdout, stderr };
}

const outputOf = (db, id) =>
  db
    .getOutput(id, { limit: 1000 })
    .items.map(({ text }) => text)
    .join('');

describe('npm run demo', { timeout: 60_000 }, () => {
  test('shows the board, the runs and what they cost, the unique port and the statistics, and takes its folder away', () => {
    const { folder, status, stdout, stderr } = demo();
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/Development.*Testing.*Code Review.*Deployment/);
    expect(stdout).toContain('4 runs are queued, and nobody works on them yet.');
    const [, killed] = /^(worker-\d) is killed while it works on docs\/usage\.$/m.exec(stdout);
    const [, other] = /^docs\/usage is taken from worker-\d and done once more, by (worker-\d)\.$/m.exec(stdout);
    expect(other).not.toBe(killed);
    expect(stdout).toMatch(new RegExp(`Development .*docs/usage .*${other} .*2 of 2 .*passed`));
    expect(stdout).toMatch(/Testing .*fix\/rounding .*FAILED \(1\)/);
    expect(stdout).toContain('devops asks a person: May feature/discount be released? The person says: Yes');
    expect(stdout).toContain('SqliteError SQLITE_CONSTRAINT_UNIQUE: UNIQUE constraint failed: worktrees.port');
    expect(stdout).toMatch(/all .* 12 .* 11 .* 1 .* 4 .* 91\.7 % .* [\d,]+ \/ [\d,]+ .* 0\.\d+ /);
    expect(stdout).toMatch(/a day .* 5\.00 .* 0\.\d+ .* 4\.\d+ /);
    expect(stdout).toContain('4 worktrees, 4 zones, 4 assignments and 12 executions: all as before.');
    expect(readdirSync(folder)).toEqual([]);
  });

  test("works whatever Git's settings and environment are", () => {
    const home = temporaryFolder();
    writeFileSync(join(home, '.gitconfig'), '[commit]\n\tgpgSign = true\n[gpg]\n\tprogram = /nowhere\n');
    const { status, stderr } = demo([], { HOME: home, GIT_DIR: '/nowhere', XDG_CONFIG_HOME: home });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  test('with --keep leaves everything: worktrees as Git lists them, runs as their commands ended', () => {
    const { folder, stdout } = demo(['--keep']);
    const root = join(folder, readdirSync(folder)[0]);
    expect(stdout).toContain(root);
    const db = open({ dbPath: join(root, 'data', 'visual.db'), readonly: true });

    const listed = execFileSync('git', ['worktree', 'list', '--porcelain'], { cwd: join(root, 'shop') }).toString();
    const worktrees = db.listWorktrees();
    expect(worktrees).toHaveLength(4);
    for (const { path, branchName } of worktrees) {
      expect(listed).toMatch(new RegExp(`worktree ${path}\nHEAD [0-9a-f]+\nbranch refs/heads/${branchName}\n`));
    }

    const tests = db.listRuns({ zoneId: 'zone-testing', worktreeId: 'wt-3002', fields: 'full' }).items;
    expect(tests.map((run) => [run.status, run.exitCode])).toEqual([
      ['succeeded', 0],
      ['failed', 1],
    ]);
    expect(outputOf(db, tests[1].id)).toContain('not ok 3 - an item for 0.29 costs 0.29');
    expect(tests[1].prompt).toContain('Totals are off by a cent');
    const [developed] = db.listRuns({ zoneId: 'zone-development', worktreeId: 'wt-3003' }).items;
    expect(developed).toMatchObject({ attempt: 2, status: 'succeeded', filesChanged: 1, insertions: 1, deletions: 0 });
    expect(outputOf(db, developed.id)).toMatch(/^Thinking …\n\[docs\/usage [0-9a-f]+\] Say how to use it\n/);
    const head = execFileSync('git', ['rev-parse', 'HEAD'], { cwd: db.getWorktree('wt-3003').path })
      .toString()
      .trim();
    expect(developed.commitAfter).toBe(head);
    const [released] = db.listRuns({ zoneId: 'zone-deployment' }).items;
    expect(released).toMatchObject({ attempt: 1, answer: 'Yes', status: 'succeeded' });

    expect(db.getWorktreesInZone('zone-deployment')).toMatchObject([{ branchName: 'feature/discount', port: 3001 }]);
    expect(existsSync(join(db.getWorktree('wt-3001').path, 'release.tar'))).toBe(true);
    const runs = db.listRuns({ limit: 1000 }).items;
    expect(runs).toHaveLength(12);
    const costs = runs.map(({ usage }) => usage.costMicros);
    expect(db.getBudgets()[0].spentMicros).toBe(costs.reduce((sum, cost) => sum + cost, 0));
  });
});

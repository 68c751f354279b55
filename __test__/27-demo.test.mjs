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

describe('npm run demo', { timeout: 60_000 }, () => {
  test('shows the board, the runs, the unique port and the statistics, and takes its folder away', () => {
    const { folder, status, stdout, stderr } = demo();
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/Development.*Testing.*Code Review.*Deployment/);
    expect(stdout).toMatch(/Testing .*fix\/rounding .*FAILED \(1\)/);
    expect(stdout).toContain('SqliteError SQLITE_CONSTRAINT_UNIQUE: UNIQUE constraint failed: worktrees.port');
    expect(stdout).toMatch(/all .* 12 .* 11 .* 1 .* 4 .* 91\.7 %/);
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

    const runs = db.getExecutionHistory('zone-testing');
    expect(runs.map(({ success, result }) => [success, result.exitCode])).toEqual([
      [true, 0],
      [true, 0],
      [false, 1],
      [true, 0],
    ]);
    expect(runs[2].result.output).toContain('not ok 3 - an item for 0.29 costs 0.29');
    expect(runs[2].prompt).toContain('Totals are off by a cent');

    expect(db.getWorktreesInZone('zone-deployment')).toMatchObject([{ branchName: 'feature/discount', port: 3001 }]);
    expect(existsSync(join(root, 'discount.tar'))).toBe(true);
  });
});

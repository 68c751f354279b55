// `visual-db metadata <kind> <id> [patch]`.
import { describe, expect, test } from 'vitest';
import { COMMAND, bash, visualDb } from './support/backups.mjs';
import { board, everything, queued } from './support/runs.mjs';
import { temporaryFile } from './support/temporary.mjs';

function prepared() {
  const dbPath = temporaryFile();
  const db = board({ dbPath });
  return { db, dbPath, command: (...args) => visualDb('metadata', ...args, '--db', dbPath) };
}

describe('visual-db metadata', () => {
  test('has --help with examples, and is in the help of all', () => {
    const { status, stdout, stderr } = visualDb('metadata', '--help');
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toContain('Usage: visual-db metadata');
    expect(stdout).toMatch(/Examples:\n( {2}visual-db metadata .*\n)+/);
    expect(visualDb('--help').stdout).toContain('\n  metadata ');
  });

  test('shows what is kept, by id, branch or name, and changes nothing', () => {
    const { db, command } = prepared();
    db.setMetadata('worktree', 'wt-1', { pr: { number: 7 } });
    db.setMetadata('zone', 'zone-1', { lead: 'Anna' });
    const { id } = queued(db, { metadata: { issue: 3 } });
    const before = everything(db);
    for (const [kind, name, expected] of [
      ['worktree', 'wt-1', { pr: { number: 7 } }],
      ['worktree', 'feature/1', { pr: { number: 7 } }],
      ['worktree', 'wt-2', {}],
      ['zone', 'Zone 1', { lead: 'Anna' }],
      ['run', id, { issue: 3 }],
    ]) {
      const { status, stdout } = command(kind, name);
      expect([status, JSON.parse(stdout)]).toEqual([0, expected]);
      expect(command(kind, name, '--json').json()).toEqual(expected);
    }
    expect(everything(db)).toStrictEqual(before);
  });

  test('changes it by a patch, also from standard input, and prints all of it', () => {
    const { db, dbPath, command } = prepared();
    expect(command('worktree', 'feature/1', '{"a":1,"b":{"c":2}}').json()).toEqual({ a: 1, b: { c: 2 } });
    const script = 'printf "%s" "$1" | "${@:2}"';
    const args = [process.execPath, COMMAND, 'metadata', 'worktree', 'wt-1', '-', '--db', dbPath];
    const { status, stdout } = bash(script, '{"a":null,"b":{"d":3}}', ...args);
    expect([status, JSON.parse(stdout)]).toEqual([0, { b: { c: 2, d: 3 } }]);
    expect(db.getMetadata('worktree', 'wt-1')).toEqual({ b: { c: 2, d: 3 } });
    expect(command('worktree', 'wt-1', 'null').json()).toEqual({});
    expect(db.getMetadata('worktree', 'wt-1')).toEqual({});
  });

  test.each([
    [],
    ['worktree'],
    ['execution', 'x'],
    ['worktree', 'wt-1', '{'],
    ['worktree', 'wt-1', '[1]'],
    ['worktree', 'wt-1', '7'],
    ['worktree', 'wt-1', `{"a":"${'x'.repeat(70_000)}"}`],
  ])('%s %s that is called wrongly ends with 2 and changes nothing: %#', (...args) => {
    const { db, command } = prepared();
    const before = everything(db);
    const { status, stderr } = command(...args);
    expect(status).toBe(2);
    expect(stderr).not.toBe('');
    expect(everything(db)).toStrictEqual(before);
  });

  test('of what isn’t there ends with 1', () => {
    const { command } = prepared();
    for (const args of [
      ['zone', 'nowhere'],
      ['run', 'nowhere', '{"a":1}'],
    ]) {
      const { status, stderr } = command(...args);
      expect([status, stderr]).toEqual([1, expect.stringContaining('not found: nowhere')]);
    }
  });
});

// `visual-db export` and `import`: a board into a file of lines, and back.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { visualDb } from './support/backups.mjs';
import { furnish } from './support/furnished.mjs';
import { open, temporaryFile, temporaryFolder } from './support/temporary.mjs';

test('a board is written, taken into a new file, and is the same there', () => {
  const dbPath = temporaryFile();
  furnish(open({ dbPath }));
  const file = join(temporaryFolder(), 'board.jsonl');
  const made = visualDb('export', file, '--db', dbPath);
  expect([made.status, made.stdout]).toEqual([0, expect.stringMatching(/board\.jsonl: \d+ lines, [\d.]+ KiB\n$/)]);
  const other = temporaryFile();
  const taken = visualDb('import', file, '--db', other);
  expect([taken.status, taken.stdout]).toEqual([
    0,
    expect.stringMatching(/^\d+ lines read, 0 of them there already\n2 zones, 3 worktrees/),
  ]);
  expect(visualDb('import', file, '--db', other).stdout).toMatch(/Nothing was new/);
  expect(visualDb('export', '-', '--db', other).stdout).toBe(readFileSync(file, 'utf8'));
});

test('--json gives what the methods give; what is refused ends with 1 and the line', () => {
  const dbPath = temporaryFile();
  furnish(open({ dbPath }));
  const file = join(temporaryFolder(), 'board.jsonl');
  const made = visualDb('export', file, '--since', '1 hour ago', '--json', '--db', dbPath).json();
  expect(made).toEqual({ path: file, format: 'jsonl', lines: expect.any(Number), bytes: readFileSync(file).length });
  expect(visualDb('import', file, '--json', '--db', temporaryFile()).json()).toMatchObject({
    lines: made.lines,
    zones: 2,
  });
  writeFileSync(file, readFileSync(file, 'utf8').slice(0, -100));
  const refused = visualDb('import', file, '--db', temporaryFile());
  expect([refused.status, refused.stderr]).toEqual([1, expect.stringMatching(/line \d+: .*nothing was imported/)]);
  const again = visualDb('export', file, '--db', dbPath);
  expect([again.status, again.stderr]).toEqual([1, expect.stringContaining('there is a file already')]);
});

test('--format otlp-json writes spans', () => {
  const dbPath = temporaryFile();
  furnish(open({ dbPath }));
  const { stdout } = visualDb('export', '-', '--format', 'otlp-json', '--db', dbPath);
  expect(JSON.parse(stdout.split('\n')[0]).resourceSpans[0].scopeSpans[0].spans.length).toBeGreaterThan(3);
});

// `visual-db trend` and `visual-db flow`: a chart, tables, JSON and CSV.
import { describe, expect, test } from 'vitest';
import { visualDb } from './support/backups.mjs';
import { board } from './support/runs.mjs';
import { execution, worktree } from './support/samples.mjs';
import { temporaryFile } from './support/temporary.mjs';

/** A board whose runs ended on two days of May. */
function furnished() {
  let now = Date.parse('2026-05-01T10:00:00Z');
  const dbPath = temporaryFile();
  const db = board({ dbPath, clock: () => now });
  db.recordExecution(execution({ zoneId: 'zone-1', success: true }));
  now += 86_400_000;
  db.recordExecution(execution({ zoneId: 'zone-1', success: false }));
  db.recordExecution(execution({ zoneId: 'zone-2', success: true, agentType: 'a, "b"' }));
  const command = (...args) => visualDb(...args, '--db', dbPath);
  return { db, command };
}

const MAY = ['--since', '2026-05-01T00:00:00Z', '--until', '2026-05-04T00:00:00Z'];
const FILTER = { bucket: 'day', since: '2026-05-01', until: '2026-05-04' };

describe.each(['trend', 'flow'])('%s', (name) => {
  test('has --help with examples, and stands in the help of all', () => {
    const { status, stdout, stderr } = visualDb(name, '--help');
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toContain(`Usage: visual-db ${name}`);
    expect(stdout).toMatch(new RegExp(`Examples:\n(  visual-db .*\n)*.*visual-db ${name}`));
    expect(visualDb('--help').stdout).toContain(`\n  ${name} `);
  });

  test.each([
    ['--bucket', 'fortnight'],
    ['--since', 'yesterday'],
  ])('with %s %s is wrong usage', (...args) => {
    const { status, stderr } = furnished().command(name, ...args);
    expect([status, stderr]).toEqual([2, expect.stringContaining(args[0])]);
  });

  test('with a time zone that there is none of is wrong usage', () => {
    const { status, stderr } = furnished().command(name, '--time-zone', 'Nowhere');
    expect([status, stderr]).toEqual([2, expect.stringContaining("timeZone must be a name such as 'Europe/Berlin'")]);
  });
});

describe('trend', () => {
  test('draws a line for each, and sums up below', () => {
    const { command } = furnished();
    const { status, stdout, stderr } = command('trend', '--by', 'zone', ...MAY);
    expect([status, stderr]).toEqual([0, '']);
    const lines = stdout.split('\n');
    expect(lines[0]).toContain('▲');
    expect(stdout).toContain('2026-05-01T00:00:00.000Z … 2026-05-03T00:00:00.000Z\n━━ Zone 1   ━━ Zone 2\n');
    expect(stdout).toMatch(/│ Zone 1 +│ 2 +│ 1 +│ 1 +│ 50\.0 %/);
    expect(stdout).toMatch(/│ Zone 2 +│ 1 +│ 1 +│ 0 +│ 100\.0 %/);
    expect(stdout).not.toContain('\u001b');
  });

  test('gives the rows with --json, and as CSV', () => {
    const { db, command } = furnished();
    expect(command('trend', '--by', 'agent', ...MAY, '--json').json()).toEqual(db.getTrend({ ...FILTER, by: 'agent' }));
    const [head, first, ...rest] = command('trend', '--by', 'agent', '--zone', 'Zone 2', ...MAY, '--csv')
      .stdout.trimEnd()
      .split('\r\n');
    expect(head).toBe(
      'start,key,runs,succeeded,failed,successRate,meanMs,p50Ms,p90Ms,p99Ms,maxMs,inputTokens,outputTokens,costMicros',
    );
    expect(first).toBe('2026-05-01T00:00:00.000Z,"a, ""b""",0,0,0,,,,,,,,,');
    expect(rest).toEqual([
      '2026-05-02T00:00:00.000Z,"a, ""b""",1,1,0,100,,,,,,,,',
      '2026-05-03T00:00:00.000Z,"a, ""b""",0,0,0,,,,,,,,,',
    ]);
  });

  test.each([
    ['=HYPERLINK("http://x")', `"'=HYPERLINK(""http://x"")"`],
    ['+1', "'+1"],
    ['-1+1', "'-1+1"],
    ['@SUM(1)', "'@SUM(1)"],
    ['\t=1', "'\t=1"],
    ['＝1', "'＝1"],
    ['a=1', 'a=1'],
    ["'=1", "'=1"],
  ])('as CSV, what a spreadsheet would take for a formula is a text: %s', (agentType, field) => {
    const { db, command } = furnished();
    db.recordExecution(execution({ agentType, success: true }));
    const lines = command('trend', '--bucket', 'month', '--by', 'agent', '--csv').stdout.split('\r\n');
    expect(lines.map((line) => line.slice(line.indexOf(',') + 1))).toContain(`${field},1,1,0,100,,,,,,,,`);
    expect(command('trend', '--bucket', 'month', '--by', 'agent', '--json').json()).toContainEqual(
      expect.objectContaining({ key: agentType }),
    );
  });

  test.each(['trend', 'flow'])('%s has one form at a time', (name) => {
    const { status, stderr } = furnished().command(name, '--csv', '--json');
    expect([status, stderr]).toEqual([2, expect.stringContaining('say --csv or --json, not both')]);
  });

  test('says where there is nothing to draw', () => {
    const { command } = furnished();
    expect(command('trend', '--since', '2020-01-01', '--until', '2020-02-01').stdout).toBe('No runs.\n');
    expect(command('trend', '--by', 'model', ...MAY).stdout).toBe('No runs.\n');
    expect(command('trend', '--value', 'p90', ...MAY).stdout).toContain('Nothing is known.');
  });

  test('has hours of the week', () => {
    const { db, command } = furnished();
    const rows = command('trend', '--bucket', 'hourOfWeek', ...MAY, '--json').json();
    expect(rows).toEqual(db.getTrend({ ...FILTER, bucket: 'hourOfWeek' }));
    expect(command('trend', '--bucket', 'hourOfWeek', ...MAY).stdout).toContain('\n0 … 167\n');
  });
});

describe('flow', () => {
  test('shows how many are where, how many come and leave, and how long they stay', () => {
    const { db, command } = furnished();
    db.createWorktree(worktree(7));
    db.moveWorktree('wt-7', 'zone-1');
    db.moveWorktree('wt-7', 'zone-2');
    db.moveWorktree('wt-7', null);
    const { status, stdout } = command('flow', '--bucket', 'month');
    expect(status).toBe(0);
    expect(stdout).toMatch(/│ +│ Zone 1 │ Zone 2 │ (Zone 3 │ )?arrived │ left │/);
    expect(stdout).toMatch(/│ from arrival to leaving │ \d+ ms/);
    expect(stdout).toMatch(/│ in Zone 2 +│ \d+ ms/);
    const flow = command('flow', '--bucket', 'month', '--json').json();
    expect(flow.buckets.at(-1)).toMatchObject({ arrived: 1, left: 1 });
    const lines = command('flow', '--bucket', 'month', '--csv').stdout.trimEnd().split('\r\n');
    expect(lines[0]).toMatch(/^start,zone-1,zone-2,(zone-3,)?arrived,left$/);
    expect(lines).toHaveLength(flow.buckets.length + 1);
  });
});

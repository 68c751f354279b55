// `metrics()`: what an operator looks at, as Prometheus reads it. Every number is one that other calls give, too.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it } from 'vitest';
import { worktree, zone } from './support/samples.mjs';
import { open, temporaryFile } from './support/temporary.mjs';
import { VisualDatabase } from './support/visual_database.mjs';

const LINE = /^([a-zA-Z_]\w*)(?:\{((?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\[\\"n])*",?)+)\})? (-?[\d.e+-]+)$/;

/** The text as a scraper takes it apart: a map of `name{labels}` to its number. */
function parsed(text) {
  expect(text.endsWith('\n')).toBe(true);
  const values = new Map();
  const types = new Map();
  for (const line of text.trimEnd().split('\n')) {
    const type = /^# TYPE (\S+) (gauge|counter)$/.exec(line);
    if (type) types.set(type[1], type[2]);
    else if (!line.startsWith('# HELP ')) {
      const [, name, labels = '', value] = LINE.exec(line) ?? expect.fail(`no sample: ${line}`);
      expect(types.has(name), name).toBe(true);
      expect(values.has(`${name}{${labels}}`)).toBe(false);
      values.set(`${name}{${labels}}`, Number(value));
    }
  }
  return values;
}

let db;
let now;
beforeEach(() => {
  now = Date.now();
  db = open({ dbPath: temporaryFile(), clock: () => now });
  for (const n of [1, 2, 3]) db.createWorktree(worktree(n));
  db.createZone(zone(1));
  db.createZone(zone(2));
});

const metric = (name, labels = '') => parsed(db.metrics()).get(`visual_db_${name}{${labels}}`);
const wanted = (more) => ({ zoneId: 'zone-1', worktreeId: 'wt-1', agentType: 'qa', prompt: 'Test it', ...more });
const run = (status, usage) => {
  const { run: started, token } = db.startRun(wanted(), { workerId: 'worker' });
  if (usage) db.recordUsage(started.id, { model: 'm', cachedInputTokens: 0, reasoningTokens: 0, ...usage });
  return db.finishRun(started.id, token, { status });
};

describe('what is on the board', () => {
  it('worktrees, zones, assignments, executions, as getStats counts them', () => {
    db.assignWorktreeToZone('wt-1', 'zone-1');
    db.recordExecution(wanted({ success: true }));
    for (const [name, count] of Object.entries(db.getStats())) expect(metric(name)).toBe(count);
  });

  it('the worktrees of each zone, and how many there may be', () => {
    db.assignWorktreesToZone(['wt-1', 'wt-2'], 'zone-1');
    db.setWipLimit('zone-1', 2);
    expect(metric('zone_worktrees', 'zone="zone-1"')).toBe(2);
    expect(metric('zone_worktrees', 'zone="zone-2"')).toBe(0);
    expect(metric('zone_worktrees_limit', 'zone="zone-1"')).toBe(2);
    expect(metric('zone_worktrees_limit', 'zone="zone-2"')).toBeUndefined();
  });
});

describe('runs', () => {
  it('those that have not ended, by status, also where there are none', () => {
    expect(['queued', 'running', 'waiting'].map((status) => metric('runs', `status="${status}"`))).toEqual([0, 0, 0]);
    db.enqueueRuns([wanted(), wanted(), wanted(), wanted({ availableAt: new Date(now + 60_000) }), wanted()]);
    db.claimRun({ workerId: 'a' });
    const { run: asks, token } = db.claimRun({ workerId: 'b' });
    db.waitRun(asks.id, token, { question: 'Which one?' });
    expect(['queued', 'running', 'waiting'].map((status) => metric('runs', `status="${status}"`))).toEqual([3, 1, 1]);
  });

  it('for how long the oldest queued one could have been claimed, not counting what is put off', () => {
    expect(metric('queue_oldest_age_seconds')).toBe(0);
    db.enqueueRun(wanted({ availableAt: new Date(now + 3_600_000) }));
    now += 10_000;
    expect(metric('queue_oldest_age_seconds')).toBe(0);
    db.enqueueRun(wanted());
    now += 5000;
    expect(metric('queue_oldest_age_seconds')).toBe(5);
    now += 3_600_000;
    expect(metric('queue_oldest_age_seconds')).toBe(3605);
  });

  it('since when the oldest running one runs, and leases that ran out', () => {
    db.startRun(wanted(), { workerId: 'a', leaseMs: 30_000 });
    now += 20_000;
    expect([metric('running_oldest_age_seconds'), metric('leases_expired')]).toEqual([20, 0]);
    now += 20_000;
    expect([metric('running_oldest_age_seconds'), metric('leases_expired')]).toEqual([40, 1]);
  });

  it('how those of the last hour ended, what they used and cost', () => {
    run('succeeded', { inputTokens: 100, outputTokens: 20, costMicros: 1_500_000, costSource: 'reported' });
    run('succeeded');
    run('failed');
    run('timedOut');
    const { id } = db.enqueueRun(wanted());
    db.cancelRun(id);
    const ended = () =>
      ['succeeded', 'failed', 'cancelled', 'timedOut', 'lost'].map((status) =>
        metric('runs_ended_last_hour', `status="${status}"`),
      );
    now += 1000;
    expect(ended()).toEqual([2, 1, 1, 1, 0]);
    expect(metric('cost_last_hour')).toBe(1.5);
    expect(['input', 'output'].map((direction) => metric('tokens_last_hour', `direction="${direction}"`))).toEqual([
      100, 20,
    ]);
    now += 3_600_000;
    expect(ended()).toEqual([0, 0, 0, 0, 0]);
  });

  it('limits and budgets', () => {
    db.setRunLimit({ zoneId: 'zone-1' }, 3);
    db.setBudget({ agentType: 'qa', period: 'total' }, 2_000_000);
    db.startRun(wanted(), { workerId: 'a' });
    run('succeeded', { inputTokens: 1, outputTokens: 1, costMicros: 500_000, costSource: 'reported' });
    expect(metric('run_limit', 'zone="zone-1",agent=""')).toBe(3);
    expect(metric('run_limit_running', 'zone="zone-1",agent=""')).toBe(1);
    const budget = 'zone="",worktree="",agent="qa",period="total"';
    expect([metric('budget_limit', budget), metric('budget_spent', budget)]).toEqual([2, 0.5]);
  });
});

describe('the file', () => {
  it('its size, that of its log, and what is free in it', () => {
    expect(metric('database_bytes')).toBe(fs.statSync(db.db.name).size);
    expect(metric('wal_bytes')).toBe(fs.statSync(`${db.db.name}-wal`).size);
    expect(metric('database_free_bytes')).toBe(0);
    db.db.exec('CREATE TABLE notes (text TEXT); INSERT INTO notes VALUES (zeroblob(100000)); DROP TABLE notes');
    expect(metric('database_free_bytes')).toBeGreaterThan(90_000);
  });

  it('its backups', () => {
    expect(metric('backups')).toBe(0);
    expect(metric('backup_newest_timestamp_seconds')).toBeUndefined();
    const { createdAt } = db.backupSync();
    expect(metric('backups')).toBe(1);
    expect(metric('backup_newest_timestamp_seconds')).toBe(Date.parse(createdAt) / 1000);
  });

  it('a database in memory has neither', () => {
    const text = open().metrics();
    expect(text).not.toMatch(/bytes\b(?<!answers_bytes|limit_bytes)|backup/);
    expect(parsed(text).get('visual_db_worktrees{}')).toBe(0);
  });

  it('a database that can only be read, and one of an older version, which has no runs yet', () => {
    db.backupSync(path.join(path.dirname(db.db.name), 'copy.db'));
    const copy = new VisualDatabase({ dbPath: path.join(path.dirname(db.db.name), 'copy.db'), readonly: true });
    expect(parsed(copy.metrics()).get('visual_db_worktrees{}')).toBe(3);
    copy.close();
    const old = temporaryFile();
    fs.copyFileSync(new URL('fixtures/js-layer.db', import.meta.url), old);
    const before = new VisualDatabase({ dbPath: old, readonly: true });
    expect(parsed(before.metrics()).get('visual_db_worktrees{}')).toBe(before.getStats().worktrees);
    expect(parsed(before.metrics()).get('visual_db_runs{status="queued"}')).toBe(0);
    before.close();
  });
});

it('kept answers: how many reads were answered from memory', () => {
  const hits = metric('kept_answers_hits_total');
  for (let n = 0; n < 10; n += 1) db.getWorktree('wt-1');
  expect(metric('kept_answers_hits_total') - hits).toBeGreaterThanOrEqual(8);
  expect(metric('kept_answers_limit_bytes')).toBe(16 * 1024 * 1024);
  expect(metric('kept_answers_bytes')).toBeGreaterThan(0);
});

it('is read in one snapshot, and in a transaction says what that has done', () => {
  db.transaction(() => {
    db.createWorktree(worktree(4));
    expect(metric('worktrees')).toBe(4);
  });
});

describe('options', () => {
  it('prefix and labels, escaped as the format has it', () => {
    const text = db.metrics({ prefix: 'board_', labels: { host: 'a\\b"c\nd' } });
    expect(text).toContain('\nboard_worktrees{host="a\\\\b\\"c\\nd"} 3\n');
    expect(text).not.toContain('visual_db_');
    parsed(text);
  });

  it('names of zones are escaped, too', () => {
    db.createZone({ id: 'a "quoted"\n\\zone', name: 'Z' });
    expect(metric('zone_worktrees', String.raw`zone="a \"quoted\"\n\\zone"`)).toBe(0);
  });
});

it('visual-db metrics prints it, for whoever has no server', () => {
  const command = fileURLToPath(new URL('../bin/visual-db.js', import.meta.url));
  const text = execFileSync(process.execPath, [command, 'metrics', '--db', db.db.name], { encoding: 'utf8' });
  expect(parsed(text).get('visual_db_worktrees{}')).toBe(3);
});

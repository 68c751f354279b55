// `visual-db doctor` on runs: what is stuck, and why.
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { visualDb } from './support/backups.mjs';
import { fixture } from './support/fixtures.mjs';
import { board, ended, pause, queued, running, waiting } from './support/runs.mjs';
import { temporaryFile } from './support/temporary.mjs';

afterEach(() => vi.useRealTimers());

/** A board in a file, and what doctor says about it: of a check, or its exit code. */
function prepared() {
  const dbPath = temporaryFile();
  const db = board({ dbPath });
  const doctor = () => visualDb('doctor', '--db', dbPath, '--json');
  return {
    db,
    dbPath,
    doctor,
    check: (name) =>
      doctor()
        .json()
        .find(({ check }) => check === name),
  };
}

/** What `make` does, as it would have an hour ago. */
function anHourAgo(make) {
  vi.useFakeTimers({ now: Date.now() - 3_600_000, toFake: ['Date'] });
  const made = make();
  vi.useRealTimers();
  return made;
}

describe('doctor', () => {
  test('finds nothing where runs are queued, worked on, waiting for a person, and ended', () => {
    const { db, dbPath } = prepared();
    for (const make of [queued, running, waiting, ended]) make(db);
    anHourAgo(() => waiting(db));
    const { status, stdout } = visualDb('doctor', '--db', dbPath);
    expect(status).toBe(0);
    for (const name of ['leases', 'queues', 'budgets']) expect(stdout).toMatch(new RegExp(`^ok +${name}: `, 'm'));
  });

  test('finds nothing in a file that is older than runs, and leaves it as it is', () => {
    const file = fixture('js-layer.db');
    const before = readFileSync(file);
    const found = visualDb('doctor', '--db', file, '--json').json();
    for (const name of ['leases', 'queues', 'budgets']) {
      expect(found.find(({ check }) => check === name)).toMatchObject({
        state: 'ok',
        finding: 'this version of the schema has none',
      });
    }
    expect(readFileSync(file)).toEqual(before);
  });
});

describe('leases', () => {
  test('that ran out are a problem, until they are swept', async () => {
    const { db, dbPath, doctor, check } = prepared();
    const { run } = running(db, {}, { workerId: 'worker-7', leaseMs: 1 });
    running(db, {}, { workerId: 'worker-8', leaseMs: 60_000 });
    await pause(1100);
    expect(check('leases')).toEqual({
      check: 'leases',
      state: 'problem',
      finding: `1 run whose worker is not heard of any more: ${run.id} of worker-7`,
      advice: expect.stringContaining('visual-db sweep'),
    });
    expect(doctor().status).toBe(1);
    expect(visualDb('sweep', '--db', dbPath).status).toBe(0);
    expect(check('leases').state).toBe('ok');
  });

  test('go by a clock that nobody sets', () => {
    const { db, check } = prepared();
    // By the wall clock they ended long ago.
    anHourAgo(() => running(db));
    expect(check('leases').state).toBe('ok');
  });
});

describe('queues', () => {
  test('that nobody serves are a problem', () => {
    const { db, doctor, check } = prepared();
    anHourAgo(() => {
      for (const zoneId of ['zone-1', 'zone-1', 'zone-2']) queued(db, { zoneId });
    });
    queued(db, { zoneId: 'zone-2', agentType: 'qa' });
    const { state, finding, advice } = check('queues');
    expect([state, advice]).toEqual(['problem', expect.stringContaining('start a worker')]);
    expect(finding).toContain('2 runs of agent frontend in zone Zone 1, the oldest for 1 h 0 min');
    expect(finding).toContain('1 run of agent frontend in zone Zone 2, the oldest for 1 h 0 min');
    expect(finding).not.toContain('qa');
    expect(doctor().status).toBe(1);
  });

  test('at which somebody works are none, nor those of runs that are to begin later', () => {
    const { db, check } = prepared();
    running(db, {}, { leaseMs: 3_600_000 });
    anHourAgo(() => queued(db));
    queued(db, { agentType: 'qa', availableAt: new Date(Date.now() + 3_600_000) });
    expect(check('queues').state).toBe('ok');
  });

  test('that a limit or a budget holds back are none', () => {
    const { db, check } = prepared();
    anHourAgo(() => {
      queued(db);
      queued(db, { zoneId: 'zone-2' });
      queued(db, { worktreeId: 'wt-2', agentType: 'qa' });
    });
    db.setRunLimit({ zoneId: 'zone-1', agentType: 'frontend' }, 0);
    db.setBudget({ zoneId: 'zone-2', period: 'day' }, 0);
    expect(check('queues')).toMatchObject({
      state: 'problem',
      finding: expect.stringMatching(/^nobody serves 1 run of agent qa in zone Zone 1,[^;]*$/),
    });
    db.setBudget({ worktreeId: 'wt-2', period: 'day' }, 0);
    expect(check('queues').state).toBe('ok');
  });

  test('are named, as far as there are few', () => {
    const { db, check } = prepared();
    anHourAgo(() => {
      for (let n = 0; n < 8; n += 1) queued(db, { agentType: `agent-${n}\u001b[2J` });
    });
    expect(check('queues').finding).toMatch(/; and 3 more$/);
    expect(check('queues').finding).not.toContain('\u001b');
  });
});

describe('budgets', () => {
  test('that are used up are worth knowing, and a problem where they stop runs', () => {
    const { db, doctor, check } = prepared();
    db.setBudget({ zoneId: 'zone-1', period: 'day' }, 4_500);
    db.setBudget({ agentType: 'qa', period: 'total' }, 20_000_000);
    expect(check('budgets').state).toBe('ok');
    db.recordUsage(ended(db).id, { model: 'large', costMicros: 5_000 });
    expect(check('budgets')).toMatchObject({
      state: 'note',
      finding: expect.stringMatching(/^used up: 0\.0045 a day of zone Zone 1, until 20\d\d-[^;]*Z$/),
      advice: expect.stringContaining('visual-db budgets set'),
    });
    expect(doctor().status).toBe(0);
    queued(db, { zoneId: 'zone-2' });
    expect(check('budgets').state).toBe('note');
    queued(db);
    queued(db);
    expect(check('budgets')).toMatchObject({
      state: 'problem',
      finding: expect.stringContaining('; it stops 2 queued runs'),
    });
    expect(doctor().status).toBe(1);
  });

  test('are of the period that is now', () => {
    const { db, check } = prepared();
    vi.useFakeTimers({ now: Date.now() - 3 * 86_400_000, toFake: ['Date'] });
    db.setBudget({ period: 'day' }, 1);
    db.recordUsage(ended(db).id, { model: 'large', costMicros: 1 });
    vi.useRealTimers();
    expect(check('budgets').state).toBe('ok');
  });
});

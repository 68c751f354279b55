// `visual-db runs`, `enqueue`, `cancel`, `retry`, `answer`, `sweep`, `limits`, `budgets`: the queue from the command line.
// Long because it is read as a specification: each rule of the commands of runs is a test.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { COMMAND, bash, visualDb, visualDbWith } from './support/backups.mjs';
import { fixture } from './support/fixtures.mjs';
import { board, ended, idsOf, queued, ranOut, running, waiting } from './support/runs.mjs';
import { worktree, zone } from './support/samples.mjs';
import { temporaryFile } from './support/temporary.mjs';

/** A board in a file, and the command on that file. */
function prepared() {
  const dbPath = temporaryFile();
  const db = board({ dbPath });
  return { db, dbPath, command: (...args) => visualDb(...args, '--db', dbPath) };
}

const PLACE = ['--zone', 'zone-1', '--worktree', 'wt-1', '--agent', 'qa'];

describe('every command about runs', () => {
  const COMMANDS = ['runs', 'show', 'enqueue', 'cancel', 'retry', 'answer', 'sweep', 'budgets', 'limits'];

  test.each(COMMANDS)('%s has --help with examples', (name) => {
    const { status, stdout, stderr } = visualDb(name, '--help');
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toContain(`Usage: visual-db ${name}`);
    expect(stdout).toMatch(new RegExp(`Examples:\n(  visual-db .*\n)*.*visual-db ${name}`));
  });

  test('is in the help of all', () => {
    const { stdout } = visualDb('--help');
    for (const name of COMMANDS) expect(stdout).toContain(`\n  ${name} `);
  });

  test.each([
    ['runs', '--status', 'done'],
    ['runs', '--limit', '0'],
    ['runs', '--limit', 'many'],
    ['runs', '--after', 'nonsense'],
    ['show'],
    ['enqueue', 'Test it'],
    ['enqueue', ...PLACE],
    ['enqueue', ...PLACE, 'Test it', '--priority', 'high'],
    ['enqueue', ...PLACE, 'Test it', '--max-attempts', '0'],
    ['enqueue', ...PLACE, 'Test it', '--timeout', '30'],
    ['enqueue', ...PLACE, 'Test it', '--not-before', 'tomorrow'],
    ['enqueue', ...PLACE, 'Test it', '--metadata', '[1]'],
    ['cancel'],
    ['retry'],
    ['answer', 'exec-1'],
    ['sweep', '--grace', '-1s'],
    ['limits', 'set'],
    ['limits', 'set', '-1'],
    ['budgets', 'set', '20'],
    ['budgets', 'set', '-1', '--period', 'day'],
    ['budgets', 'set', '0.0000001', '--period', 'day'],
    ['budgets', 'set', '20', '--period', 'week'],
    ['budgets', 'set', '20', '--period', 'day', '--time-zone', 'Middle/Earth'],
    ['budgets', 'set', '20', '--period', 'day', '--zone', 'zone-1', '--agent', 'qa'],
    ['budgets', 'nonsense'],
  ])('%s %s … that is called wrongly ends with 2 and changes nothing: %#', (...args) => {
    const { db, command } = prepared();
    const { status, stdout, stderr } = command(...args);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).not.toContain('    at ');
    expect([db.listRuns().items, db.getRunLimits(), db.getBudgets()]).toEqual([[], [], []]);
  });

  test('ends with 1 and a sentence where there is no such run, in JSON with its code', () => {
    const { command } = prepared();
    for (const args of [
      ['show', 'nowhere'],
      ['cancel', 'nowhere'],
      ['retry', 'nowhere'],
      ['answer', 'nowhere', 'Yes'],
    ]) {
      const { status, stdout, stderr } = command(...args);
      expect([args, status, stdout]).toEqual([args, 1, '']);
      expect(stderr).toMatch(/^visual-db: .*nowhere.*\n$/);
      expect(command(...args, '--json').json().error.code).toBe('ERR_NOT_FOUND');
    }
  });

  test('ends with 1 where there is no database', () => {
    for (const args of [
      ['runs'],
      ['show', 'x'],
      ['enqueue', ...PLACE, 'Test it'],
      ['sweep'],
      ['limits'],
      ['budgets', 'set', '20', '--period', 'day'],
    ]) {
      const { status, stderr } = visualDb(...args, '--db', '/nowhere/visual.db');
      expect([args, status, stderr]).toEqual([
        args,
        1,
        expect.stringContaining('/nowhere/visual.db: there is no such'),
      ]);
    }
  });

  test('does not mind a reader of its output that goes away', () => {
    const { db, dbPath } = prepared();
    const { id } = ended(db);
    const unread = (...args) =>
      bash('exec 3> >(:); wait $!; exec "$@" >&3', process.execPath, COMMAND, ...args, '--db', dbPath);
    for (const args of [['runs'], ['show', id], ['show', id, '--follow'], ['budgets'], ['sweep']]) {
      expect([args, unread(...args)]).toMatchObject([args, { status: 0, stderr: '' }]);
    }
    expect(unread('enqueue', ...PLACE, 'Test it')).toMatchObject({ status: 0, stderr: '' });
    expect(db.listRuns({ status: 'queued' }).items).toHaveLength(1);
  });

  test('that only looks changes nothing, not even the version of the schema', () => {
    const dbPath = fixture('js-layer.db');
    const before = readFileSync(dbPath);
    const { items } = visualDb('runs', '--db', dbPath, '--json', '--limit', '1').json();
    expect(items).toHaveLength(1);
    expect(visualDb('show', items[0].id, '--db', dbPath).status).toBe(0);
    for (const name of ['limits', 'budgets']) {
      expect(visualDb(name, '--db', dbPath)).toMatchObject({
        status: 1,
        stderr: expect.stringContaining('migrate up'),
      });
    }
    expect(readFileSync(dbPath)).toEqual(before);
  });
});

describe('runs', () => {
  test('is a table, newest first, with what each run cost', () => {
    const { db, command } = prepared();
    const done = ended(db, { prompt: 'Build it\nall of it' });
    db.recordUsage(done.id, { model: 'large', inputTokens: 12_000, outputTokens: 80, costMicros: 1_234_500 });
    const next = queued(db, { zoneId: 'zone-2', worktreeId: 'wt-2', agentType: 'qa', maxAttempts: 3 });
    const { status, stdout } = command('runs');
    expect(status).toBe(0);
    const rows = stdout.split('\n').filter((line) => line.includes('exec-'));
    expect(rows).toHaveLength(2);
    expect(rows[0]).toMatch(new RegExp(`${next.id} +│ queued +│ Zone 2 +│ feature/2 +│ qa +│ 0/3 .* Build it `));
    expect(rows[1]).toMatch(
      new RegExp(
        `${done.id} +│ succeeded +│ Zone 1 .* │ 1/1 .* │ \\d+ ms +│ 12,000 / 80 +│ 1.2345 +│ Build it all of it `,
      ),
    );
  });

  test('filters by zone, worktree, agent and status, each given several times', () => {
    const { db, command } = prepared();
    queued(db);
    ended(db, { zoneId: 'zone-2', agentType: 'qa' });
    running(db, { worktreeId: 'wt-2', agentType: 'backend' });
    for (const [args, filter] of [
      [[], {}],
      [['--zone', 'zone-2'], { zoneId: 'zone-2' }],
      [['--zone', 'Zone 1'], { zoneId: 'zone-1' }],
      [['--worktree', 'feature/2', '--worktree', 'wt-3'], { worktreeId: ['wt-2', 'wt-3'] }],
      [['--agent', 'qa', '--agent', 'backend'], { agentType: ['qa', 'backend'] }],
      [['--status', 'queued', '--status', 'running'], { status: ['queued', 'running'] }],
      [['--model', 'sonnet'], { model: 'sonnet' }],
      [['--parent', 'nobody'], { parentRunId: 'nobody' }],
      [['--branch', 'feature/2'], { branchName: 'feature/2' }],
      [['--since', '2020-01-01', '--until', '2099-01-01'], { since: '2020-01-01', until: '2099-01-01' }],
      [['--finished-since', '2020-01-01'], { finishedSince: '2020-01-01' }],
      [['--finished-until', '2020-01-01'], { finishedUntil: '2020-01-01' }],
      [['--min-duration', '2h'], { minDurationMs: 7_200_000 }],
      [['--order', 'oldest'], { orderBy: 'oldest' }],
      [['--order', 'longest', '--limit', '1'], { orderBy: 'longest', limit: 1 }],
      [['--zone', 'zone-1', '--status', 'succeeded'], { zoneId: 'zone-1', status: 'succeeded' }],
    ]) {
      expect([args, command('runs', ...args, '--json').json()]).toEqual([
        args,
        db.listRuns({ ...filter, fields: 'full' }),
      ]);
    }
    expect(command('runs', '--zone', 'nowhere').stdout).toBe('No runs.\n');
  });

  test('goes on where it ended', () => {
    const { db, command } = prepared();
    const ids = [1, 2, 3].map(() => queued(db).id);
    const { stdout } = command('runs', '--limit', '2');
    const [, next] = /^There are more: --after (.+)$/m.exec(stdout);
    expect(idsOf(command('runs', '--limit', '2', '--after', next, '--json').json().items)).toEqual([ids[0]]);
  });

  test('asks for an id where a name is that of several', () => {
    const { db, command } = prepared();
    db.createZone(zone(3, { name: 'Zone 1' }));
    db.createWorktree(worktree(4, { branchName: 'feature/1' }));
    expect(command('runs', '--zone', 'Zone 1')).toMatchObject({
      status: 2,
      stderr: "visual-db: several zones are named 'Zone 1': say which, by its id: zone-1, zone-3\n",
    });
    expect(command('runs', '--worktree', 'feature/1').stderr).toContain('by its id: wt-1, wt-4');
  });

  test('data does not get at the terminal', () => {
    const { db, command } = prepared();
    const { id } = queued(db, { agentType: '\u001b[2Jqa\u0007', prompt: '\u001b[31mred\u001b[0m\u0007' });
    expect(command('runs').stdout).toContain('\u{fffd}[2Jqa\u{fffd}');
    // oxlint-disable-next-line no-control-regex -- control characters are what must not be there
    for (const args of [['runs'], ['show', id]]) expect(command(...args).stdout).not.toMatch(/[\u0000-\u0009\u001b]/);
  });
});

describe('enqueue', () => {
  test('queues a run with everything that is said, and prints its id', () => {
    const { db, command } = prepared();
    const parent = queued(db);
    const place = ['--zone', 'Zone 2', '--worktree', 'feature/3', '--agent', 'qa'];
    const when = ['--priority', '-5', '--timeout', '30m', '--not-before', '2036-01-01T00:00:00Z'];
    const more = ['--max-attempts', '3', '--key', 'nightly', '--parent', parent.id, '--metadata', '{"issue":7}'];
    const { status, stdout } = command('enqueue', ...place, ...when, ...more, 'Test it');
    expect(status).toBe(0);
    expect(db.getRun(stdout.trim())).toMatchObject({
      zoneId: 'zone-2',
      worktreeId: 'wt-3',
      agentType: 'qa',
      prompt: 'Test it',
      status: 'queued',
      priority: -5,
      maxAttempts: 3,
      timeoutMs: 1_800_000,
      availableAt: '2036-01-01T00:00:00.000Z',
      idempotencyKey: 'nightly',
      parentRunId: parent.id,
      metadata: { issue: 7 },
    });
  });

  test('takes the prompt from standard input, to the letter', () => {
    const { db, dbPath } = prepared();
    const prompt = 'Zeile 1\n  „Zeile 2“\n';
    const script = 'printf %s "$1" | "${@:2}" -';
    const args = [process.execPath, COMMAND, 'enqueue', ...PLACE, '--db', dbPath];
    expect(db.getRun(bash(script, prompt, ...args).stdout.trim()).prompt).toBe(prompt);
  });

  test('queues nothing where a run with the same key has not ended', () => {
    const { db, command } = prepared();
    const [one, two] = [1, 2].map(() => command('enqueue', ...PLACE, '--key', 'k', 'Test it', '--json').json());
    expect(two).toEqual(one);
    expect(db.listRuns({ fields: 'full' }).items).toEqual([one]);
  });

  test('ends with 1 where zone or worktree are not there', () => {
    const { command } = prepared();
    expect(command('enqueue', ...PLACE, '--zone', 'nowhere', 'Test it')).toMatchObject({
      status: 1,
      stdout: '',
      stderr: expect.stringContaining('nowhere'),
    });
  });

  test('brings an older file to the version that has runs, as every opening does', () => {
    const dbPath = fixture('js-layer.db');
    const { zones } = visualDb('board', '--db', dbPath, '--json').json();
    const { id, worktrees } = zones.find((each) => each.worktrees.length > 0);
    const place = ['--zone', id, '--worktree', worktrees[0].id, '--agent', 'qa'];
    const made = visualDb('enqueue', ...place, 'Test it', '--db', dbPath, '--json').json();
    expect(visualDb('runs', '--status', 'queued', '--db', dbPath, '--json').json().items).toEqual([made]);
  });
});

describe('cancel, retry, answer', () => {
  test('cancel ends what waits, tells what is at work, and says which', () => {
    const { db, command } = prepared();
    const one = queued(db);
    const { run } = running(db);
    const { status, stdout } = command('cancel', one.id, run.id, '--reason', 'Closed');
    expect([status, stdout]).toEqual([0, `${one.id} is cancelled\n${run.id} is at work: its worker is told to stop\n`]);
    expect(db.getRun(one.id)).toMatchObject({ status: 'cancelled', error: 'Closed' });
    expect(db.getRun(run.id)).toMatchObject({ status: 'running', cancelRequestedAt: expect.any(String) });
  });

  test('of several runs, one of which has ended, none is cancelled', () => {
    const { db, command } = prepared();
    const one = queued(db);
    const { id } = ended(db);
    const { status, json } = command('cancel', one.id, id, '--json');
    expect([status, json().error.code]).toEqual([1, 'ERR_RUN_TRANSITION']);
    expect(db.getRun(one.id).status).toBe('queued');
  });

  test('retry wants the same once more, but for what is said', () => {
    const { db, command } = prepared();
    const { id } = ended(db, { priority: 7, prompt: 'Build it' }, { status: 'failed' });
    expect(db.getRun(command('retry', id).stdout.trim())).toMatchObject({
      status: 'queued',
      retryOf: id,
      prompt: 'Build it',
      priority: 7,
    });
    const changed = ['--agent', 'backend', '--zone', 'Zone 2', '--prompt', 'Mind the tests', '--max-attempts', '2'];
    expect(command('retry', id, ...changed, '--json').json()).toMatchObject({
      agentType: 'backend',
      zoneId: 'zone-2',
      prompt: 'Mind the tests',
      maxAttempts: 2,
      priority: 7,
    });
  });

  test('answer queues a waiting run again, with what was said', () => {
    const { db, dbPath, command } = prepared();
    const [one, two] = [waiting(db), waiting(db)];
    expect(command('answer', one.id, 'Yes').stdout).toBe(`${one.id} is answered, and queued\n`);
    expect(db.getRun(one.id)).toMatchObject({ status: 'queued', answer: 'Yes' });
    bash('printf "No\\nnever" | "$@" -', process.execPath, COMMAND, 'answer', two.id, '--db', dbPath);
    expect(db.getRun(two.id)).toMatchObject({ status: 'queued', answer: 'No\nnever' });
    expect(command('answer', one.id, 'Yes')).toMatchObject({ status: 1, stdout: '' });
  });
});

describe('sweep', () => {
  test('takes runs from workers that are gone, and says what became of them', async () => {
    const { db, command } = prepared();
    expect(command('sweep').stdout).toBe('Nothing to sweep.\n');
    const { run: lost } = await ranOut(db);
    expect(command('sweep', '--grace', '1h', '--json').json()).toEqual({ requeued: [], lost: [], timedOut: [] });
    expect(command('sweep').stdout).toBe(`${lost.id} is lost: it had no attempt left\n`);
    const { run: again } = await ranOut(db, { maxAttempts: 2 });
    expect(command('sweep', '--json').json()).toEqual({ requeued: [again.id], lost: [], timedOut: [] });
    expect(db.getRun(lost.id).status).toBe('lost');
    expect(db.getRun(again.id).status).toBe('queued');
  });
});

describe('limits and budgets', () => {
  test('limits are set, shown with what is at work, and lifted', () => {
    const { db, command } = prepared();
    expect(command('limits').stdout).toBe('No limits.\n');
    command('limits', 'set', '5');
    command('limits', 'set', '2', '--zone', 'Zone 1', '--agent', 'frontend');
    running(db);
    expect(command('limits', '--json').json()).toEqual(db.getRunLimits());
    expect(db.getRunLimits()).toMatchObject([
      { scope: { zoneId: null, agentType: null }, limit: 5, running: 1 },
      { scope: { zoneId: 'zone-1', agentType: 'frontend' }, limit: 2, running: 1 },
    ]);
    const { stdout } = command('limits', 'show');
    expect(stdout).toMatch(/│ all runs +│ 5 +│ 1 +│/);
    expect(stdout).toMatch(/│ agent frontend in zone Zone 1 +│ 2 +│ 1 +│/);
    command('limits', 'set', 'none', '--zone', 'zone-1', '--agent', 'frontend');
    expect(db.getRunLimits()).toHaveLength(1);
  });

  test('budgets are set to the last digit, shown with what is spent and left, and lifted', () => {
    const { db, command } = prepared();
    expect(command('budgets').stdout).toBe('No budgets.\n');
    command('budgets', 'set', '20', '--period', 'total');
    command('budgets', 'set', '0.0045', '--period', 'day', '--zone', 'Zone 1', '--time-zone', 'Europe/Berlin');
    command('budgets', 'set', '1234.567891', '--period', 'month', '--worktree', 'feature/2');
    command('budgets', 'set', '0', '--period', 'total', '--agent', 'qa');
    db.recordUsage(ended(db).id, { model: 'large', costMicros: 4_500 });
    const limits = Object.fromEntries(
      db
        .getBudgets()
        .map(({ scope, limitMicros }) => [scope.zoneId ?? scope.worktreeId ?? scope.agentType ?? 'all', limitMicros]),
    );
    expect(limits).toEqual({ all: 20_000_000, 'zone-1': 4_500, 'wt-2': 1_234_567_891, qa: 0 });
    expect(command('budgets', '--json').json()).toEqual(db.getBudgets());
    const { stdout } = command('budgets');
    expect(stdout).toMatch(/│ all runs +│ total +│ 20.00 +│ 0.0045 +│ 19.9955 +│ +│/);
    expect(stdout).toMatch(/│ zone Zone 1 +│ day, Europe\/Berlin +│ 0.0045 +│ 0.0045 +│ used up +│ 20\d\d-.*Z │/);
    expect(stdout).toMatch(/│ worktree feature\/2 +│ month +│ 1,234.567891 +│ 0.00 +│ 1,234.567891 +│/);
    command('budgets', 'set', 'none', '--period', 'day', '--zone', 'Zone 1');
    expect(db.getBudgets()).toHaveLength(3);
  });

  test('the database comes from VISUAL_DB_PATH, too', () => {
    const { db, dbPath } = prepared();
    expect(visualDbWith({ env: { VISUAL_DB_PATH: dbPath } }, 'limits', 'set', '3').status).toBe(0);
    expect(db.getRunLimits()).toMatchObject([{ limit: 3 }]);
  });
});

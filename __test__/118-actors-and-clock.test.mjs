// `db.as(actor)`: who does it. The option `clock`: when.
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ended, board, wanted } from './support/runs.mjs';
import { thrown } from './support/failure.mjs';
import { worktree, zone } from './support/samples.mjs';
import { inFiles, open } from './support/temporary.mjs';

const ANNA = { kind: 'user', id: 'anna' };

describe('as(actor)', () => {
  it.runIf(inFiles)('is the same database: what is written through it is there, in both', () => {
    const db = board();
    const anna = db.as(ANNA);
    anna.createWorktree(worktree(4));
    expect(db.getWorktree('wt-4')).toEqual(anna.getWorktree('wt-4'));
    db.deleteWorktree('wt-4');
    expect(anna.getWorktree('wt-4')).toBeNull();
    expect(anna).toBeInstanceOf(db.constructor);
    expect(anna.db).toBe(db.db);
  });

  it('names the actor in the runs that are wanted through it, and in no others', () => {
    const db = board();
    const anna = db.as(ANNA);
    const made = [anna.enqueueRun(wanted()), db.enqueueRun(wanted()), anna.enqueueRun(wanted())];
    expect(made.map(({ by }) => by)).toEqual([ANNA, null, ANNA]);
    expect(made.map(({ id }) => db.getRun(id).by)).toEqual([ANNA, null, ANNA]);
  });

  it('names who retries a run, not who wanted it first', () => {
    const db = board();
    const { id } = ended(db.as(ANNA), {}, { status: 'failed' });
    const bot = { kind: 'agent', id: 'bot' };
    expect(db.as(bot).retryRun(id)).toMatchObject({ retryOf: id, by: bot });
    expect(db.getRun(id).by).toEqual(ANNA);
  });

  it('is of the transaction that is open', () => {
    const db = board();
    const attempt = () =>
      db.transaction(() => {
        db.as(ANNA).enqueueRun(wanted());
        throw new Error('no');
      });
    expect(attempt).toThrow('no');
    expect(db.listRuns().items).toEqual([]);
    db.transaction(() => db.as(ANNA).transaction(() => db.as(ANNA).enqueueRun(wanted())));
    expect(db.listRuns().items).toHaveLength(1);
  });

  it('may be asked of one that has an actor: the last one counts', () => {
    const bot = { kind: 'system', id: 'sweeper' };
    expect(board().as(ANNA).as(bot).enqueueRun(wanted()).by).toEqual(bot);
  });

  it('sees long lists whole, and the answers that are kept', () => {
    const db = open();
    const anna = db.as(ANNA);
    db.createWorktrees(Array.from({ length: 1500 }, (_, n) => worktree(n)));
    for (let n = 0; n < 3; n += 1) expect(anna.listWorktrees()).toEqual(db.listWorktrees());
    db.updateWorktree('wt-7', { status: 'done' });
    expect(anna.listWorktrees({ status: 'done' })).toHaveLength(1);
  });

  it('is closed with the database, and closes it', () => {
    const db = board();
    const anna = db.as(ANNA);
    anna.close();
    expect(() => db.listZones()).toThrow('not open');
    expect(() => anna.listZones()).toThrow('not open');
  });

  it.each([
    [undefined, 'actor', 'ERR_INVALID_ARG_TYPE'],
    [{ kind: 'robot', id: 'x' }, 'kind', 'ERR_INVALID_ARG_VALUE'],
    [{ kind: 5, id: 'x' }, 'kind', 'ERR_INVALID_ARG_TYPE'],
    [{ kind: 'user' }, 'id', 'ERR_INVALID_ARG_TYPE'],
    [{ kind: 'user', id: '' }, 'id', 'ERR_INVALID_ARG_VALUE'],
    [{ kind: 'user', id: 'x', name: 'X' }, 'name', 'ERR_UNKNOWN_KEY'],
  ])('refuses %o', (actor, field, code) => {
    expect(thrown(() => board().as(actor))).toMatchObject({ name: 'TypeError', method: 'as', field, code });
  });
});

describe('the option clock', () => {
  afterEach(() => vi.useRealTimers());

  it('is when everything was that the database writes', () => {
    let now = Date.UTC(2030, 0, 1);
    const db = open({ clock: () => now });
    db.createZone({ ...zone(1), createdAt: undefined });
    db.createWorktree(worktree(1));
    now += 1000;
    expect(db.updateWorktree('wt-1', { status: 'done' }).updatedAt).toBe('2030-01-01T00:00:01.000Z');
    expect(db.getZone('zone-1').createdAt).toBe('2030-01-01T00:00:00.000Z');
    const { id } = ended(db);
    expect(db.getRun(id)).toMatchObject({
      createdAt: '2030-01-01T00:00:01.000Z',
      finishedAt: '2030-01-01T00:00:01.000Z',
    });
    expect(db.getExecution(db.recordExecution({ ...wanted(), success: true })).executedAt).toBe(
      '2030-01-01T00:00:01.000Z',
    );
  });

  it('is the time of the process where there is none, also where a test has put another in its place', () => {
    const db = open();
    vi.useFakeTimers({ now: Date.UTC(2031, 0, 1) });
    expect(db.createZone({ ...zone(1), createdAt: undefined }).createdAt).toBe('2031-01-01T00:00:00.000Z');
  });

  it('may go back: leases do not hang on it', () => {
    let now = Date.UTC(2030, 0, 1);
    const db = board({ clock: () => now });
    const { id } = db.enqueueRun(wanted());
    const { token } = db.claimRun({ workerId: 'w' });
    now -= 3_600_000;
    expect(db.sweepRuns()).toEqual({ requeued: [], lost: [], timedOut: [] });
    now += 7_200_000;
    expect(db.sweepRuns()).toEqual({ requeued: [], lost: [], timedOut: [] });
    expect(db.finishRun(id, token, { status: 'succeeded' }).status).toBe('succeeded');
  });

  it.each([5, 'now', {}])('is a function: %o is a TypeError', (clock) => {
    expect(thrown(() => open({ clock }))).toMatchObject({
      name: 'TypeError',
      field: 'clock',
      code: 'ERR_INVALID_ARG_TYPE',
    });
  });

  it.each([
    ['text', 'TypeError', 'ERR_INVALID_ARG_TYPE'],
    [NaN, 'RangeError', 'ERR_OUT_OF_RANGE'],
    [1e18, 'RangeError', 'ERR_OUT_OF_RANGE'],
  ])('gives milliseconds: %o is refused by the call that asks, and nothing is written', (given, name, code) => {
    let now = Date.now();
    const db = open({ clock: () => now });
    now = given;
    expect(thrown(() => db.createZone(zone(1)))).toMatchObject({ name, code, field: 'clock' });
    expect(db.listZones()).toEqual([]);
  });
});

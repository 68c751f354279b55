// Any sequence of calls about runs, against a model that has no database.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RunsModel, shown } from './support/runs_model.mjs';
import { worktree, zone } from './support/samples.mjs';
import { open, place } from './support/temporary.mjs';

const START = Date.parse('2026-05-06T07:08:09.010Z');

/** The class, with runs and claims known by their numbers; one of them is of none. */
class Numbered {
  #db;
  #ids = [];
  #claims = [];

  constructor(db) {
    this.#db = db;
  }

  #number(run) {
    if (!this.#ids.includes(run.id)) this.#ids.push(run.id);
    return this.#ids.indexOf(run.id);
  }

  #shown(run) {
    if (run === null) return null;
    const at = (time) => (time === null ? null : Date.parse(time));
    const isDeleted = run.error?.endsWith('was deleted');
    return shown({
      ...run,
      ...run.usage,
      number: this.#number(run),
      retryOf: run.retryOf === null ? null : this.#ids.indexOf(run.retryOf),
      startedAt: at(run.startedAt),
      finishedAt: isDeleted ? 'really' : at(run.finishedAt),
      durationMs: isDeleted ? 'really' : run.durationMs,
      cancelRequestedAt: at(run.cancelRequestedAt),
    });
  }

  #claimed({ run, token }) {
    this.#claims.push([run.id, token]);
    return { claim: this.#claims.length - 1, run: this.#shown(run) };
  }

  #held = (number) => this.#claims[number % (this.#claims.length + 1)] ?? ['none', 1];
  #id = (number) => this.#ids[number % (this.#ids.length + 1)] ?? 'none';

  enqueue = (given) => this.#shown(this.#db.enqueueRun(withTime(given)));
  start = (given) => this.#claimed(this.#db.startRun(withTime(given), { workerId: 'starter' }));
  claim = (given) => this.#db.claimRuns({ ...given, workerId: 'worker' }).map((each) => this.#claimed(each));
  heartbeat = (number) => this.#db.heartbeatRun(...this.#held(number)).cancelRequested;
  finish = (number, outcome) => this.#shown(this.#db.finishRun(...this.#held(number), outcome));
  wait = (number, given) => this.#shown(this.#db.waitRun(...this.#held(number), given));
  answer = (number, given) => this.#shown(this.#db.answerRun(this.#id(number), given));
  release = (number) => this.#shown(this.#db.releaseRun(...this.#held(number)));
  cancel = (number) => this.#shown(this.#db.cancelRun(this.#id(number)));
  retry = (number, changes) => this.#shown(this.#db.retryRun(this.#id(number), changes));
  use(number, usage) {
    // Whether usage of a run that has gone since counts is the engine's.
    if (!this.#db.getRun(this.#id(number))) return 'ERR_NOT_FOUND';
    const { inputTokens, costMicros } = this.#db.recordUsage(this.#id(number), { model: 'm', ...usage });
    return [inputTokens, costMicros];
  }

  limit = (scope, most) => void this.#db.setRunLimit(scope, most);
  budget = (scope, most) => void this.#db.setBudget({ ...scope, period: 'total' }, most);
  deleteWorktree = (id) => void this.#db.deleteWorktree(id);
  createWorktree(id) {
    if (!this.#db.getWorktree(id)) this.#db.createWorktree(worktree(Number(id.slice(3))));
  }

  all = () => this.#ids.map((id) => this.#shown(this.#db.getRun(id)));
}

const withTime = ({ availableAt, ...given }) =>
  availableAt === undefined ? given : { ...given, availableAt: new Date(availableAt) };

const wish = fc.record(
  {
    zoneId: fc.constantFrom('zone-1', 'zone-2', 'zone-3'),
    worktreeId: fc.constantFrom('wt-1', 'wt-2', 'wt-3'),
    agentType: fc.constantFrom('qa', 'dev'),
    prompt: fc.constant('p'),
    priority: fc.integer({ min: -1, max: 1 }),
    maxAttempts: fc.integer({ min: 1, max: 3 }),
    idempotencyKey: fc.constantFrom('a', 'b'),
    later: fc.boolean(),
  },
  { requiredKeys: ['zoneId', 'worktreeId', 'agentType', 'prompt'] },
);
const number = fc.nat({ max: 1000 });
const status = fc.constantFrom('succeeded', 'failed', 'failed', 'cancelled', 'timedOut');
const amount = fc.option(fc.nat({ max: 9 }), { nil: undefined });
const scopes = fc.constantFrom({}, { zoneId: 'zone-1' }, { agentType: 'qa' }, { zoneId: 'zone-2', agentType: 'dev' });
const step = (name, ...args) => fc.tuple(fc.constant(name), ...args);

const anySteps = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: step('enqueue', wish) },
    {
      weight: 2,
      arbitrary: step(
        'start',
        wish.map(({ later: _, ...given }) => given),
      ),
    },
    {
      weight: 5,
      arbitrary: step(
        'claim',
        fc.record(
          {
            limit: fc.integer({ min: 1, max: 3 }),
            zoneIds: fc.subarray(['zone-1', 'zone-2', 'zone-3']),
            agentTypes: fc.subarray(['qa', 'dev']),
          },
          { requiredKeys: ['limit'] },
        ),
      ),
    },
    step('heartbeat', number),
    { weight: 4, arbitrary: step('finish', number, fc.record({ status, exitCode: fc.nat({ max: 3 }) })) },
    { weight: 2, arbitrary: step('wait', number, fc.record({ question: fc.constantFrom('May I?', 'Which?') })) },
    { weight: 2, arbitrary: step('answer', number, fc.record({ answer: fc.constantFrom('Yes', 'No') })) },
    step('release', number),
    step('cancel', number),
    step('retry', number, fc.record({ priority: fc.integer({ min: -1, max: 1 }) }, { requiredKeys: [] })),
    step(
      'use',
      number,
      fc.record({ eventId: fc.constantFrom(undefined, 'e', 'f'), inputTokens: amount, costMicros: amount }),
    ),
    step('limit', scopes, fc.option(fc.nat({ max: 3 }))),
    step(
      'budget',
      fc.constantFrom({}, { zoneId: 'zone-1' }, { worktreeId: 'wt-2' }, { agentType: 'qa' }),
      fc.option(fc.nat({ max: 20 })),
    ),
    step('deleteWorktree', fc.constantFrom('wt-1', 'wt-2', 'wt-3')),
    step('createWorktree', fc.constantFrom('wt-1', 'wt-2', 'wt-3')),
    { weight: 2, arbitrary: step('pass') },
  ),
  { minLength: 10, maxLength: 60, size: 'max' },
);

/** By how much the clock goes on at once: more than any failed attempt is held back. */
const PASSED = 600_000;

/** What each step answers, and all runs in the end. */
function told(subject, steps, clock) {
  clock.now = START;
  const outcomes = steps.map(([name, ...args]) => {
    if (name === 'pass') return (clock.now += PASSED);
    const given = args.map((arg) => {
      if (arg?.later === undefined) return arg;
      const { later, ...rest } = arg;
      return later ? { ...rest, availableAt: clock.now + PASSED / 2 } : rest;
    });
    try {
      return subject[name](...given);
    } catch (error) {
      if (error.code === undefined) throw error;
      return error.code;
    }
  });
  return { outcomes, all: subject.all() };
}

describe('any sequence of calls about runs', () => {
  it('answers as the model does, call by call', { timeout: 120_000 }, () => {
    fc.assert(
      fc.property(anySteps, (steps) => {
        const clock = { now: START };
        const db = open({ ...place(), clock: () => clock.now });
        for (const n of [1, 2, 3]) {
          db.createZone(zone(n));
          db.createWorktree(worktree(n));
        }
        expect(told(new Numbered(db), steps, clock)).toEqual(told(new RunsModel(() => clock.now), steps, clock));
        db.close();
      }),
      { numRuns: 60 },
    );
  });
});

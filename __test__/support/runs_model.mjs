// What docs/runs.md says of runs, in memory and without any database: the oracle of a property test. A run is known by its number,
// a claim by its number, since ids and tokens are made up by each side. Leases never run out here.

const ENDS = new Set(['succeeded', 'failed', 'cancelled', 'timedOut', 'lost']);
const isEnded = ({ status }) => ENDS.has(status);
const refused = (code) => Object.assign(new Error(code), { code });
const sum = (one, other) => (one === null && other === undefined ? null : (one ?? 0) + (other ?? 0));

/** What a run has that nobody has claimed. */
const NEW = {
  status: 'queued',
  attempt: 0,
  workerId: null,
  startedAt: null,
  finishedAt: null,
  durationMs: null,
  cancelRequestedAt: null,
  question: null,
  answer: null,
  exitCode: null,
  inputTokens: null,
  costMicros: null,
  isAnswered: false,
  worked: 0,
  claim: null,
};
const KEYS =
  'zoneId worktreeId agentType status priority attempt maxAttempts idempotencyKey retryOf workerId startedAt finishedAt durationMs cancelRequestedAt question answer exitCode inputTokens costMicros number'.split(
    ' ',
  );

export class RunsModel {
  #now;
  #runs = [];
  #claims = [];
  #limits = new Map();
  #budgets = new Map();
  #spent = [];
  #worktrees = new Set(['wt-1', 'wt-2', 'wt-3']);

  constructor(now) {
    this.#now = now;
  }

  #new(given) {
    const { priority = 0, maxAttempts = 1, idempotencyKey = null, availableAt } = given;
    const same = this.#runs.find((run) => run.idempotencyKey === idempotencyKey && !isEnded(run));
    if (idempotencyKey !== null && same) return same;
    if (!this.#worktrees.has(given.worktreeId)) throw refused('ERR_NOT_FOUND');
    const run = {
      ...NEW,
      zoneId: given.zoneId,
      worktreeId: given.worktreeId,
      agentType: given.agentType,
      priority,
      maxAttempts,
      idempotencyKey,
      retryOf: given.retryOf ?? null,
      number: this.#runs.length,
      due: Math.max(availableAt ?? 0, this.#now()),
      events: new Set(),
    };
    this.#runs.push(run);
    return run;
  }

  #run(number) {
    const run = this.#runs[number % (this.#runs.length + 1)];
    if (!run || run.isGone) throw refused('ERR_NOT_FOUND');
    return run;
  }

  #claimOf = (number) => this.#claims[number % (this.#claims.length + 1)];

  /** The claim, which holds its run. */
  #held(number) {
    const claim = this.#claimOf(number);
    if (!claim || claim.run.isGone) throw refused('ERR_NOT_FOUND');
    if (claim.run.claim !== claim) throw refused('ERR_LEASE_LOST');
    return claim;
  }

  #running = (is) => this.#runs.filter((run) => run.status === 'running' && is(run)).length;

  /** The limit or budget that lets a run not be claimed, or undefined. */
  #bound(run) {
    for (const [scope, most] of this.#limits) {
      const { zoneId = run.zoneId, agentType = run.agentType } = JSON.parse(scope);
      const isIn = (other) =>
        ['zoneId', 'agentType'].every((key) => !scope.includes(key) || other[key] === JSON.parse(scope)[key]);
      if (zoneId === run.zoneId && agentType === run.agentType && this.#running(isIn) >= most) return 'ERR_RUN_LIMIT';
    }
    for (const [scope, most] of this.#budgets) {
      const [key, value] = Object.entries(JSON.parse(scope))[0] ?? [];
      const spent = this.#spent.filter((each) => key === undefined || each[key] === value);
      const isItsOwn = key === undefined || run[key] === value;
      if (isItsOwn && spent.reduce((total, { costMicros }) => total + costMicros, 0) >= most) return 'ERR_BUDGET';
    }
    return undefined;
  }

  #claim(run, workerId) {
    const before = {
      workerId: run.workerId,
      attempt: run.attempt,
      startedAt: run.startedAt,
      isAnswered: run.isAnswered,
    };
    const claim = { run, before, at: this.#now(), finished: false };
    if (!run.isAnswered) run.attempt += 1;
    Object.assign(run, {
      status: 'running',
      workerId,
      claim,
      isAnswered: false,
      startedAt: run.startedAt ?? this.#now(),
    });
    this.#claims.push(claim);
    return { claim: this.#claims.length - 1, run: shown(run) };
  }

  /** What a claim leaves behind, whatever comes then. */
  #leave({ run, at }, changes) {
    run.worked += this.#now() - at;
    Object.assign(run, { claim: null, ...changes });
    return run;
  }

  #end(run, status, hasBegun = run.attempt > 0) {
    const durationMs = run.startedAt === null ? null : run.worked;
    return Object.assign(run, { status, finishedAt: this.#now(), durationMs: hasBegun ? durationMs : null });
  }

  enqueue(given) {
    return shown(this.#new(given));
  }

  start(given) {
    const count = this.#runs.length;
    const run = this.#new(given);
    if (run.status !== 'queued') throw refused('ERR_CONFLICT');
    const code = this.#bound(run);
    if (code) {
      this.#runs.length = count;
      throw refused(code);
    }
    return this.#claim(run, 'starter');
  }

  claim({ limit, zoneIds, agentTypes }) {
    const claimed = [];
    while (claimed.length < limit) {
      const free = this.#runs.filter(
        (run) =>
          run.status === 'queued' &&
          run.due <= this.#now() &&
          (zoneIds?.includes(run.zoneId) ?? true) &&
          (agentTypes?.includes(run.agentType) ?? true) &&
          this.#bound(run) === undefined,
      );
      const rank = (run) => [
        run.isAnswered ? 0 : 1,
        -run.priority,
        this.#running((other) => other.zoneId === run.zoneId),
        run.number,
      ];
      const [next] = free.toSorted((one, other) => {
        const [a, b] = [rank(one), rank(other)];
        const at = a.findIndex((value, index) => value !== b[index]);
        return at < 0 ? 0 : a[at] - b[at];
      });
      if (!next) break;
      claimed.push(this.#claim(next, 'worker'));
    }
    return claimed;
  }

  heartbeat(number) {
    return this.#held(number).run.cancelRequestedAt !== null;
  }

  finish(number, { status, exitCode }) {
    const claim = this.#claimOf(number);
    if (claim?.finished && !claim.run.isGone) return shown(claim.run);
    const { run } = this.#held(number);
    claim.finished = true;
    this.#leave(claim, { exitCode });
    const isTriedAgain = status === 'failed' && run.attempt < run.maxAttempts && run.cancelRequestedAt === null;
    // Later by a time that is chance; never by as much as the clock goes on at once here.
    if (isTriedAgain) return shown(Object.assign(run, { status: 'queued', due: this.#now() + 1 }));
    return shown(this.#end(run, status));
  }

  wait(number, { question }) {
    const claim = this.#held(number);
    const run = this.#leave(claim, { question, answer: null });
    if (run.cancelRequestedAt !== null) return shown(this.#end(run, 'cancelled'));
    return shown(Object.assign(run, { status: 'waiting' }));
  }

  answer(number, { answer }) {
    const run = this.#run(number);
    if (run.status !== 'waiting') throw refused('ERR_RUN_TRANSITION');
    return shown(Object.assign(run, { status: 'queued', answer, isAnswered: true, due: this.#now() }));
  }

  release(number) {
    const claim = this.#held(number);
    const { run, before } = claim;
    if (run.cancelRequestedAt !== null) return shown(this.#end(this.#leave(claim), 'cancelled'));
    return shown(Object.assign(run, before, { status: 'queued', claim: null, due: this.#now() }));
  }

  cancel(number) {
    const run = this.#run(number);
    if (isEnded(run)) throw refused('ERR_RUN_TRANSITION');
    if (run.status !== 'running') return shown(this.#end(run, 'cancelled'));
    run.cancelRequestedAt ??= this.#now();
    return shown(run);
  }

  retry(number, changes) {
    const run = this.#run(number);
    if (!isEnded(run)) throw refused('ERR_RUN_TRANSITION');
    const { zoneId, worktreeId, agentType, priority, maxAttempts } = run;
    return shown(this.#new({ zoneId, worktreeId, agentType, priority, maxAttempts, retryOf: run.number, ...changes }));
  }

  use(number, { eventId, inputTokens, costMicros }) {
    const run = this.#run(number);
    if (!run.events.has(eventId)) {
      if (eventId !== undefined) run.events.add(eventId);
      run.inputTokens = sum(run.inputTokens, inputTokens);
      run.costMicros = sum(run.costMicros, costMicros);
      this.#spent.push({ ...run, costMicros: costMicros ?? 0 });
    }
    return [run.inputTokens, run.costMicros];
  }

  limit(scope, most) {
    this.#limits.delete(JSON.stringify(scope));
    if (most !== null) this.#limits.set(JSON.stringify(scope), most);
  }

  budget(scope, most) {
    this.#budgets.delete(JSON.stringify(scope));
    if (most !== null) this.#budgets.set(JSON.stringify(scope), most);
  }

  deleteWorktree(worktreeId) {
    if (!this.#worktrees.delete(worktreeId)) throw refused('ERR_NOT_FOUND');
    for (const run of this.#runs.filter((each) => each.worktreeId === worktreeId)) {
      // The execution goes with its worktree, as it always has.
      if (isEnded(run)) run.isGone ||= run.attempt > 0 && run.finishedAt !== 'really';
      else {
        if (run.claim) this.#leave(run.claim);
        // The trigger that ends them, whoever deletes, has the real time.
        Object.assign(this.#end(run, 'cancelled'), { finishedAt: 'really', durationMs: 'really' });
      }
    }
  }

  createWorktree(worktreeId) {
    this.#worktrees.add(worktreeId);
  }

  all = () => this.#runs.map((run) => (run.isGone ? null : shown(run)));
}

/** What is compared of a run. */
export const shown = (run) => Object.fromEntries(KEYS.map((key) => [key, run[key]]));

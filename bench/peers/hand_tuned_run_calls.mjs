// The other calls of runs on the hand-tuned table: output and usage have a table each, as narrow as they can be. It does less than
// the package here, too: output is never cut, and no budget is checked.
import { RUN, TOKEN, runOf } from './hand_tuned_run_rows.mjs';
import { HandTunedRuns } from './hand_tuned_runs.mjs';

// Made at each opening where missing, so that files that are prepared already can be used.
const TABLES = `
CREATE TABLE IF NOT EXISTS run_output (run INTEGER NOT NULL, sequence INTEGER NOT NULL, at TEXT NOT NULL, stream TEXT NOT NULL,
  text TEXT NOT NULL, PRIMARY KEY (run, sequence)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS run_usage (run INTEGER NOT NULL, model TEXT NOT NULL, provider TEXT, input_tokens INTEGER,
  cached_input_tokens INTEGER, output_tokens INTEGER, reasoning_tokens INTEGER, cost_micros INTEGER, cost_source TEXT,
  PRIMARY KEY (run, model)) WITHOUT ROWID;
-- What stays counted when runs are deleted, for budgets, which are sums of it.
CREATE TABLE IF NOT EXISTS spent (quarter INTEGER NOT NULL, zone_id TEXT NOT NULL, worktree_id TEXT NOT NULL, agent_type TEXT NOT NULL,
  cost_micros INTEGER NOT NULL, PRIMARY KEY (quarter, zone_id, worktree_id, agent_type)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS usage_events (run INTEGER NOT NULL, event_id TEXT NOT NULL, PRIMARY KEY (run, event_id)) WITHOUT ROWID;`;

const USAGE =
  'model, provider, input_tokens, cached_input_tokens, output_tokens, reasoning_tokens, cost_micros, cost_source';
const AMOUNTS = ['input_tokens', 'cached_input_tokens', 'output_tokens', 'reasoning_tokens', 'cost_micros'];
// Prompt and result of a run that has an execution are in the execution.
const WITH_BODIES = RUN.replace(
  'prompt,',
  'coalesce(prompt, (SELECT e.prompt FROM zone_executions AS e WHERE e.id = runs.id)),',
).replace(' result,', ' coalesce(result, (SELECT e.result FROM zone_executions AS e WHERE e.id = runs.id)),');
const iso = (milliseconds) => new Date(milliseconds).toISOString();
const refused = (code, message) => Object.assign(new Error(message), { code });
const FENCE = `WHERE id = ? AND token = ? AND status = 'running'`;
const LET_GO = 'due = NULL, lease_until = NULL, duration_ms = duration_ms + max(? - claimed_at, 0)';

export class HandTunedRunCalls extends HandTunedRuns {
  constructor(driver, options) {
    super(driver, options);
    driver.exec(TABLES);
    const { prepare, prepareArrays, prepareReturningArrays } = driver;
    this.full = prepareArrays(
      `SELECT 1 FROM run_limits AS l WHERE l.zone_id IN ('', ?) AND l.agent_type IN ('', ?) AND at_once <= (SELECT count(*) FROM runs AS r
         WHERE r.status = 'running' AND l.zone_id IN ('', r.zone_id) AND l.agent_type IN ('', r.agent_type))`,
    );
    this.take = prepareReturningArrays(
      `UPDATE runs SET status = 'running', token = token + 1, attempt = attempt + 1, worker_id = ?, claimed_at = ?, lease_until = ?,
         due = min(?, coalesce(? + timeout_ms, ?)), started_at = coalesce(started_at, ?) WHERE id = ? AND status = 'queued' RETURNING ${RUN}`,
    );
    this.holds = prepareArrays(
      `SELECT key, coalesce((SELECT max(sequence) + 1 FROM run_output WHERE run = key), 0) FROM runs ${FENCE}`,
    );
    this.addOutput = prepare('INSERT INTO run_output (run, sequence, at, stream, text) VALUES (?, ?, ?, ?, ?)');
    this.outputOf = prepareArrays(
      `SELECT sequence, stream, text, at FROM run_output WHERE run = (SELECT key FROM runs WHERE id = ?) AND sequence >= ?
       ORDER BY sequence LIMIT ?`,
    );
    this.addEvent = prepare('INSERT OR IGNORE INTO usage_events SELECT key, ? FROM runs WHERE id = ?');
    this.addUsage = prepare(
      `INSERT INTO run_usage (run, ${USAGE}) SELECT key, ?, ?, ?, ?, ?, ?, ?, ? FROM runs WHERE id = ?
       ON CONFLICT (run, model) DO UPDATE SET
       ${AMOUNTS.map((name) => `${name} = coalesce(${name} + excluded.${name}, ${name}, excluded.${name})`).join(', ')}`,
    );
    this.spend = prepare(
      `INSERT INTO spent SELECT ?, zone_id, worktree_id, agent_type, ? FROM runs WHERE id = ?
       ON CONFLICT DO UPDATE SET cost_micros = cost_micros + excluded.cost_micros`,
    );
    this.logUsage = prepare(
      `INSERT INTO changes (at, op, id, zone_id, worktree_id, agent_type, status)
       SELECT max(?, coalesce((SELECT at FROM changes ORDER BY seq DESC LIMIT 1), 0)), 3, id, zone_id, worktree_id, agent_type, status
       FROM runs WHERE id = ?`,
    );
    this.usageOf = prepareArrays(
      `SELECT ${USAGE} FROM run_usage WHERE run = (SELECT key FROM runs WHERE id = ?) ORDER BY model`,
    );
    this.wait = prepareReturningArrays(
      `UPDATE runs SET status = 'waiting', question = ?, answer = NULL, ${LET_GO} ${FENCE} RETURNING ${RUN}`,
    );
    this.answer = prepareReturningArrays(
      `UPDATE runs SET status = 'queued', answer = ?, urgency = urgency - 18014398509481984
       WHERE id = ? AND status = 'waiting' RETURNING ${RUN}`,
    );
    this.letGo = prepareReturningArrays(
      `UPDATE runs SET status = 'queued', attempt = attempt - 1, ${LET_GO} ${FENCE} RETURNING ${RUN}`,
    );
    this.cancel = prepareReturningArrays(
      `UPDATE runs SET status = iif(status = 'running', status, 'cancelled'), finished_at = iif(status = 'running', NULL, ?),
         cancel_requested_at = coalesce(cancel_requested_at, ?), error = coalesce(error, ?)
       WHERE id = ? AND finished_at IS NULL RETURNING ${RUN}`,
    );
    this.another = prepare('UPDATE runs SET retry_of = ? WHERE id = ?');
    this.outOfLease = prepareArrays(
      `SELECT id, CASE WHEN lease_until > due THEN 'timedOut' WHEN attempt < max_attempts THEN 'requeued' ELSE 'lost' END
       FROM runs WHERE status = 'running' AND due <= ?`,
    );
    this.byId = prepareArrays(`SELECT ${WITH_BODIES} FROM runs WHERE id = ?`);
    this.latest = prepareArrays(`SELECT ${WITH_BODIES}, key FROM runs WHERE key < ? ORDER BY key DESC LIMIT ?`);
  }

  startRun(run, { workerId, leaseMs = 60_000 }) {
    return this.transaction(() => {
      if (this.full.get(run.zoneId, run.agentType) !== undefined) throw refused('ERR_RUN_LIMIT', 'Enough are at work');
      const { id } = this.enqueueRun(run);
      const now = Date.now();
      const until = now + leaseMs;
      const row = this.take.get(workerId, now, until, until, now, until, iso(now), id);
      return { run: runOf(row), token: row[TOKEN] };
    });
  }

  claimRuns({ limit = 1, ...options }) {
    return this.transaction(() => {
      const claimed = [];
      while (claimed.length < limit) {
        const one = this.claimRun(options);
        if (one === null) break;
        claimed.push(one);
      }
      return claimed;
    });
  }

  appendOutput(id, token, chunks, { expectedSequence } = {}) {
    return this.transaction(() => {
      const [key, next] = this.#held(this.holds.get(id, token), id);
      if (expectedSequence !== undefined && expectedSequence !== next) throw refused('ERR_CONFLICT', `Next is ${next}`);
      const now = iso(Date.now());
      chunks.forEach(({ stream, text, at = now }, i) => this.addOutput.run(key, next + i, at, stream, text));
      return next + chunks.length;
    });
  }

  getOutput(id, { after = 0, limit = 50 } = {}) {
    const rows = this.outputOf.all(id, after, limit);
    const items = rows.map(([sequence, stream, text, at]) => ({ sequence, stream, text, at }));
    return { items, next: after + items.length, truncated: false };
  }

  recordUsage(id, { eventId = null, model, provider = null, costSource = 'reported', ...amounts }) {
    const {
      inputTokens = null,
      cachedInputTokens = null,
      outputTokens = null,
      reasoningTokens = null,
      costMicros = null,
    } = amounts;
    return this.transaction(() => {
      const isNew = eventId === null || Number(this.addEvent.run(eventId, id).changes) > 0;
      const used = [inputTokens, cachedInputTokens, outputTokens, reasoningTokens, costMicros];
      if (isNew) {
        const now = Date.now();
        this.addUsage.run(model, provider, ...used, costSource, id);
        if (costMicros !== null) this.spend.run(Math.floor(now / 900_000), costMicros, id);
        this.logUsage.run(now, id);
      }
      const models = this.usageOf
        .all(id)
        .map((r) => ({ model: r[0], provider: r[1], amounts: r.slice(2, 7), costSource: r[7] }));
      const sum = (i) => models.reduce((all, { amounts: of }) => (of[i] === null ? all : (all ?? 0) + of[i]), null);
      return {
        inputTokens: sum(0),
        cachedInputTokens: sum(1),
        outputTokens: sum(2),
        reasoningTokens: sum(3),
        costMicros: sum(4),
        models,
      };
    });
  }

  waitRun(id, token, { question }) {
    return runOf(this.#held(this.wait.get(question, Date.now(), id, token), id));
  }

  answerRun(id, { answer }) {
    return runOf(this.#held(this.answer.get(answer, id), id));
  }

  releaseRun(id, token) {
    return runOf(this.#held(this.letGo.get(Date.now(), id, token), id));
  }

  cancelRun(id, { reason = null } = {}) {
    const now = iso(Date.now());
    return runOf(this.#held(this.cancel.get(now, now, reason, id), id));
  }

  retryRun(id, changes = {}) {
    return this.transaction(() => {
      const { zoneId, worktreeId, agentType, prompt, priority, maxAttempts, timeoutMs } = this.getRun(id);
      const again = this.enqueueRun({
        zoneId,
        worktreeId,
        agentType,
        prompt,
        priority,
        maxAttempts,
        timeoutMs,
        ...changes,
      });
      this.another.run(id, again.id);
      return { ...again, retryOf: id };
    });
  }

  sweepRuns() {
    const now = Date.now();
    const time = iso(now);
    const swept = { requeued: [], lost: [], timedOut: [] };
    if (this.anyDue.get(now, time)[0] === 0) return swept;
    return this.transaction(() => {
      for (const [id, what] of this.outOfLease.all(now)) swept[what].push(id);
      this.putBack(now, time);
      return swept;
    });
  }

  getRun(id) {
    const row = this.byId.get(id);
    return row === undefined ? null : runOf(row);
  }

  listRuns({ limit = 50, after = Number.MAX_SAFE_INTEGER } = {}) {
    const rows = this.latest.all(after, limit + 1);
    const items = rows.slice(0, limit);
    return { items: items.map(runOf), next: rows.length > limit ? items.at(-1).at(-1) : null };
  }

  #held(row, id) {
    if (row === undefined) throw refused('ERR_LEASE_LOST', `Nobody holds run ${id} so`);
    return row;
  }
}

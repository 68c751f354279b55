// Runs as a good JavaScript developer would write them on one table: the queue, the leases and the history are partial indexes
// of it. Comments say which rule of the contract a line is for. It does less than the package: it has no budgets, its log is
// never cut, and its leases depend on the wall clock, since JavaScript has no monotonic clock that counts sleep. Without `log`
// it has no feed either, which is less than the contract asks for.
//
// What was measured and not used: an index by the end of the lease beside the one by zone, which is a page more for each claim and
// end; recovery as an UPDATE in each claim, where a statement that finds nothing is enough; ending a run by a trigger, which
// is a little faster but can't give the execution a result that the run doesn't keep.
import { HandTuned } from './hand_tuned.mjs';
import { RUN, TOKEN, newRunOf, runOf } from './hand_tuned_run_rows.mjs';

// urgency: -priority; 2^54 less for an answered run, which is then before all others. due: when a running one has to be checked: at the
// end of its lease or of its timeout, so that one index has both. Times are text as callers see them, except those for arithmetic. The
// prompt is last, so that columns that change are found before it.
const TABLE = `
CREATE TABLE runs (
  key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, status TEXT NOT NULL, urgency INTEGER NOT NULL, due INTEGER,
  lease_until INTEGER, claimed_at INTEGER, token INTEGER NOT NULL DEFAULT 0, finished_token INTEGER, settled TEXT,
  attempt INTEGER NOT NULL DEFAULT 0, max_attempts INTEGER NOT NULL, timeout_ms INTEGER, duration_ms INTEGER NOT NULL DEFAULT 0,
  priority INTEGER NOT NULL, zone_id TEXT NOT NULL, worktree_id TEXT NOT NULL, agent_type TEXT NOT NULL, worker_id TEXT,
  created_at TEXT NOT NULL, available_at TEXT NOT NULL, started_at TEXT, finished_at TEXT, cancel_requested_at TEXT,
  idempotency_key TEXT, parent_run_id TEXT, retry_of TEXT, question TEXT, answer TEXT, exit_code INTEGER, commit_before TEXT,
  commit_after TEXT, files_changed INTEGER, insertions INTEGER, deletions INTEGER, input_tokens INTEGER,
  cached_input_tokens INTEGER, output_tokens INTEGER, reasoning_tokens INTEGER, cost_micros INTEGER, models TEXT,
  bodies_pruned_at TEXT, "by" TEXT, metadata TEXT, error TEXT, result TEXT, prompt TEXT);

-- In line: by zone, then priority, then age. The agent is there for the limits.
CREATE INDEX runs_queued ON runs (zone_id, urgency, key, agent_type) WHERE status = 'queued';
-- availableAt, and the backoff after a failed attempt.
CREATE INDEX runs_delayed ON runs (available_at) WHERE status = 'delayed';
-- At work: counted by zone and agent, and looked through for leases that ran out.
CREATE INDEX runs_running ON runs (zone_id, agent_type, due) WHERE status = 'running';
-- One open run for each idempotency key.
CREATE UNIQUE INDEX runs_idempotency ON runs (idempotency_key) WHERE idempotency_key IS NOT NULL AND finished_at IS NULL;

CREATE TABLE run_limits (zone_id TEXT NOT NULL, agent_type TEXT NOT NULL, at_once INTEGER NOT NULL, PRIMARY KEY (zone_id, agent_type)) WITHOUT ROWID;

-- Deleting a worktree or a zone, by anybody, ends its open runs without an execution.
CREATE TRIGGER runs_worktree_deleted AFTER DELETE ON worktrees BEGIN
  UPDATE runs SET status = 'cancelled', error = 'The worktree was deleted', finished_at = strftime('%Y-%m-%dT%H:%M:%fZ')
  WHERE worktree_id = OLD.id AND status IN ('queued', 'delayed', 'running', 'waiting');
END;
CREATE TRIGGER runs_zone_deleted AFTER DELETE ON zones BEGIN
  UPDATE runs SET status = 'cancelled', error = 'The zone was deleted', finished_at = strftime('%Y-%m-%dT%H:%M:%fZ')
  WHERE zone_id = OLD.id AND status IN ('queued', 'delayed', 'running', 'waiting');
END;
PRAGMA user_version = 3;`;

// The feed: each change of a run appends one narrow row, in its own transaction; a heartbeat is no change. `at` never goes back from
// row to row. By measurement triggers are faster than statements, which need a transaction around each call.
const AT =
  "max(CAST(unixepoch('subsec') * 1000 AS INTEGER), coalesce((SELECT at FROM changes ORDER BY seq DESC LIMIT 1), 0))";
const LOG = `
CREATE TABLE changes (seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, op INTEGER NOT NULL, id TEXT NOT NULL, zone_id TEXT NOT NULL,
  worktree_id TEXT NOT NULL, agent_type TEXT NOT NULL, status TEXT NOT NULL);
CREATE TRIGGER runs_made AFTER INSERT ON runs BEGIN
  INSERT INTO changes (at, op, id, zone_id, worktree_id, agent_type, status)
  VALUES (${AT}, 1, NEW.id, NEW.zone_id, NEW.worktree_id, NEW.agent_type, NEW.status);
END;
CREATE TRIGGER runs_changed AFTER UPDATE OF status ON runs BEGIN
  INSERT INTO changes (at, op, id, zone_id, worktree_id, agent_type, status)
  VALUES (${AT}, 2, NEW.id, NEW.zone_id, NEW.worktree_id, NEW.agent_type, NEW.status);
END;`;

// The lanes that are closed by limits. They are counted in the same statement as the claim, so that no two claims take the last free run.
const CLOSED = `closed (zone, agent) AS MATERIALIZED (
  SELECT l.zone_id, l.agent_type FROM run_limits AS l WHERE at_once <= (SELECT count(*) FROM runs AS r WHERE r.status = 'running'
    AND l.zone_id IN ('', r.zone_id) AND l.agent_type IN ('', r.agent_type)))`;
const open = (filter) =>
  `NOT EXISTS (SELECT 1 FROM closed AS c WHERE c.zone IN ('', n.zone_id) AND c.agent IN ('', n.agent_type)) ${filter}`;
const inLine = 'ORDER BY n.zone_id, n.urgency, n.key LIMIT 1';

// The first run of each zone, from zone to zone along the index; of those the most urgent, then of the zone with the fewest at work,
// then the oldest. A token is an integer that grows with each claim; an answered run goes on with its attempt.
const claim = (filter) => `
UPDATE runs SET status = 'running', token = token + 1, attempt = attempt + (urgency > -9007199254740993), worker_id = ?,
  claimed_at = ?, lease_until = ?, due = min(?, coalesce(? + timeout_ms, ?)), started_at = coalesce(started_at, ?)
WHERE key = (
  WITH RECURSIVE ${CLOSED}, heads (zone, urgency, key) AS (
    SELECT * FROM (SELECT n.zone_id, n.urgency, n.key FROM runs AS n WHERE n.status = 'queued' AND ${open(filter)} ${inLine})
    UNION ALL
    SELECT r.zone_id, r.urgency, r.key FROM heads CROSS JOIN runs AS r ON r.key =
      (SELECT n.key FROM runs AS n WHERE n.status = 'queued' AND n.zone_id > heads.zone AND ${open(filter)} ${inLine}))
  SELECT key FROM heads
  ORDER BY urgency, (SELECT count(*) FROM runs AS r WHERE r.status = 'running' AND r.zone_id = heads.zone), key LIMIT 1)
RETURNING ${RUN}`;
const FILTER = `AND (? OR n.zone_id IN (SELECT value FROM json_each(?))) AND (? OR n.agent_type IN (SELECT value FROM json_each(?)))`;

const EXECUTION = 'id, zone_id, worktree_id, agent_type, prompt, result, success, executed_at';
const BACKOFF = 500;
const iso = (milliseconds) => new Date(milliseconds).toISOString();
const list = (values) => (values === undefined ? [1, '[]'] : [0, JSON.stringify(values)]);
const leaseLost = (id, token) =>
  Object.assign(new Error(`Token ${token} no longer holds run ${id}`), { code: 'ERR_LEASE_LOST' });

export class HandTunedRuns extends HandTuned {
  constructor(driver, { log = true } = {}) {
    super(driver);
    if (driver.value('PRAGMA user_version') < 3) driver.exec(`BEGIN IMMEDIATE; ${TABLE} ${log ? LOG : ''} COMMIT`);
    const { prepare, prepareArrays, prepareReturningArrays } = driver;
    // NOT NULL refuses a run whose zone or worktree doesn't exist, and nothing is inserted where an open run has the key.
    // Values are bound by position: by name they took a tenth longer.
    this.insertRun = prepare(
      `INSERT INTO runs (id, status, urgency, priority, max_attempts, timeout_ms, zone_id, worktree_id, agent_type, created_at,
         available_at, idempotency_key, parent_run_id, metadata, prompt)
       VALUES (?, ?, ?, ?, ?, ?, (SELECT id FROM zones WHERE id = ?), (SELECT id FROM worktrees WHERE id = ?), ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (idempotency_key) WHERE idempotency_key IS NOT NULL AND finished_at IS NULL DO NOTHING`,
    );
    this.known = prepareArrays('SELECT 1 FROM runs WHERE id = ?');
    this.sameKey = prepareArrays(`SELECT ${RUN} FROM runs WHERE idempotency_key = ? AND finished_at IS NULL`);
    // Whether a lease ran out, an attempt timed out or a delayed run is due: mostly not, and then nothing is written.
    this.anyDue = prepareArrays(
      `SELECT EXISTS (SELECT 1 FROM runs WHERE status = 'running' AND due <= ?)
         OR EXISTS (SELECT 1 FROM runs WHERE status = 'delayed' AND available_at <= ?)`,
    );
    this.setLimit = prepare('INSERT OR REPLACE INTO run_limits VALUES (?, ?, ?)');
    this.liftLimit = prepare('DELETE FROM run_limits WHERE zone_id = ? AND agent_type = ?');
    this.putInLine = prepare(`UPDATE runs SET status = 'queued' WHERE status = 'delayed' AND available_at <= ?`);
    // A lost run is tried again while attempts are left and nobody wants it to stop; otherwise it ends, and is an execution.
    const again = 'lease_until <= due AND cancel_requested_at IS NULL AND attempt < max_attempts';
    this.tryLostAgain = prepare(
      `UPDATE runs SET status = 'queued', due = NULL, lease_until = NULL, duration_ms = duration_ms + max(due - claimed_at, 0)
       WHERE status = 'running' AND due <= ? AND ${again}`,
    );
    this.recordLost = prepare(
      `INSERT INTO zone_executions (${EXECUTION}) SELECT id, zone_id, worktree_id, agent_type, prompt, NULL, 0, ?
       FROM runs WHERE status = 'running' AND due <= ?`,
    );
    this.endLost = prepare(
      `UPDATE runs SET status = CASE WHEN lease_until > due THEN 'timedOut' WHEN cancel_requested_at IS NULL THEN 'lost' ELSE 'cancelled' END,
         finished_at = ?, due = NULL, lease_until = NULL, prompt = NULL, duration_ms = duration_ms + max(due - claimed_at, 0)
       WHERE status = 'running' AND due <= ?`,
    );
    this.claimAny = prepareReturningArrays(claim(''));
    this.claimSome = prepareReturningArrays(claim(FILTER));
    // Fenced: with another token nothing changes. A lease is lengthened, never shortened.
    this.beat = prepareReturningArrays(
      `UPDATE runs SET lease_until = max(lease_until, ?),
         due = min(max(lease_until, ?), coalesce(claimed_at + timeout_ms, max(lease_until, ?)))
       WHERE id = ? AND token = ? AND status = 'running' RETURNING lease_until, cancel_requested_at`,
    );
    const fence = `WHERE id = ? AND token = ? AND status = 'running'`;
    // A run that ends after it had started becomes an execution under its id; neither prompt nor result is stored twice.
    this.record = prepareReturningArrays(
      `INSERT INTO zone_executions (${EXECUTION}) SELECT id, zone_id, worktree_id, agent_type, prompt, ?, ?, ?
       FROM runs ${fence} RETURNING prompt`,
    );
    const told = `exit_code = ?, error = ?, commit_before = ?, commit_after = ?, files_changed = ?, insertions = ?, deletions = ?,
      due = NULL, lease_until = NULL, duration_ms = duration_ms + max(? - claimed_at, 0)`;
    this.end = prepareReturningArrays(
      `UPDATE runs SET status = ?, finished_at = ?, finished_token = token, prompt = NULL, ${told} ${fence} RETURNING ${RUN}`,
    );
    // A run that failed with attempts left is queued again after a backoff. The token that finished it is kept.
    this.tryAgain = prepareReturningArrays(
      `UPDATE runs SET status = 'delayed', available_at = ?, ${told}, settled = json_insert(coalesce(settled, '[]'), '$[#]', token)
       ${fence} AND attempt < max_attempts AND cancel_requested_at IS NULL RETURNING ${RUN}`,
    );
    // Finishing again with the same token returns the run.
    this.settledRun = prepareArrays(
      `SELECT ${RUN} FROM runs WHERE id = ? AND ? IN (SELECT finished_token UNION ALL SELECT value FROM json_each(coalesce(settled, '[]')))`,
    );
    this.bodies = prepareArrays('SELECT prompt, result FROM zone_executions WHERE id = ?');
  }

  enqueueRun(run) {
    const time = Date.now();
    const now = iso(time);
    const id = `exec-${time}-${Math.random().toString(36).slice(2)}`;
    const { zoneId, worktreeId, agentType, prompt, priority = 0, maxAttempts = 1, timeoutMs = null } = run;
    const { idempotencyKey = null, parentRunId = null, availableAt = now, metadata = null } = run;
    if (parentRunId !== null && this.known.get(parentRunId) === undefined) throw new Error(`No run ${parentRunId}`);
    const { changes } = this.insertRun.run(
      id,
      availableAt > now ? 'delayed' : 'queued',
      -priority,
      priority,
      maxAttempts,
      timeoutMs,
      zoneId,
      worktreeId,
      agentType,
      now,
      availableAt,
      idempotencyKey,
      parentRunId,
      metadata === null ? null : JSON.stringify(metadata),
      prompt,
    );
    if (Number(changes) === 0) return runOf(this.sameKey.get(idempotencyKey));
    return newRunOf(id, run, {
      priority,
      maxAttempts,
      timeoutMs,
      idempotencyKey,
      parentRunId,
      availableAt,
      now,
      metadata,
    });
  }

  enqueueRuns(runs) {
    return this.transaction(() => runs.map((run) => this.enqueueRun(run)));
  }

  claimRun({ workerId, zoneIds, agentTypes, leaseMs = 60_000 }) {
    const now = Date.now();
    const time = iso(now);
    if (this.anyDue.get(now, time)[0] !== 0) this.transaction(() => this.putBack(now, time));
    const until = now + leaseMs;
    let row;
    if (zoneIds === undefined && agentTypes === undefined) {
      row = this.claimAny.get(workerId, now, until, until, now, until, time);
    } else {
      const some = [...list(zoneIds), ...list(agentTypes)];
      row = this.claimSome.get(workerId, now, until, until, now, until, time, ...some, ...some);
    }
    return row === undefined ? null : { run: runOf(row), token: row[TOKEN] };
  }

  /** Puts back what is due: delayed runs, lost leases, and attempts that timed out. */
  putBack(now, time) {
    this.putInLine.run(time);
    this.tryLostAgain.run(now);
    this.recordLost.run(time, now);
    this.endLost.run(time, now);
  }

  heartbeatRun(id, token, { leaseMs = 60_000 } = {}) {
    const until = Date.now() + leaseMs;
    const row = this.beat.get(until, until, until, id, token);
    if (row === undefined) throw leaseLost(id, token);
    return { leaseExpiresAt: iso(row[0]), cancelRequested: row[1] !== null, budget: null };
  }

  finishRun(id, token, outcome) {
    const { status, exitCode = null, error = null, commitBefore = null, commitAfter = null } = outcome;
    const { filesChanged = null, insertions = null, deletions = null } = outcome;
    const now = Date.now();
    const told = [exitCode, error, commitBefore, commitAfter, filesChanged, insertions, deletions, now, id, token];
    return this.transaction(() => {
      if (status === 'failed') {
        const row = this.tryAgain.get(iso(now + BACKOFF * (1 + Math.random())), ...told);
        if (row !== undefined) return runOf(row);
      }
      const time = iso(now);
      const result = outcome.result === undefined ? null : JSON.stringify(outcome.result);
      const recorded = this.record.get(result, status === 'succeeded' ? 1 : 0, time, id, token);
      if (recorded === undefined) return this.settled(id, token);
      const run = runOf(this.end.get(status, time, ...told));
      [run.prompt] = recorded;
      run.result = outcome.result ?? null;
      return run;
    });
  }

  settled(id, token) {
    const row = this.settledRun.get(id, token);
    if (row === undefined) throw leaseLost(id, token);
    const run = runOf(row);
    const [prompt, result] = this.bodies.get(id) ?? [run.prompt, null];
    return Object.assign(run, { prompt, result: JSON.parse(result) });
  }

  setRunLimit({ zoneId = '', agentType = '' }, most) {
    if (most === null) this.liftLimit.run(zoneId, agentType);
    else this.setLimit.run(zoneId, agentType, most);
  }
}

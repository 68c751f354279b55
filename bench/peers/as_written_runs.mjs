// Runs as callers of the JavaScript layer write them today: one table with an index by status, a statement compiled for each call,
// a claim that selects and then updates, and a log in the same transaction.
import { asWrittenWithBulk } from './bulk_as_written.mjs';

const COLUMNS = {
  id: 'TEXT PRIMARY KEY', zone_id: 'TEXT', worktree_id: 'TEXT', agent_type: 'TEXT', prompt: 'TEXT', status: 'TEXT',
  priority: 'INTEGER', attempt: 'INTEGER', max_attempts: 'INTEGER', worker_id: 'TEXT', token: 'INTEGER', created_at: 'TEXT',
  started_at: 'TEXT', finished_at: 'TEXT', lease_until: 'INTEGER', cancel_requested_at: 'TEXT', question: 'TEXT', answer: 'TEXT',
  retry_of: 'TEXT', exit_code: 'INTEGER', error: 'TEXT', commit_before: 'TEXT', commit_after: 'TEXT', files_changed: 'INTEGER',
  insertions: 'INTEGER', deletions: 'INTEGER', result: 'TEXT',
}; // prettier-ignore
const SCHEMA = `
CREATE TABLE IF NOT EXISTS runs (${Object.entries(COLUMNS)
  .map((column) => column.join(' '))
  .join(', ')});
CREATE INDEX IF NOT EXISTS idx_runs_status ON runs(status);
CREATE TABLE IF NOT EXISTS run_changes (seq INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT, id TEXT, status TEXT);
CREATE TABLE IF NOT EXISTS run_output (id INTEGER PRIMARY KEY AUTOINCREMENT, run_id TEXT, sequence INTEGER, stream TEXT, text TEXT, at TEXT);
CREATE INDEX IF NOT EXISTS idx_run_output ON run_output(run_id);
CREATE TABLE IF NOT EXISTS run_usage (run_id TEXT, event_id TEXT, model TEXT, input_tokens INTEGER, output_tokens INTEGER, cost_micros INTEGER);
CREATE INDEX IF NOT EXISTS idx_run_usage ON run_usage(run_id);`;

const camel = (name) => name.replaceAll(/_(.)/g, (_, letter) => letter.toUpperCase());
const FIELDS = Object.keys(COLUMNS).map((column) => [camel(column), column]);
const runOf = (row) => {
  if (row === undefined) return null;
  const run = Object.fromEntries(FIELDS.map(([field, column]) => [field, row[column]]));
  return { ...run, result: JSON.parse(row.result ?? 'null') };
};
const now = () => new Date().toISOString();

export const asWrittenRuns = (Database) =>
  class extends asWrittenWithBulk(Database) {
    constructor(options) {
      super(options);
      this.db.exec(SCHEMA);
    }

    enqueueRun({ zoneId, worktreeId, agentType, prompt, priority = 0, maxAttempts = 1, retryOf = null }) {
      const id = `exec-${Date.now()}-${Math.random().toString(36).slice(2)}`;
      return this.transaction(() => {
        const values = [
          id,
          zoneId,
          worktreeId,
          agentType,
          prompt,
          'queued',
          priority,
          0,
          maxAttempts,
          0,
          now(),
          retryOf,
        ];
        this.db
          .prepare(
            `INSERT INTO runs (id, zone_id, worktree_id, agent_type, prompt, status, priority, attempt, max_attempts, token, created_at,
               retry_of) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
          )
          .run(...values);
        return this.#changed(id);
      });
    }

    enqueueRuns(runs) {
      return this.transaction(() => runs.map((run) => this.enqueueRun(run)));
    }

    startRun(run, options) {
      return this.transaction(() => this.#take(this.enqueueRun(run).id, options));
    }

    claimRun(options) {
      return this.transaction(() => {
        this.sweepRuns();
        const next = this.db
          .prepare(
            `SELECT id FROM runs WHERE status = 'queued' ORDER BY priority DESC,
               (SELECT COUNT(*) FROM runs AS r WHERE r.status = 'running' AND r.zone_id = runs.zone_id), created_at LIMIT 1`,
          )
          .get();
        return next ? this.#take(next.id, options) : null;
      });
    }

    claimRuns({ limit = 1, ...options }) {
      return this.transaction(() => Array.from({ length: limit }, () => this.claimRun(options)).filter(Boolean));
    }

    heartbeatRun(id, token, { leaseMs = 60_000 } = {}) {
      const until = Date.now() + leaseMs;
      this.#held(id, token);
      this.db.prepare('UPDATE runs SET lease_until = ? WHERE id = ? AND token = ?').run(until, id, token);
      return {
        leaseExpiresAt: new Date(until).toISOString(),
        cancelRequested: this.getRun(id).cancelRequestedAt !== null,
      };
    }

    finishRun(id, token, outcome) {
      return this.transaction(() => {
        const { zoneId, worktreeId, agentType, prompt } = this.#held(id, token);
        const { result = null, ...told } = outcome;
        const time = now();
        this.db
          .prepare(
            `INSERT INTO zone_executions (id, zone_id, worktree_id, agent_type, prompt, result, success, executed_at)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
          )
          .run(
            id,
            zoneId,
            worktreeId,
            agentType,
            prompt,
            JSON.stringify(result),
            Number(told.status === 'succeeded'),
            time,
          );
        return this.#set(id, { ...told, result: JSON.stringify(result), finishedAt: time, leaseUntil: null });
      });
    }

    waitRun(id, token, { question }) {
      this.#held(id, token);
      return this.#set(id, { status: 'waiting', question, leaseUntil: null });
    }

    answerRun(id, { answer }) {
      return this.#set(id, { status: 'queued', answer, priority: Number.MAX_SAFE_INTEGER });
    }

    releaseRun(id, token) {
      return this.#set(id, { status: 'queued', attempt: this.#held(id, token).attempt - 1, leaseUntil: null });
    }

    cancelRun(id, { reason = null } = {}) {
      if (this.getRun(id).status === 'running') return this.#set(id, { cancelRequestedAt: now(), error: reason });
      return this.#set(id, { status: 'cancelled', finishedAt: now(), error: reason });
    }

    retryRun(id, changes) {
      return this.enqueueRun({ ...this.getRun(id), ...changes, retryOf: id });
    }

    sweepRuns() {
      const out = this.db.prepare(`SELECT id FROM runs WHERE status = 'running' AND lease_until < ?`).all(Date.now());
      for (const { id } of out) this.#set(id, { status: 'queued', leaseUntil: null });
      return { requeued: out.map(({ id }) => id), lost: [], timedOut: [] };
    }

    appendOutput(id, token, chunks) {
      return this.transaction(() => {
        this.#held(id, token);
        let { n } = this.db.prepare('SELECT COUNT(*) AS n FROM run_output WHERE run_id = ?').get(id);
        for (const { stream, text } of chunks)
          this.db
            .prepare('INSERT INTO run_output (run_id, sequence, stream, text, at) VALUES (?, ?, ?, ?, ?)')
            .run(id, n++, stream, text, now());
        return n;
      });
    }

    getOutput(id, { after = 0, limit = 50 } = {}) {
      const sql =
        'SELECT sequence, stream, text, at FROM run_output WHERE run_id = ? AND sequence >= ? ORDER BY sequence LIMIT ?';
      const items = this.db.prepare(sql).all(id, after, limit);
      return { items, next: after + items.length, truncated: false };
    }

    recordUsage(id, { eventId = null, model, inputTokens = null, outputTokens = null, costMicros = null }) {
      this.db
        .prepare('INSERT INTO run_usage VALUES (?, ?, ?, ?, ?, ?)')
        .run(id, eventId, model, inputTokens, outputTokens, costMicros);
      return this.db
        .prepare(
          `SELECT SUM(input_tokens) AS inputTokens, SUM(output_tokens) AS outputTokens, SUM(cost_micros) AS costMicros
           FROM run_usage WHERE run_id = ?`,
        )
        .get(id);
    }

    getRun(id) {
      return runOf(this.db.prepare('SELECT * FROM runs WHERE id = ?').get(id));
    }

    listRuns({ limit = 50 } = {}) {
      const rows = this.db.prepare('SELECT * FROM runs ORDER BY rowid DESC LIMIT ?').all(limit);
      return { items: rows.map(runOf), next: null };
    }

    #held(id, token) {
      const run = this.getRun(id);
      if (run === null || run.token !== token || run.status !== 'running')
        throw new Error(`Run ${id} is somebody else's`);
      return run;
    }

    #take(id, { workerId, leaseMs = 60_000 }) {
      const { attempt, token, startedAt } = this.getRun(id);
      const held = { attempt: attempt + 1, token: token + 1, startedAt: startedAt ?? now() };
      const run = this.#set(id, { ...held, status: 'running', workerId, leaseUntil: Date.now() + leaseMs });
      return { run, token: run.token };
    }

    #set(id, changes) {
      const set = FIELDS.filter(([field]) => changes[field] !== undefined);
      return this.transaction(() => {
        this.db
          .prepare(`UPDATE runs SET ${set.map(([, column]) => `${column} = ?`).join(', ')} WHERE id = ?`)
          .run(...set.map(([field]) => changes[field]), id);
        return this.#changed(id);
      });
    }

    #changed(id) {
      const run = this.getRun(id);
      this.db.prepare('INSERT INTO run_changes (at, id, status) VALUES (?, ?, ?)').run(now(), id, run.status);
      return run;
    }
  };

-- Runs: from the wish to the result. Only this package writes these tables, each call its own rows of the log, except where a
-- run is made, and where a worktree or a zone goes. No foreign keys to the four tables. Times are milliseconds.

-- A run, for good. It is written when it is wanted, when it goes back to the queue or waits, and when it ends; not when it is
-- claimed. Ended is: finished_at IS NOT NULL.
-- status: queued, waiting; succeeded, failed, cancelled, timedOut, lost. Of a queued one, where it is says the rest: in
-- run_queue, in run_delayed (due is available_at), or, and then it is running, in leases.
-- answered: a queued one is first in line, and who claims it goes on with the same attempt.
-- token, attempt: of the last claim that has ended. finished_token: of the call that ended it.
-- worked_ms: how long the attempt was worked on, what a timeout is about; duration_ms: all attempts, what people are shown.
-- prompt: NULL once the run is an execution (executed); zone_executions has prompt and result then.
-- result: of the last attempt that failed, and of a run that could not become an execution, since others took its id.
-- Usage: what run_models adds up to, at the end.
-- A key below 0: not a run of ours, but what is recorded as an execution only, and used a model.
CREATE TABLE runs (
  key INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  status TEXT NOT NULL,
  zone_id TEXT NOT NULL,
  worktree_id TEXT NOT NULL,
  agent_type TEXT NOT NULL,
  priority INTEGER NOT NULL,
  answered INTEGER NOT NULL DEFAULT 0,
  available_at INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  started_at INTEGER,
  finished_at INTEGER,
  duration_ms INTEGER NOT NULL DEFAULT 0,
  worked_ms INTEGER NOT NULL DEFAULT 0,
  attempt INTEGER NOT NULL DEFAULT 0,
  max_attempts INTEGER NOT NULL DEFAULT 1,
  token INTEGER NOT NULL DEFAULT 0,
  finished_token INTEGER,
  executed INTEGER NOT NULL DEFAULT 0,
  timeout_ms INTEGER,
  worker_id TEXT,
  idempotency_key TEXT,
  parent_run_id TEXT,
  retry_of TEXT,
  cancel_requested_at INTEGER,
  exit_code INTEGER,
  commit_before TEXT,
  commit_after TEXT,
  files_changed INTEGER,
  insertions INTEGER,
  deletions INTEGER,
  input_tokens INTEGER,
  cached_input_tokens INTEGER,
  output_tokens INTEGER,
  reasoning_tokens INTEGER,
  cost_micros INTEGER,
  bodies_pruned_at INTEGER,
  "by" TEXT,
  error TEXT,
  question TEXT,
  answer TEXT,
  metadata TEXT,
  result TEXT,
  prompt TEXT
);

CREATE INDEX runs_waiting ON runs (worktree_id, zone_id) WHERE status = 'waiting';
CREATE INDEX runs_parent ON runs (parent_run_id) WHERE parent_run_id IS NOT NULL;
CREATE UNIQUE INDEX runs_idempotency ON runs (idempotency_key) WHERE idempotency_key IS NOT NULL AND finished_at IS NULL;

-- What may be claimed. The rows of a zone and an agent are a lane. `behind` is 0 for the first of each, which is its next, and 1
-- for the others: so a claim reads a row a lane, and a short queue is one page. urgency is -priority, of an answered run 2^54 less,
-- which is before all others; run is runs.key, so the older comes first.
CREATE TABLE run_queue (
  behind INTEGER NOT NULL CHECK (behind IN (0, 1)),
  zone_id TEXT NOT NULL,
  agent_type TEXT NOT NULL,
  urgency INTEGER NOT NULL,
  run INTEGER NOT NULL,
  worktree_id TEXT NOT NULL,
  PRIMARY KEY (behind, zone_id, agent_type, urgency, run)
) WITHOUT ROWID;

-- What may be claimed from a time on (availableAt, a backoff). A claim moves what is due into the queue first.
CREATE TABLE run_delayed (
  due INTEGER NOT NULL,
  run INTEGER NOT NULL,
  zone_id TEXT NOT NULL,
  worktree_id TEXT NOT NULL,
  PRIMARY KEY (due, run)
) WITHOUT ROWID;

-- Runs at work, and nothing else: a few pages, of which a heartbeat writes one. A claim reads all of it: leases that ran
-- out, and how many run of each zone and agent.
-- deadline, claimed: milliseconds since the machine began this boot (sleep counts); expires_at and claimed_at are the same by
-- the wall clock, for show and after a reboot. claimed is NULL where the claim is of another boot than the deadline.
-- left_ms: of what an attempt may take, NULL where nothing bounds it. sound_to: until when, by the boot's clock, it is neither out
-- of its lease nor over its time, NULL where that can't be told; what claims read is first.
CREATE TABLE leases (
  run_id TEXT PRIMARY KEY,
  zone_id TEXT NOT NULL,
  agent_type TEXT NOT NULL,
  boot INTEGER NOT NULL,
  sound_to INTEGER,
  run INTEGER NOT NULL,
  token INTEGER NOT NULL,
  worktree_id TEXT NOT NULL,
  deadline INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  length_ms INTEGER NOT NULL,
  claimed INTEGER,
  claimed_at INTEGER NOT NULL,
  left_ms INTEGER,
  attempt INTEGER NOT NULL,
  answered INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  worked_ms INTEGER NOT NULL,
  cancel_requested_at INTEGER,
  cancel_reason TEXT,
  worker_id TEXT NOT NULL
) WITHOUT ROWID;

-- Attempts that ended while the run went on: who repeats that call with its token gets the run.
CREATE TABLE run_attempts (
  run INTEGER NOT NULL,
  token INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  worker_id TEXT,
  started_at INTEGER,
  ended_at INTEGER NOT NULL,
  status TEXT NOT NULL,
  error TEXT,
  PRIMARY KEY (run, token)
) WITHOUT ROWID;

-- id is run * 2^32 + sequence: a run's output is together and in its order, and appending needs no index and no count.
-- bytes: what is kept of this run up to and with this row, as it was when the row was written. The beginning of a run's
-- output is never dropped, so of that, and of nothing else, it is at most half of what may be kept.
-- truncated: whether any of the run's output had been dropped by then.
CREATE TABLE run_output (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  stream INTEGER NOT NULL,
  truncated INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  text TEXT NOT NULL
);

-- event_id: what is known not to be counted twice. Sums of a run stand in its row, here by model.
CREATE TABLE usage_events (
  run INTEGER NOT NULL,
  event_id TEXT NOT NULL,
  PRIMARY KEY (run, event_id)
) WITHOUT ROWID;

CREATE TABLE run_models (
  run INTEGER NOT NULL,
  model TEXT NOT NULL,
  provider TEXT,
  input_tokens INTEGER,
  cached_input_tokens INTEGER,
  output_tokens INTEGER,
  reasoning_tokens INTEGER,
  cost_micros INTEGER,
  cost_computed INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (run, model)
) WITHOUT ROWID;

-- What was spent in each quarter of an hour. Nothing that is deleted lowers it.
CREATE TABLE spent (
  quarter INTEGER NOT NULL,
  zone_id TEXT NOT NULL,
  worktree_id TEXT NOT NULL,
  agent_type TEXT NOT NULL,
  cost_micros INTEGER NOT NULL,
  PRIMARY KEY (quarter, zone_id, worktree_id, agent_type)
) WITHOUT ROWID;

-- spent_micros: in the period that ends at resets_at; who comes first after that begins the next one, from `spent`.
CREATE TABLE budgets (
  scope TEXT NOT NULL CHECK (scope IN ('all', 'zone', 'worktree', 'agent')),
  id TEXT NOT NULL,
  period TEXT NOT NULL CHECK (period IN ('day', 'month', 'total')),
  time_zone TEXT NOT NULL,
  limit_micros INTEGER NOT NULL,
  spent_micros INTEGER NOT NULL,
  resets_at INTEGER,
  PRIMARY KEY (scope, id, period)
) WITHOUT ROWID;

-- '' is every zone, every agent.
CREATE TABLE run_limits (
  zone_id TEXT NOT NULL DEFAULT '',
  agent_type TEXT NOT NULL DEFAULT '',
  at_once INTEGER NOT NULL,
  PRIMARY KEY (zone_id, agent_type)
) WITHOUT ROWID;

-- A run that is wanted at once is in line and in the log with the statement that makes it: at the front of its lane, or behind the
-- first. Where it is more urgent than that, the CHECK refuses it until the first has gone behind.
CREATE TRIGGER runs_wanted AFTER INSERT ON runs WHEN NEW.status = 'queued' AND NEW.available_at <= NEW.created_at BEGIN
  INSERT INTO run_queue (behind, zone_id, agent_type, urgency, run, worktree_id)
  VALUES (coalesce((SELECT iif(urgency <= -NEW.priority, 1, 2) FROM run_queue
          WHERE behind = 0 AND zone_id = NEW.zone_id AND agent_type = NEW.agent_type), 0),
    NEW.zone_id, NEW.agent_type, -NEW.priority, NEW.key, NEW.worktree_id);
  INSERT INTO changes (at, entity, op, id, zone_id, worktree_id, agent_type, data, "by")
  VALUES (max(NEW.created_at, coalesce((SELECT at FROM changes ORDER BY seq DESC LIMIT 1), 0)),
    5, 1, NEW.id, NEW.zone_id, NEW.worktree_id, NEW.agent_type, '{"status":"queued"}', NEW."by");
END;

-- Deleting a worktree or a zone, by anybody, ends its open runs: the one change of a run that others can make. The row of what
-- was deleted is before theirs in the log, or after: triggers of one event have no order, and nothing depends on it.
CREATE TRIGGER runs_worktree_deleted AFTER DELETE ON worktrees
WHEN EXISTS (SELECT run FROM run_queue WHERE worktree_id = OLD.id UNION ALL SELECT run FROM run_delayed WHERE worktree_id = OLD.id UNION ALL
    SELECT run FROM leases WHERE worktree_id = OLD.id UNION ALL SELECT key FROM runs WHERE status = 'waiting' AND worktree_id = OLD.id)
BEGIN
  INSERT INTO changes (at, entity, op, id, zone_id, worktree_id, agent_type, data)
  SELECT max(CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER), coalesce((SELECT at FROM changes ORDER BY seq DESC LIMIT 1), 0)),
         5, 2, id, zone_id, worktree_id, agent_type, '{"status":"cancelled"}'
  FROM runs
  WHERE key IN (SELECT run FROM run_queue WHERE worktree_id = OLD.id UNION ALL SELECT run FROM run_delayed WHERE worktree_id = OLD.id UNION ALL
    SELECT run FROM leases WHERE worktree_id = OLD.id UNION ALL SELECT key FROM runs WHERE status = 'waiting' AND worktree_id = OLD.id);
  UPDATE runs SET (token, attempt, started_at, worker_id, cancel_requested_at, duration_ms) =
    (SELECT token, attempt, started_at, worker_id, cancel_requested_at, runs.duration_ms +
       max(CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) - claimed_at, 0) FROM leases WHERE run_id = runs.id)
  WHERE key IN (SELECT run FROM leases WHERE worktree_id = OLD.id);
  UPDATE runs SET status = 'cancelled', error = 'The worktree was deleted', finished_at =
    max(CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER), coalesce((SELECT at FROM changes ORDER BY seq DESC LIMIT 1), 0))
  WHERE key IN (SELECT run FROM run_queue WHERE worktree_id = OLD.id UNION ALL SELECT run FROM run_delayed WHERE worktree_id = OLD.id UNION ALL
    SELECT run FROM leases WHERE worktree_id = OLD.id UNION ALL SELECT key FROM runs WHERE status = 'waiting' AND worktree_id = OLD.id);
  -- Where it was the first of a lane, who comes then is.
  UPDATE run_queue SET behind = 0 WHERE behind = 1 AND run IN (
    SELECT (SELECT n.run FROM run_queue AS n WHERE n.behind = 1 AND n.zone_id = f.zone_id AND n.agent_type = f.agent_type
        AND n.worktree_id <> OLD.id ORDER BY n.urgency, n.run LIMIT 1)
    FROM run_queue AS f WHERE f.behind = 0 AND f.worktree_id = OLD.id);
  DELETE FROM run_queue WHERE worktree_id = OLD.id;
  DELETE FROM run_delayed WHERE worktree_id = OLD.id;
  DELETE FROM leases WHERE worktree_id = OLD.id;
END;

CREATE TRIGGER runs_zone_deleted AFTER DELETE ON zones
WHEN EXISTS (SELECT run FROM run_queue WHERE zone_id = OLD.id UNION ALL SELECT run FROM run_delayed WHERE zone_id = OLD.id UNION ALL
    SELECT run FROM leases WHERE zone_id = OLD.id UNION ALL SELECT key FROM runs WHERE status = 'waiting' AND zone_id = OLD.id)
BEGIN
  INSERT INTO changes (at, entity, op, id, zone_id, worktree_id, agent_type, data)
  SELECT max(CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER), coalesce((SELECT at FROM changes ORDER BY seq DESC LIMIT 1), 0)),
         5, 2, id, zone_id, worktree_id, agent_type, '{"status":"cancelled"}'
  FROM runs
  WHERE key IN (SELECT run FROM run_queue WHERE zone_id = OLD.id UNION ALL SELECT run FROM run_delayed WHERE zone_id = OLD.id UNION ALL
    SELECT run FROM leases WHERE zone_id = OLD.id UNION ALL SELECT key FROM runs WHERE status = 'waiting' AND zone_id = OLD.id);
  UPDATE runs SET (token, attempt, started_at, worker_id, cancel_requested_at, duration_ms) =
    (SELECT token, attempt, started_at, worker_id, cancel_requested_at, runs.duration_ms +
       max(CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) - claimed_at, 0) FROM leases WHERE run_id = runs.id)
  WHERE key IN (SELECT run FROM leases WHERE zone_id = OLD.id);
  UPDATE runs SET status = 'cancelled', error = 'The zone was deleted', finished_at =
    max(CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER), coalesce((SELECT at FROM changes ORDER BY seq DESC LIMIT 1), 0))
  WHERE key IN (SELECT run FROM run_queue WHERE zone_id = OLD.id UNION ALL SELECT run FROM run_delayed WHERE zone_id = OLD.id UNION ALL
    SELECT run FROM leases WHERE zone_id = OLD.id UNION ALL SELECT key FROM runs WHERE status = 'waiting' AND zone_id = OLD.id);
  DELETE FROM run_queue WHERE zone_id = OLD.id;
  DELETE FROM run_delayed WHERE zone_id = OLD.id;
  DELETE FROM leases WHERE zone_id = OLD.id;
END;

-- Runs: from the wish to the result. Only this package writes these tables, each call its own rows of the log, except where a
-- worktree or a zone goes. No foreign keys to the four tables. Times are milliseconds.

-- One narrow row a run, for good. Texts are elsewhere: a row with them would be rewritten with every change of status.
-- status: queued, running, waiting; succeeded, failed, cancelled, timedOut, lost. Ended is: finished_at IS NOT NULL.
-- due: queued, but not before then (a backoff, availableAt). NULL: may be claimed. place: the order within a priority; key, or
-- for an answered one key - 2^53, which is before all others.
-- token: of the last claim. finished_token: of the call that ended it. executed: it is a row of zone_executions, too.
CREATE TABLE runs (
  key INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  status TEXT NOT NULL,
  zone_id TEXT NOT NULL,
  worktree_id TEXT NOT NULL,
  agent_type TEXT NOT NULL,
  priority INTEGER NOT NULL,
  place INTEGER NOT NULL,
  due INTEGER,
  available_at INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  started_at INTEGER,
  finished_at INTEGER,
  duration_ms INTEGER,
  attempt INTEGER NOT NULL DEFAULT 0,
  max_attempts INTEGER NOT NULL DEFAULT 1,
  token INTEGER NOT NULL DEFAULT 0,
  finished_token INTEGER,
  executed INTEGER NOT NULL DEFAULT 0,
  timeout_ms INTEGER,
  ran_ms INTEGER NOT NULL DEFAULT 0,
  worker_id TEXT,
  cancel_requested_at INTEGER,
  idempotency_key TEXT,
  parent_run_id TEXT,
  retry_of TEXT,
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
  output_dropped INTEGER NOT NULL DEFAULT 0,
  bodies_pruned_at INTEGER,
  "by" TEXT
);

-- A lane is what is queued of one zone and agent; its first row is its next run.
CREATE INDEX runs_lanes ON runs (zone_id, agent_type, priority DESC, place) WHERE status = 'queued' AND due IS NULL;
CREATE INDEX runs_due ON runs (due) WHERE due IS NOT NULL;
CREATE INDEX runs_open ON runs (worktree_id, zone_id) WHERE finished_at IS NULL;
CREATE UNIQUE INDEX runs_idempotency ON runs (idempotency_key) WHERE idempotency_key IS NOT NULL AND finished_at IS NULL;

-- Prompt until it is an execution, then NULL: zone_executions has prompt and result. result: only of a run that could not
-- become one.
CREATE TABLE run_bodies (
  run INTEGER PRIMARY KEY,
  prompt TEXT,
  result TEXT,
  question TEXT,
  answer TEXT,
  error TEXT
);

-- Runs at work, and nothing else: a few pages, of which a heartbeat writes one. A claim reads all of it: leases that ran
-- out, and how many run of each zone and agent. deadline counts milliseconds since the machine of this boot began (sleep
-- counts); expires_at is the same by the wall clock, for show and after a reboot. times_out_at is of the kind of deadline.
CREATE TABLE leases (
  run_id TEXT PRIMARY KEY,
  run INTEGER NOT NULL,
  token INTEGER NOT NULL,
  zone_id TEXT NOT NULL,
  worktree_id TEXT NOT NULL,
  agent_type TEXT NOT NULL,
  worker_id TEXT NOT NULL,
  boot INTEGER NOT NULL,
  deadline INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  since INTEGER NOT NULL,
  times_out_at INTEGER,
  cancel_requested_at INTEGER
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
-- bytes: of this run up to and with this row.
CREATE TABLE run_output (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  stream INTEGER NOT NULL,
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

-- Deleting a worktree or a zone, by anybody, ends its open runs. AFTER, so the row of what was deleted is before theirs.
CREATE TRIGGER runs_worktree_deleted AFTER DELETE ON worktrees
WHEN EXISTS (SELECT 1 FROM runs WHERE worktree_id = OLD.id AND finished_at IS NULL)
BEGIN
  INSERT INTO changes (at, entity, op, id, zone_id, worktree_id, agent_type, data)
  SELECT (SELECT at FROM changes ORDER BY seq DESC LIMIT 1), 5, 2, id, zone_id, worktree_id, agent_type,
         '{"status":"cancelled"}'
  FROM runs WHERE worktree_id = OLD.id AND finished_at IS NULL;
  INSERT INTO run_bodies (run, error)
  SELECT key, 'The worktree was deleted' FROM runs WHERE worktree_id = OLD.id AND finished_at IS NULL
  ON CONFLICT DO UPDATE SET error = excluded.error;
  DELETE FROM leases WHERE run_id IN (SELECT id FROM runs WHERE worktree_id = OLD.id AND finished_at IS NULL);
  UPDATE runs SET status = 'cancelled', due = NULL, finished_at = (SELECT at FROM changes ORDER BY seq DESC LIMIT 1)
  WHERE worktree_id = OLD.id AND finished_at IS NULL;
END;

CREATE TRIGGER runs_zone_deleted AFTER DELETE ON zones
WHEN EXISTS (SELECT 1 FROM runs WHERE zone_id = OLD.id AND finished_at IS NULL)
BEGIN
  INSERT INTO changes (at, entity, op, id, zone_id, worktree_id, agent_type, data)
  SELECT (SELECT at FROM changes ORDER BY seq DESC LIMIT 1), 5, 2, id, zone_id, worktree_id, agent_type,
         '{"status":"cancelled"}'
  FROM runs WHERE zone_id = OLD.id AND finished_at IS NULL;
  INSERT INTO run_bodies (run, error)
  SELECT key, 'The zone was deleted' FROM runs WHERE zone_id = OLD.id AND finished_at IS NULL
  ON CONFLICT DO UPDATE SET error = excluded.error;
  DELETE FROM leases WHERE zone_id = OLD.id;
  UPDATE runs SET status = 'cancelled', due = NULL, finished_at = (SELECT at FROM changes ORDER BY seq DESC LIMIT 1)
  WHERE zone_id = OLD.id AND finished_at IS NULL;
END;

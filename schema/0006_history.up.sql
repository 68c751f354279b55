-- What may be asked about runs: one narrow row for each, wanted here or recorded by anybody, with an index for each order and
-- each filter, and what those that have ended come to by quarters of an hour. They are folded from the log by who reads them, so no
-- write pays for them. Only this package writes these tables.

-- (at, key) is where a run is among all: when it was made, in milliseconds, and of one millisecond the later one last. A time that
-- nobody can read is before all others. key: of a run its `runs.key`; of what is recorded as an execution only 2^40 and the
-- number of the log's row that made it, or, where that is not known any more, less than that.
-- worktree_id: of one that is archived 0x01 and its key there: who has its id now has another history.
-- id, made_text: of such an execution, its id, and its time where others wrote it otherwise than we do.
-- status: 0 queued, 1 running, 2 waiting, 3 succeeded, 4 failed, 5 cancelled, 6 timed out, 7 lost.
-- finished_at: when it ended; NULL of one that has not, or of which nobody can read when. duration_ms, length, *_tokens, cost_micros:
-- of a run that has ended, where they are known. length: how many binary digits its duration has.
CREATE TABLE history (
  at INTEGER NOT NULL,
  key INTEGER NOT NULL,
  zone_id TEXT NOT NULL,
  worktree_id TEXT NOT NULL,
  agent_type TEXT NOT NULL,
  status INTEGER NOT NULL,
  parent_run_id TEXT,
  duration_ms INTEGER,
  length INTEGER,
  cost_micros INTEGER,
  id TEXT,
  made_text TEXT,
  finished_at INTEGER,
  input_tokens INTEGER,
  output_tokens INTEGER,
  PRIMARY KEY (at, key)
) WITHOUT ROWID;

CREATE UNIQUE INDEX history_recorded ON history (id) WHERE id IS NOT NULL;
CREATE INDEX history_of_zones ON history (zone_id, at, key);
CREATE INDEX history_of_worktrees ON history (worktree_id, at, key);
CREATE INDEX history_of_agents ON history (agent_type, at, key);
CREATE INDEX history_of_statuses ON history (status, at, key);
CREATE INDEX history_of_parents ON history (parent_run_id, at, key) WHERE parent_run_id IS NOT NULL;
CREATE INDEX history_of_lengths ON history (length, at, key) WHERE length IS NOT NULL;
CREATE INDEX history_longest ON history (duration_ms, at, key) WHERE duration_ms IS NOT NULL;
CREATE INDEX history_costliest ON history (cost_micros, at, key) WHERE cost_micros IS NOT NULL;

-- What did not end when it was made, which what is recorded as an execution only did: that is found by `at`.
CREATE INDEX history_finished ON history (finished_at, at, key) WHERE finished_at <> at;

-- The models that each used, and how much of each.
CREATE TABLE history_models (
  at INTEGER NOT NULL,
  key INTEGER NOT NULL,
  model TEXT NOT NULL,
  input_tokens INTEGER,
  output_tokens INTEGER,
  cost_micros INTEGER,
  PRIMARY KEY (at, key, model)
) WITHOUT ROWID;
CREATE INDEX history_of_models ON history_models (model, at, key);

-- What the runs that ended on a day of UTC come to, by quarters of an hour (src/model/trend/day.rs says how they are written).
-- whole: all of the day, so that nobody has to read the quarters who wants no part of it.
-- dimension: 0 all of them (key ''), 1 of a zone, 2 of an agent, 3 that used a model, 4 of a worktree, by the name that the history has.
CREATE TABLE rollups (
  dimension INTEGER NOT NULL,
  day INTEGER NOT NULL,
  key TEXT NOT NULL,
  whole BLOB NOT NULL,
  quarters BLOB NOT NULL,
  PRIMARY KEY (dimension, day, key)
) WITHOUT ROWID;

-- The same of what was pruned, which is in no other table any more: a history that is built anew leaves it alone.
CREATE TABLE rollups_kept (
  dimension INTEGER NOT NULL,
  day INTEGER NOT NULL,
  key TEXT NOT NULL,
  whole BLOB NOT NULL,
  quarters BLOB NOT NULL,
  PRIMARY KEY (dimension, day, key)
) WITHOUT ROWID;
-- A worktree that goes to the archive takes its own along.
CREATE INDEX rollups_kept_of_worktrees ON rollups_kept (key) WHERE dimension = 4;

-- One row while the history is built: up to which run and which execution's rowid it is, and the next key of an execution.
CREATE TABLE history_building (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  run INTEGER NOT NULL,
  execution INTEGER NOT NULL,
  next_key INTEGER NOT NULL
);

-- What may have happened without a row of the log (decision 10) is in no history: it is built anew.
CREATE TRIGGER history_doubted AFTER UPDATE OF doubts ON changes_state WHEN NEW.doubts > OLD.doubts BEGIN
  DELETE FROM changes_readers WHERE name = 'history';
END;

CREATE INDEX idx_worktrees_branch ON worktrees(branch_name);
CREATE INDEX archived_worktrees_branch ON archived_worktrees (branch_name) WHERE restored_at IS NULL;

-- A board without runs has its history. Any other's is built, in steps, by who first asks.
INSERT INTO changes_readers (name, seq, stamp)
SELECT 'history', seq, stamp FROM changes
WHERE NOT EXISTS (SELECT 1 FROM runs) AND NOT EXISTS (SELECT 1 FROM zone_executions)
ORDER BY seq DESC LIMIT 1;

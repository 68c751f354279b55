-- What a board has beside the four tables: metadata, limits of work in progress, the ledger. Only this package writes these
-- tables, except where a worktree or a zone goes. No foreign keys to the four tables. Times are milliseconds.
-- Long because a version of the schema is one file.

-- What is kept beside a worktree (entity 1) or a zone (2): a JSON object. A run's is in `runs`.
CREATE TABLE metadata (
  entity INTEGER NOT NULL CHECK (entity IN (1, 2)),
  id TEXT NOT NULL,
  data TEXT NOT NULL,
  PRIMARY KEY (entity, id)
) WITHOUT ROWID;

-- How many worktrees a zone is to have at most.
CREATE TABLE wip_limits (
  zone_id TEXT PRIMARY KEY,
  most INTEGER NOT NULL CHECK (most >= 0)
) WITHOUT ROWID;

-- What the runs of a worktree cost in all, as far as anybody told: a board shows it without adding up their history.
CREATE TABLE worktree_costs (
  worktree_id TEXT PRIMARY KEY,
  cost_micros INTEGER NOT NULL
) WITHOUT ROWID;

INSERT INTO worktree_costs
SELECT r.worktree_id, min(sum(m.cost_micros), 9007199254740991) FROM run_models AS m JOIN runs AS r ON r.key = m.run
WHERE m.cost_micros IS NOT NULL AND r.worktree_id IN (SELECT id FROM worktrees) GROUP BY r.worktree_id;

-- Runs of a worktree that ended and are no execution, which has an index of its own: so few that no call pays for it.
CREATE INDEX runs_unexecuted ON runs (worktree_id) WHERE finished_at IS NOT NULL AND executed = 0;

CREATE TRIGGER board_worktree_deleted AFTER DELETE ON worktrees
WHEN EXISTS (SELECT 1 FROM metadata WHERE entity = 1 AND id = OLD.id) OR EXISTS (SELECT 1 FROM worktree_costs WHERE worktree_id = OLD.id)
BEGIN
  DELETE FROM metadata WHERE entity = 1 AND id = OLD.id;
  DELETE FROM worktree_costs WHERE worktree_id = OLD.id;
END;

CREATE TRIGGER board_zone_deleted AFTER DELETE ON zones
WHEN EXISTS (SELECT 1 FROM metadata WHERE entity = 2 AND id = OLD.id) OR EXISTS (SELECT 1 FROM wip_limits WHERE zone_id = OLD.id)
BEGIN
  DELETE FROM metadata WHERE entity = 2 AND id = OLD.id;
  DELETE FROM wip_limits WHERE zone_id = OLD.id;
END;

-- What is beside a worktree or a zone goes along where somebody gives it another id.
CREATE TRIGGER board_worktree_renamed AFTER UPDATE OF id ON worktrees WHEN OLD.id IS NOT NEW.id BEGIN
  UPDATE OR REPLACE metadata SET id = NEW.id WHERE entity = 1 AND id = OLD.id;
  UPDATE OR REPLACE worktree_costs SET worktree_id = NEW.id WHERE worktree_id = OLD.id;
END;

CREATE TRIGGER board_zone_renamed AFTER UPDATE OF id ON zones WHEN OLD.id IS NOT NEW.id BEGIN
  UPDATE OR REPLACE metadata SET id = NEW.id WHERE entity = 2 AND id = OLD.id;
  UPDATE OR REPLACE wip_limits SET zone_id = NEW.id WHERE zone_id = OLD.id;
END;

-- The ledger: every change of a worktree's zone, by anybody, folded from the log. It outlives worktree and zone, so it has their
-- names as they were. seq and stamp are those of the row of the log that it comes from, nth is which of that row's moves it is;
-- at grows with key.
CREATE TABLE moves (
  key INTEGER PRIMARY KEY,
  seq INTEGER NOT NULL,
  stamp INTEGER NOT NULL,
  nth INTEGER NOT NULL DEFAULT 0,
  at INTEGER NOT NULL,
  worktree_id TEXT NOT NULL,
  from_zone_id TEXT,
  to_zone_id TEXT,
  branch_name TEXT,
  from_name TEXT,
  to_name TEXT,
  "by" TEXT,
  reason TEXT
);
CREATE INDEX moves_at ON moves (at, key);
CREATE INDEX moves_of_worktrees ON moves (worktree_id, key);
CREATE INDEX moves_out ON moves (from_zone_id, key) WHERE from_zone_id IS NOT NULL;
CREATE INDEX moves_in ON moves (to_zone_id, key) WHERE to_zone_id IS NOT NULL;

-- The board as far as the ledger has read the log: the worktrees and zones there are, what they are called, and what each
-- worktree is assigned to, whether that zone is there or not.
CREATE TABLE moves_worktrees (
  id TEXT PRIMARY KEY,
  branch_name TEXT NOT NULL,
  is_there INTEGER NOT NULL,
  zone_id TEXT
) WITHOUT ROWID;
CREATE TABLE moves_zones (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL
) WITHOUT ROWID;

INSERT INTO moves_zones SELECT id, name FROM zones;
INSERT INTO moves_worktrees
SELECT w.id, w.branch_name, 1, a.zone_id FROM worktrees AS w LEFT JOIN worktree_zones AS a ON a.worktree_id = w.id;
INSERT INTO moves_worktrees
SELECT worktree_id, '', 0, zone_id FROM worktree_zones WHERE worktree_id NOT IN (SELECT id FROM worktrees);

-- Where every worktree is came from nowhere, when it was assigned, as far as anybody can tell.
INSERT INTO moves (seq, stamp, nth, at, worktree_id, to_zone_id, branch_name, to_name)
SELECT 0, 0, row_number() OVER (ORDER BY at, row), at, worktree_id, zone_id, branch_name, name
FROM (
  SELECT min(coalesce(CAST(round((julianday(a.assigned_at) - 2440587.5) * 86400000) AS INTEGER), 0),
             CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)) AS at,
         a.rowid AS row, w.id AS worktree_id, z.id AS zone_id, w.branch_name, z.name
  FROM worktree_zones AS a JOIN worktrees AS w ON w.id = a.worktree_id JOIN zones AS z ON z.id = a.zone_id
)
ORDER BY at, row;

INSERT INTO changes_readers (name, seq, stamp) SELECT 'moves', seq, stamp FROM changes ORDER BY seq DESC LIMIT 1;

-- What the board was at the log's row `seq` with this `stamp`: with what the log says since, the board at any time. JSON, each row
-- an array that begins with its rowid; what JSON can't say (a blob) is null. Kept each 8,192 rows or so.
CREATE TABLE boards (
  seq INTEGER PRIMARY KEY,
  stamp INTEGER NOT NULL,
  data TEXT NOT NULL
);

-- What was changed together, where its rows of the log are not of one time: the first, with its stamp, and the last. A board is
-- never one in the middle of it.
CREATE TABLE changes_spans (
  first INTEGER PRIMARY KEY,
  stamp INTEGER NOT NULL,
  last INTEGER NOT NULL
);

-- What somebody (`by`, the actor as JSON) did to the canvas by this package's calls, to be undone: what values were and became, or what
-- was archived. What has the same `tx` was done in one transaction, and is undone together.
CREATE TABLE undo_steps (
  key INTEGER PRIMARY KEY,
  "by" TEXT NOT NULL,
  tx INTEGER NOT NULL,
  at INTEGER NOT NULL,
  undone INTEGER NOT NULL DEFAULT 0,
  data TEXT NOT NULL
);
CREATE INDEX undo_steps_by ON undo_steps ("by", undone, key);

-- What was kept goes with the log. By a trigger; boards are kept by this package, since a trigger that names the four tables would be
-- in the way of whoever rebuilds one.
CREATE TRIGGER boards_cut AFTER UPDATE OF stamp ON changes BEGIN
  DELETE FROM boards WHERE seq < (SELECT seq FROM changes ORDER BY seq LIMIT 1);
  DELETE FROM changes_spans WHERE first < (SELECT seq FROM changes ORDER BY seq LIMIT 1);
  DELETE FROM undo_steps WHERE at < (SELECT at FROM changes ORDER BY seq LIMIT 1);
END;

-- The archive: worktrees that were taken off the canvas with their history, in the shape of the four tables. Archiving and
-- restoring are rows of the log with op 4 and 5 (entity 1; worktree_id is the key here, as text); their executions are not told,
-- but rows with entity 4 and op 4 take what they count from the worktree's id to `history`, and back: so nothing of it counts for
-- a worktree that gets the id later.
-- key: never used again, since what was restored stays as a row (restored_at). executions: how many there are of it. at_rowid,
-- assigned_rowid: the rowids that it and its assignment had, which they get back where they are free.
CREATE TABLE archived_worktrees (
  key INTEGER PRIMARY KEY,
  history TEXT NOT NULL DEFAULT ('archived-' || lower(hex(randomblob(16)))),
  id TEXT NOT NULL,
  path TEXT NOT NULL,
  port INTEGER NOT NULL,
  branch_name TEXT NOT NULL,
  issue_url TEXT,
  task_id TEXT,
  status TEXT,
  position_x INTEGER,
  position_y INTEGER,
  created_at TEXT NOT NULL,
  updated_at TEXT,
  zone_id TEXT,
  assigned_at TEXT,
  assigned_rowid INTEGER,
  at_rowid INTEGER,
  archived_at INTEGER NOT NULL,
  restored_at INTEGER,
  executions INTEGER NOT NULL DEFAULT 0,
  cost_micros INTEGER,
  metadata TEXT,
  "by" TEXT,
  reason TEXT
);
CREATE INDEX archived_worktrees_id ON archived_worktrees (id, key) WHERE restored_at IS NULL;
CREATE INDEX archived_worktrees_there ON archived_worktrees (restored_at);
CREATE INDEX archived_worktrees_zone ON archived_worktrees (zone_id) WHERE restored_at IS NULL AND zone_id IS NOT NULL;

-- key is the worktree's key * 2^32 + how many of it were executed before: a worktree's are together and in their order, and no key
-- is used again. at_rowid: the rowid that it had, which it gets back. made_at: when it was executed, in milliseconds.
CREATE TABLE archived_executions (
  key INTEGER PRIMARY KEY,
  at_rowid INTEGER,
  made_at INTEGER NOT NULL,
  id TEXT,
  zone_id TEXT NOT NULL,
  worktree_id TEXT NOT NULL,
  agent_type TEXT NOT NULL,
  prompt TEXT NOT NULL,
  result TEXT,
  success INTEGER,
  executed_at TEXT NOT NULL
);
CREATE INDEX archived_executions_id ON archived_executions (id);
CREATE INDEX archived_executions_zone ON archived_executions (zone_id, executed_at, at_rowid);
CREATE INDEX archived_executions_made ON archived_executions (made_at, key);

-- Runs of an archived worktree that ended and are no execution.
CREATE TABLE archived_runs (
  run INTEGER PRIMARY KEY,
  worktree INTEGER NOT NULL
);
CREATE INDEX archived_runs_worktree ON archived_runs (worktree);

-- A zone takes its executions along, those in the archive too, so that a zone that gets its id has none.
CREATE TRIGGER archive_zone_deleted AFTER DELETE ON zones
WHEN EXISTS (SELECT 1 FROM archived_executions WHERE zone_id = OLD.id)
  OR EXISTS (SELECT 1 FROM archived_worktrees WHERE restored_at IS NULL AND zone_id = OLD.id)
BEGIN
  INSERT INTO changes (at, entity, op, zone_id, worktree_id, agent_type, success, count)
  SELECT max(CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER),
              coalesce((SELECT at FROM changes ORDER BY seq DESC LIMIT 1), 0)),
         4, 4, e.zone_id, w.history, e.agent_type, e.success, -count(*)
  FROM archived_executions AS e JOIN archived_worktrees AS w ON w.key = e.key >> 32
  WHERE e.zone_id = OLD.id GROUP BY w.key, e.agent_type, e.success;
  UPDATE archived_worktrees SET executions = executions - gone.count
  FROM (SELECT key >> 32 AS worktree, count(*) AS count FROM archived_executions WHERE zone_id = OLD.id GROUP BY 1) AS gone
  WHERE key = gone.worktree;
  DELETE FROM archived_executions WHERE zone_id = OLD.id;
  UPDATE archived_worktrees SET zone_id = NULL, assigned_at = NULL WHERE restored_at IS NULL AND zone_id = OLD.id;
END;

-- How many executions were pruned: they are gone from the tables, and count as before. worktree_id: of an archived worktree its
-- `history`. Deleting the worktree or the zone lowers the counts by these, too, as it would have by the executions.
CREATE TABLE executions_pruned (
  worktree_id TEXT NOT NULL,
  zone_id TEXT NOT NULL,
  agent_type TEXT NOT NULL,
  total INTEGER NOT NULL,
  successful INTEGER NOT NULL,
  failed INTEGER NOT NULL,
  PRIMARY KEY (worktree_id, zone_id, agent_type)
) WITHOUT ROWID;
CREATE INDEX executions_pruned_of_zones ON executions_pruned (zone_id);

CREATE TRIGGER pruned_worktree_deleted AFTER DELETE ON worktrees WHEN EXISTS (SELECT 1 FROM executions_pruned WHERE worktree_id = OLD.id) BEGIN
  INSERT INTO changes (at, entity, op, zone_id, worktree_id, agent_type, success, count)
  SELECT max(CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER),
             coalesce((SELECT at FROM changes ORDER BY seq DESC LIMIT 1), 0)),
         4, 4, zone_id, worktree_id, agent_type, 1, -successful FROM executions_pruned WHERE worktree_id = OLD.id AND -successful <> 0;
  INSERT INTO changes (at, entity, op, zone_id, worktree_id, agent_type, success, count)
  SELECT max(CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER),
             coalesce((SELECT at FROM changes ORDER BY seq DESC LIMIT 1), 0)),
         4, 4, zone_id, worktree_id, agent_type, 0, -failed FROM executions_pruned WHERE worktree_id = OLD.id AND -failed <> 0;
  INSERT INTO changes (at, entity, op, zone_id, worktree_id, agent_type, success, count)
  SELECT max(CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER),
             coalesce((SELECT at FROM changes ORDER BY seq DESC LIMIT 1), 0)),
         4, 4, zone_id, worktree_id, agent_type, NULL, successful + failed - total FROM executions_pruned WHERE worktree_id = OLD.id AND successful + failed - total <> 0;
  DELETE FROM executions_pruned WHERE worktree_id = OLD.id;
END;

CREATE TRIGGER pruned_zone_deleted AFTER DELETE ON zones WHEN EXISTS (SELECT 1 FROM executions_pruned WHERE zone_id = OLD.id) BEGIN
  INSERT INTO changes (at, entity, op, zone_id, worktree_id, agent_type, success, count)
  SELECT max(CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER),
             coalesce((SELECT at FROM changes ORDER BY seq DESC LIMIT 1), 0)),
         4, 4, zone_id, worktree_id, agent_type, 1, -successful FROM executions_pruned WHERE zone_id = OLD.id AND -successful <> 0;
  INSERT INTO changes (at, entity, op, zone_id, worktree_id, agent_type, success, count)
  SELECT max(CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER),
             coalesce((SELECT at FROM changes ORDER BY seq DESC LIMIT 1), 0)),
         4, 4, zone_id, worktree_id, agent_type, 0, -failed FROM executions_pruned WHERE zone_id = OLD.id AND -failed <> 0;
  INSERT INTO changes (at, entity, op, zone_id, worktree_id, agent_type, success, count)
  SELECT max(CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER),
             coalesce((SELECT at FROM changes ORDER BY seq DESC LIMIT 1), 0)),
         4, 4, zone_id, worktree_id, agent_type, NULL, successful + failed - total FROM executions_pruned WHERE zone_id = OLD.id AND successful + failed - total <> 0;
  DELETE FROM executions_pruned WHERE zone_id = OLD.id;
END;

-- What is kept, and how far what is not has been pruned. One row. *_ms, per_zone, max_bytes, every_ms: the policy of the file, NULL where
-- nothing is to be pruned by that. at_work_until: while some process prunes. done_at: when it was last done with. (bodies_at,
-- bodies_key), (output_at, output_key): up to which run of the history bodies and output are pruned; round_at: since when.
CREATE TABLE retention (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  bodies_ms INTEGER,
  output_ms INTEGER,
  runs_ms INTEGER,
  per_zone INTEGER,
  max_bytes INTEGER,
  changes_ms INTEGER,
  every_ms INTEGER,
  at_work_until INTEGER,
  done_at INTEGER,
  bodies_at INTEGER NOT NULL DEFAULT -9223372036854775807,
  bodies_key INTEGER NOT NULL DEFAULT 0,
  output_at INTEGER NOT NULL DEFAULT -9223372036854775807,
  output_key INTEGER NOT NULL DEFAULT 0,
  round_at INTEGER NOT NULL DEFAULT 0
);
INSERT INTO retention (id) VALUES (1);

-- The first one: `schema/keep_board.sql`, word for word.
INSERT OR REPLACE INTO main.boards (seq, stamp, data)
SELECT seq, stamp, json_object(
  'worktrees', json((SELECT json_group_array(json_array(t.rowid, CASE WHEN typeof(id) <> 'blob' THEN id END, CASE WHEN typeof(path) <> 'blob' THEN path END,
      CASE WHEN typeof(port) <> 'blob' THEN port END, CASE WHEN typeof(branch_name) <> 'blob' THEN branch_name END,
      CASE WHEN typeof(issue_url) <> 'blob' THEN issue_url END,
      CASE WHEN typeof(task_id) <> 'blob' THEN task_id END, CASE WHEN typeof(status) <> 'blob' THEN status END,
      CASE WHEN typeof(position_x) <> 'blob' THEN position_x END,
      CASE WHEN typeof(position_y) <> 'blob' THEN position_y END,
      CASE WHEN typeof(created_at) <> 'blob' THEN created_at END,
      CASE WHEN typeof(updated_at) <> 'blob' THEN updated_at END)) FROM main.worktrees AS t)),
  'zones', json((SELECT json_group_array(json_array(t.rowid, CASE WHEN typeof(id) <> 'blob' THEN id END, CASE WHEN typeof(name) <> 'blob' THEN name END,
      CASE WHEN typeof(description) <> 'blob' THEN description END,
      CASE WHEN typeof(trigger) <> 'blob' THEN trigger END, CASE WHEN typeof(agents) <> 'blob' THEN agents END,
      CASE WHEN typeof(prompt_template) <> 'blob' THEN prompt_template END,
      CASE WHEN typeof(actions) <> 'blob' THEN actions END,
      CASE WHEN typeof(position_x) <> 'blob' THEN position_x END,
      CASE WHEN typeof(position_y) <> 'blob' THEN position_y END,
      CASE WHEN typeof(size_width) <> 'blob' THEN size_width END,
      CASE WHEN typeof(size_height) <> 'blob' THEN size_height END,
      CASE WHEN typeof(created_at) <> 'blob' THEN created_at END,
      CASE WHEN typeof(updated_at) <> 'blob' THEN updated_at END)) FROM main.zones AS t)),
  'assignments', json((SELECT json_group_array(json_array(t.rowid,
    CASE WHEN typeof(worktree_id) <> 'blob' THEN worktree_id END, CASE WHEN typeof(zone_id) <> 'blob' THEN zone_id END,
    CASE WHEN typeof(assigned_at) <> 'blob' THEN assigned_at END)) FROM main.worktree_zones AS t)),
  'metadata', json((SELECT json_group_array(json_array(entity, id, data)) FROM main.metadata)),
  'limits', json((SELECT json_group_array(json_array(zone_id, most)) FROM main.wip_limits)))
FROM main.changes ORDER BY seq DESC LIMIT 1;

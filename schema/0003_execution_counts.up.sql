-- How many executions there are, by worktree, zone and agent, and by zone and agent: statistics that don't grow with the
-- history. Triggers keep them, so they are right after any INSERT, UPDATE and DELETE, whoever makes it. They can't be after
-- a REPLACE by a program that leaves recursive_triggers off, nor after one that drops a trigger, makes zone_executions
-- anew or empties these tables. execution_counts_checked is how that is noticed, and the package mends it.
--
-- A row of zone_executions appends one narrow row to the log, always on the same page; updating tables at several places
-- for every execution cost as much as the execution itself. Each 8,192nd row folds the log into the tables. What is
-- counted is a table's rows plus the log's.
--
-- The log only grows at its end and is cut at its beginning. `stamp` is random: whoever has read up to a row and finds
-- the same stamp there later knows that everything before it is what it was, even after the file was restored.
CREATE TABLE execution_counts (
  worktree_id TEXT NOT NULL,
  zone_id TEXT NOT NULL,
  agent_type TEXT NOT NULL,
  total INTEGER NOT NULL,
  successful INTEGER NOT NULL,
  failed INTEGER NOT NULL,
  PRIMARY KEY (worktree_id, zone_id, agent_type)
) WITHOUT ROWID;

CREATE TABLE execution_counts_by_zone (
  zone_id TEXT NOT NULL,
  agent_type TEXT NOT NULL,
  total INTEGER NOT NULL,
  successful INTEGER NOT NULL,
  failed INTEGER NOT NULL,
  PRIMARY KEY (zone_id, agent_type)
) WITHOUT ROWID;

CREATE TABLE execution_counts_log (
  id INTEGER PRIMARY KEY,
  stamp INTEGER NOT NULL DEFAULT (random()),
  zone_id TEXT NOT NULL,
  worktree_id TEXT NOT NULL,
  agent_type TEXT NOT NULL,
  total INTEGER NOT NULL,
  successful INTEGER NOT NULL,
  failed INTEGER NOT NULL
);

-- One row: the counts were right while the schema had this number (PRAGMA schema_version) and the log went from this row to
-- that one, but for as many doubts as came up since. Whoever finds them right, or mends them, writes it with a new stamp.
CREATE TABLE execution_counts_checked (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  stamp INTEGER NOT NULL DEFAULT (random()),
  schema_version INTEGER NOT NULL,
  doubts INTEGER NOT NULL,
  log_first INTEGER NOT NULL,
  log_last INTEGER NOT NULL,
  log_stamp INTEGER NOT NULL
);

-- IS, not =: where success is NULL an execution neither succeeded nor failed.
INSERT INTO execution_counts
SELECT worktree_id, zone_id, agent_type, count(*), sum(success IS 1), sum(success IS 0)
FROM zone_executions GROUP BY worktree_id, zone_id, agent_type;

INSERT INTO execution_counts_by_zone
SELECT zone_id, agent_type, sum(total), sum(successful), sum(failed)
FROM execution_counts GROUP BY zone_id, agent_type;

CREATE TRIGGER execution_counts_insert AFTER INSERT ON zone_executions BEGIN
  INSERT INTO execution_counts_log (zone_id, worktree_id, agent_type, total, successful, failed)
  VALUES (NEW.zone_id, NEW.worktree_id, NEW.agent_type, 1, NEW.success IS 1, NEW.success IS 0);
END;

CREATE TRIGGER execution_counts_delete AFTER DELETE ON zone_executions BEGIN
  INSERT INTO execution_counts_log (zone_id, worktree_id, agent_type, total, successful, failed)
  VALUES (OLD.zone_id, OLD.worktree_id, OLD.agent_type, -1, -(OLD.success IS 1), -(OLD.success IS 0));
END;

CREATE TRIGGER execution_counts_update AFTER UPDATE OF zone_id, worktree_id, agent_type, success ON zone_executions
WHEN OLD.zone_id IS NOT NEW.zone_id OR OLD.worktree_id IS NOT NEW.worktree_id
  OR OLD.agent_type IS NOT NEW.agent_type OR OLD.success IS NOT NEW.success
BEGIN
  INSERT INTO execution_counts_log (zone_id, worktree_id, agent_type, total, successful, failed)
  VALUES (OLD.zone_id, OLD.worktree_id, OLD.agent_type, -1, -(OLD.success IS 1), -(OLD.success IS 0));
  INSERT INTO execution_counts_log (zone_id, worktree_id, agent_type, total, successful, failed)
  VALUES (NEW.zone_id, NEW.worktree_id, NEW.agent_type, 1, NEW.success IS 1, NEW.success IS 0);
END;

-- Where recursive_triggers is off, REPLACE deletes without a DELETE trigger. That it may be about to can be seen before an
-- INSERT, and after an UPDATE of what rows are known by.
CREATE TRIGGER execution_counts_doubt_insert BEFORE INSERT ON zone_executions
WHEN EXISTS (SELECT 1 FROM zone_executions WHERE id = NEW.id)
  OR NEW.rowid <> -1 AND EXISTS (SELECT 1 FROM zone_executions WHERE rowid = NEW.rowid)
BEGIN
  UPDATE execution_counts_checked SET doubts = doubts + 1;
END;

CREATE TRIGGER execution_counts_doubt_update AFTER UPDATE ON zone_executions
WHEN OLD.id IS NOT NEW.id OR OLD.rowid <> NEW.rowid
BEGIN
  UPDATE execution_counts_checked SET doubts = doubts + 1;
END;

-- A trigger of its own for the work: SQLite sets up all that a trigger's body needs before it looks at its WHEN, which for
-- this one took a quarter of recording an execution.
CREATE TRIGGER execution_counts_fold AFTER INSERT ON execution_counts_log WHEN NEW.id % 8192 = 0 BEGIN
  UPDATE execution_counts_log SET stamp = stamp WHERE id = NEW.id;
END;

-- The newest row stays: ids go on from it instead of starting again. A row that counts nothing only keeps its place.
CREATE TRIGGER execution_counts_folding AFTER UPDATE OF stamp ON execution_counts_log BEGIN
  INSERT INTO execution_counts
  SELECT worktree_id, zone_id, agent_type, sum(total), sum(successful), sum(failed)
  FROM execution_counts_log WHERE id < NEW.id AND total <> 0 GROUP BY worktree_id, zone_id, agent_type
  ON CONFLICT DO UPDATE SET
    total = total + excluded.total,
    successful = successful + excluded.successful,
    failed = failed + excluded.failed;

  INSERT INTO execution_counts_by_zone
  SELECT zone_id, agent_type, sum(total), sum(successful), sum(failed)
  FROM execution_counts_log WHERE id < NEW.id AND total <> 0 GROUP BY zone_id, agent_type
  ON CONFLICT DO UPDATE SET
    total = total + excluded.total,
    successful = successful + excluded.successful,
    failed = failed + excluded.failed;

  DELETE FROM execution_counts
  WHERE total = 0 AND (worktree_id, zone_id, agent_type) IN
    (SELECT worktree_id, zone_id, agent_type FROM execution_counts_log WHERE id < NEW.id AND total < 0);

  DELETE FROM execution_counts_by_zone
  WHERE total = 0 AND (zone_id, agent_type) IN
    (SELECT zone_id, agent_type FROM execution_counts_log WHERE id < NEW.id AND total < 0);

  DELETE FROM execution_counts_log WHERE id < NEW.id;
END;

CREATE TABLE changes (
  seq INTEGER PRIMARY KEY,
  stamp INTEGER NOT NULL DEFAULT (random()),
  at INTEGER NOT NULL,
  entity INTEGER NOT NULL,
  op INTEGER NOT NULL,
  id TEXT,
  zone_id TEXT,
  worktree_id TEXT,
  agent_type TEXT,
  success INTEGER,
  count INTEGER NOT NULL DEFAULT 0,
  data TEXT,
  "by" TEXT
);
INSERT INTO changes (seq, at, entity, op)
VALUES (0, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER), 0, 0);

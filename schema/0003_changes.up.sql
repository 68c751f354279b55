-- What was done to the board, by anybody: one row a change, appended in its own transaction. Counts, ledger, feed, trends and
-- search are folded from it. Nothing here needs more than SQLite 3.38: a shell, Python or the JavaScript layer write as before.
-- Long because a version of the schema is one file, and a trigger has no functions: each says the time and the columns itself.

-- What a version 3 that was never released left. The package reads these lines, too, where it mends a file.
DROP TRIGGER IF EXISTS execution_counts_insert;
DROP TRIGGER IF EXISTS execution_counts_delete;
DROP TRIGGER IF EXISTS execution_counts_update;
DROP TRIGGER IF EXISTS execution_counts_doubt_insert;
DROP TRIGGER IF EXISTS execution_counts_doubt_update;
DROP TABLE IF EXISTS execution_counts_log;
DROP TABLE IF EXISTS execution_counts_by_zone;
DROP TABLE IF EXISTS execution_counts;
DROP TABLE IF EXISTS execution_counts_checked;

-- op: 0 is about to be replaced (void unless the row behind it confirms), 1 made, 2 changed, 3 gone.
-- entity: 1 worktree, 2 zone, 3 assignment, 4 execution, 5 run; 6 metadata, 7 limits and budgets are reserved.
-- at: milliseconds, never before the row before. count: by how much the number of executions changes.
-- data: JSON of new values, with x, y and u for the columns that change most (position_x, position_y, updated_at); of an
-- assignment its time; of a worktree with op 0 whose place another one takes: that one, and whether an update makes it.
-- agent_type: of an execution or a run; of what has another id now, the one before.
-- success: of an execution; of what was made on the canvas its rowid, which tells the order of what is of one time, and of an assignment
-- that was changed, where it is another one.
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
  "by" TEXT,
  reason TEXT
);

-- What the ledger still has to read of a log that was cut: who folds it had not come so far.
CREATE TABLE changes_unread (
  seq INTEGER PRIMARY KEY,
  stamp INTEGER NOT NULL,
  at INTEGER NOT NULL,
  entity INTEGER NOT NULL,
  op INTEGER NOT NULL,
  id TEXT,
  zone_id TEXT,
  data TEXT,
  "by" TEXT,
  reason TEXT
);

CREATE TABLE execution_counts_of_worktrees (
  worktree_id TEXT NOT NULL,
  zone_id TEXT NOT NULL,
  agent_type TEXT NOT NULL,
  total INTEGER NOT NULL,
  successful INTEGER NOT NULL,
  failed INTEGER NOT NULL,
  PRIMARY KEY (worktree_id, zone_id, agent_type)
) WITHOUT ROWID;

CREATE TABLE execution_counts_of_zones (
  zone_id TEXT NOT NULL,
  agent_type TEXT NOT NULL,
  total INTEGER NOT NULL,
  successful INTEGER NOT NULL,
  failed INTEGER NOT NULL,
  PRIMARY KEY (zone_id, agent_type)
) WITHOUT ROWID;

-- One row. counted_to: the last row that is in the counts. keep_*: how much of what is folded stays for the feed.
-- The rest is what execution_counts_checked was (decision 10).
CREATE TABLE changes_state (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  stamp INTEGER NOT NULL DEFAULT (random()),
  counted_to INTEGER NOT NULL DEFAULT 0,
  keep_rows INTEGER NOT NULL DEFAULT 131072,
  keep_ms INTEGER NOT NULL DEFAULT 604800000,
  schema_version INTEGER NOT NULL DEFAULT 0,
  doubts INTEGER NOT NULL DEFAULT 0,
  checked_to INTEGER NOT NULL DEFAULT 0,
  checked_stamp INTEGER NOT NULL DEFAULT 0
);
INSERT INTO changes_state (id) VALUES (1);

-- How far another reader of the log has come (ledger, trends, search). The log isn't kept for it: who finds that the row it
-- needs next is gone, or has another stamp, builds its tables again; the ledger, which can't, has `changes_unread`.
CREATE TABLE changes_readers (
  name TEXT PRIMARY KEY,
  seq INTEGER NOT NULL,
  stamp INTEGER NOT NULL
) WITHOUT ROWID;

INSERT INTO execution_counts_of_worktrees
SELECT worktree_id, zone_id, agent_type, count(*), sum(success IS 1), sum(success IS 0)
FROM zone_executions GROUP BY worktree_id, zone_id, agent_type;

INSERT INTO execution_counts_of_zones
SELECT zone_id, agent_type, sum(total), sum(successful), sum(failed)
FROM execution_counts_of_worktrees GROUP BY zone_id, agent_type;

-- The log begins with a row that says nothing: an emptied log can be told from a new one, and each row has one before it.
INSERT INTO changes (seq, at, entity, op)
VALUES (0, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER), 0, 0);

-- Executions -------------------------------------------------------------------------------------------------------------

-- REPLACE by who leaves recursive_triggers off deletes without a delete trigger. What it is about to delete is said before;
-- the row of the insert itself, right behind, confirms it. INSERT OR IGNORE and an upsert leave it unconfirmed.
CREATE TRIGGER changes_execution_replaced BEFORE INSERT ON zone_executions
WHEN EXISTS (SELECT 1 FROM zone_executions WHERE id = NEW.id)
BEGIN
  INSERT INTO changes (at, entity, op, id, zone_id, worktree_id, agent_type, success, count)
  SELECT max(CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER),
             coalesce((SELECT at FROM changes ORDER BY seq DESC LIMIT 1), 0)),
         4, 0, id, zone_id, worktree_id, agent_type, success, -1
  FROM zone_executions WHERE id = NEW.id;
END;

-- Who gives a rowid that another execution has, or changes what one is known by, may replace that one, too. A row in the log
-- could not be confirmed by the next, so this counts a doubt, which makes the package compare. -1 is what stands here for no
-- rowid at all; to see one that is -1 took another trigger, a fiftieth of an insert.
CREATE TRIGGER changes_execution_doubt_insert BEFORE INSERT ON zone_executions
WHEN NEW.rowid <> -1 AND EXISTS (SELECT 1 FROM zone_executions WHERE rowid = NEW.rowid AND (id = NEW.id) IS NOT 1)
BEGIN
  UPDATE changes_state SET doubts = doubts + 1;
END;

CREATE TRIGGER changes_execution_insert AFTER INSERT ON zone_executions BEGIN
  INSERT INTO changes (at, entity, op, id, zone_id, worktree_id, agent_type, success, count)
  VALUES (max(CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER),
              coalesce((SELECT at FROM changes ORDER BY seq DESC LIMIT 1), 0)),
          4, 1, NEW.id, NEW.zone_id, NEW.worktree_id, NEW.agent_type, NEW.success, 1);
END;

CREATE TRIGGER changes_execution_delete AFTER DELETE ON zone_executions BEGIN
  INSERT INTO changes (at, entity, op, id, zone_id, worktree_id, agent_type, success, count)
  VALUES (max(CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER),
              coalesce((SELECT at FROM changes ORDER BY seq DESC LIMIT 1), 0)),
          4, 3, OLD.id, OLD.zone_id, OLD.worktree_id, OLD.agent_type, OLD.success, -1);
END;

-- Two rows: what it no longer counts as, and what it counts as now. The feed shows the second.
CREATE TRIGGER changes_execution_update AFTER UPDATE OF zone_id, worktree_id, agent_type, success, executed_at ON zone_executions
BEGIN
  INSERT INTO changes (at, entity, op, id, zone_id, worktree_id, agent_type, success, count)
  VALUES (max(CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER),
              coalesce((SELECT at FROM changes ORDER BY seq DESC LIMIT 1), 0)),
          4, 2, OLD.id, OLD.zone_id, OLD.worktree_id, OLD.agent_type, OLD.success, -1);
  INSERT INTO changes (at, entity, op, id, zone_id, worktree_id, agent_type, success, count)
  SELECT at, 4, 2, NEW.id, NEW.zone_id, NEW.worktree_id, NEW.agent_type, NEW.success, 1
  FROM changes ORDER BY seq DESC LIMIT 1;
END;

-- A row that says nothing: without it an insert of the id that is free now would confirm the row that says it is about to be replaced.
CREATE TRIGGER changes_execution_renamed AFTER UPDATE OF id ON zone_executions WHEN OLD.id IS NOT NEW.id BEGIN
  INSERT INTO changes (at, entity, op)
  VALUES (max(CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER),
              coalesce((SELECT at FROM changes ORDER BY seq DESC LIMIT 1), 0)),
          0, 0);
END;

CREATE TRIGGER changes_execution_doubt_update AFTER UPDATE ON zone_executions
WHEN OLD.id IS NOT NEW.id OR OLD.rowid <> NEW.rowid
BEGIN
  UPDATE changes_state SET doubts = doubts + 1;
END;

-- Worktrees and zones: the new values of what changed; what JSON can't say (a blob) is null. A row with op 0 is confirmed by
-- the next row of its entity that makes the same id, of a worktree with the same port; what cascades stands between.
CREATE TRIGGER changes_worktree_replaced BEFORE INSERT ON worktrees
WHEN EXISTS (SELECT 1 FROM worktrees WHERE id = NEW.id) OR EXISTS (SELECT 1 FROM worktrees WHERE port = NEW.port)
BEGIN
  INSERT INTO changes (at, entity, op, id, data)
  SELECT max(CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER),
              coalesce((SELECT at FROM changes ORDER BY seq DESC LIMIT 1), 0)),
         1, 0, id, '{"id":' || json_quote(CASE WHEN typeof(NEW.id) <> 'blob' THEN NEW.id END) || ',"port":' || port || '}'
  FROM worktrees WHERE id = NEW.id OR port = NEW.port;
END;

CREATE TRIGGER changes_worktree_insert AFTER INSERT ON worktrees BEGIN
  INSERT INTO changes (at, entity, op, id, success, data)
  VALUES (max(CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER),
              coalesce((SELECT at FROM changes ORDER BY seq DESC LIMIT 1), 0)),
          1, 1, NEW.id, NEW.rowid,
            json_object(
              'path', CASE WHEN typeof(NEW.path) <> 'blob' THEN NEW.path END,
              'port', CASE WHEN typeof(NEW.port) <> 'blob' THEN NEW.port END,
              'branch_name', CASE WHEN typeof(NEW.branch_name) <> 'blob' THEN NEW.branch_name END,
              'issue_url', CASE WHEN typeof(NEW.issue_url) <> 'blob' THEN NEW.issue_url END,
              'task_id', CASE WHEN typeof(NEW.task_id) <> 'blob' THEN NEW.task_id END,
              'status', CASE WHEN typeof(NEW.status) <> 'blob' THEN NEW.status END,
              'x', CASE WHEN typeof(NEW.position_x) <> 'blob' THEN NEW.position_x END,
              'y', CASE WHEN typeof(NEW.position_y) <> 'blob' THEN NEW.position_y END,
              'created_at', CASE WHEN typeof(NEW.created_at) <> 'blob' THEN NEW.created_at END,
              'u', CASE WHEN typeof(NEW.updated_at) <> 'blob' THEN NEW.updated_at END));
END;

CREATE TRIGGER changes_worktree_update AFTER UPDATE ON worktrees BEGIN
  INSERT INTO changes (at, entity, op, id, data)
  VALUES (max(CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER),
              coalesce((SELECT at FROM changes ORDER BY seq DESC LIMIT 1), 0)),
          1, 2, NEW.id, '{' || substr(
            CASE WHEN OLD.path IS NOT NEW.path THEN ',"path":' || json_quote(CASE WHEN typeof(NEW.path) <> 'blob' THEN NEW.path END) ELSE '' END ||
            CASE WHEN OLD.port IS NOT NEW.port THEN ',"port":' || json_quote(CASE WHEN typeof(NEW.port) <> 'blob' THEN NEW.port END) ELSE '' END ||
            CASE WHEN OLD.branch_name IS NOT NEW.branch_name THEN ',"branch_name":' || json_quote(CASE WHEN typeof(NEW.branch_name) <> 'blob' THEN NEW.branch_name END) ELSE '' END ||
            CASE WHEN OLD.issue_url IS NOT NEW.issue_url THEN ',"issue_url":' || json_quote(CASE WHEN typeof(NEW.issue_url) <> 'blob' THEN NEW.issue_url END) ELSE '' END ||
            CASE WHEN OLD.task_id IS NOT NEW.task_id THEN ',"task_id":' || json_quote(CASE WHEN typeof(NEW.task_id) <> 'blob' THEN NEW.task_id END) ELSE '' END ||
            CASE WHEN OLD.status IS NOT NEW.status THEN ',"status":' || json_quote(CASE WHEN typeof(NEW.status) <> 'blob' THEN NEW.status END) ELSE '' END ||
            CASE WHEN OLD.position_x IS NOT NEW.position_x THEN ',"x":' || json_quote(CASE WHEN typeof(NEW.position_x) <> 'blob' THEN NEW.position_x END) ELSE '' END ||
            CASE WHEN OLD.position_y IS NOT NEW.position_y THEN ',"y":' || json_quote(CASE WHEN typeof(NEW.position_y) <> 'blob' THEN NEW.position_y END) ELSE '' END ||
            CASE WHEN OLD.created_at IS NOT NEW.created_at THEN ',"created_at":' || json_quote(CASE WHEN typeof(NEW.created_at) <> 'blob' THEN NEW.created_at END) ELSE '' END ||
            CASE WHEN OLD.updated_at IS NOT NEW.updated_at THEN ',"u":' || json_quote(CASE WHEN typeof(NEW.updated_at) <> 'blob' THEN NEW.updated_at END) ELSE '' END, 2) || '}');
END;

-- Another id is another worktree: that one has gone, this one has come. Nobody else pays for a trigger of a column.
CREATE TRIGGER changes_worktree_renamed AFTER UPDATE OF id ON worktrees WHEN OLD.id IS NOT NEW.id BEGIN
  INSERT INTO changes (at, entity, op, id)
  VALUES (max(CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER),
              coalesce((SELECT at FROM changes ORDER BY seq DESC LIMIT 1), 0)),
          1, 3, OLD.id);
  INSERT INTO changes (at, entity, op, id, agent_type, success, data)
  VALUES (max(CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER),
              coalesce((SELECT at FROM changes ORDER BY seq DESC LIMIT 1), 0)),
          1, 1, NEW.id, OLD.id, NEW.rowid,
            json_object(
              'path', CASE WHEN typeof(NEW.path) <> 'blob' THEN NEW.path END,
              'port', CASE WHEN typeof(NEW.port) <> 'blob' THEN NEW.port END,
              'branch_name', CASE WHEN typeof(NEW.branch_name) <> 'blob' THEN NEW.branch_name END,
              'issue_url', CASE WHEN typeof(NEW.issue_url) <> 'blob' THEN NEW.issue_url END,
              'task_id', CASE WHEN typeof(NEW.task_id) <> 'blob' THEN NEW.task_id END,
              'status', CASE WHEN typeof(NEW.status) <> 'blob' THEN NEW.status END,
              'x', CASE WHEN typeof(NEW.position_x) <> 'blob' THEN NEW.position_x END,
              'y', CASE WHEN typeof(NEW.position_y) <> 'blob' THEN NEW.position_y END,
              'created_at', CASE WHEN typeof(NEW.created_at) <> 'blob' THEN NEW.created_at END,
              'u', CASE WHEN typeof(NEW.updated_at) <> 'blob' THEN NEW.updated_at END));
END;

-- UPDATE OR REPLACE takes the place of who has the port. Confirmed as that of an insert is, by the row of the update.
CREATE TRIGGER changes_worktree_taken BEFORE UPDATE OF port ON worktrees
WHEN OLD.port IS NOT NEW.port AND EXISTS (SELECT 1 FROM worktrees WHERE port = NEW.port)
BEGIN
  INSERT INTO changes (at, entity, op, id, data)
  SELECT max(CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER),
              coalesce((SELECT at FROM changes ORDER BY seq DESC LIMIT 1), 0)),
         1, 0, id, '{"id":' || json_quote(CASE WHEN typeof(NEW.id) <> 'blob' THEN NEW.id END) || ',"port":' || port || ',"by":"update"}'
  FROM worktrees WHERE port = NEW.port;
END;

CREATE TRIGGER changes_worktree_delete AFTER DELETE ON worktrees BEGIN
  INSERT INTO changes (at, entity, op, id)
  VALUES (max(CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER),
              coalesce((SELECT at FROM changes ORDER BY seq DESC LIMIT 1), 0)),
          1, 3, OLD.id);
END;

CREATE TRIGGER changes_zone_replaced BEFORE INSERT ON zones
WHEN EXISTS (SELECT 1 FROM zones WHERE id = NEW.id)
BEGIN
  INSERT INTO changes (at, entity, op, id, data)
  SELECT max(CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER),
              coalesce((SELECT at FROM changes ORDER BY seq DESC LIMIT 1), 0)),
         2, 0, id, NULL
  FROM zones WHERE id = NEW.id;
END;

CREATE TRIGGER changes_zone_insert AFTER INSERT ON zones BEGIN
  INSERT INTO changes (at, entity, op, id, success, data)
  VALUES (max(CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER),
              coalesce((SELECT at FROM changes ORDER BY seq DESC LIMIT 1), 0)),
          2, 1, NEW.id, NEW.rowid,
            json_object(
              'name', CASE WHEN typeof(NEW.name) <> 'blob' THEN NEW.name END,
              'description', CASE WHEN typeof(NEW.description) <> 'blob' THEN NEW.description END,
              'trigger', CASE WHEN typeof(NEW.trigger) <> 'blob' THEN NEW.trigger END,
              'agents', CASE WHEN typeof(NEW.agents) <> 'blob' THEN NEW.agents END,
              'prompt_template', CASE WHEN typeof(NEW.prompt_template) <> 'blob' THEN NEW.prompt_template END,
              'actions', CASE WHEN typeof(NEW.actions) <> 'blob' THEN NEW.actions END,
              'x', CASE WHEN typeof(NEW.position_x) <> 'blob' THEN NEW.position_x END,
              'y', CASE WHEN typeof(NEW.position_y) <> 'blob' THEN NEW.position_y END,
              'size_width', CASE WHEN typeof(NEW.size_width) <> 'blob' THEN NEW.size_width END,
              'size_height', CASE WHEN typeof(NEW.size_height) <> 'blob' THEN NEW.size_height END,
              'created_at', CASE WHEN typeof(NEW.created_at) <> 'blob' THEN NEW.created_at END,
              'u', CASE WHEN typeof(NEW.updated_at) <> 'blob' THEN NEW.updated_at END));
END;

CREATE TRIGGER changes_zone_update AFTER UPDATE ON zones BEGIN
  INSERT INTO changes (at, entity, op, id, data)
  VALUES (max(CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER),
              coalesce((SELECT at FROM changes ORDER BY seq DESC LIMIT 1), 0)),
          2, 2, NEW.id, '{' || substr(
            CASE WHEN OLD.name IS NOT NEW.name THEN ',"name":' || json_quote(CASE WHEN typeof(NEW.name) <> 'blob' THEN NEW.name END) ELSE '' END ||
            CASE WHEN OLD.description IS NOT NEW.description THEN ',"description":' || json_quote(CASE WHEN typeof(NEW.description) <> 'blob' THEN NEW.description END) ELSE '' END ||
            CASE WHEN OLD.trigger IS NOT NEW.trigger THEN ',"trigger":' || json_quote(CASE WHEN typeof(NEW.trigger) <> 'blob' THEN NEW.trigger END) ELSE '' END ||
            CASE WHEN OLD.agents IS NOT NEW.agents THEN ',"agents":' || json_quote(CASE WHEN typeof(NEW.agents) <> 'blob' THEN NEW.agents END) ELSE '' END ||
            CASE WHEN OLD.prompt_template IS NOT NEW.prompt_template THEN ',"prompt_template":' || json_quote(CASE WHEN typeof(NEW.prompt_template) <> 'blob' THEN NEW.prompt_template END) ELSE '' END ||
            CASE WHEN OLD.actions IS NOT NEW.actions THEN ',"actions":' || json_quote(CASE WHEN typeof(NEW.actions) <> 'blob' THEN NEW.actions END) ELSE '' END ||
            CASE WHEN OLD.position_x IS NOT NEW.position_x THEN ',"x":' || json_quote(CASE WHEN typeof(NEW.position_x) <> 'blob' THEN NEW.position_x END) ELSE '' END ||
            CASE WHEN OLD.position_y IS NOT NEW.position_y THEN ',"y":' || json_quote(CASE WHEN typeof(NEW.position_y) <> 'blob' THEN NEW.position_y END) ELSE '' END ||
            CASE WHEN OLD.size_width IS NOT NEW.size_width THEN ',"size_width":' || json_quote(CASE WHEN typeof(NEW.size_width) <> 'blob' THEN NEW.size_width END) ELSE '' END ||
            CASE WHEN OLD.size_height IS NOT NEW.size_height THEN ',"size_height":' || json_quote(CASE WHEN typeof(NEW.size_height) <> 'blob' THEN NEW.size_height END) ELSE '' END ||
            CASE WHEN OLD.created_at IS NOT NEW.created_at THEN ',"created_at":' || json_quote(CASE WHEN typeof(NEW.created_at) <> 'blob' THEN NEW.created_at END) ELSE '' END ||
            CASE WHEN OLD.updated_at IS NOT NEW.updated_at THEN ',"u":' || json_quote(CASE WHEN typeof(NEW.updated_at) <> 'blob' THEN NEW.updated_at END) ELSE '' END, 2) || '}');
END;

CREATE TRIGGER changes_zone_renamed AFTER UPDATE OF id ON zones WHEN OLD.id IS NOT NEW.id BEGIN
  INSERT INTO changes (at, entity, op, id)
  VALUES (max(CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER),
              coalesce((SELECT at FROM changes ORDER BY seq DESC LIMIT 1), 0)),
          2, 3, OLD.id);
  INSERT INTO changes (at, entity, op, id, agent_type, success, data)
  VALUES (max(CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER),
              coalesce((SELECT at FROM changes ORDER BY seq DESC LIMIT 1), 0)),
          2, 1, NEW.id, OLD.id, NEW.rowid,
            json_object(
              'name', CASE WHEN typeof(NEW.name) <> 'blob' THEN NEW.name END,
              'description', CASE WHEN typeof(NEW.description) <> 'blob' THEN NEW.description END,
              'trigger', CASE WHEN typeof(NEW.trigger) <> 'blob' THEN NEW.trigger END,
              'agents', CASE WHEN typeof(NEW.agents) <> 'blob' THEN NEW.agents END,
              'prompt_template', CASE WHEN typeof(NEW.prompt_template) <> 'blob' THEN NEW.prompt_template END,
              'actions', CASE WHEN typeof(NEW.actions) <> 'blob' THEN NEW.actions END,
              'x', CASE WHEN typeof(NEW.position_x) <> 'blob' THEN NEW.position_x END,
              'y', CASE WHEN typeof(NEW.position_y) <> 'blob' THEN NEW.position_y END,
              'size_width', CASE WHEN typeof(NEW.size_width) <> 'blob' THEN NEW.size_width END,
              'size_height', CASE WHEN typeof(NEW.size_height) <> 'blob' THEN NEW.size_height END,
              'created_at', CASE WHEN typeof(NEW.created_at) <> 'blob' THEN NEW.created_at END,
              'u', CASE WHEN typeof(NEW.updated_at) <> 'blob' THEN NEW.updated_at END));
END;

CREATE TRIGGER changes_zone_delete AFTER DELETE ON zones BEGIN
  INSERT INTO changes (at, entity, op, id)
  VALUES (max(CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER),
              coalesce((SELECT at FROM changes ORDER BY seq DESC LIMIT 1), 0)),
          2, 3, OLD.id);
END;

-- Assignments: what counts is where a worktree is now, so a REPLACE needs nothing more; where it was is the row before. ------
CREATE TRIGGER changes_assignment_insert AFTER INSERT ON worktree_zones BEGIN
  INSERT INTO changes (at, entity, op, id, zone_id, worktree_id, success, data)
  VALUES (max(CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER),
              coalesce((SELECT at FROM changes ORDER BY seq DESC LIMIT 1), 0)),
          3, 1, NEW.worktree_id, NEW.zone_id, NEW.worktree_id, NEW.rowid, NEW.assigned_at);
END;

CREATE TRIGGER changes_assignment_update AFTER UPDATE ON worktree_zones BEGIN
  INSERT INTO changes (at, entity, op, id, zone_id, worktree_id, success, data)
  VALUES (max(CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER),
              coalesce((SELECT at FROM changes ORDER BY seq DESC LIMIT 1), 0)),
          3, 2, NEW.worktree_id, NEW.zone_id, NEW.worktree_id,
          CASE WHEN NEW.rowid <> OLD.rowid OR NEW.worktree_id IS NOT OLD.worktree_id THEN NEW.rowid END, NEW.assigned_at);
END;

CREATE TRIGGER changes_assignment_renamed AFTER UPDATE OF worktree_id ON worktree_zones
WHEN OLD.worktree_id IS NOT NEW.worktree_id
BEGIN
  INSERT INTO changes (at, entity, op, id, zone_id, worktree_id)
  VALUES (max(CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER),
              coalesce((SELECT at FROM changes ORDER BY seq DESC LIMIT 1), 0)),
          3, 3, OLD.worktree_id, OLD.zone_id, OLD.worktree_id);
END;

CREATE TRIGGER changes_assignment_delete AFTER DELETE ON worktree_zones BEGIN
  INSERT INTO changes (at, entity, op, id, zone_id, worktree_id)
  VALUES (max(CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER),
              coalesce((SELECT at FROM changes ORDER BY seq DESC LIMIT 1), 0)),
          3, 3, OLD.worktree_id, OLD.zone_id, OLD.worktree_id);
END;

-- Folding ----------------------------------------------------------------------------------------------------------------

-- A trigger of its own for the work (decision 10): SQLite sets up a trigger's body before it looks at its WHEN.
CREATE TRIGGER changes_fold AFTER INSERT ON changes WHEN NEW.seq % 8192 = 0 BEGIN
  UPDATE changes SET stamp = stamp WHERE seq = NEW.seq;
END;

-- Up to the row before: one that is about to be replaced is confirmed by the row behind it.
CREATE TRIGGER changes_folding AFTER UPDATE OF stamp ON changes BEGIN
  INSERT INTO execution_counts_of_worktrees
  SELECT worktree_id, zone_id, agent_type, sum(count), sum(count * (success IS 1)), sum(count * (success IS 0))
  FROM changes AS c
  WHERE seq > (SELECT counted_to FROM changes_state) AND seq < NEW.seq AND count <> 0
    AND (op <> 0 OR (SELECT n.op = 1 AND n.entity = 4 AND n.id = c.id FROM changes AS n WHERE n.seq = c.seq + 1))
  GROUP BY worktree_id, zone_id, agent_type
  ON CONFLICT DO UPDATE SET
    total = total + excluded.total,
    successful = successful + excluded.successful,
    failed = failed + excluded.failed;

  INSERT INTO execution_counts_of_zones
  SELECT zone_id, agent_type, sum(count), sum(count * (success IS 1)), sum(count * (success IS 0))
  FROM changes AS c
  WHERE seq > (SELECT counted_to FROM changes_state) AND seq < NEW.seq AND count <> 0
    AND (op <> 0 OR (SELECT n.op = 1 AND n.entity = 4 AND n.id = c.id FROM changes AS n WHERE n.seq = c.seq + 1))
  GROUP BY zone_id, agent_type
  ON CONFLICT DO UPDATE SET
    total = total + excluded.total,
    successful = successful + excluded.successful,
    failed = failed + excluded.failed;

  DELETE FROM execution_counts_of_worktrees
  WHERE total = 0 AND (worktree_id, zone_id, agent_type) IN
    (SELECT worktree_id, zone_id, agent_type FROM changes
     WHERE seq > (SELECT counted_to FROM changes_state) AND seq < NEW.seq AND count < 0);

  DELETE FROM execution_counts_of_zones
  WHERE total = 0 AND (zone_id, agent_type) IN
    (SELECT zone_id, agent_type FROM changes
     WHERE seq > (SELECT counted_to FROM changes_state) AND seq < NEW.seq AND count < 0);

  UPDATE changes_state SET counted_to = NEW.seq - 1;

  -- The ledger is for good: what it hasn't read of what goes now, which is little unless only others write, waits for it.
  INSERT OR IGNORE INTO changes_unread
  SELECT seq, stamp, at, entity, op, id, zone_id, data, "by", reason FROM changes
  WHERE seq > (SELECT seq FROM changes_readers WHERE name = 'moves')
    AND (entity = 3 OR entity IN (1, 2) AND (op <> 2 OR data LIKE '%"branch_name":%' OR data LIKE '%"name":%'))
    AND seq < NEW.seq AND seq < max(
    NEW.seq - (SELECT keep_rows FROM changes_state),
    coalesce((SELECT seq FROM changes WHERE at >= NEW.at - (SELECT keep_ms FROM changes_state) ORDER BY seq LIMIT 1), NEW.seq)
  ) / 8192 * 8192;

  -- What was folded stays for the feed as long as it is young enough and not too much; a whole number of folds, so that a
  -- log that somebody emptied, which begins again at 1, can be told from one that was cut here.
  DELETE FROM changes WHERE seq < NEW.seq AND seq < max(
    NEW.seq - (SELECT keep_rows FROM changes_state),
    coalesce((SELECT seq FROM changes WHERE at >= NEW.at - (SELECT keep_ms FROM changes_state) ORDER BY seq LIMIT 1), NEW.seq)
  ) / 8192 * 8192;
END;

-- What was done to the board, by anybody: one row a change, appended by triggers in its own transaction. The feed, the ledger and boards of
-- the past are read from it.
-- Long because a version of the schema is one file, and says each column once.
--
-- Numbers are given before a commit, so that a reader who goes by them misses what is committed later with a lower one. So `nth` is only
-- the order within a transaction, and of transactions of which one saw the other; the order of all changes is that of `changes_batches`.

-- entity: 1 worktree, 2 zone, 3 assignment, 4 execution, 5 run, 6 metadata, 7 limits and budgets.
-- op: 1 made, 2 changed, 3 gone; for a worktree also 4 archived, 5 restored. at: milliseconds.
-- data: JSON of the new values, with x, y and u for the columns that change most (position_x, position_y, updated_at); for an assignment
-- its time. agent_type: that of an execution or a run; for a row with a new id, the one before. success: that of an execution; for a new
-- row on the canvas its seq, and for an assignment that was changed, where it has another one.
-- xid: the transaction, by which a snapshot tells whether it had ended. call: in the first row of a call of this package, the number of the
-- call: it tells whether a call that is sent again was made, and is unique.
CREATE TABLE {s}.changes (
  nth bigint NOT NULL GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  xid xid8 NOT NULL DEFAULT pg_catalog.pg_current_xact_id(),
  stamp bigint NOT NULL DEFAULT (pg_catalog.random() * 9007199254740991)::bigint,
  at bigint NOT NULL,
  entity integer NOT NULL,
  op integer NOT NULL,
  id text COLLATE "C",
  zone_id text COLLATE "C",
  worktree_id text COLLATE "C",
  agent_type text COLLATE "C",
  success bigint,
  data text COLLATE "C",
  "by" text COLLATE "C",
  reason text COLLATE "C",
  call bigint
);
CREATE UNIQUE INDEX "changes.call" ON {s}.changes (call) WHERE call IS NOT NULL;
CREATE INDEX changes_of_transactions ON {s}.changes (xid);

-- The order in which changes could be seen. A batch is what the snapshot `after` shows and `before` (that of the batch before) didn't: it
-- never changes, and nothing has to be written into its rows. A change in it has the number nth + shift; shift only grows, so that all
-- numbers of a batch are greater than those of the one before. last, stamp, at: of its last change.
CREATE TABLE {s}.changes_batches (
  last bigint NOT NULL PRIMARY KEY,
  first bigint NOT NULL,
  shift bigint NOT NULL,
  stamp bigint NOT NULL,
  at bigint NOT NULL,
  before pg_snapshot NOT NULL,
  after pg_snapshot NOT NULL
);

-- Numbering locks this table: it waits for the lock before it takes a snapshot, and nothing else ever needs the lock.
CREATE TABLE {s}.changes_turn ();

-- One row. keep_*: how much of the log is kept.
CREATE TABLE {s}.changes_state (
  keep_rows bigint NOT NULL DEFAULT 131072,
  keep_ms bigint NOT NULL DEFAULT 604800000
);
INSERT INTO {s}.changes_state DEFAULT VALUES;

-- The board at the end of a batch, as JSON, each row an array that begins with its seq: with the batches behind it, the board at any
-- time. Kept about each 8,192 changes.
CREATE TABLE {s}.boards (
  seq bigint NOT NULL PRIMARY KEY,
  stamp bigint NOT NULL,
  at bigint NOT NULL,
  data text NOT NULL
);

CREATE FUNCTION {s}.board_now() RETURNS text LANGUAGE sql STABLE AS $board$
  SELECT json_build_object(
    'worktrees', (SELECT coalesce(json_agg(json_build_array(seq, id, path, port, branch_name, issue_url, task_id, status,
      position_x, position_y, created_at, updated_at)), '[]') FROM {s}.worktrees),
    'zones', (SELECT coalesce(json_agg(json_build_array(seq, id, name, description, trigger, agents, prompt_template, actions,
      position_x, position_y, size_width, size_height, created_at, updated_at)), '[]') FROM {s}.zones),
    'assignments', (SELECT coalesce(json_agg(json_build_array(seq, worktree_id, zone_id, assigned_at)), '[]') FROM {s}.worktree_zones),
    'metadata', (SELECT coalesce(json_agg(json_build_array(of.entity, of.id, of.metadata)), '[]') FROM (
      SELECT 1 AS entity, id, metadata FROM {s}.worktrees UNION ALL SELECT 2, id, metadata FROM {s}.zones) AS of WHERE of.metadata IS NOT NULL),
    'limits', (SELECT coalesce(json_agg(json_build_array(id, wip_limit)), '[]') FROM {s}.zones WHERE wip_limit IS NOT NULL))::text
$board$;

-- The ledger: every change of a worktree's zone, by anybody. It outlives worktree and zone, and the log, so it has their names as they were.
CREATE TABLE {s}.moves (
  key bigint NOT NULL GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  stamp bigint NOT NULL DEFAULT (pg_catalog.random() * 9007199254740991)::bigint,
  at bigint NOT NULL,
  worktree_id text COLLATE "C" NOT NULL,
  branch_name text COLLATE "C",
  from_zone_id text COLLATE "C",
  from_name text COLLATE "C",
  to_zone_id text COLLATE "C",
  to_name text COLLATE "C",
  "by" text COLLATE "C",
  reason text COLLATE "C"
);
CREATE INDEX moves_at ON {s}.moves (at, key);
CREATE INDEX moves_of_worktrees ON {s}.moves (worktree_id, key);
CREATE INDEX moves_out ON {s}.moves (from_zone_id, key) WHERE from_zone_id IS NOT NULL;
CREATE INDEX moves_in ON {s}.moves (to_zone_id, key) WHERE to_zone_id IS NOT NULL;

-- The worktrees of the board came into their zones from none, as far as anybody can tell.
INSERT INTO {s}.moves (at, worktree_id, branch_name, to_zone_id, to_name)
SELECT floor(extract(epoch FROM pg_catalog.clock_timestamp()) * 1000)::bigint, w.id, w.branch_name, z.id, z.name
FROM {s}.worktree_zones AS a JOIN {s}.worktrees AS w ON w.id = a.worktree_id JOIN {s}.zones AS z ON z.id = a.zone_id ORDER BY a.assigned_at, a.seq;

-- Records a move from one zone to another; NULL is none.
CREATE FUNCTION {s}.log_move(row_of_log bigint, worktree text, from_zone text, to_zone text) RETURNS void LANGUAGE plpgsql AS $move$
BEGIN
  IF from_zone IS NOT DISTINCT FROM to_zone THEN
    RETURN;
  END IF;
  INSERT INTO {s}.moves (at, worktree_id, branch_name, from_zone_id, from_name, to_zone_id, to_name, "by", reason)
  SELECT c.at, worktree, (SELECT w.branch_name FROM {s}.worktrees AS w WHERE w.id = worktree),
    from_zone, (SELECT z.name FROM {s}.zones AS z WHERE z.id = from_zone), to_zone, (SELECT z.name FROM {s}.zones AS z WHERE z.id = to_zone),
    c."by", c.reason
  FROM {s}.changes AS c WHERE c.nth = row_of_log;
END
$move$;

-- Appends a row, and returns its nth. Who did it, when by their clock, and why are transaction settings that only this package makes.
-- visual_db.archive: a worktree goes into the archive ('put'), which is op 4, or comes out of it ('restore'), 5 (0005_archive).
CREATE FUNCTION {s}.log(entity integer, op integer, id text, zone_id text, worktree_id text, agent_type text, success bigint, data text)
RETURNS bigint LANGUAGE plpgsql AS $log$
DECLARE
  archiving text := current_setting('visual_db.archive', true);
  made bigint;
  said bigint := nullif(current_setting('visual_db.call', true), '')::bigint;
BEGIN
  IF said IS NOT NULL THEN
    PERFORM set_config('visual_db.call', '', true);
  END IF;
  INSERT INTO {s}.changes (at, entity, op, id, zone_id, worktree_id, agent_type, success, data, "by", reason, call)
  VALUES (
    greatest(coalesce(nullif(current_setting('visual_db.at', true), '')::bigint, floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint),
             (SELECT c.at FROM {s}.changes AS c ORDER BY c.nth DESC LIMIT 1)),
    $1, CASE WHEN $1 = 1 AND $2 = 3 AND archiving = 'put' THEN 4 WHEN $1 = 1 AND $2 = 1 AND archiving = 'restore' THEN 5 ELSE $2 END,
    $3, $4, $5, $6, $7, $8,
    nullif(current_setting('visual_db.by', true), ''),
    CASE WHEN $1 = 3 THEN nullif(current_setting('visual_db.reason', true), '') END,
    said)
  RETURNING nth INTO made;
  RETURN made;
END
$log$;

CREATE FUNCTION {s}.log_worktree() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $log$
DECLARE
  data text;
BEGIN
  IF TG_OP = 'DELETE' THEN
    PERFORM {s}.log(1, 3, OLD.id, NULL, NULL, NULL, NULL, NULL);
  ELSIF TG_OP = 'UPDATE' AND NEW.id IS NOT DISTINCT FROM OLD.id THEN
    data := concat_ws(',',
      CASE WHEN NEW.path IS DISTINCT FROM OLD.path THEN '"path":' || coalesce(to_json(NEW.path)::text, 'null') END,
      CASE WHEN NEW.port IS DISTINCT FROM OLD.port THEN '"port":' || coalesce(to_json(NEW.port)::text, 'null') END,
      CASE WHEN NEW.branch_name IS DISTINCT FROM OLD.branch_name THEN '"branch_name":' || coalesce(to_json(NEW.branch_name)::text, 'null') END,
      CASE WHEN NEW.issue_url IS DISTINCT FROM OLD.issue_url THEN '"issue_url":' || coalesce(to_json(NEW.issue_url)::text, 'null') END,
      CASE WHEN NEW.task_id IS DISTINCT FROM OLD.task_id THEN '"task_id":' || coalesce(to_json(NEW.task_id)::text, 'null') END,
      CASE WHEN NEW.status IS DISTINCT FROM OLD.status THEN '"status":' || coalesce(to_json(NEW.status)::text, 'null') END,
      CASE WHEN NEW.position_x IS DISTINCT FROM OLD.position_x THEN '"x":' || coalesce(to_json(NEW.position_x)::text, 'null') END,
      CASE WHEN NEW.position_y IS DISTINCT FROM OLD.position_y THEN '"y":' || coalesce(to_json(NEW.position_y)::text, 'null') END,
      CASE WHEN NEW.created_at IS DISTINCT FROM OLD.created_at THEN '"created_at":' || coalesce(to_json(NEW.created_at)::text, 'null') END,
      CASE WHEN NEW.updated_at IS DISTINCT FROM OLD.updated_at THEN '"u":' || coalesce(to_json(NEW.updated_at)::text, 'null') END);
    IF data <> '' OR NEW.metadata IS NOT DISTINCT FROM OLD.metadata THEN
      PERFORM {s}.log(1, 2, NEW.id, NULL, NULL, NULL, NULL, '{' || data || '}');
    END IF;
  ELSE
    -- Another id is another worktree: the old one is gone, the new one was made.
    IF TG_OP = 'UPDATE' THEN
      PERFORM {s}.log(1, 3, OLD.id, NULL, NULL, NULL, NULL, NULL);
    END IF;
    PERFORM {s}.log(1, 1, NEW.id, NULL, NULL, CASE TG_OP WHEN 'UPDATE' THEN OLD.id END, NEW.seq,
      json_build_object('path', NEW.path,
        'port', NEW.port,
        'branch_name', NEW.branch_name,
        'issue_url', NEW.issue_url,
        'task_id', NEW.task_id,
        'status', NEW.status,
        'x', NEW.position_x,
        'y', NEW.position_y,
        'created_at', NEW.created_at,
        'u', NEW.updated_at)::text);
  END IF;
  IF TG_OP = 'INSERT' AND NEW.metadata IS NOT NULL OR TG_OP = 'UPDATE' AND NEW.metadata IS DISTINCT FROM OLD.metadata THEN
    PERFORM {s}.log(6, 2, NEW.id, NULL, NULL, NULL, NULL, '{"entity":"worktree","metadata":' || coalesce(NEW.metadata, '{}') || '}');
  END IF;
  RETURN NULL;
END
$log$;
CREATE TRIGGER log_worktree AFTER INSERT OR UPDATE OR DELETE ON {s}.worktrees FOR EACH ROW EXECUTE FUNCTION {s}.log_worktree();

CREATE FUNCTION {s}.log_zone() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $log$
DECLARE
  data text;
BEGIN
  IF TG_OP = 'DELETE' THEN
    PERFORM {s}.log(2, 3, OLD.id, NULL, NULL, NULL, NULL, NULL);
  ELSIF TG_OP = 'UPDATE' AND NEW.id IS NOT DISTINCT FROM OLD.id THEN
    data := concat_ws(',',
      CASE WHEN NEW.name IS DISTINCT FROM OLD.name THEN '"name":' || coalesce(to_json(NEW.name)::text, 'null') END,
      CASE WHEN NEW.description IS DISTINCT FROM OLD.description THEN '"description":' || coalesce(to_json(NEW.description)::text, 'null') END,
      CASE WHEN NEW.trigger IS DISTINCT FROM OLD.trigger THEN '"trigger":' || coalesce(to_json(NEW.trigger)::text, 'null') END,
      CASE WHEN NEW.agents IS DISTINCT FROM OLD.agents THEN '"agents":' || coalesce(to_json(NEW.agents)::text, 'null') END,
      CASE WHEN NEW.prompt_template IS DISTINCT FROM OLD.prompt_template THEN '"prompt_template":' || coalesce(to_json(NEW.prompt_template)::text, 'null') END,
      CASE WHEN NEW.actions IS DISTINCT FROM OLD.actions THEN '"actions":' || coalesce(to_json(NEW.actions)::text, 'null') END,
      CASE WHEN NEW.position_x IS DISTINCT FROM OLD.position_x THEN '"x":' || coalesce(to_json(NEW.position_x)::text, 'null') END,
      CASE WHEN NEW.position_y IS DISTINCT FROM OLD.position_y THEN '"y":' || coalesce(to_json(NEW.position_y)::text, 'null') END,
      CASE WHEN NEW.size_width IS DISTINCT FROM OLD.size_width THEN '"size_width":' || coalesce(to_json(NEW.size_width)::text, 'null') END,
      CASE WHEN NEW.size_height IS DISTINCT FROM OLD.size_height THEN '"size_height":' || coalesce(to_json(NEW.size_height)::text, 'null') END,
      CASE WHEN NEW.created_at IS DISTINCT FROM OLD.created_at THEN '"created_at":' || coalesce(to_json(NEW.created_at)::text, 'null') END,
      CASE WHEN NEW.updated_at IS DISTINCT FROM OLD.updated_at THEN '"u":' || coalesce(to_json(NEW.updated_at)::text, 'null') END);
    IF data <> '' OR (NEW.metadata IS NOT DISTINCT FROM OLD.metadata AND NEW.wip_limit IS NOT DISTINCT FROM OLD.wip_limit) THEN
      PERFORM {s}.log(2, 2, NEW.id, NULL, NULL, NULL, NULL, '{' || data || '}');
    END IF;
  ELSE
    -- Another id is another zone: the old one is gone, the new one was made.
    IF TG_OP = 'UPDATE' THEN
      PERFORM {s}.log(2, 3, OLD.id, NULL, NULL, NULL, NULL, NULL);
    END IF;
    PERFORM {s}.log(2, 1, NEW.id, NULL, NULL, CASE TG_OP WHEN 'UPDATE' THEN OLD.id END, NEW.seq,
      json_build_object('name', NEW.name,
        'description', NEW.description,
        'trigger', NEW.trigger,
        'agents', NEW.agents,
        'prompt_template', NEW.prompt_template,
        'actions', NEW.actions,
        'x', NEW.position_x,
        'y', NEW.position_y,
        'size_width', NEW.size_width,
        'size_height', NEW.size_height,
        'created_at', NEW.created_at,
        'u', NEW.updated_at)::text);
  END IF;
  IF TG_OP = 'INSERT' AND NEW.metadata IS NOT NULL OR TG_OP = 'UPDATE' AND NEW.metadata IS DISTINCT FROM OLD.metadata THEN
    PERFORM {s}.log(6, 2, NEW.id, NULL, NULL, NULL, NULL, '{"entity":"zone","metadata":' || coalesce(NEW.metadata, '{}') || '}');
  END IF;
  IF TG_OP = 'INSERT' AND NEW.wip_limit IS NOT NULL OR TG_OP = 'UPDATE' AND NEW.wip_limit IS DISTINCT FROM OLD.wip_limit THEN
    PERFORM {s}.log(7, 2, 'wipLimit', NEW.id, NULL, NULL, NULL, '{"wipLimit":' || coalesce(NEW.wip_limit::text, 'null') || '}');
  END IF;
  RETURN NULL;
END
$log$;
CREATE TRIGGER log_zone AFTER INSERT OR UPDATE OR DELETE ON {s}.zones FOR EACH ROW EXECUTE FUNCTION {s}.log_zone();

CREATE FUNCTION {s}.log_assignment() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $log$
BEGIN
  IF TG_OP = 'DELETE' OR TG_OP = 'UPDATE' AND NEW.worktree_id IS DISTINCT FROM OLD.worktree_id THEN
    PERFORM {s}.log_move({s}.log(3, 3, OLD.worktree_id, OLD.zone_id, OLD.worktree_id, NULL, NULL, NULL),
      OLD.worktree_id, OLD.zone_id, NULL);
  END IF;
  IF TG_OP <> 'DELETE' THEN
    -- An assignment that is made again is another one.
    PERFORM {s}.log_move({s}.log(3, CASE WHEN TG_OP = 'UPDATE' AND NEW.seq = OLD.seq THEN 2 ELSE 1 END,
        NEW.worktree_id, NEW.zone_id, NEW.worktree_id, NULL, NEW.seq, NEW.assigned_at),
      NEW.worktree_id,
      CASE WHEN TG_OP = 'UPDATE' THEN CASE WHEN NEW.worktree_id = OLD.worktree_id THEN OLD.zone_id END END, NEW.zone_id);
  END IF;
  RETURN NULL;
END
$log$;
CREATE TRIGGER log_assignment AFTER INSERT OR UPDATE OR DELETE ON {s}.worktree_zones
FOR EACH ROW EXECUTE FUNCTION {s}.log_assignment();

-- Deleting a worktree or a zone deletes its assignments first, while both still have their names.
CREATE FUNCTION {s}.leave_zones() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $leave$
BEGIN
  IF TG_TABLE_NAME = 'zones' THEN
    DELETE FROM {s}.worktree_zones WHERE zone_id = OLD.id;
  ELSE
    DELETE FROM {s}.worktree_zones WHERE worktree_id = OLD.id;
  END IF;
  RETURN OLD;
END
$leave$;
CREATE TRIGGER leave_zones BEFORE DELETE ON {s}.worktrees FOR EACH ROW EXECUTE FUNCTION {s}.leave_zones();
CREATE TRIGGER leave_zones BEFORE DELETE ON {s}.zones FOR EACH ROW EXECUTE FUNCTION {s}.leave_zones();

CREATE FUNCTION {s}.log_execution() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $log$
BEGIN
  IF TG_OP = 'DELETE' OR TG_OP = 'UPDATE' AND NEW.id IS DISTINCT FROM OLD.id THEN
    PERFORM {s}.log(4, 3, OLD.id, OLD.zone_id, OLD.worktree_id, OLD.agent_type, OLD.success, NULL);
  END IF;
  IF TG_OP = 'INSERT' OR TG_OP = 'UPDATE' AND NEW.id IS DISTINCT FROM OLD.id THEN
    PERFORM {s}.log(4, 1, NEW.id, NEW.zone_id, NEW.worktree_id, NEW.agent_type, NEW.success, NULL);
  ELSIF TG_OP = 'UPDATE' THEN
    PERFORM {s}.log(4, 2, NEW.id, NEW.zone_id, NEW.worktree_id, NEW.agent_type, NEW.success, NULL);
  END IF;
  RETURN NULL;
END
$log$;
CREATE TRIGGER log_execution AFTER INSERT OR DELETE OR UPDATE OF id, zone_id, worktree_id, agent_type, success, executed_at
ON {s}.zone_executions FOR EACH ROW WHEN (coalesce(current_setting('visual_db.archive', true), '') = '') EXECUTE FUNCTION {s}.log_execution();

-- TRUNCATE fires no row triggers.
CREATE FUNCTION {s}.log_truncate() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $log$
BEGIN
  CASE TG_TABLE_NAME
    WHEN 'worktrees' THEN PERFORM {s}.log(1, 3, t.id, NULL, NULL, NULL, NULL, NULL) FROM {s}.worktrees AS t;
    WHEN 'zones' THEN PERFORM {s}.log(2, 3, t.id, NULL, NULL, NULL, NULL, NULL) FROM {s}.zones AS t;
    WHEN 'worktree_zones' THEN
      PERFORM {s}.log_move({s}.log(3, 3, t.worktree_id, t.zone_id, t.worktree_id, NULL, NULL, NULL), t.worktree_id, t.zone_id, NULL)
      FROM {s}.worktree_zones AS t;
    ELSE
      PERFORM {s}.log(4, 3, t.id, t.zone_id, t.worktree_id, t.agent_type, t.success, NULL) FROM {s}.zone_executions AS t;
  END CASE;
  RETURN NULL;
END
$log$;
CREATE TRIGGER log_truncate BEFORE TRUNCATE ON {s}.worktrees FOR EACH STATEMENT EXECUTE FUNCTION {s}.log_truncate();
CREATE TRIGGER log_truncate BEFORE TRUNCATE ON {s}.zones FOR EACH STATEMENT EXECUTE FUNCTION {s}.log_truncate();
CREATE TRIGGER log_truncate BEFORE TRUNCATE ON {s}.worktree_zones FOR EACH STATEMENT EXECUTE FUNCTION {s}.log_truncate();
CREATE TRIGGER log_truncate BEFORE TRUNCATE ON {s}.zone_executions FOR EACH STATEMENT EXECUTE FUNCTION {s}.log_truncate();

-- What can be seen now and is in no batch yet.
CREATE FUNCTION {s}.changes_new(seen pg_snapshot) RETURNS SETOF {s}.changes LANGUAGE sql STABLE AS $new$
  SELECT c.* FROM {s}.changes AS c WHERE c.xid >= pg_snapshot_xmax(seen)
  UNION ALL
  SELECT c.* FROM {s}.changes AS c WHERE c.xid = ANY (ARRAY(SELECT pg_snapshot_xip(seen)))
$new$;

-- Begins a new log: with a row that says nothing, and a batch of it, whose number is 0.
CREATE FUNCTION {s}.begin_changes() RETURNS void LANGUAGE plpgsql AS $begin$
BEGIN
  DELETE FROM {s}.changes_batches;
  DELETE FROM {s}.boards;
  DELETE FROM {s}.changes;
  INSERT INTO {s}.changes (at, entity, op) VALUES (floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint, 0, 0);
  WITH begun AS (
    INSERT INTO {s}.changes_batches (last, first, shift, stamp, at, before, after)
    SELECT 0, 0, -nth, stamp, at, pg_current_snapshot(), pg_current_snapshot() FROM {s}.changes ORDER BY nth DESC LIMIT 1
    RETURNING stamp, at
  )
  INSERT INTO {s}.boards (seq, stamp, at, data) SELECT 0, stamp, at, {s}.board_now() FROM begun;
END
$begin$;

-- Makes a batch of what can be seen now, and cuts the log. If there is nothing new, nothing is written and nobody waits. Times never go
-- back: what was committed late, or by a clock that is behind, gets the time of what was seen before. Readers may call it as well;
-- where nothing can be written, nothing happens.
CREATE FUNCTION {s}.number_changes() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $number$
DECLARE
  newest {s}.changes_batches;
  made bigint;
BEGIN
  SELECT * INTO newest FROM {s}.changes_batches ORDER BY last DESC LIMIT 1;
  IF current_setting('transaction_read_only') = 'on' OR pg_snapshot_xmax(newest.after) <= pg_snapshot_xmax(pg_current_snapshot())
      AND NOT EXISTS (SELECT 1 FROM {s}.changes_new(newest.after)) THEN
    RETURN;
  END IF;
  LOCK TABLE {s}.changes_turn IN EXCLUSIVE MODE;
  SELECT * INTO newest FROM {s}.changes_batches ORDER BY last DESC LIMIT 1;
  -- Where a dump was restored, transaction ids may be lower than before: then the snapshots of batches mean nothing here.
  IF newest.last IS NULL OR pg_snapshot_xmax(newest.after) > pg_snapshot_xmax(pg_current_snapshot()) THEN
    PERFORM {s}.begin_changes();
    RETURN;
  END IF;
  -- Somebody has emptied the log: the rest of it is removed, and it goes on without what was before.
  IF NOT EXISTS (SELECT 1 FROM {s}.changes AS c WHERE c.nth = newest.last - newest.shift) THEN
    DELETE FROM {s}.changes AS c WHERE pg_visible_in_snapshot(c.xid, newest.after);
    DELETE FROM {s}.changes_batches;
    DELETE FROM {s}.boards;
  END IF;
  -- One statement, so that all of it is of one snapshot.
  WITH found AS MATERIALIZED (
    SELECT c.nth, c.stamp, c.at, greatest(newest.at, max(c.at) OVER (ORDER BY c.nth)) AS risen FROM {s}.changes_new(newest.after) AS c
  ), raised AS (
    UPDATE {s}.changes AS c SET at = found.risen FROM found WHERE c.nth = found.nth AND found.at < found.risen
  ), ends AS (
    SELECT min(nth) AS low, max(nth) AS high, max(risen) AS at, greatest(newest.shift, newest.last + 1 - min(nth)) AS shift FROM found
  ), kept AS (
    INSERT INTO {s}.boards (seq, stamp, at, data)
    SELECT high + shift, (SELECT stamp FROM found WHERE nth = high), at, {s}.board_now() FROM ends
    WHERE high + shift >= 8192 + coalesce((SELECT max(seq) FROM {s}.boards), -8192)
  )
  INSERT INTO {s}.changes_batches (last, first, shift, stamp, at, before, after)
  SELECT high + shift, low + shift, shift, (SELECT stamp FROM found WHERE nth = high), at, newest.after, pg_current_snapshot()
  FROM ends WHERE low IS NOT NULL
  RETURNING last INTO made;
  IF made / 8192 > newest.last / 8192 THEN
    PERFORM {s}.cut_changes(made);
  END IF;
END
$number$;

-- Whether callers who ask for these entities are shown a row of the log.
CREATE FUNCTION {s}.is_shown(entity integer, op integer, id text, entities bigint) RETURNS boolean LANGUAGE sql IMMUTABLE AS $shown$
  SELECT entity BETWEEN 1 AND 7 AND (entities >> (entity - 1 + coalesce(entity = 7 AND id = 'budget', false)::integer)) & 1 = 1
    AND (op BETWEEN 1 AND 3 OR entity = 1 AND op IN (4, 5))
$shown$;

-- Changes behind a number, in their order, as callers are shown them: entities has a bit for each of those in src/engine/feed.rs. The
-- planner can't know how long a batch is, and would sort all of a long one: so it is made to use the index.
CREATE FUNCTION {s}.changes_behind(place bigint, entities bigint, most bigint)
RETURNS TABLE (seq bigint, stamp bigint, at bigint, "by" text, entity integer, op integer, id text, zone_id text, worktree_id text,
  agent_type text, success bigint, data text)
LANGUAGE sql STABLE SET enable_bitmapscan = off SET enable_seqscan = off AS $behind$
  SELECT b.shift + c.nth, c.stamp, c.at, c."by", c.entity - 1 + coalesce(c.entity = 7 AND c.id = 'budget', false)::integer, c.op, c.id, c.zone_id,
    c.worktree_id, c.agent_type, c.success, CASE WHEN c.op NOT IN (3, 4) THEN c.data END
  FROM {s}.changes_batches AS b CROSS JOIN LATERAL (
    SELECT c.* FROM {s}.changes AS c
    WHERE c.nth > place - b.shift AND c.nth BETWEEN b.first - b.shift AND b.last - b.shift
      AND pg_visible_in_snapshot(c.xid, b.after) AND NOT pg_visible_in_snapshot(c.xid, b.before) AND {s}.is_shown(c.entity, c.op, c.id, entities)
    ORDER BY c.nth LIMIT most) AS c
  WHERE b.last > place ORDER BY b.last, c.nth LIMIT most
$behind$;

-- Removes what is too much or too old, in whole batches, and never the last one.
CREATE FUNCTION {s}.cut_changes(newest bigint) RETURNS void LANGUAGE plpgsql AS $cut$
DECLARE
  upto bigint;
BEGIN
  SELECT max(b.last) INTO upto FROM {s}.changes_batches AS b, {s}.changes_state AS s
  WHERE b.last < newest AND (b.last <= newest - s.keep_rows OR b.at < (SELECT at FROM {s}.changes_batches WHERE last = newest) - s.keep_ms);
  IF upto IS NULL THEN
    RETURN;
  END IF;
  DELETE FROM {s}.changes AS c USING {s}.changes_batches AS b
  WHERE b.last <= upto AND c.nth BETWEEN b.first - b.shift AND b.last - b.shift
    AND pg_visible_in_snapshot(c.xid, b.after) AND NOT pg_visible_in_snapshot(c.xid, b.before);
  DELETE FROM {s}.changes_batches WHERE last <= upto;
  DELETE FROM {s}.boards WHERE seq < upto;
END
$cut$;

SELECT {s}.begin_changes();

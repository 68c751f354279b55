-- The archive: worktrees that were taken off the board with their history. A worktree's key is never used again: the row of a restored one
-- stays. And the steps of undo.
-- While a transaction's setting visual_db.archive is 'put' or 'restore', executions that are deleted or inserted only change tables:
-- triggers count them neither as gone nor as new, and the worktree is archived or restored.
CREATE TABLE {s}.archived_worktrees (
  key bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  id text COLLATE "C" NOT NULL,
  path text COLLATE "C" NOT NULL,
  port bigint NOT NULL,
  branch_name text COLLATE "C" NOT NULL,
  issue_url text COLLATE "C",
  task_id text COLLATE "C",
  status text COLLATE "C",
  position_x double precision,
  position_y double precision,
  created_at text COLLATE "C" NOT NULL,
  updated_at text COLLATE "C",
  metadata text COLLATE "C",
  seq bigint NOT NULL,
  zone_id text COLLATE "C",
  assigned_at text COLLATE "C",
  assigned_seq bigint,
  archived_at bigint NOT NULL,
  restored_at bigint,
  executions bigint NOT NULL,
  cost_micros bigint,
  "by" text COLLATE "C",
  reason text COLLATE "C",
  CONSTRAINT "primary key archived_worktrees.key" PRIMARY KEY (key)
);
CREATE INDEX archived_worktrees_there ON {s}.archived_worktrees (key) WHERE restored_at IS NULL;
CREATE INDEX archived_worktrees_of_id ON {s}.archived_worktrees (id, key);
CREATE INDEX archived_worktrees_of_branch ON {s}.archived_worktrees USING hash (branch_name) WHERE restored_at IS NULL;
CREATE INDEX archived_worktrees_of_zone ON {s}.archived_worktrees (zone_id) WHERE restored_at IS NULL AND zone_id IS NOT NULL;

-- archive: the worktree's key there. seq: the one that it had on the board and gets back.
CREATE TABLE {s}.archived_executions (
  archive bigint NOT NULL,
  seq bigint NOT NULL,
  id text COLLATE "C" NOT NULL,
  zone_id text COLLATE "C" NOT NULL,
  worktree_id text COLLATE "C" NOT NULL,
  agent_type text COLLATE "C" NOT NULL,
  prompt text COLLATE "C" NOT NULL,
  result text COLLATE "C",
  success bigint,
  executed_at text COLLATE "C" NOT NULL,
  CONSTRAINT "primary key archived_executions.id" PRIMARY KEY (id, archive)
);
CREATE INDEX archived_executions_of_zone ON {s}.archived_executions (zone_id, executed_at, seq);
CREATE INDEX archived_executions_of_worktree ON {s}.archived_executions (archive, executed_at, seq);

-- The archived worktrees that these ids stand for: if no worktree of the board has the id, the one that was archived last.
CREATE FUNCTION {s}.archived(ids text[]) RETURNS TABLE (key bigint, id text) LANGUAGE sql STABLE AS $archived$
  SELECT max(a.key), a.id FROM {s}.archived_worktrees AS a
  WHERE a.id = ANY (ids) AND a.restored_at IS NULL AND NOT EXISTS (SELECT 1 FROM {s}.worktrees AS w WHERE w.id = a.id) GROUP BY a.id
$archived$;

-- What is deleted in the archive no longer counts there, and its runs are deleted.
CREATE FUNCTION {s}.archived_executions_deleted() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE {s}.archived_worktrees AS a SET executions = a.executions - of.count
  FROM (SELECT archive, count(*) AS count FROM gone GROUP BY archive) AS of WHERE a.key = of.archive;
  DELETE FROM {s}.runs AS r USING gone WHERE r.id = gone.id AND r.archive = gone.archive AND r.executed;
  RETURN NULL;
END $$;
CREATE TRIGGER archived_executions_deleted AFTER DELETE ON {s}.archived_executions REFERENCING OLD TABLE AS gone
FOR EACH STATEMENT WHEN (coalesce(current_setting('visual_db.archive', true), '') = '') EXECUTE FUNCTION {s}.archived_executions_deleted();

-- If others record an execution under an archived one's id, the run is that execution's (0004_runs), until it is deleted or gets another id: then
-- it is the archived one's again. These triggers fire before those that delete a run with its execution: PostgreSQL goes by their names.
CREATE FUNCTION {s}.archived_again(ids text[]) RETURNS void LANGUAGE sql AS $$
  UPDATE {s}.runs AS r SET archive = a.archive,
    status = CASE WHEN NOT r.recorded THEN r.status WHEN coalesce(a.success, 0) = 0 THEN 'failed' ELSE 'succeeded' END,
    zone_id = a.zone_id, worktree_id = a.worktree_id, agent_type = a.agent_type,
    available_at = CASE WHEN r.recorded THEN a.made ELSE r.available_at END, created_at = CASE WHEN r.recorded THEN a.made ELSE r.created_at END,
    finished_at = CASE WHEN r.recorded THEN nullif(a.made, -8640000000000001) ELSE r.finished_at END
  FROM (SELECT DISTINCT ON (e.id) e.*, {s}.instant(e.executed_at) AS made FROM {s}.archived_executions AS e
    WHERE e.id = ANY (ids) ORDER BY e.id, e.archive DESC) AS a
  WHERE r.id = a.id AND r.executed AND r.archive IS NULL
$$;
CREATE FUNCTION {s}.archived_of_deleted() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM {s}.archived_again(ARRAY(SELECT gone.id FROM gone JOIN {s}.archived_executions AS a ON a.id = gone.id));
  RETURN NULL;
END $$;
CREATE TRIGGER archived_of_deleted AFTER DELETE ON {s}.zone_executions REFERENCING OLD TABLE AS gone
FOR EACH STATEMENT WHEN (coalesce(current_setting('visual_db.archive', true), '') = '') EXECUTE FUNCTION {s}.archived_of_deleted();
CREATE FUNCTION {s}.archived_of_renamed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM {s}.archived_again(ARRAY[OLD.id]);
  RETURN NULL;
END $$;
CREATE TRIGGER archived_of_renamed AFTER UPDATE OF id ON {s}.zone_executions FOR EACH ROW WHEN (NEW.id IS DISTINCT FROM OLD.id)
EXECUTE FUNCTION {s}.archived_of_renamed();

-- Deleting a zone deletes its executions, also in the archive, so that another zone with its id has none.
CREATE FUNCTION {s}.archive_zones_deleted() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF TG_OP = 'TRUNCATE' THEN
    DELETE FROM {s}.archived_executions;
    UPDATE {s}.archived_worktrees SET zone_id = NULL, assigned_at = NULL WHERE restored_at IS NULL AND zone_id IS NOT NULL;
  ELSE
    DELETE FROM {s}.archived_executions WHERE zone_id = OLD.id;
    UPDATE {s}.archived_worktrees SET zone_id = NULL, assigned_at = NULL WHERE restored_at IS NULL AND zone_id = OLD.id;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER archive_zone_deleted AFTER DELETE ON {s}.zones FOR EACH ROW EXECUTE FUNCTION {s}.archive_zones_deleted();
CREATE TRIGGER archive_zones_truncated AFTER TRUNCATE ON {s}.zones FOR EACH STATEMENT EXECUTE FUNCTION {s}.archive_zones_deleted();

-- What an actor ("by", as JSON) did to the canvas: which values were changed, from what to what, or what was archived, as src/model/undo.rs
-- reads it. Triggers write it where an actor is named, which only this package does. What one transaction did is undone together; it is
-- kept as long as the rows of that transaction in the log.
CREATE TABLE {s}.undo_steps (
  key bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  "by" text COLLATE "C" NOT NULL,
  tx xid8 NOT NULL,
  undone boolean NOT NULL DEFAULT false,
  data jsonb NOT NULL,
  CONSTRAINT "primary key undo_steps.key" PRIMARY KEY (key)
);
-- An actor may be too long for an index.
CREATE INDEX undo_steps_by ON {s}.undo_steps (hashtextextended("by", 0), undone, key);

-- An assignment gets back the order that it had.
ALTER TABLE {s}.worktree_zones ALTER COLUMN seq SET GENERATED BY DEFAULT;

-- Whether steps are remembered: an actor is named, and this is no undo or redo (visual_db.undo).
CREATE FUNCTION {s}.remembers() RETURNS boolean LANGUAGE sql STABLE AS $remembers$
  SELECT coalesce(current_setting('visual_db.by', true), '') <> '' AND coalesce(current_setting('visual_db.undo', true), '') = ''
$remembers$;

-- Remembers a step. Steps that were undone can't be done again then.
CREATE FUNCTION {s}.remember(done jsonb) RETURNS void LANGUAGE plpgsql AS $remember$
DECLARE
  named text := current_setting('visual_db.by', true);
BEGIN
  DELETE FROM {s}.undo_steps AS u WHERE hashtextextended(u."by", 0) = hashtextextended(named COLLATE "C", 0) AND u."by" = named AND u.undone;
  INSERT INTO {s}.undo_steps ("by", tx, data) VALUES (named, pg_current_xact_id(), done);
END
$remember$;

-- The values that have changed, each with the one before. JSON has no infinite numbers: an object says which one it is.
CREATE FUNCTION {s}.changed(was jsonb, now jsonb) RETURNS jsonb LANGUAGE sql STABLE AS $changed$
  SELECT jsonb_agg(jsonb_build_object('name', key, 'was', CASE WHEN is_number THEN coalesce(infinite -> (was #>> '{}'), was) ELSE was END,
    'is', CASE WHEN is_number THEN coalesce(infinite -> (now #>> '{}'), now) ELSE now END))
  FROM (SELECT key, o.value AS was, n.value AS now, key ~ '^(position|size)_' AS is_number,
          '{"Infinity": {"infinite": 1}, "-Infinity": {"infinite": -1}}'::jsonb AS infinite
        FROM jsonb_each($2) AS n JOIN jsonb_each($1) AS o USING (key)
        WHERE n.value <> o.value AND key NOT IN ('seq', 'wip_limit')) AS values
$changed$;

-- Remembers a change of a worktree or a zone.
CREATE FUNCTION {s}.remember_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $remember$
DECLARE
  changed jsonb := {s}.changed(to_jsonb(OLD), to_jsonb(NEW));
BEGIN
  IF changed IS NOT NULL THEN
    PERFORM {s}.remember(jsonb_build_object('done', 'changed', 'entity', TG_ARGV[0], 'id', OLD.id, 'made', OLD.created_at, 'values', changed));
  END IF;
  RETURN NULL;
END
$remember$;
CREATE TRIGGER remember_change AFTER UPDATE ON {s}.worktrees FOR EACH ROW
WHEN ({s}.remembers() AND coalesce(current_setting('visual_db.archive', true), '') = '') EXECUTE FUNCTION {s}.remember_change('worktree');
CREATE TRIGGER remember_change AFTER UPDATE ON {s}.zones FOR EACH ROW WHEN ({s}.remembers()) EXECUTE FUNCTION {s}.remember_change('zone');

-- Remembers that a worktree was assigned, or no longer is; but not where triggers did it since it or its zone was deleted.
CREATE FUNCTION {s}.remember_assignment() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $remember$
DECLARE
  of text := CASE TG_OP WHEN 'DELETE' THEN OLD.worktree_id ELSE NEW.worktree_id END;
  none jsonb := '{"zone_id": null, "assigned_at": null, "assigned_rowid": null}';
  was jsonb := none;
  now jsonb := none;
BEGIN
  IF TG_OP <> 'INSERT' THEN
    was := jsonb_build_object('zone_id', OLD.zone_id, 'assigned_at', OLD.assigned_at, 'assigned_rowid', OLD.seq);
  END IF;
  IF TG_OP <> 'DELETE' THEN
    now := jsonb_build_object('zone_id', NEW.zone_id, 'assigned_at', NEW.assigned_at, 'assigned_rowid', NEW.seq);
  END IF;
  PERFORM {s}.remember(jsonb_build_object('done', 'changed', 'entity', 'worktree', 'id', w.id, 'made', w.created_at, 'values', {s}.changed(was, now)))
  FROM {s}.worktrees AS w WHERE w.id = of AND was <> now;
  RETURN NULL;
END
$remember$;
CREATE TRIGGER remember_assignment AFTER INSERT OR UPDATE OR DELETE ON {s}.worktree_zones FOR EACH ROW
WHEN ({s}.remembers() AND coalesce(current_setting('visual_db.archive', true), '') = '' AND pg_trigger_depth() = 0)
EXECUTE FUNCTION {s}.remember_assignment();

-- Remembers that a worktree was archived, or came back.
CREATE FUNCTION {s}.remember_archive() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $remember$
BEGIN
  IF TG_OP = 'INSERT' THEN
    PERFORM {s}.remember(jsonb_build_object('done', 'archived', 'id', NEW.id, 'made', NEW.created_at, 'key', NEW.key, 'reason', NEW.reason));
  ELSE
    PERFORM {s}.remember(jsonb_build_object('done', 'restored', 'id', NEW.id, 'made', NEW.created_at, 'key', NEW.key));
  END IF;
  RETURN NULL;
END
$remember$;
CREATE TRIGGER remember_archive AFTER INSERT ON {s}.archived_worktrees FOR EACH ROW WHEN ({s}.remembers())
EXECUTE FUNCTION {s}.remember_archive();
CREATE TRIGGER remember_restore AFTER UPDATE OF restored_at ON {s}.archived_worktrees FOR EACH ROW
WHEN ({s}.remembers() AND OLD.restored_at IS NULL AND NEW.restored_at IS NOT NULL) EXECUTE FUNCTION {s}.remember_archive();

-- Steps are kept as long as the log.
CREATE FUNCTION {s}.forget_steps() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $forget$
BEGIN
  DELETE FROM {s}.undo_steps AS u WHERE NOT EXISTS (SELECT 1 FROM {s}.changes AS c WHERE c.xid = u.tx);
  RETURN NULL;
END
$forget$;
CREATE TRIGGER forget_steps AFTER DELETE ON {s}.changes FOR EACH STATEMENT EXECUTE FUNCTION {s}.forget_steps();

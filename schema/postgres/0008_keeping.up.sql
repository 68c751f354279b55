-- What pruning a board, and taking it along, need besides its tables.

-- The policy, and how far pruning has come. One row. *_ms, per_zone, max_bytes, every_ms: the policy of the board, NULL for a rule that
-- prunes nothing. at_work_until: while a process prunes. done_at: when that was last done. (bodies_at, bodies_key), (output_at,
-- output_key): the run up to which bodies and output are pruned; round_at: since when.
CREATE TABLE {s}.retention (
  id bigint NOT NULL DEFAULT 1 CHECK (id = 1),
  bodies_ms bigint,
  output_ms bigint,
  runs_ms bigint,
  per_zone bigint,
  max_bytes bigint,
  changes_ms bigint,
  every_ms bigint,
  at_work_until bigint,
  done_at bigint,
  bodies_at bigint NOT NULL DEFAULT -9223372036854775807,
  bodies_key bigint NOT NULL DEFAULT 0,
  output_at bigint NOT NULL DEFAULT -9223372036854775807,
  output_key bigint NOT NULL DEFAULT 0,
  round_at bigint NOT NULL DEFAULT 0,
  CONSTRAINT "primary key retention.id" PRIMARY KEY (id)
);
INSERT INTO {s}.retention DEFAULT VALUES;

-- How many executions were pruned: they are gone from the tables, and count as before. Deleting the worktree or the zone lowers the
-- counts by these as well, as by the executions. The three names together may be too long for an index, so the key is their hash.
CREATE TABLE {s}.executions_pruned (
  what text COLLATE "C" NOT NULL GENERATED ALWAYS AS (md5(worktree_id || E'\x01\x03' || zone_id || E'\x01\x03' || agent_type)) STORED,
  worktree_id text COLLATE "C" NOT NULL,
  zone_id text COLLATE "C" NOT NULL,
  agent_type text COLLATE "C" NOT NULL,
  total bigint NOT NULL,
  successful bigint NOT NULL,
  failed bigint NOT NULL,
  CONSTRAINT "primary key executions_pruned.what" PRIMARY KEY (what)
);
CREATE INDEX executions_pruned_of_worktrees ON {s}.executions_pruned (worktree_id);
CREATE INDEX executions_pruned_of_zones ON {s}.executions_pruned (zone_id);

-- history: the name by which counts know an archived worktree, so that another worktree with its id begins with nothing. nth: for an
-- execution that came from a file, how many executions of its worktree came before it.
ALTER TABLE {s}.archived_worktrees ADD COLUMN history text COLLATE "C" NOT NULL DEFAULT ('archived-' || replace(gen_random_uuid()::text, '-', ''));
ALTER TABLE {s}.archived_executions ADD COLUMN nth bigint;

-- What pruned runs that ended on a day of UTC come to, by quarters of an hour (src/model/trend/day.rs says how they are written): trends
-- are read from the runs, and these are added. whole: all of the day.
-- dimension: 0 all of them (key ''), 1 by zone, 2 by agent, 3 by model, 4 by worktree.
CREATE TABLE {s}.rollups_kept (
  dimension bigint NOT NULL,
  day bigint NOT NULL,
  what text COLLATE "C" NOT NULL GENERATED ALWAYS AS (md5(key)) STORED,
  key text COLLATE "C" NOT NULL,
  whole bytea NOT NULL,
  quarters bytea NOT NULL,
  CONSTRAINT "primary key rollups_kept.what" PRIMARY KEY (dimension, day, what)
);
CREATE INDEX rollups_kept_of_worktrees ON {s}.rollups_kept (what) WHERE dimension = 4;

-- What was pruned of a worktree goes into the archive with it, under the name of its history (for trends, U+0001 and its key, escaped
-- like all text), and comes back with it.
CREATE FUNCTION {s}.forget_pruned() RETURNS trigger LANGUAGE plpgsql AS $forget$
BEGIN
  IF TG_TABLE_NAME = 'zones' THEN
    DELETE FROM {s}.executions_pruned WHERE zone_id = OLD.id;
  ELSIF current_setting('visual_db.archive', true) = 'put' THEN
    UPDATE {s}.executions_pruned SET worktree_id = (SELECT a.history FROM {s}.archived_worktrees AS a WHERE a.id = OLD.id ORDER BY a.key DESC LIMIT 1)
    WHERE worktree_id = OLD.id;
    UPDATE {s}.rollups_kept SET key = (SELECT E'\x01\x02' || max(a.key) FROM {s}.archived_worktrees AS a WHERE a.id = OLD.id)
    WHERE dimension = 4 AND what = md5(OLD.id) AND key = OLD.id;
  ELSE
    DELETE FROM {s}.executions_pruned WHERE worktree_id = OLD.id;
  END IF;
  RETURN NULL;
END
$forget$;
CREATE TRIGGER forget_pruned AFTER DELETE ON {s}.worktrees FOR EACH ROW EXECUTE FUNCTION {s}.forget_pruned();
CREATE TRIGGER forget_pruned AFTER DELETE ON {s}.zones FOR EACH ROW EXECUTE FUNCTION {s}.forget_pruned();

CREATE FUNCTION {s}.restore_pruned() RETURNS trigger LANGUAGE plpgsql AS $restore$
BEGIN
  UPDATE {s}.executions_pruned SET worktree_id = NEW.id
  WHERE worktree_id IN (SELECT a.history FROM {s}.archived_worktrees AS a WHERE a.id = NEW.id AND a.restored_at IS NOT NULL);
  -- Days that a worktree of that id had before have been joined with these: two rows for one day are refused.
  UPDATE {s}.rollups_kept SET key = NEW.id
  WHERE dimension = 4 AND key IN (SELECT E'\x01\x02' || a.key FROM {s}.archived_worktrees AS a WHERE a.id = NEW.id AND a.restored_at IS NOT NULL);
  RETURN NULL;
END
$restore$;
CREATE TRIGGER restore_pruned AFTER INSERT ON {s}.worktrees FOR EACH ROW
WHEN (coalesce(current_setting('visual_db.archive', true), '') = 'restore') EXECUTE FUNCTION {s}.restore_pruned();

-- note: for an execution that is only recorded, and of which something is noted, its number among those, in the order in which they
-- came, below 0. An export has it, as a file does.
CREATE SEQUENCE {s}.notes AS bigint INCREMENT BY -1 MAXVALUE -1 START WITH -1;
ALTER TABLE {s}.runs ADD COLUMN note bigint;
CREATE FUNCTION {s}.number_note() RETURNS trigger LANGUAGE plpgsql AS $note$
BEGIN
  NEW.note := nextval(format('%I.notes', TG_TABLE_SCHEMA)::regclass);
  RETURN NEW;
END
$note$;
CREATE TRIGGER number_note
BEFORE UPDATE OF input_tokens, cached_input_tokens, output_tokens, reasoning_tokens, cost_micros, bodies_pruned_at ON {s}.runs
FOR EACH ROW WHEN (NEW.recorded AND NEW.note IS NULL) EXECUTE FUNCTION {s}.number_note();
UPDATE {s}.runs AS r SET bodies_pruned_at = bodies_pruned_at
WHERE recorded AND (bodies_pruned_at IS NOT NULL OR EXISTS (SELECT 1 FROM {s}.run_models AS m WHERE m.run = r.key));

-- For a move that came from a file: its place in the log there.
ALTER TABLE {s}.moves ADD COLUMN seq bigint;
ALTER TABLE {s}.moves ADD COLUMN nth bigint;

-- What runs say, as numbers that stand for words and for three letters in a row (src/model/search/keys.rs). They tell where something may
-- be found; whether it is, the texts say. Nothing is in these tables before somebody wants to search (`enableSearch`, which makes the triggers).

-- One row where it is on. modes: 1 words, 2 parts of them. upto: the index is built as soon as nothing up to this number is due.
CREATE TABLE {s}.search_state (
  id integer NOT NULL PRIMARY KEY CHECK (id = 1),
  modes bigint NOT NULL,
  upto bigint NOT NULL
);

-- What has to be indexed, each row for one reason: whoever writes, in the same transaction. It goes when what it tells of is indexed, so that
-- nothing is missed whoever is killed, and whatever is committed late.
CREATE TABLE {s}.search_due (
  seq bigint NOT NULL GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run bigint NOT NULL
);
CREATE INDEX search_due_of_run ON {s}.search_due (run);

-- The index. doc: in which order runs came, the number of the row above by which it came first; it keeps it.
CREATE TABLE {s}.search_runs (
  run bigint NOT NULL PRIMARY KEY,
  doc bigint NOT NULL UNIQUE,
  words integer[],
  grams smallint[]
);
CREATE INDEX search_runs_words ON {s}.search_runs USING gin (words) WITH (gin_pending_list_limit = 1024);
CREATE INDEX search_runs_grams ON {s}.search_runs USING gin (grams) WITH (gin_pending_list_limit = 1024);

-- A run is there, says something else, or has gone.
CREATE FUNCTION {s}.search_run() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $search$
BEGIN
  INSERT INTO {s}.search_due (run) VALUES (CASE TG_OP WHEN 'DELETE' THEN OLD.key ELSE NEW.key END);
  RETURN NULL;
END
$search$;

-- The same of an execution. One that is new comes with its run, unless there was one with its id.
CREATE FUNCTION {s}.search_execution() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $search$
BEGIN
  INSERT INTO {s}.search_due (run) SELECT r.key FROM {s}.runs AS r
  WHERE r.id = NEW.id AND (TG_OP = 'UPDATE' OR NOT r.recorded OR EXISTS (SELECT 1 FROM {s}.search_runs AS s WHERE s.run = r.key));
  RETURN NULL;
END
$search$;

-- What runs say, as numbers that stand for words and for trigrams (src/model/search/keys.rs). They give candidates, and the texts decide.
-- These tables are empty before somebody turns the search on (`enableSearch`, which makes the triggers).

-- One row while it is on. modes: 1 words, 2 substrings. upto: the index is built once nothing up to this number is due.
CREATE TABLE {s}.search_state (
  id integer NOT NULL PRIMARY KEY CHECK (id = 1),
  modes bigint NOT NULL,
  upto bigint NOT NULL
);

-- What has to be indexed, a row for each reason, written in the transaction that changes a text. It is deleted once that is indexed, so
-- that nothing is missed, whatever is killed or committed late.
CREATE TABLE {s}.search_due (
  seq bigint NOT NULL GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run bigint NOT NULL
);
CREATE INDEX search_due_of_run ON {s}.search_due (run);

-- The index. doc: the order in which runs came, by the number of their first row above; it never changes.
CREATE TABLE {s}.search_runs (
  run bigint NOT NULL PRIMARY KEY,
  doc bigint NOT NULL UNIQUE,
  words integer[],
  grams smallint[]
);
CREATE INDEX search_runs_words ON {s}.search_runs USING gin (words) WITH (gin_pending_list_limit = 1024);
CREATE INDEX search_runs_grams ON {s}.search_runs USING gin (grams) WITH (gin_pending_list_limit = 1024);

-- A run was made, changed or deleted.
CREATE FUNCTION {s}.search_run() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $search$
BEGIN
  INSERT INTO {s}.search_due (run) VALUES (CASE TG_OP WHEN 'DELETE' THEN OLD.key ELSE NEW.key END);
  RETURN NULL;
END
$search$;

-- The same for an execution. A new one comes with its run, unless a run had its id.
CREATE FUNCTION {s}.search_execution() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $search$
BEGIN
  INSERT INTO {s}.search_due (run) SELECT r.key FROM {s}.runs AS r
  WHERE r.id = NEW.id AND (TG_OP = 'UPDATE' OR NOT r.recorded OR EXISTS (SELECT 1 FROM {s}.search_runs AS s WHERE s.run = r.key));
  RETURN NULL;
END
$search$;

-- Which text was applied when, a row per version, and by which version of the package. A row with rolled_back_at was undone on purpose: opening
-- the board doesn't apply it again, `visual-db migrate up` does.
CREATE TABLE {s}.schema_migrations (
  version integer NOT NULL PRIMARY KEY,
  name text NOT NULL,
  sha256 text NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT now(),
  package_version text NOT NULL,
  rolled_back_at timestamptz
);

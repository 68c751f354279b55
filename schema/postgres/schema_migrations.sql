-- Which version was applied when, and by which version of the package.
CREATE TABLE {s}.schema_migrations (
  version integer NOT NULL PRIMARY KEY,
  name text NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT now(),
  package_version text NOT NULL
);

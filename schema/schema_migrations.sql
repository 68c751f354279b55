-- What was done to this file, a row per version. A row with rolled_back_at was undone on purpose: opening the file
-- does not apply it again, `visual-db migrate up` does. min_reader and min_writer: the lowest version whose code may read
-- and write a file with this step; NULL is the step's own version. The largest of all steps in force counts.
CREATE TABLE IF NOT EXISTS schema_migrations (
  version INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  applied_at TEXT NOT NULL,
  package_version TEXT NOT NULL,
  rolled_back_at TEXT,
  min_reader INTEGER,
  min_writer INTEGER
);

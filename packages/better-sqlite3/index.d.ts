import visual = require('@ai-orchestra/visual-db');

declare const Database: typeof visual.Database;

// The names by which packages know the types of better-sqlite3.
declare namespace Database {
  type Database = visual.Database;
  type Statement<Parameters extends unknown[] = unknown[], Row = unknown> = visual.Statement<Parameters, Row>;
  type Transaction<F extends (...args: any[]) => unknown> = visual.Transaction<F>;
  type Options = visual.DatabaseOptions;
  type RunResult = visual.RunResult;
  type ColumnDefinition = visual.ColumnDefinition;
  type PragmaOptions = visual.PragmaOptions;
  type RegistrationOptions = visual.FunctionOptions;
  type AggregateOptions<T> = visual.AggregateOptions<T>;
  type BackupOptions = visual.BackupOptions;
  type BackupMetadata = visual.BackupProgress;
  type SqliteError = visual.SqliteError;
}

export = Database;

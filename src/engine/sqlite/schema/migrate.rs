//! Changing a file's version: under the lock, after a backup, all or nothing.

use rusqlite::{Connection, Transaction};

use super::found::Found;
use super::inspect::inspect;
use super::migrations::{ALL, LATEST, Migration};
use super::refusal::refusal;
use super::{APPLICATION_ID, Prepare, Report, counts, history, lock};
use crate::error::{Error, Result};

/// Migrates up, to the latest version unless told otherwise. What was rolled back is applied again.
///
/// # Errors
/// A `RangeError` for a version that is not known or below the file's; otherwise as `prepare`.
pub fn up(connection: &Connection, options: &Prepare, to: Option<u32>) -> Result<Report> {
    let to = to.unwrap_or(LATEST);
    if !(1..=LATEST).contains(&to) {
        return Err(Error::Range(format!("Expected a version of the schema from 1 to {LATEST}, got {to}")));
    }
    run(connection, options, ALL, &|from, _| {
        if to < from {
            let name = options.name();
            return Err(Error::Range(format!("{name} is at version {from} already; migrate down goes back to {to}")));
        }
        Ok(to)
    })
}

/// Migrates down. Opening leaves the file at that version, until `up`.
///
/// # Errors
/// A `RangeError` for a version that is not below the file's; otherwise as `prepare`.
pub fn down(connection: &Connection, options: &Prepare, to: u32) -> Result<Report> {
    run(connection, options, ALL, &|from, _| {
        if to >= from {
            return Err(Error::Range(format!("{} is at version {from}, and {to} is not below it", options.name())));
        }
        Ok(to)
    })
}

/// Migrates to the latest version, unless another process has, or it was rolled back.
pub fn on_open(connection: &Connection, options: &Prepare) -> Result<Report> {
    run(connection, options, ALL, &|from, pinned| Ok(if pinned { from } else { LATEST }))
}

/// Goes to the version that `decide` names, given the file's and whether it is pinned there. It is asked under the
/// lock: another process may have migrated while this one waited.
pub fn run(
    connection: &Connection,
    options: &Prepare,
    migrations: &[Migration],
    decide: &dyn Fn(u32, bool) -> Result<u32>,
) -> Result<Report> {
    let job = Job { options, migrations, rebuilds: migrations.iter().any(|migration| migration.rebuilds_tables) };
    if !job.rebuilds {
        return job.run(connection, decide);
    }
    // While foreign keys are on, a table that is dropped to be rebuilt takes the rows that refer to it along, and
    // inside a transaction they can't be turned off.
    let foreign_keys: bool = connection.query_row("PRAGMA foreign_keys", [], |row| row.get(0))?;
    connection.pragma_update(None, "foreign_keys", false)?;
    let report = job.run(connection, decide);
    connection.pragma_update(None, "foreign_keys", foreign_keys)?;
    report
}

struct Job<'a> {
    options: &'a Prepare<'a>,
    migrations: &'a [Migration],
    rebuilds: bool,
}

impl Job<'_> {
    fn run(&self, connection: &Connection, decide: &dyn Fn(u32, bool) -> Result<u32>) -> Result<Report> {
        let transaction = lock::begin(connection, self.options)?;
        let found = inspect(&transaction)?;
        let (from, stamped) = match found {
            Found::Ours { version, stamped } => (version, stamped),
            Found::Empty | Found::JavaScriptLayer => (0, false),
            other => return Err(refusal(self.options, &other)),
        };
        let to = decide(from, history::is_pinned(&transaction, from)?)?;
        let mut report = Report { from, version: to, adopted: found == Found::JavaScriptLayer, ..Report::default() };
        if to != from || !stamped {
            if found != Found::Empty {
                report.backup = self.backup(&transaction, to)?;
            }
            report.foreign_key_violations = self.change(&transaction, from, to).inspect_err(|_| {
                if let (Some(backup), Some(made)) = (self.options.backup, &report.backup) {
                    (backup.discard)(made);
                }
            })?;
        }
        report.pinned = history::is_pinned(&transaction, to)?;
        lock::commit(&transaction, self.options)?;
        Ok(report)
    }

    /// Made under the lock, so that it is exactly what was there.
    fn backup(&self, transaction: &Transaction<'_>, to: u32) -> Result<Option<std::path::PathBuf>> {
        let label = format!("before-version-{to}");
        self.options.backup.map(|backup| (backup.make)(transaction, &label)).transpose()
    }

    fn change(&self, transaction: &Transaction<'_>, from: u32, to: u32) -> Result<i64> {
        let before = if self.rebuilds { violations(transaction)? } else { 0 };
        history::create(transaction)?;
        for migration in self.migrations.iter().filter(|step| (from + 1..=to).contains(&step.version)) {
            self.step(transaction, migration, migration.up)?;
            history::applied(transaction, migration, self.options.package_version)?;
        }
        if from < counts::VERSION && to >= counts::VERSION {
            counts::remember(transaction, 0)?;
        }
        for migration in self.migrations.iter().rev().filter(|step| (to + 1..=from).contains(&step.version)) {
            self.step(transaction, migration, migration.down)?;
            history::rolled_back(transaction, migration)?;
        }
        let after = violations(transaction)?;
        // Rows that another tool left without what they refer to are no reason to refuse the file.
        if self.rebuilds && after > before {
            return Err(self.options.error(
                "ERR_SCHEMA_FOREIGN_KEYS",
                format!(
                    "after the migration {} rows would refer to rows that don't exist; nothing was changed",
                    after - before
                ),
            ));
        }
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", to)?;
        Ok(after)
    }

    fn step(&self, transaction: &Transaction<'_>, migration: &Migration, sql: &str) -> Result<()> {
        transaction.execute_batch(sql).map_err(|error| {
            let error = Error::from(error);
            let (file, Migration { version, name, .. }) = (self.options.name(), migration);
            let message = format!("{file}: migration {version} ({name}) failed and nothing was changed: {error}");
            error.with_message(message)
        })
    }
}

fn violations(connection: &Connection) -> Result<i64> {
    Ok(connection.query_row("SELECT count(*) FROM pragma_foreign_key_check", [], |row| row.get(0))?)
}

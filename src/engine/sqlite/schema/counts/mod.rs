//! The counts of executions, which triggers keep: whether they are right, and making them right.
//!
//! `log` is what they are folded from, `difference` compares them with the executions, `checked` remembers that they were
//! right and tells cheaply whether that still holds, `parts` are the tables and triggers they consist of, `mend` puts it
//! together.

mod checked;
mod difference;
mod log;
mod mend;
mod parts;

pub use checked::Standing;
pub(super) use checked::remember;
pub use log::FOLD;
pub use mend::{Look, Verdict, look};
pub use parts::VERSION;

use rusqlite::Connection;

use super::inspect::in_snapshot;
use crate::error::{Error, Result};
use difference::Difference;

/// A table whose counts are not what the executions are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drift {
    /// The table.
    pub table: &'static str,
    /// How many of its counts are wrong.
    pub rows: usize,
    /// What one of them is about.
    pub example: String,
}

/// Compares the counts with the executions. Reads every execution.
///
/// # Errors
/// SQLite's error.
pub fn check(connection: &Connection) -> Result<Vec<Drift>> {
    let differences = in_snapshot(connection, || difference::differences(connection))?;
    Ok(differences.iter().filter_map(drift).collect())
}

fn drift((table, rows): &(&'static str, Vec<Difference>)) -> Option<Drift> {
    let example = rows.iter().map(Difference::name).min()?;
    Some(Drift { table, rows: rows.len(), example })
}

/// Reads every execution and mends what is wrong.
///
/// # Errors
/// SQLite's error; then the counts are as they were.
pub fn rebuild(connection: &Connection) -> Result<()> {
    match mend::thoroughly(connection)? {
        Verdict::Doubtful => {
            Err(Error::Plain("The counts of executions were changed again and again while they were mended".into()))
        }
        Verdict::Right | Verdict::Mended(_) => Ok(()),
    }
}

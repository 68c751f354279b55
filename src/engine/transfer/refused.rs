//! What an import says of a line that it refuses.

use crate::error::Error;

/// A line, by its number from 1 on, that is refused, and with it the whole import.
#[must_use]
pub fn refused(line: u64, why: &str) -> Error {
    coded("ERR_IMPORT", line, why)
}

/// A line that conflicts with what the board has.
#[must_use]
pub fn taken(line: u64, why: &str) -> Error {
    coded("ERR_CONFLICT", line, why)
}

fn coded(code: &'static str, line: u64, why: &str) -> Error {
    let message = format!("importAll: line {line}: {why}; nothing was imported");
    Error::Coded { code, message }
}

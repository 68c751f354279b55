//! What an import says of a line that it doesn't take.

use crate::error::Error;

/// A line, by its number from 1 on, that is not taken: the whole import isn't.
#[must_use]
pub fn refused(line: u64, why: &str) -> Error {
    coded("ERR_IMPORT", line, why)
}

/// A line with what the board has otherwise.
#[must_use]
pub fn taken(line: u64, why: &str) -> Error {
    coded("ERR_CONFLICT", line, why)
}

fn coded(code: &'static str, line: u64, why: &str) -> Error {
    let message = format!("importAll: line {line}: {why}; nothing was imported");
    Error::Coded { code, message }
}

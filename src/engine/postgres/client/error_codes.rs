//! PostgreSQL's failures as errors of the crate: the one place that maps its codes.
//!
//! What a caller can do wrong has SQLite's words and codes, which callers match on. The constraints are named after them
//! (`schema/postgres`), so that only a name has to be read.

use std::io::ErrorKind;

use rusqlite::ffi;
use tokio_postgres::error::{DbError, SqlState};

use crate::error::{Cause, Error};

/// A failure of the network, or of a server that can't answer now.
pub const UNAVAILABLE: &str = "ERR_DATABASE_UNAVAILABLE";
/// Nobody knows whether what was sent has been done.
pub const OUTCOME_UNKNOWN: &str = "ERR_OUTCOME_UNKNOWN";

/// The index by which a call is found in the log, and made once.
const CALL: &str = "changes.call";

/// What the name of a primary key's constraint begins with; those of others are table and column alone.
const PRIMARY_KEY: &str = "primary key ";

/// What a server answered to a statement.
#[must_use]
pub fn answered(error: tokio_postgres::Error, host: &str) -> Error {
    let Some(answer) = error.as_db_error() else {
        return unavailable(host, &reason(&error));
    };
    let state = answer.code();
    let (name, number, message) = match state.code() {
        // A connection that was given up has done it meanwhile.
        "23505" if answer.constraint() == Some(CALL) => {
            return outcome_unknown(host, "it was made twice, once for good");
        }
        "23505" => unique(answer),
        "23502" => not_null(answer),
        "23503" => {
            sqlite("SQLITE_CONSTRAINT_FOREIGNKEY", ffi::SQLITE_CONSTRAINT_FOREIGNKEY, "FOREIGN KEY constraint failed")
        }
        "23514" => {
            let message = format!("CHECK constraint failed: {}", answer.constraint().unwrap_or_default());
            ("SQLITE_CONSTRAINT_CHECK", ffi::SQLITE_CONSTRAINT_CHECK, message)
        }
        // Others hold a lock that it needs, and didn't release it in time, or never would have.
        "55P03" | "40P01" | "40001" => sqlite("SQLITE_BUSY", ffi::SQLITE_BUSY, "database is locked"),
        "25006" => sqlite("SQLITE_READONLY", ffi::SQLITE_READONLY, "attempt to write a readonly database"),
        "53100" => sqlite("SQLITE_FULL", ffi::SQLITE_FULL, "database or disk is full"),
        "53200" => sqlite("SQLITE_NOMEM", ffi::SQLITE_NOMEM, "out of memory"),
        "42501" => ("SQLITE_PERM", ffi::SQLITE_PERM, format!("{host}: {}", answer.message())),
        "57014" => ("SQLITE_INTERRUPT", ffi::SQLITE_INTERRUPT, format!("{host}: {}", answer.message())),
        code if is_unavailable(code) => return unavailable(host, answer.message()),
        code => ("SQLITE_ERROR", ffi::SQLITE_ERROR, format!("{host}: {} ({code})", answer.message())),
    };
    Error::Engine { code: name.into(), number, message, source: Some(Cause::new(error)) }
}

fn sqlite(name: &'static str, number: i32, message: &str) -> (&'static str, i32, String) {
    (name, number, message.into())
}

fn unique(answer: &DbError) -> (&'static str, i32, String) {
    let constraint = answer.constraint().unwrap_or_default();
    let message = |columns: &str| format!("UNIQUE constraint failed: {columns}");
    match constraint.strip_prefix(PRIMARY_KEY) {
        Some(key) => ("SQLITE_CONSTRAINT_PRIMARYKEY", ffi::SQLITE_CONSTRAINT_PRIMARYKEY, message(key)),
        None if !constraint.contains('.') => {
            // Somebody's own index. What the server says about it names the columns first, in every language.
            let named = answer
                .detail()
                .and_then(|detail| detail.split_once('(')?.1.split_once(')'))
                .map(|(columns, _)| columns);
            let table = answer.table().unwrap_or_default();
            let columns: Vec<String> =
                named.unwrap_or(constraint).split(", ").map(|column| format!("{table}.{column}")).collect();
            ("SQLITE_CONSTRAINT_UNIQUE", ffi::SQLITE_CONSTRAINT_UNIQUE, message(&columns.join(", ")))
        }
        None => ("SQLITE_CONSTRAINT_UNIQUE", ffi::SQLITE_CONSTRAINT_UNIQUE, message(constraint)),
    }
}

fn not_null(answer: &DbError) -> (&'static str, i32, String) {
    let (table, column) = (answer.table().unwrap_or_default(), answer.column().unwrap_or_default());
    let message = format!("NOT NULL constraint failed: {table}.{column}");
    ("SQLITE_CONSTRAINT_NOTNULL", ffi::SQLITE_CONSTRAINT_NOTNULL, message)
}

/// Whether the server is going down or coming up, refuses another connection or this user, lacks the database, or lost the session.
fn is_unavailable(code: &str) -> bool {
    code.starts_with("08")
        || code.starts_with("28")
        || matches!(code, "57P01" | "57P02" | "57P03" | "57P05" | "53300" | "3D000" | "26000")
}

/// Whether a server that takes no writes has refused a write.
#[must_use]
pub fn is_refused_write(error: &tokio_postgres::Error) -> bool {
    error.code() == Some(&SqlState::READ_ONLY_SQL_TRANSACTION)
}

/// Whether connecting may succeed after a while: the server goes down or comes up, has no room, or can't be reached.
#[must_use]
pub fn may_pass(error: &tokio_postgres::Error) -> bool {
    if let Some(answer) = error.as_db_error() {
        return answer.code().code().starts_with("57P") || *answer.code() == SqlState::TOO_MANY_CONNECTIONS;
    }
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<std::io::Error>() {
            return !matches!(error.kind(), ErrorKind::InvalidData | ErrorKind::InvalidInput | ErrorKind::Other);
        }
        cause = error.source();
    }
    error.is_closed()
}

/// Whether it says that somebody has ended a commit's wait for the synchronous standby, which is no error: it is committed here, and
/// perhaps nowhere else. It has no code of its own, and its words are in any language.
#[must_use]
pub fn is_end_of_wait(notice: &DbError) -> bool {
    notice.routine() == Some("SyncRepWaitForLSN")
}

/// Whether the server has ended the session with this answer.
#[must_use]
pub fn ends_session(error: &tokio_postgres::Error) -> bool {
    error.is_closed()
        || error.as_db_error().is_none_or(|answer| {
            matches!(
                *answer.code(),
                SqlState::ADMIN_SHUTDOWN | SqlState::CRASH_SHUTDOWN | SqlState::IDLE_SESSION_TIMEOUT
            ) || answer.code().code() == "25P03"
                || answer.severity() == "FATAL"
        })
}

/// Whether the transaction had failed before, so that this statement was not run at all.
#[must_use]
pub fn is_aborted(error: &tokio_postgres::Error) -> bool {
    error.code() == Some(&SqlState::IN_FAILED_SQL_TRANSACTION)
}

/// Whether it is about a statement's values, or about others that were first: nothing of its transaction was done, and the server
/// itself is well.
#[must_use]
pub fn is_about_data(error: &tokio_postgres::Error) -> bool {
    error.code().is_some_and(|state| ["22", "23", "40"].iter().any(|class| state.code().starts_with(class)))
}

/// Says that a host doesn't answer as it should, and why.
#[must_use]
pub fn unavailable(host: &str, why: &str) -> Error {
    Error::Coded { code: UNAVAILABLE, message: format!("The database at {host} is unavailable: {why}") }
}

/// Says that what was sent may have been done or not.
#[must_use]
pub fn outcome_unknown(host: &str, why: &str) -> Error {
    let message = format!(
        "The database at {host} was sent a change and has not answered: {why}. Whether it was made is not known; read before \
         you make it again"
    );
    Error::Coded { code: OUTCOME_UNKNOWN, message }
}

/// Why it failed: the server's words, or else the error's with those of its causes.
#[must_use]
pub fn reason(error: &tokio_postgres::Error) -> String {
    if let Some(answer) = error.as_db_error() {
        return answer.message().to_string();
    }
    let mut told = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        let text = error.to_string();
        if !told.contains(&text) {
            told = format!("{told}: {text}");
        }
        cause = error.source();
    }
    told
}

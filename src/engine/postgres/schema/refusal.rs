//! Why a board can't be used as it is: the errors that say so, and what to do.

use super::migrations::LATEST;
use crate::engine::postgres::client::Client;
use crate::error::{Error, Result};

/// The board's name for an error's words.
pub fn name(client: &Client, schema: &str) -> String {
    format!("The board in schema '{schema}' of {}", client.host())
}

/// Refuses a board of a later version than this package knows.
pub fn check_not_newer(client: &Client, schema: &str, version: u32) -> Result<()> {
    if version <= LATEST {
        return Ok(());
    }
    let message = format!(
        "{} can't be used: its tables are of version {version}, this package knows {LATEST}: use the version of the package that \
         wrote them, or a later one",
        name(client, schema)
    );
    Err(Error::Coded { code: "ERR_SCHEMA_NEWER", message })
}

/// Why a board that is older can't be used.
pub fn older(client: &Client, schema: &str, version: u32, pinned: bool) -> Error {
    let (were, instead) = if pinned {
        ("were taken back to version", "`visual-db migrate up` brings them there")
    } else {
        ("are of version", "open it once for writing")
    };
    let name = name(client, schema);
    let message =
        format!("{name} can't be opened: its tables {were} {version}, this package needs {LATEST}: {instead}");
    Error::Coded { code: "ERR_SCHEMA_OLDER", message }
}

//! Why a file can't be used as it is: the errors that say so, and what to do.

use std::path::Path;

use rusqlite::Connection;

use super::Prepare;
use super::found::Found;
use super::history::Access;
use super::inspect::inspect;
use super::migrations::LATEST;
use crate::error::{Error, Result};

/// Why a file that is older can't be used without being migrated.
pub fn older(options: &Prepare, found: &Found, version: u32) -> Error {
    let what = match found {
        Found::Empty => "it is empty".into(),
        Found::JavaScriptLayer => "it is the JavaScript layer's and has no schema version".into(),
        _ if version == 0 => "its schema was rolled back to nothing".into(),
        _ => format!("its schema is version {version}"),
    };
    options.error(
        "ERR_SCHEMA_OLDER",
        format!("{what}, this package needs {LATEST}: `visual-db migrate up` brings it there"),
    )
}

/// Why a file can't be used.
pub fn refusal(options: &Prepare, found: &Found) -> Error {
    match found {
        Found::Newer(version, access) => {
            let instead = if *access == Access::Read { "open it with `readonly: true`, or " } else { "" };
            options.error(
                "ERR_SCHEMA_NEWER",
                format!(
                    "its schema is version {version}, this package knows {LATEST}: {instead}use the version of the package \
                     that wrote it, or a later one"
                ),
            )
        }
        Found::Different(differences) => options.error(
            "ERR_SCHEMA_DIFFERENT",
            format!("its tables are not the JavaScript layer's, so it was left as it is: {}", differences.join("; ")),
        ),
        Found::Foreign(why) => options.error("ERR_SCHEMA_FOREIGN", format!("{why}: it was left as it is")),
        _ => older(options, found, 0),
    }
}

/// Refuses a file of a later version, also one that may be used: how to mend it is not known here.
///
/// # Errors
/// `ERR_SCHEMA_NEWER`; SQLite's error.
pub fn refuse_later(connection: &Connection, path: &Path) -> Result<()> {
    match inspect(connection)? {
        found @ Found::Newer(..) => Err(refusal(&Prepare { path: Some(path), ..Prepare::default() }, &found)),
        _ => Ok(()),
    }
}

//! Opening a board on a server: connecting, and seeing to it that its tables are the ones the code needs.

use std::time::Duration;

use super::client::Client;
use super::schema;
use super::store::Store;
use super::target::Target;
use crate::error::{Error, Result};

/// How a board is opened.
#[derive(Debug, Clone, Copy)]
pub struct Options<'a> {
    /// The schema of PostgreSQL that its tables are in.
    pub schema: &'a str,
    /// Only to read.
    pub readonly: bool,
    /// A missing board is an error.
    pub must_exist: bool,
    /// How long to wait for somebody else's lock; for the server a second longer.
    pub timeout: Duration,
    /// Whether an older one is migrated; else it is an error.
    pub migrate: bool,
    /// This package's version, for the board's history.
    pub package_version: &'a str,
}

/// The longest name of a schema, in bytes: PostgreSQL cuts off what is more.
const LONGEST_NAME: usize = 63;

/// Opens a board.
///
/// # Errors
/// An error that names the host and the reason, and never the password.
pub fn open(url: &str, options: &Options<'_>) -> Result<Store> {
    let target = Target::parse(url)?;
    check_name(options.schema)?;
    let client = Client::open(target, options.readonly, options.timeout)?;
    schema::prepare(&client, options)?;
    Ok(Store::new(client, options.schema, options.readonly))
}

fn check_name(name: &str) -> Result<()> {
    if name.is_empty() || name.len() > LONGEST_NAME || name.contains('\0') || name.starts_with("pg_") {
        let must = format!("a name of 1 to {LONGEST_NAME} bytes that doesn't begin with pg_");
        return Err(Error::Type(format!("VisualDatabase: schema must be {must}, got {name:?}")));
    }
    Ok(())
}

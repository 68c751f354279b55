//! Opening a board on a server: connecting, and seeing to it that its tables are the ones the code needs.

use super::client::Client;
use super::options::Options;
use super::schema;
use super::store::Store;
use super::target::Target;
use crate::error::{Error, Result};

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

/// Refuses a schema's name that PostgreSQL would not take, or would cut.
pub fn check_name(name: &str) -> Result<()> {
    if name.is_empty() || name.len() > LONGEST_NAME || name.contains('\0') || name.starts_with("pg_") {
        let must = format!("a name of 1 to {LONGEST_NAME} bytes that doesn't begin with pg_");
        return Err(Error::Type(format!("VisualDatabase: schema must be {must}, got {name:?}")));
    }
    Ok(())
}

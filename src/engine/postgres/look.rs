//! A look at a board by SQL of a person's own, on a connection that is closed again.

use std::time::Duration;

use super::client::{Client, Look, Looked};
use super::open::check_name;
use super::schema::names::quoted;
use super::target::Target;
use crate::error::Result;

/// How long a connection may take.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Runs one statement that only reads, and shows at most so many of its rows. What takes longer than `limit_ms` the server ends.
///
/// # Errors
/// What the server says against it.
pub fn look(url: &str, schema: &str, sql: &str, most: usize, limit_ms: u32) -> Result<Looked> {
    check_name(schema)?;
    let client = Client::open(Target::parse(url)?, true, TIMEOUT)?;
    let looked = client.look(Look { sql, schema: &quoted(schema), most, limit_ms });
    client.hang_up();
    looked
}

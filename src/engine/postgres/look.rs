//! A person's own SQL, run to look at a board, on a connection that is closed afterwards.

use std::time::Duration;

use super::client::{Client, Look, Looked};
use super::open::check_name;
use super::schema::names::quoted;
use super::target::Target;
use crate::error::Result;

/// How long to wait for a connection, or for somebody else's lock.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Runs one statement that only reads, and gives at most `most` of its rows. The server cancels what takes longer than `limit_ms`.
///
/// # Errors
/// What the server refuses it with.
pub fn look(url: &str, schema: &str, sql: &str, most: usize, limit_ms: u32) -> Result<Looked> {
    check_name(schema)?;
    let client = Client::open(Target::parse(url)?, true, TIMEOUT)?;
    let looked = client.look(Look { sql, schema: &quoted(schema), most, limit_ms });
    client.hang_up();
    looked
}

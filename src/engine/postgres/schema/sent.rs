//! What is said to the server about versions: nothing of it is sent a second time.

use tokio_postgres::Row;

use crate::engine::postgres::client::error_codes::answered;
use crate::engine::postgres::client::value::Value;
use crate::engine::postgres::client::{Answer, Client, Step};
use crate::error::{Error, Result};

/// Sends all of it at once.
pub fn sent(client: &Client, steps: &[Step<'_>]) -> Result<Vec<Answer>> {
    // Whatever was sent is one transaction, and the next opening looks again.
    client.send(steps).map_err(|lost| lost.unavailable(&client.host()))
}

/// The rows of a statement.
pub fn rows(client: &Client, sql: &str, values: &[Value<'_>]) -> Result<Vec<Row>> {
    let answer = sent(client, &[Step::Statement(sql, values)])?.pop().unwrap_or_else(|| Ok(Vec::new()));
    answer.map_err(|error| explained(client, answered(error, &client.host())))
}

/// Scripts, of which each has to succeed.
pub fn scripts(client: &Client, scripts: &[&str]) -> Result<()> {
    let steps: Vec<Step<'_>> = scripts.iter().map(|script| Step::Script(script)).collect();
    for answer in sent(client, &steps)? {
        answer.map_err(|error| explained(client, answered(error, &client.host())))?;
    }
    Ok(())
}

/// The server's failure, with what could not be done.
pub fn explained(client: &Client, error: Error) -> Error {
    let message = format!("Cannot open the board at {}: {}", client.host(), error.message());
    match error {
        Error::Coded { .. } => error,
        error => error.with_message(message),
    }
}

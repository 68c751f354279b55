//! One statement of a person's own, which only reads, and whose columns nobody here knows: they come as text.

use futures_util::{TryStreamExt, pin_mut};
use tokio_postgres::{Client, Error, SimpleQueryMessage};

/// What a statement gave.
#[derive(Debug, Default)]
pub struct Looked {
    /// The names of its columns.
    pub columns: Vec<String>,
    /// Its rows, each value as PostgreSQL writes it.
    pub rows: Vec<Vec<Option<String>>>,
    /// Whether there are more.
    pub truncated: bool,
    /// The lines of its plan.
    pub plan: Vec<String>,
    /// How long its rows took.
    pub seconds: f64,
}

/// What to run, and within which limits.
#[derive(Debug, Clone, Copy)]
pub struct Look<'a> {
    /// The statement.
    pub sql: &'a str,
    /// The schema, quoted, in which tables are looked up that are named without one.
    pub schema: &'a str,
    /// The most rows to give.
    pub most: usize,
    /// After how many milliseconds the server cancels it.
    pub limit_ms: u32,
}

/// After how many bytes of rows no more are fetched: the last `HOP` rows come in full.
const ENOUGH: usize = 8 << 20;
/// Rows that are fetched at once.
const HOP: usize = 50;

/// Runs it in a transaction that can't write. The statement goes to the server as a part of one that takes nothing but a query, and by a
/// protocol that takes nothing but one statement: it can neither end the transaction nor begin another.
pub async fn look(client: &Client, look: Look<'_>) -> Result<Looked, Error> {
    let Look { sql, schema, most, limit_ms } = look;
    client
        .batch_execute(&format!(
            "BEGIN READ ONLY; SET LOCAL search_path TO {schema}; SET LOCAL statement_timeout = {limit_ms}"
        ))
        .await?;
    let start = std::time::Instant::now();
    client.query_typed(&format!("DECLARE looked NO SCROLL CURSOR FOR {sql}"), &[]).await?;
    let mut looked = Looked::default();
    while let wanted @ 1.. = (most + 1 - looked.rows.len()).min(HOP) {
        if fetch(client, wanted, &mut looked).await? < wanted {
            break;
        }
        if looked.rows.iter().flatten().flatten().map(String::len).sum::<usize>() > ENOUGH {
            looked.truncated = true;
            break;
        }
    }
    looked.truncated |= looked.rows.len() > most;
    looked.rows.truncate(most);
    looked.seconds = start.elapsed().as_secs_f64();
    for row in client.query_typed(&format!("EXPLAIN {sql}"), &[]).await? {
        looked.plan.push(row.try_get(0)?);
    }
    client.batch_execute("ROLLBACK").await?;
    Ok(looked)
}

/// Fetches the next rows: how many there were.
async fn fetch(client: &Client, wanted: usize, looked: &mut Looked) -> Result<usize, Error> {
    let messages = client.simple_query_raw(&format!("FETCH {wanted} FROM looked")).await?;
    pin_mut!(messages);
    let before = looked.rows.len();
    while let Some(message) = messages.try_next().await? {
        match message {
            SimpleQueryMessage::RowDescription(columns) => {
                looked.columns = columns.iter().map(|column| column.name().to_string()).collect();
            }
            SimpleQueryMessage::Row(row) => {
                looked.rows.push((0..row.len()).map(|column| row.get(column).map(str::to_string)).collect());
            }
            _ => {}
        }
    }
    Ok(looked.rows.len() - before)
}

//! Sending a whole conversation at once: what each step is for the client's library, and the order in which they go.

use std::cell::Cell;
use std::future::Future;
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;

use futures_util::TryStreamExt;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, RowStream};

use super::connect::Link;
use super::statements::Sending;
use super::step::{Answer, Step};
use super::value::Value;

/// A future that is waited for.
type Asked<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;
type Prepared = Result<tokio_postgres::Statement, tokio_postgres::Error>;

/// The least that is sent in a second: what is large is given so much longer to go out.
const BYTES_PER_SECOND: usize = 1 << 20;

/// Sends all of it, and waits at most `within` for the next part of the answers: one for each step, or `None` where nothing came.
/// As long as rows come, it goes on waiting.
pub async fn say_within(link: &Link, steps: &[Step<'_>], within: Duration) -> Option<Vec<Answer>> {
    let came = Cell::new(0_u64);
    let mut saying = pin!(say(link, steps, &came));
    let mut patience = within + Duration::from_secs((bytes_of(steps) / BYTES_PER_SECOND) as u64);
    loop {
        let before = came.get();
        match tokio::time::timeout(patience, &mut saying).await {
            Ok(answers) => return Some(answers),
            Err(_) if came.get() == before => return None,
            Err(_) => patience = within,
        }
    }
}

fn bytes_of(steps: &[Step<'_>]) -> usize {
    let of = |step: &Step<'_>| match step {
        Step::Script(sql) => sql.len(),
        Step::Statement(sql, values) => sql.len() + values.iter().map(Value::bytes).sum::<usize>(),
    };
    steps.iter().map(of).sum()
}

/// Sends all of it: the answers, one for each step. A statement that is sent a second time is prepared behind them.
async fn say(link: &Link, steps: &[Step<'_>], came: &Cell<u64>) -> Vec<Answer> {
    let mut prepared: Vec<(&str, Asked<'_, Prepared>)> = Vec::new();
    let mut asked: Vec<Asked<'_, Answer>> = Vec::with_capacity(steps.len());
    for step in steps {
        asked.push(match *step {
            Step::Script(sql) => Box::pin(script(&link.client, sql, came)),
            Step::Statement(sql, values) => match link.statements.sending(sql, values) {
                Sending::Named(statement) => Box::pin(named(&link.client, statement, values, came)),
                Sending::Once => Box::pin(unnamed(&link.client, sql, values, came)),
                Sending::AndPrepared => {
                    if prepared.iter().all(|(other, _)| *other != sql) {
                        prepared.push((sql, Box::pin(prepare(&link.client, sql, values))));
                    }
                    Box::pin(unnamed(&link.client, sql, values, came))
                }
            },
        });
    }
    let (texts, prepared): (Vec<_>, Vec<_>) = prepared.into_iter().unzip();
    let (answers, prepared) = all(asked, prepared).await;
    for (sql, prepared) in texts.into_iter().zip(prepared) {
        // A statement that can't be prepared now, behind one that failed, may be another time.
        if let Ok(statement) = prepared {
            link.statements.keep(sql, statement);
        }
    }
    answers
}

async fn script(client: &Client, sql: &str, came: &Cell<u64>) -> Answer {
    let answer = client.batch_execute(sql).await.map(|()| Vec::new());
    came.set(came.get() + 1);
    answer
}

async fn unnamed(client: &Client, sql: &str, values: &[Value<'_>], came: &Cell<u64>) -> Answer {
    let values = values.iter().map(|value| (value as &(dyn ToSql + Sync), value.kind()));
    collected(client.query_typed_raw(sql, values).await, came).await
}

async fn named(
    client: &Client,
    statement: tokio_postgres::Statement,
    values: &[Value<'_>],
    came: &Cell<u64>,
) -> Answer {
    let values = values.iter().map(|value| value as &(dyn ToSql + Sync));
    collected(client.query_raw(&statement, values).await, came).await
}

/// The rows, each counted as it comes.
async fn collected(rows: Result<RowStream, tokio_postgres::Error>, came: &Cell<u64>) -> Answer {
    let mut rows = pin!(rows?);
    let mut all = Vec::new();
    while let Some(row) = rows.try_next().await? {
        all.push(row);
        came.set(came.get() + 1);
    }
    came.set(came.get() + 1);
    Ok(all)
}

async fn prepare(client: &Client, sql: &str, values: &[Value<'_>]) -> Prepared {
    let kinds: Vec<Type> = values.iter().map(Value::kind).collect();
    client.prepare_typed(sql, &kinds).await
}

/// Waits for all of them. They are polled in their order, since each is sent when it is first polled.
async fn all<T, U>(mut asked: Vec<Asked<'_, T>>, mut behind: Vec<Asked<'_, U>>) -> (Vec<T>, Vec<U>) {
    let (mut answers, mut others): (Vec<Option<T>>, Vec<Option<U>>) =
        (asked.iter().map(|_| None).collect(), behind.iter().map(|_| None).collect());
    std::future::poll_fn(move |cx| {
        let is_done = [poll_each(&mut asked, &mut answers, cx), poll_each(&mut behind, &mut others, cx)];
        if is_done != [true, true] {
            return Poll::Pending;
        }
        let answers = std::mem::take(&mut answers).into_iter().flatten().collect();
        Poll::Ready((answers, std::mem::take(&mut others).into_iter().flatten().collect()))
    })
    .await
}

/// Polls those that haven't answered yet; tells whether all have.
fn poll_each<T>(asked: &mut [Asked<'_, T>], answers: &mut [Option<T>], cx: &mut std::task::Context<'_>) -> bool {
    let mut is_done = true;
    for (future, answer) in asked.iter_mut().zip(answers) {
        if answer.is_none() {
            match future.as_mut().poll(cx) {
                Poll::Ready(came) => *answer = Some(came),
                Poll::Pending => is_done = false,
            }
        }
    }
    is_done
}

//! Sending a whole conversation at once: what each step is for the client's library, and the order in which they go.

use std::future::Future;
use std::pin::Pin;
use std::task::Poll;

use tokio_postgres::Client;
use tokio_postgres::types::{ToSql, Type};

use super::connect::Link;
use super::statements::Sending;
use super::value::Value;
use super::{Answer, Step};

/// What is waited for.
type Asked<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;
type Prepared = Result<tokio_postgres::Statement, tokio_postgres::Error>;

/// Says all of it: the answers, one for each step. What is asked a second time is prepared behind them.
pub async fn say(link: &Link, steps: &[Step<'_>]) -> Vec<Answer> {
    let mut prepared: Vec<(&str, Asked<'_, Prepared>)> = Vec::new();
    let mut asked: Vec<Asked<'_, Answer>> = Vec::with_capacity(steps.len());
    for step in steps {
        asked.push(match *step {
            Step::Script(sql) => Box::pin(script(&link.client, sql)),
            Step::Statement(sql, values) => match link.statements.sending(sql, values) {
                Sending::Named(statement) => Box::pin(named(&link.client, statement, values)),
                Sending::Once => Box::pin(unnamed(&link.client, sql, values)),
                Sending::AndPrepared => {
                    if prepared.iter().all(|(other, _)| *other != sql) {
                        prepared.push((sql, Box::pin(prepare(&link.client, sql, values))));
                    }
                    Box::pin(unnamed(&link.client, sql, values))
                }
            },
        });
    }
    let (texts, prepared): (Vec<_>, Vec<_>) = prepared.into_iter().unzip();
    let (answers, prepared) = all(asked, prepared).await;
    for (sql, prepared) in texts.into_iter().zip(prepared) {
        // One that can't be prepared now, behind what has failed, may be another time.
        if let Ok(statement) = prepared {
            link.statements.keep(sql, statement);
        }
    }
    answers
}

async fn script(client: &Client, sql: &str) -> Answer {
    client.batch_execute(sql).await.map(|()| Vec::new())
}

async fn unnamed(client: &Client, sql: &str, values: &[Value<'_>]) -> Answer {
    let values: Vec<(&(dyn ToSql + Sync), Type)> =
        values.iter().map(|value| (value as &(dyn ToSql + Sync), value.kind())).collect();
    client.query_typed(sql, &values).await
}

async fn named(client: &Client, statement: tokio_postgres::Statement, values: &[Value<'_>]) -> Answer {
    let values: Vec<&(dyn ToSql + Sync)> = values.iter().map(|value| value as &(dyn ToSql + Sync)).collect();
    client.query(&statement, &values).await
}

async fn prepare(client: &Client, sql: &str, values: &[Value<'_>]) -> Prepared {
    let kinds: Vec<Type> = values.iter().map(Value::kind).collect();
    client.prepare_typed(sql, &kinds).await
}

/// Waits for all of them. They are polled in their order, in which they are sent for that.
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

/// Polls those that have not answered; whether all have.
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

//! What is sent to a server, and what it answers.

use tokio_postgres::Row;

use super::value::Value;

/// A part of a conversation.
#[derive(Debug, Clone, Copy)]
pub enum Step<'a> {
    /// Statements without values, whose rows nobody needs.
    Script(&'a str),
    /// A statement with its values.
    Statement(&'a str, &'a [Value<'a>]),
}

/// What came of a step.
pub type Answer = Result<Vec<Row>, tokio_postgres::Error>;

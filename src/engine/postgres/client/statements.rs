//! Statements that a session has prepared, by their text: one that is sent a second time is prepared beside that, in the same trip,
//! and has a name from then on. Without a name the server parses and plans a statement each time, half of what a call takes.
//!
//! Only on a session that is this client's own (`own_session.rs`): behind a pooler the next transaction is another session's, where
//! a name is unknown or somebody else's.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use tokio_postgres::Statement;
use tokio_postgres::types::Type;

use super::value::Value;

/// At most so many texts are remembered: more come of statements that are made for each call, and then all are forgotten.
const MOST: usize = 256;

/// The statements of a session.
#[derive(Default)]
pub struct Statements {
    is_own: bool,
    has_lost: Cell<bool>,
    known: RefCell<HashMap<Box<str>, Option<Statement>>>,
}

/// How a statement is sent.
pub enum Sending {
    /// By its name.
    Named(Statement),
    /// With its text, and prepared beside that.
    AndPrepared,
    /// With its text.
    Once,
}

impl Statements {
    /// Of a session that is this client's own, or isn't.
    pub fn new(is_own: bool) -> Self {
        Self { is_own, ..Self::default() }
    }

    /// Whether nobody else has this session.
    pub fn is_own(&self) -> bool {
        self.is_own
    }

    /// How a statement is sent.
    pub fn sending(&self, sql: &str, values: &[Value<'_>]) -> Sending {
        if !self.is_own || self.has_lost.get() {
            return Sending::Once;
        }
        let mut known = self.known.borrow_mut();
        match known.get(sql) {
            Some(Some(statement)) => {
                let is_same = |(value, kind): (&Value<'_>, &Type)| value.kind() == *kind;
                if statement.params().len() == values.len() && values.iter().zip(statement.params()).all(is_same) {
                    Sending::Named(statement.clone())
                } else {
                    Sending::Once
                }
            }
            Some(None) => Sending::AndPrepared,
            None => {
                if known.len() >= MOST {
                    known.clear();
                }
                known.insert(sql.into(), None);
                Sending::Once
            }
        }
    }

    /// Keeps a statement, which has a name now.
    pub fn keep(&self, sql: &str, statement: Statement) {
        self.known.borrow_mut().insert(sql.into(), Some(statement));
    }

    /// Whether a failure is about a statement's name: the session doesn't know it, or can't run any more what it stands for. Nothing
    /// was done then, and no name is used from now on.
    pub fn is_lost_name(&self, error: &tokio_postgres::Error) -> bool {
        let is_lost = error.code().is_some_and(|state| match state.code() {
            // The name is unknown; it is taken; its columns are other ones since somebody altered a table.
            "26000" | "42P05" => true,
            "0A000" => error.as_db_error().is_some_and(|answer| answer.message().contains("cached plan")),
            _ => false,
        });
        if is_lost && self.is_own {
            self.has_lost.set(true);
            self.known.take();
        }
        is_lost
    }
}

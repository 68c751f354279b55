//! What a store keeps for undo.

use std::cell::Cell;

use super::sql::Sql;
use crate::engine::sqlite::store::compiled::Compiled;

/// What a store keeps for undo.
#[derive(Default)]
pub struct Undo {
    /// The compiled statements.
    pub(super) statements: Compiled<{ Sql::ALL.len() }>,
    /// A call is under way that remembers what it does: what is called within it is part of that.
    pub(super) recording: Cell<bool>,
    /// What tells the steps of the transaction that is under way, once it has any, and which one that is for the connection: by
    /// that only it is seen that SQL on the raw handle has ended it.
    pub(super) tx: Cell<Option<(i64, u32)>>,
}

impl Undo {
    /// A transaction begins, or has ended.
    pub fn forget_transaction(&self) {
        self.tx.set(None);
    }
}

//! What a store keeps for undo.

use std::cell::Cell;

use super::sql::Sql;
use crate::engine::sqlite::store::compiled::Compiled;

#[derive(Default)]
pub struct Undo {
    /// The compiled statements.
    pub(super) statements: Compiled<{ Sql::ALL.len() }>,
    /// A call is under way that remembers what it does: what is called within it is part of that.
    pub(super) recording: Cell<bool>,
    /// What the steps of the transaction under way have in common, once it has any, and which transaction of the connection that
    /// is: only this tells where SQL on the raw handle has ended it.
    pub(super) tx: Cell<Option<(i64, u32)>>,
}

impl Undo {
    /// A transaction begins, or has ended.
    pub fn forget_transaction(&self) {
        self.tx.set(None);
    }
}

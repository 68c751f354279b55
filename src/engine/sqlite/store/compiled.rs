//! Statements that are compiled when first used, and kept.

use std::cell::OnceCell;
use std::rc::Rc;

use crate::engine::sqlite::driver::{Connection, Statement};
use crate::error::Result;

/// The compiled ones of a set of statements.
pub struct Compiled<const N: usize>([OnceCell<Rc<Statement>>; N]);

impl<const N: usize> Default for Compiled<N> {
    fn default() -> Self {
        Self([const { OnceCell::new() }; N])
    }
}

impl<const N: usize> Compiled<N> {
    /// The statement at an index of the set, if it was compiled.
    #[cfg(test)]
    pub(super) fn known(&self, at: usize) -> Option<&Rc<Statement>> {
        self.0[at].get()
    }

    /// The statement at an index of the set, which has this SQL.
    pub(super) fn get(
        &self,
        connection: &Rc<Connection>,
        at: usize,
        sql: impl FnOnce() -> String,
    ) -> Result<&Rc<Statement>> {
        let cell = &self.0[at];
        if let Some(statement) = cell.get() {
            return Ok(statement);
        }
        let statement = Rc::new(Statement::prepare(connection, &sql(), true)?);
        Ok(cell.get_or_init(|| statement))
    }
}

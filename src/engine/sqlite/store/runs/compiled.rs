//! The compiled statements of runs.

use std::cell::OnceCell;
use std::rc::Rc;

use super::sql::Sql;
use crate::engine::sqlite::driver::Statement;

/// The compiled statements.
pub struct Statements([OnceCell<Rc<Statement>>; Sql::ALL.len()]);

impl Statements {
    /// The index of one of them.
    pub(super) fn cell(&self, sql: Sql) -> &OnceCell<Rc<Statement>> {
        &self.0[sql as usize]
    }
}

impl Default for Statements {
    fn default() -> Self {
        Self([const { OnceCell::new() }; Sql::ALL.len()])
    }
}

//! Walks joined with the executions: looking each up by its id takes twice as long as the walk with its join.

use std::rc::Rc;

use super::sql::Sql;
use crate::engine::sqlite::driver::Statement;
use crate::engine::sqlite::store::Store;
use crate::engine::sqlite::store::statements::Listed;
use crate::error::Result;
use crate::model::EXECUTION;

/// A walk along the history, each row joined with its execution, if that was only recorded and is on the board.
#[derive(Debug, Clone, Copy)]
pub(super) struct InFull(pub Sql);

/// Where the execution's columns begin in its rows.
pub(super) const EXECUTION_AT: usize = 14;

impl InFull {
    pub fn sql(self) -> String {
        let columns = format!(", {} FROM main.", EXECUTION.columns("e."));
        let join = " LEFT JOIN main.zone_executions AS e ON e.id = h.id WHERE ";
        self.0.sql().replacen(" FROM main.", &columns, 1).replacen(" WHERE ", join, 1)
    }
}

impl Listed for InFull {
    fn compiled(self, store: &Store) -> Result<&Rc<Statement>> {
        store.history.in_full.get(&store.connection, self.0 as usize, || store.text(self.sql()))
    }
}

//! The statements, which are compiled when first used and kept.

use std::rc::Rc;

use super::sql::Sql;
use crate::engine::sqlite::driver::Statement;
use crate::engine::sqlite::store::Store;
use crate::engine::sqlite::store::statements::Listed;
use crate::error::Result;

impl Listed for Sql {
    fn compiled(self, store: &Store) -> Result<&Rc<Statement>> {
        store.beside.get(&store.connection, self as usize, || store.text(self.sql()))
    }
}

impl Store {
    /// Refuses calls that write into tables which the file's version lacks.
    pub(super) fn check_beside(&self) -> Result<()> {
        self.check_version(super::VERSION, "metadata and limits come")
    }
}

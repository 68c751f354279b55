//! Running the statements, which are compiled when first used and kept.

use std::rc::Rc;

use super::sql::Sql;
use crate::engine::sqlite::driver::Statement;
use crate::engine::sqlite::store::Store;
use crate::engine::sqlite::store::statements::Listed;
use crate::error::Result;

impl Listed for Sql {
    fn compiled(self, store: &Store) -> Result<&Rc<Statement>> {
        // Some statements use our function, and any of them may be the first that is compiled.
        if !store.search.registered.replace(true) {
            store.connection.register_hits().inspect_err(|_| store.search.registered.set(false))?;
        }
        store.search.statements.get(&store.connection, self as usize, || store.text(self.sql()))
    }
}

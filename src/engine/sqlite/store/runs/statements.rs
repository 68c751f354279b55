//! The statements of runs, which are compiled when first used and kept.

use std::rc::Rc;

use super::sql::Sql;
use crate::engine::sqlite::driver::Statement;
use crate::engine::sqlite::store::Store;
use crate::engine::sqlite::store::statements::Listed;
use crate::error::Result;

impl Listed for Sql {
    fn compiled(self, store: &Store) -> Result<&Rc<Statement>> {
        store.runs.get(&store.connection, self as usize, || store.text(self.sql()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::sqlite::store::queries::Query;
    use crate::engine::sqlite::store::tests::{open, recompilations};
    use crate::test_folder::Folder;

    #[test]
    fn no_statement_is_compiled_again_by_its_values() {
        let folder = Folder::new();
        let store = open(&folder.database());
        let runs = Sql::ALL.iter().map(|sql| (sql.name(), sql.compiled(&store).unwrap()));
        let others = Query::ALL.iter().map(|query| (query.name(), store.statement(*query).unwrap()));
        let again = runs.chain(others).filter(|(_, statement)| recompilations(statement) > 0).map(|(name, _)| name);
        assert_eq!(again.collect::<Vec<_>>(), [] as [&str; 0]);
    }
}

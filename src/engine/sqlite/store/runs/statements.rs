//! The statements of runs, which are compiled when first used and kept.

use std::rc::Rc;

use super::sql::Sql;
use crate::engine::sqlite::driver::Statement;
use crate::engine::sqlite::store::Store;
use crate::engine::sqlite::store::statements::Listed;
use crate::error::Result;

impl Store {
    pub(super) fn run_statement(&self, sql: Sql) -> Result<&Rc<Statement>> {
        let cell = self.runs.cell(sql);
        if let Some(statement) = cell.get() {
            return Ok(statement);
        }
        let statement = Rc::new(Statement::prepare(&self.connection, &sql.sql(), true)?);
        Ok(cell.get_or_init(|| statement))
    }
}

impl Listed for Sql {
    fn compiled(self, store: &Store) -> Result<&Rc<Statement>> {
        store.run_statement(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::sqlite::driver::Bind;
    use crate::engine::sqlite::store::queries::Query;
    use crate::engine::sqlite::store::tests::open;
    use crate::test_folder::Folder;

    /// How often it is compiled again where it is run with one value after the other.
    fn recompilations(statement: &Statement) -> i32 {
        for value in [1, 2] {
            let values = vec![Bind::Integer(value); statement.parameter_count()];
            // What a constraint refuses is compiled, too.
            let _ = statement.bind_all(values).and_then(|()| statement.step());
            statement.reset();
            statement.clear_bindings();
        }
        statement.recompilations()
    }

    #[test]
    fn no_statement_is_compiled_again_by_its_values() {
        let folder = Folder::new();
        let store = open(&folder.database());
        let runs = Sql::ALL.iter().map(|sql| (sql.name(), store.run_statement(*sql).unwrap()));
        let others = Query::ALL.iter().map(|query| (query.name(), store.statement(*query).unwrap()));
        let anew = runs.chain(others).filter(|(_, statement)| recompilations(statement) > 0).map(|(name, _)| name);
        assert_eq!(anew.collect::<Vec<_>>(), [] as [&str; 0]);
    }
}

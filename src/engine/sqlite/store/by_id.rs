//! Reading a row by its id.

use super::Store;
use super::rowids::ById;
use crate::engine::sqlite::driver::Bind;
use crate::error::Result;
use crate::rows::Batch;

impl Store {
    /// Reads the row with this id, if there is one.
    pub(super) fn get_by_id(&self, by: ById, id: &str, batch: &mut Batch) -> Result<()> {
        self.connection.check_idle()?;
        let (by_index, by_rowid) = by.queries();
        if let Some(rowid) = self.rowids.find(by, id) {
            self.get(by_rowid, &[Bind::Text(id), Bind::Integer(rowid)], batch)?;
            if batch.rows() > 0 {
                return Ok(());
            }
        }
        let statement = self.statement(by_index)?;
        statement.bind_all([Bind::Text(id)])?;
        let _busy = self.connection.enter();
        if statement.step()? {
            let rowid = statement.column_count() - 1;
            self.rowids.remember(by, id, statement.integer(rowid));
            statement.pack_columns(batch, rowid, false)?;
        }
        statement.reset();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Worktrees;
    use crate::engine::sqlite::driver::Connection;
    use crate::engine::sqlite::schema::{self, Report};
    use crate::model::Given;

    /// The ids of these worktrees as they are read by id: `-` where there is none.
    fn read(store: &Store, ids: &[&str]) -> String {
        let read_one = |id: &&str| {
            let mut batch = Batch::default();
            store.get_worktree(Given::Text(id), &mut batch).unwrap();
            assert!(batch.rows() == 0 || batch.ends().len() == 11, "the rowid is no part of the row");
            let text = String::from_utf8_lossy(batch.text()).into_owned();
            text.split_once('/').map_or("-".to_string(), |(id, _)| id.to_string())
        };
        ids.iter().map(read_one).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_row_that_has_moved_or_gone_is_found_or_missed_like_any_other() {
        let connection = Connection::new(rusqlite::Connection::open_in_memory().unwrap());
        let store = Store::new(&connection, &Report { version: schema::LATEST, ..Report::default() });
        let run = |sql: &str| connection.with(|inner| Ok(inner.execute_batch(sql)?)).unwrap();
        let insert = |rowid: i64, id: &str| {
            run(&format!(
                "INSERT INTO worktrees (rowid, id, path, port, branch_name, created_at) \
                 VALUES ({rowid}, '{id}', '/srv', {rowid}, 'main', '2026')"
            ));
        };
        for migration in schema::ALL {
            run(migration.up);
        }
        for (rowid, id) in [(5, "a"), (6, "b"), (7, "c")] {
            insert(rowid, id);
        }
        let ids = ["a", "b", "c", "d"];
        for _ in 0..2 {
            assert_eq!(read(&store, &ids), "a b c -");
        }

        run("DELETE FROM worktrees WHERE id IN ('a', 'b')");
        assert_eq!(read(&store, &ids), "- - c -");
        // `b` and `d` at rowids that others had.
        for (rowid, id) in [(5, "b"), (6, "d"), (8, "a")] {
            insert(rowid, id);
        }
        assert_eq!(read(&store, &ids), "a b c d");
        run("DELETE FROM worktrees WHERE id = 'b'; VACUUM");
        assert_eq!(read(&store, &ids), "a - c d");
    }
}

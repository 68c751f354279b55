//! Where rows were found. A read by id goes down the index to the rowid, then down the table to the row; with the rowid
//! remembered it goes down the table alone, which is a fifth of a read whose pages another process's commit has made cold.
//!
//! A remembered rowid is a guess and never more: the row is taken only where it has the id, else the id is looked up.

use std::cell::RefCell;
use std::collections::HashMap;

use super::Store;
use super::queries::Query;
use crate::engine::sqlite::driver::Bind;
use crate::error::Result;
use crate::model::Entity;
use crate::rows::Batch;

/// A read by id: by its index, with the rowid as the last column, and by the rowid that it was found at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ById {
    Worktree,
    Zone,
    Execution,
    Assignment,
}

impl ById {
    const COUNT: usize = 4;

    /// The read of an entity.
    pub(super) fn of(entity: &Entity) -> Self {
        match entity.name {
            "worktree" => Self::Worktree,
            "zone" => Self::Zone,
            _ => Self::Execution,
        }
    }

    fn queries(self) -> (Query, Query) {
        match self {
            Self::Worktree => (Query::GetWorktree, Query::GetWorktreeAt),
            Self::Zone => (Query::GetZone, Query::GetZoneAt),
            Self::Execution => (Query::GetExecution, Query::GetExecutionAt),
            Self::Assignment => (Query::GetWorktreeZone, Query::GetWorktreeZoneAt),
        }
    }
}

/// The rowids of ids that were asked for.
#[derive(Default)]
pub(super) struct Places([RefCell<HashMap<Box<str>, i64>>; ById::COUNT]);

/// The most ids of one kind that are remembered, and the longest, in bytes.
const MOST: usize = 4096;
const LONGEST: usize = 256;

impl Places {
    fn find(&self, by: ById, id: &str) -> Option<i64> {
        self.0[by as usize].borrow().get(id).copied()
    }

    fn remember(&self, by: ById, id: &str, rowid: i64) {
        if id.len() > LONGEST {
            return;
        }
        let mut places = self.0[by as usize].borrow_mut();
        if places.len() >= MOST {
            places.clear();
        }
        places.insert(id.into(), rowid);
    }
}

impl Store {
    /// Reads the row with this id, if there is one.
    pub(super) fn get_by_id(&self, by: ById, id: &str, batch: &mut Batch) -> Result<()> {
        self.connection.check_idle()?;
        let (by_index, by_rowid) = by.queries();
        if let Some(rowid) = self.places.find(by, id) {
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
            self.places.remember(by, id, statement.integer(rowid));
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
    use crate::engine::sqlite::schema;
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
        let store = Store::new(&connection, schema::LATEST);
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
        // Each where another was.
        for (rowid, id) in [(5, "b"), (6, "d"), (8, "a")] {
            insert(rowid, id);
        }
        assert_eq!(read(&store, &ids), "a b c d");
        run("DELETE FROM worktrees WHERE id = 'b'; VACUUM");
        assert_eq!(read(&store, &ids), "a - c d");
    }

    #[test]
    fn only_so_many_places_are_remembered() {
        let places = Places::default();
        for n in 0..=MOST {
            places.remember(ById::Zone, &format!("zone-{n}"), 7);
        }
        places.remember(ById::Zone, &"z".repeat(LONGEST + 1), 7);
        assert_eq!(places.0[ById::Zone as usize].borrow().len(), 1);
    }
}

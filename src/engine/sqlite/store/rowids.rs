//! The rowids at which rows were found. A read by id goes down the index to the rowid, then down the table to the row; with the
//! rowid remembered it goes down the table alone, which saves a fifth of a read whose pages another process's commit has made
//! cold.
//!
//! A remembered rowid is a guess and never more: the row is taken only where it has the id, else the id is looked up.

use std::cell::RefCell;
use std::collections::HashMap;

use super::queries::Query;
use crate::model::Entity;

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

    pub(super) fn queries(self) -> (Query, Query) {
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
pub(super) struct Rowids([RefCell<HashMap<Box<str>, i64>>; ById::COUNT]);

/// The most ids of one kind that are remembered, and the longest, in bytes.
const MOST: usize = 4096;
const LONGEST: usize = 256;

impl Rowids {
    pub(super) fn find(&self, by: ById, id: &str) -> Option<i64> {
        self.0[by as usize].borrow().get(id).copied()
    }

    pub(super) fn remember(&self, by: ById, id: &str, rowid: i64) {
        if id.len() > LONGEST {
            return;
        }
        let mut rowids = self.0[by as usize].borrow_mut();
        if rowids.len() >= MOST {
            rowids.clear();
        }
        rowids.insert(id.into(), rowid);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_so_many_rowids_are_remembered() {
        let rowids = Rowids::default();
        for n in 0..=MOST {
            rowids.remember(ById::Zone, &format!("zone-{n}"), 7);
        }
        rowids.remember(ById::Zone, &"z".repeat(LONGEST + 1), 7);
        assert_eq!(rowids.0[ById::Zone as usize].borrow().len(), 1);
    }
}

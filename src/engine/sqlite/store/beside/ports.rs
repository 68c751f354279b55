//! Ports that no worktree has.

use super::sql::Sql;
use crate::engine::sqlite::driver::Bind;
use crate::engine::sqlite::store::Store;
use crate::engine::sqlite::store::statements::Listed;
use crate::error::Result;

impl Store {
    /// The lowest port of a range that no worktree has: along the index of ports up to the first gap.
    pub(in crate::engine::sqlite::store) fn lowest_free_port(&self, from: i64, to: i64) -> Result<Option<i64>> {
        let statement = Sql::PortsTaken.compiled(self)?;
        statement.with_bound(&[Bind::Integer(from), Bind::Integer(to)], |row| {
            let mut free = from;
            // A port that others stored may be no whole number; it takes the one below.
            while row.step()? && row.integer(0) <= free {
                free = free.max(row.integer(0) + 1);
            }
            Ok((free <= to).then_some(free))
        })
    }
}

//! Runs one by one, by when they ended.

use super::line::Line;
use super::sql::Sql;
use super::tail::Tail;
use crate::engine::sqlite::driver::{Bind, Statement};
use crate::engine::sqlite::store::Store;
use crate::error::Result;

/// Which runs are wanted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted {
    /// Those that ended then or later,
    pub from: i64,
    /// and then or before.
    pub to: i64,
    /// Whether the models that each used are read, too.
    pub with_models: bool,
}

impl Store {
    /// Hands `take` each run that is wanted: of the tables' runs those that `takes` lets through, of the tail's all.
    pub(super) fn each_ended(
        &self,
        wanted: &Wanted,
        tail: Option<&Tail>,
        takes: &dyn Fn(&Statement) -> Result<bool>,
        take: &mut dyn FnMut(&Line),
    ) -> Result<()> {
        let Wanted { from, to, with_models } = *wanted;
        if !tail.is_some_and(Tail::is_all) {
            for sql in [Sql::EndedAtOnce, Sql::EndedLater] {
                self.each_row(sql, &[Bind::Integer(from), Bind::Integer(to)], |row| {
                    if !tail.is_some_and(|tail| tail.hides(super::line::place(row))) && takes(row)? {
                        let line = Line::read_whole(row);
                        take(&if with_models { self.with_models(line)? } else { line });
                    }
                    Ok(true)
                })?;
            }
        }
        let lines = tail.into_iter().flat_map(Tail::lines);
        lines.filter(|line| line.finished_at.is_some_and(|at| (from..=to).contains(&at))).for_each(take);
        Ok(())
    }
}

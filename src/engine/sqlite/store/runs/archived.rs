//! Executions of the archive that are no runs of ours, in a list of runs.

use std::collections::{HashMap, VecDeque};

use super::sql::Sql;
use crate::engine::sqlite::driver::Bind;
use crate::engine::sqlite::store::{Store, archive};
use crate::engine::{RunFilter, RunsAfter};
use crate::error::Result;

/// A row of the archive.
pub(super) struct Archived {
    pub key: i64,
    pub made_at: i64,
    /// What it has among the runs, below 0, or 0.
    pub run: i64,
}

/// Which archived worktree an id that is asked for means: a reused id is the worktree's that has it now.
pub(super) struct Meant<'a>(Option<HashMap<&'a str, Option<i64>>>);

impl Meant<'_> {
    /// Whether what is of a worktree, of the archive where it says which, is asked for.
    pub fn takes(&self, worktree: &str, archived: Option<i64>) -> bool {
        self.0.as_ref().is_none_or(|meant| meant.get(worktree).is_some_and(|known| *known == archived))
    }

    /// Whether all worktrees are asked for.
    pub fn is_any(&self) -> bool {
        self.0.is_none()
    }
}

impl Store {
    pub(super) fn meant<'a>(&self, filter: &RunFilter<'a>) -> Result<Meant<'a>> {
        let Some(ids) = &filter.worktrees else { return Ok(Meant(None)) };
        let each = ids.iter().map(|id| Ok((*id, self.archived_worktree(id)?)));
        Ok(Meant(Some(each.collect::<Result<_>>()?)))
    }

    pub(super) fn latest_archived(
        &self,
        filter: &RunFilter<'_>,
        meant: &Meant<'_>,
        after: RunsAfter,
        most: usize,
    ) -> Result<VecDeque<Archived>> {
        let mut found = VecDeque::new();
        if self.version < archive::VERSION {
            return Ok(found);
        }
        let before = [Bind::Integer(after.archived_at), Bind::Integer(after.archived)];
        self.each_row(Sql::Archived, &before, |row| {
            let (key, run) = (row.integer(0), row.integer(6));
            let status = if row.integer(5) == 0 { "failed" } else { "succeeded" };
            let is_wanted = run <= 0
                && filter.takes(&row.text(2), &row.text(3), &row.text(4))
                && filter.statuses.as_ref().is_none_or(|statuses| statuses.contains(&status))
                && meant.takes(&row.text(3), Some(key >> 32));
            if is_wanted {
                found.push_back(Archived { key, made_at: row.integer(1), run });
            }
            Ok(found.len() < most)
        })?;
        Ok(found)
    }
}

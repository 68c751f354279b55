//! Which runs are asked for, as the history has it: worktrees by their names there, states by their numbers; whether a run is
//! among them.

use super::line::{FIRST_TIME, Line, NO_TIME, Place, archived_name, code};
use super::sql::Sql;
use crate::engine::RunFilter;
use crate::engine::sqlite::driver::{Bind, Statement};
use crate::engine::sqlite::store::{Store, archive};
use crate::error::Result;
use crate::model::run::Status;

/// A filter, as the history has it.
pub struct Asked<'a> {
    pub(super) filter: &'a RunFilter<'a>,
    /// Of these worktrees, whether asked for by id or by branch.
    pub(super) worktrees: Option<Vec<String>>,
    pub(super) statuses: Option<Vec<i64>>,
    pub(super) since: i64,
    pub(super) until: i64,
}

impl Store {
    pub(in crate::engine::sqlite::store) fn asked<'a>(&self, filter: &'a RunFilter<'a>) -> Result<Asked<'a>> {
        // A reused id means the worktree that has it now.
        let known = |id: &&str| Ok(self.archived_worktree(id)?.map_or_else(|| (*id).to_owned(), archived_name));
        let ids = filter.worktrees.as_ref().map(|ids| ids.iter().map(known).collect::<Result<Vec<_>>>());
        let mut worktrees = ids.transpose()?;
        if let Some(branch) = filter.branch {
            let mut on_branch = self.on_branch(branch)?;
            if let Some(ids) = &worktrees {
                on_branch.retain(|id| ids.contains(id));
            }
            worktrees = Some(on_branch);
        }
        let codes = |words: &Vec<&str>| words.iter().filter_map(|word| Status::from_word(word)).map(code).collect();
        let bounded = filter.since.is_some() || filter.until.is_some();
        Ok(Asked {
            worktrees,
            statuses: filter.statuses.as_ref().map(codes),
            // A run without a readable time is neither before nor after any time.
            since: filter.since.unwrap_or(if bounded { FIRST_TIME } else { NO_TIME }),
            until: filter.until.unwrap_or(i64::MAX),
            filter,
        })
    }

    /// The worktrees on a branch, as the history knows them.
    pub(in crate::engine::sqlite::store) fn on_branch(&self, branch: &str) -> Result<Vec<String>> {
        let mut found = Vec::new();
        self.each_row(Sql::OnBranch, &[Bind::Text(branch)], |row| {
            found.push(row.text(0));
            Ok(true)
        })?;
        if self.version >= archive::VERSION {
            self.each_row(Sql::ArchivedOnBranch, &[Bind::Text(branch)], |row| {
                found.push(archived_name(row.integer(0)));
                Ok(true)
            })?;
        }
        Ok(found)
    }
}

impl Asked<'_> {
    pub(super) fn takes_line(&self, line: &Line) -> bool {
        let filter = self.filter;
        self.takes_numbers(line.place.at, || line.status, || line.duration_ms, || line.finished_at)
            && is_in(filter.zones.as_deref(), &line.zone_id)
            && self.takes_worktree(&line.worktree_id)
            && is_in(filter.agents.as_deref(), &line.agent_type)
            && filter.parent.is_none_or(|parent| line.parent_run_id.as_deref() == Some(parent))
            && filter.model.is_none_or(|model| line.models.iter().any(|used| used.model == model))
    }

    /// The same of the row that a statement stands on.
    pub(super) fn takes_row(&self, store: &Store, row: &Statement) -> Result<bool> {
        let filter = self.filter;
        let text = |column, takes: &dyn Fn(&str) -> bool| row.with_text(column, takes);
        let [duration_ms, finished_at] = [7, 11].map(|column| move || row.integer_or_null(column));
        let takes = self.takes_numbers(row.integer(0), || row.integer(5), duration_ms, finished_at)
            && (filter.zones.is_none() || text(2, &|zone| is_in(filter.zones.as_deref(), zone)))
            && (self.worktrees.is_none() || text(3, &|worktree| self.takes_worktree(worktree)))
            && (filter.agents.is_none() || text(4, &|agent| is_in(filter.agents.as_deref(), agent)))
            && filter.parent.is_none_or(|parent| !row.is_null(6) && text(6, &|of| of == parent));
        match filter.model {
            Some(model) if takes => {
                let Place { at, key } = super::line::place(row);
                store.finds(Sql::UsedModel, &[Bind::Integer(at), Bind::Integer(key), Bind::Text(model)])
            }
            _ => Ok(takes),
        }
    }

    /// Only what a filter asks for is read.
    fn takes_numbers(
        &self,
        at: i64,
        status: impl FnOnce() -> i64,
        duration_ms: impl FnOnce() -> Option<i64>,
        finished_at: impl FnOnce() -> Option<i64>,
    ) -> bool {
        (self.since..=self.until).contains(&at)
            && self.statuses.as_ref().is_none_or(|codes| codes.contains(&status()))
            && self.filter.span().is_none_or(|(from, to)| finished_at().is_some_and(|at| (from..=to).contains(&at)))
            && self.filter.least_ms.is_none_or(|least| duration_ms().is_some_and(|taken| taken >= least))
    }

    fn takes_worktree(&self, id: &str) -> bool {
        self.worktrees.as_ref().is_none_or(|ids| ids.iter().any(|of| of == id))
    }
}

fn is_in(names: Option<&[&str]>, name: &str) -> bool {
    names.is_none_or(|names| names.contains(&name))
}

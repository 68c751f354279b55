//! The history: every run, wanted here or recorded by anybody, in every order that is asked for. `truth` is what there is under an
//! id now, `log` says which ids were touched, `fold` writes what came of them, `tail` is what is not written yet, which `read_tail` reads, `list` the runs
//! that are asked for.

mod apart;
mod asked;
mod compiled;
mod ended;
mod fold;
mod kept;
mod known;
mod line;
mod list;
mod log;
mod mark;
mod prune;
mod read_tail;
mod roll;
mod rollups;
mod series;
mod sql;
mod statements;
mod tail;
#[cfg(test)]
mod tests;
mod trend;
mod truth;

use std::borrow::Cow;

use super::Store;
use crate::engine::run::cells;
use crate::engine::sqlite::driver::Bind;
use crate::engine::{RunFilter, RunsAfter};
use crate::error::Result;
use crate::model::run::{End, Status};
use crate::model::time;
use crate::rows::Batch;
pub(super) use asked::Asked;
pub(super) use kept::History;
pub(super) use known::Known;
use line::status;
pub(super) use line::{FIRST_TIME, Line, Place, archived_key, digits, status_code};
pub(super) use mark::Mark;
use sql::Sql;
pub(super) use tail::Tail;

/// The version of the schema that has its tables.
pub(super) const VERSION: u32 = 6;

impl Store {
    /// Appends the runs behind a position, at most so many.
    pub(super) fn runs_behind(
        &self,
        filter: &RunFilter<'_>,
        after: RunsAfter,
        most: usize,
        batch: &mut Batch,
    ) -> Result<()> {
        self.in_snapshot(|| {
            let _busy = self.connection.enter();
            self.list_history(filter, after, most, batch)
        })
    }

    /// Appends the cells of what a row of the history is of; `false` where that is gone. `noted`: something was noted of executions.
    pub(super) fn push_line(&self, line: &Line, full: bool, noted: bool, batch: &mut Batch) -> Result<bool> {
        let Some(recorded) = &line.recorded else { return self.push_run_at(line.place.key, full, batch) };
        let id = Bind::Text(&recorded.id);
        let note = if noted { self.noted(id)? } else { Default::default() };
        if full {
            return self.push_listed_execution(id, &note, batch);
        }
        let archived = match archived_key(&line.worktree_id) {
            Some(key) => self.first(Sql::ArchivedId, &[Bind::Integer(key)], |row| row.text(0))?,
            None => None,
        };
        let worktree_id = archived.as_ref().unwrap_or(&line.worktree_id);
        let texts = [&recorded.id, &line.zone_id, worktree_id, &line.agent_type].map(String::as_str);
        let iso = || time::iso(line.place.at as f64);
        let made = recorded.made_text.as_deref().map_or_else(|| Cow::Owned(iso()), Cow::Borrowed);
        let status = status(line.status).unwrap_or(Status::Ended(End::Lost));
        cells::push_brief(batch, texts, status, &made, &note.0, note.1.as_deref());
        Ok(true)
    }
}

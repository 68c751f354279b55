//! The history: every run, queued here or recorded by anybody, in every order that is asked for. `truth` is the run or execution
//! that has an id now, `log` says which ids were touched, `fold` writes what came of them, `tail` is what is not written yet,
//! which `read_tail` reads, `list` the runs that are asked for.

mod apart;
mod asked;
mod compiled;
mod ended;
mod fold;
mod held;
mod in_full;
mod known;
mod line;
mod list;
mod log;
mod prune;
mod read_tail;
mod roll;
mod rollups;
mod sql;
mod statements;
mod tail;
#[cfg(test)]
mod tests;
mod trend;
mod truth;

use std::borrow::Cow;

use super::Store;
use super::runs::push_listed_row;
pub(super) use crate::engine::Place as LogPlace;
use crate::engine::run::cells;
use crate::engine::sqlite::driver::{Bind, Statement};
use crate::engine::{RunFilter, RunsAfter};
use crate::error::Result;
use crate::model::run::{End, Status};
use crate::model::time;
use crate::rows::Batch;
pub(super) use asked::Asked;
pub(super) use held::History;
use in_full::EXECUTION_AT;
pub(super) use known::Known;
use line::status;
pub(super) use line::{FIRST_TIME, Line, Place, RECORDED, archived_key, digits, status_code};
use sql::Sql;
pub(super) use tail::Tail;

/// The version of the schema that has its tables.
pub(super) const VERSION: u32 = 6;

impl Store {
    /// Appends the runs after a position, `most` at most.
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

    /// Appends the cells of the run or execution that a row of the history stands for; `false` where that is gone. `noted`: there
    /// are notes on executions.
    pub(super) fn push_line(&self, line: &Line, full: bool, noted: bool, batch: &mut Batch) -> Result<bool> {
        let Some(recorded) = &line.recorded else { return self.push_run_at(line.place.key, full, batch) };
        let texts = [&recorded.id, &line.zone_id, &line.worktree_id, &line.agent_type].map(String::as_str);
        let brief = Brief { texts, status: line.status, at: line.place.at, made_text: recorded.made_text.as_deref() };
        if full { self.push_full(&recorded.id, noted, batch) } else { self.push_brief(&brief, noted, batch) }
    }

    /// The same of the row that a statement stands on, copied into the batch alone; with `full` the statement is one of `InFull`.
    fn push_row(&self, row: &Statement, place: Place, full: bool, noted: bool, batch: &mut Batch) -> Result<bool> {
        if row.is_null(9) {
            return self.push_run_at(place.key, full, batch);
        }
        if full && row.is_null(EXECUTION_AT) {
            // In the archive, or gone.
            return row.with_text(9, |id| self.push_full(id, noted, batch));
        }
        if full {
            let note = if noted { row.with_text(9, |id| self.noted(Bind::Text(id)))? } else { Default::default() };
            push_listed_row(batch, row, EXECUTION_AT, &note.0, note.1.as_deref());
            return Ok(true);
        }
        let text = row.text_or_null(10);
        let (status, at, made_text) = (row.integer(5), place.at, text.as_deref());
        row.with_text(9, |id| {
            row.with_text(2, |zone| {
                row.with_text(3, |worktree| {
                    row.with_text(4, |agent| {
                        let texts = [id, zone, worktree, agent];
                        self.push_brief(&Brief { texts, status, at, made_text }, noted, batch)
                    })
                })
            })
        })
    }

    /// An execution that was only recorded, with prompt and result; `false` where it is gone.
    fn push_full(&self, id: &str, noted: bool, batch: &mut Batch) -> Result<bool> {
        let note = if noted { self.noted(Bind::Text(id))? } else { Default::default() };
        self.push_listed_execution(Bind::Text(id), &note, batch)
    }

    /// The same without them.
    fn push_brief(&self, brief: &Brief<'_>, noted: bool, batch: &mut Batch) -> Result<bool> {
        let &Brief { texts: [id, zone_id, worktree_id, agent_type], status: code, at, made_text } = brief;
        let note = if noted { self.noted(Bind::Text(id))? } else { Default::default() };
        let archived = match archived_key(worktree_id) {
            Some(key) => self.first(Sql::ArchivedId, &[Bind::Integer(key)], |row| row.text(0))?,
            None => None,
        };
        let texts = [id, zone_id, archived.as_deref().unwrap_or(worktree_id), agent_type];
        let made = made_text.map_or_else(|| Cow::Owned(time::iso(at as f64)), Cow::Borrowed);
        cells::push_brief(
            batch,
            texts,
            status(code).unwrap_or(Status::Ended(End::Lost)),
            &made,
            &note.0,
            note.1.as_deref(),
        );
        Ok(true)
    }
}

/// What the history's row says of an execution that was only recorded: id, zone, worktree, agent, how it ended, when.
struct Brief<'a> {
    texts: [&'a str; 4],
    status: i64,
    at: i64,
    made_text: Option<&'a str>,
}

//! The latest runs, of both kinds: those that were wanted here, and what is recorded as an execution only.
//!
//! Both are read backwards, each by its own key, and merged by when they were made, which an id of ours tells without reading
//! the row to its end. Of the executions no more is looked through than is as late as the runs of the page.

use std::collections::VecDeque;

use super::VERSION;
use super::archived::Meant;
use super::push::push;
use super::record::Record;
use super::row::Row;
use super::sql::Sql;
use crate::engine::sqlite::driver::{Bind, Statement};
use crate::engine::sqlite::store::Store;
use crate::engine::{RunFilter, RunsAfter};
use crate::error::Result;
use crate::model::run::Status;
use crate::model::time;
use crate::rows::Batch;

/// A row of the one list or the other.
struct Found {
    key: i64,
    created_at: i64,
}

/// An execution that is no run of ours.
struct Recorded {
    rowid: i64,
    /// What it has among the runs, below 0, or 0.
    key: i64,
}

impl Store {
    pub(super) fn list_latest(
        &self,
        filter: &RunFilter<'_>,
        mut after: RunsAfter,
        most: usize,
        batch: &mut Batch,
    ) -> Result<()> {
        let meant = self.meant(filter)?;
        let mut archived =
            if is_open_only(filter) { VecDeque::new() } else { self.latest_archived(filter, &meant, after, most)? };
        let mut runs =
            if self.version >= VERSION { self.latest_runs(filter, after.run, most)? } else { VecDeque::new() };
        while batch.rows() < most {
            let run_at = runs.front().map_or(i64::MIN, |run| run.created_at);
            let archived_at = archived.front().map_or(i64::MIN, |archived| archived.made_at);
            let until = run_at.max(archived_at);
            while batch.rows() < most && !is_open_only(filter) {
                let Some(found) = self.latest_execution(filter, &mut after.execution, until)? else { break };
                self.push_execution_of(Sql::ExecutionAt, Bind::Integer(found.rowid), found.key, batch)?;
                end(batch, after);
            }
            if batch.rows() < most
                && archived_at >= run_at
                && let Some(found) = archived.pop_front()
            {
                (after.archived_at, after.archived) = (found.made_at, found.key);
                self.push_execution_of(Sql::ArchivedAt, Bind::Integer(found.key), found.run, batch)?;
                end(batch, after);
                if archived.is_empty() && batch.rows() < most {
                    archived = self.latest_archived(filter, &meant, after, most)?;
                }
                continue;
            }
            let Some(run) = runs.pop_front().filter(|_| batch.rows() < most) else { break };
            after.run = run.key;
            if let Some(record) = self.load_key(run.key)?
                && takes(filter.statuses.as_deref(), record.life.status().word())
                && self.is_meant(&meant, &record)?
            {
                push(batch, &record);
                end(batch, after);
            }
            if runs.is_empty() && batch.rows() < most {
                runs = self.latest_runs(filter, after.run, most)?;
            }
        }
        Ok(())
    }

    fn latest_runs(&self, filter: &RunFilter<'_>, before: i64, most: usize) -> Result<VecDeque<Found>> {
        let sql = if is_open_only(filter) { Sql::OpenKeys } else { Sql::Keys };
        let mut found = VecDeque::new();
        self.each_row(sql, &[Bind::Integer(before)], |statement| {
            if is_of(filter, statement, 1) {
                found.push_back(Found { key: statement.integer(0), created_at: statement.integer(4) });
            }
            Ok(found.len() < most)
        })?;
        Ok(found)
    }

    /// The latest execution before a position that is no run of ours and not made before `until`; the position moves on.
    fn latest_execution(&self, filter: &RunFilter<'_>, before: &mut i64, until: i64) -> Result<Option<Recorded>> {
        let sql = if self.version >= VERSION { Sql::Executions } else { Sql::ExecutionsOnly };
        let mut found = None;
        self.each_row(sql, &[Bind::Integer(*before)], |statement| {
            let mut row = Row::of(statement);
            let rowid = row.integer();
            let made = match row.with_text(made_at) {
                None => self
                    .first(Sql::ExecutionAt, &[Bind::Integer(rowid)], |row| row.with_text(7, time::parse))?
                    .flatten(),
                made => made,
            };
            if made.is_some_and(|made| made < until) {
                return Ok(false);
            }
            *before = rowid;
            row.skip(3);
            let key = row.integer();
            if key <= 0 && is_of(filter, statement, 2) && self.ended_as(filter, rowid)? {
                found = Some(Recorded { rowid, key });
            }
            Ok(found.is_none())
        })?;
        Ok(found)
    }

    /// Whether a run is one of the worktree that its worktree's id means.
    fn is_meant(&self, meant: &Meant<'_>, record: &Record) -> Result<bool> {
        if meant.is_any() {
            return Ok(true);
        }
        let archived = if record.is_ended() { self.archive_of_run(record.key, &record.id)? } else { None };
        Ok(meant.takes(&record.worktree_id, archived))
    }

    /// Whether an execution ended in one of the states that are asked for.
    fn ended_as(&self, filter: &RunFilter<'_>, rowid: i64) -> Result<bool> {
        let Some(statuses) = filter.statuses.as_deref() else { return Ok(true) };
        let word = |row: &Statement| if row.integer(6) == 0 { "failed" } else { "succeeded" };
        Ok(self.first(Sql::ExecutionAt, &[Bind::Integer(rowid)], word)?.is_some_and(|word| statuses.contains(&word)))
    }
}

/// When a run was made, as its id tells; `None` for ids of others.
fn made_at(id: &str) -> Option<i64> {
    let (milliseconds, _) = id.strip_prefix("exec-")?.split_once('-')?;
    milliseconds.parse().ok()
}

fn takes(names: Option<&[&str]>, name: &str) -> bool {
    names.is_none_or(|names| names.contains(&name))
}

/// Whether a row is of the zones, worktrees and agents that are asked for, which are in the columns from one on.
fn is_of(filter: &RunFilter<'_>, row: &Statement, column: usize) -> bool {
    row.with_text(column, |zone| {
        row.with_text(column + 1, |worktree| row.with_text(column + 2, |agent| filter.takes(zone, worktree, agent)))
    })
}

/// Whether only runs are asked for that have not ended.
fn is_open_only(filter: &RunFilter<'_>) -> bool {
    let is_open = |word: &&str| Status::from_word(word).is_some_and(Status::is_open);
    filter.statuses.as_deref().is_some_and(|words| words.iter().all(is_open))
}

/// Ends a row with the position that the next page begins behind.
fn end(batch: &mut Batch, after: RunsAfter) {
    for place in [after.run, after.execution, after.archived_at, after.archived] {
        batch.push_integer(place, false);
    }
    batch.end_row();
}

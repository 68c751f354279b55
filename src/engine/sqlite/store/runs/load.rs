//! Reading a run from the tables that it is in.

use super::VERSION;
use super::lease::Held;
use super::row::Row;
use super::sql::Sql;
use crate::engine::run::cells::{self, push, push_execution, push_listed, push_summary};
use crate::engine::run::record::{Record, Usage};
use crate::engine::sqlite::driver::{Bind, Statement};
use crate::engine::sqlite::store::Store;
use crate::error::Result;
use crate::model::run::End;
use crate::rows::Batch;

impl Store {
    /// The run with this id, with what decides about it and what people see; `None` where there is none.
    ///
    /// A run whose execution somebody has deleted is gone with it.
    pub(super) fn load(&self, id: &str) -> Result<Option<Record>> {
        let held = self.held(id)?;
        self.load_held(id, held)
    }

    /// The same; an execution that was only recorded is a run that has ended, too.
    pub(super) fn load_anything(&self, id: &str) -> Result<Option<Record>> {
        match self.load(id)? {
            Some(record) => Ok(Some(record)),
            None => self.first(Sql::Execution, &[Bind::Text(id)], |row| Record::of_execution(&mut Row::of(row))),
        }
    }

    /// Appends the cells of an execution as those of a run; `false` where there is none.
    pub(super) fn push_execution_of(&self, id: Bind<'_>, batch: &mut Batch) -> Result<bool> {
        let (usage, metadata) = self.noted(id)?;
        Ok(self
            .first(Sql::Execution, &[id], |row| {
                push_execution(
                    batch,
                    |batch, column| cell(batch, row, column),
                    end(row, 0),
                    &usage,
                    metadata.as_deref(),
                );
            })?
            .is_some())
    }

    /// The same in a list, where it has prompt and result.
    pub(in crate::engine::sqlite::store) fn push_listed_execution(
        &self,
        id: Bind<'_>,
        (usage, metadata): &(Usage, Option<String>),
        batch: &mut Batch,
    ) -> Result<bool> {
        Ok(self
            .first(Sql::Execution, &[id], |row| push_listed_row(batch, row, 0, usage, metadata.as_deref()))?
            .is_some())
    }

    /// Whether there are notes on executions that are no runs of ours.
    pub(in crate::engine::sqlite::store) fn has_notes(&self) -> Result<bool> {
        Ok(self.version >= VERSION && self.finds(Sql::AnyNote, &[])?)
    }

    /// The notes on such an execution.
    pub(in crate::engine::sqlite::store) fn noted(&self, id: Bind<'_>) -> Result<(Usage, Option<String>)> {
        let key = if self.version >= VERSION { self.first(Sql::NoteOf, &[id], |row| row.integer(0))? } else { None };
        key.map_or_else(
            || Ok(Default::default()),
            |key| {
                let usage = Usage { pruned_at: self.pruned_at(key)?, ..self.usage(key)? };
                Ok((usage, self.metadata_at(key)?))
            },
        )
    }

    /// Appends the cells of a run, without prompt and result unless it is to be in full; `false` where it is gone.
    pub(in crate::engine::sqlite::store) fn push_run_at(
        &self,
        key: i64,
        full: bool,
        batch: &mut Batch,
    ) -> Result<bool> {
        let Some(mut record) = self.read_run(key)? else { return Ok(false) };
        if full {
            let Some(completed) = self.completed(record)? else { return Ok(false) };
            push(batch, &completed);
            return Ok(true);
        }
        if record.is_used {
            record.usage = self.usage(record.key)?;
        }
        push_summary(batch, &record);
        Ok(true)
    }

    /// Refuses calls on a file that was left at a version that has no runs.
    pub(super) fn check_runs(&self) -> Result<()> {
        self.check_version(VERSION, "runs come")
    }

    /// The same as [`Store::load`], where it is known who holds the run.
    pub(super) fn load_held(&self, id: &str, held: Option<Held>) -> Result<Option<Record>> {
        let known = held.as_ref().map(|held| held.run);
        let record = match known {
            // By its key it is found with one look-up instead of two.
            Some(key) => self.read_record(Sql::ByKey, Bind::Integer(key), held)?,
            None => self.read_record(Sql::ById, Bind::Text(id), None)?,
        };
        record.map_or(Ok(None), |record| self.completed(record))
    }

    /// A run that nobody holds, by its key.
    pub(super) fn load_queued(&self, key: i64) -> Result<Option<Record>> {
        let record = self.read_record(Sql::ByKey, Bind::Integer(key), None)?;
        record.map_or(Ok(None), |record| self.completed(record))
    }

    /// A run by its key, whoever holds it, without what other tables have of it.
    fn read_run(&self, key: i64) -> Result<Option<Record>> {
        let Some(mut record) = self.read_record(Sql::ByKey, Bind::Integer(key), None)? else { return Ok(None) };
        if !record.is_ended()
            && let Some(held) = self.held(&record.id)?
        {
            record.hold(held);
        }
        Ok(Some(record))
    }

    fn read_record(&self, sql: Sql, by: Bind<'_>, held: Option<Held>) -> Result<Option<Record>> {
        self.first(sql, &[by], |statement| Record::read(&mut Row::of(statement), held))
    }

    /// With what other tables have of it.
    fn completed(&self, mut record: Record) -> Result<Option<Record>> {
        if record.executed {
            let bodies = [Bind::Text(&record.id)];
            let found = self.first(Sql::Bodies, &bodies, |row| (row.text(0), row.text_or_null(1)))?;
            let Some((prompt, result)) = found else { return Ok(None) };
            record.prompt = Some(prompt);
            record.said.result = result;
        }
        if record.is_used {
            record.usage = self.usage(record.key)?;
        }
        Ok(Some(record))
    }
}

/// Appends an execution in a list, whose columns begin at `from`.
pub fn push_listed_row(batch: &mut Batch, row: &Statement, from: usize, used: &Usage, metadata: Option<&str>) {
    push_listed(batch, |batch, column| cell(batch, row, from + column), end(row, from), used, metadata);
}

/// Appends a column of an execution.
fn cell(batch: &mut Batch, row: &Statement, column: usize) {
    if row.is_null(column) {
        batch.push_null();
    } else {
        row.with_text(column, |known| cells::text(batch, Some(known)));
    }
}

fn end(row: &Statement, from: usize) -> End {
    if row.integer(from + 6) == 0 { End::Failed } else { End::Succeeded }
}

//! The whole board, with what is beside its rows. There is less of that than there are rows: it is read first, and then looked up
//! by id.

use std::collections::HashMap;
use std::rc::Rc;

use super::sql::Sql;
use crate::engine::beside_rows::Rows;
use crate::engine::sqlite::driver::{Bind, Statement};
use crate::engine::sqlite::store::Store;
use crate::engine::sqlite::store::queries::Query;
use crate::engine::sqlite::store::unfinished::Unfinished;
use crate::engine::{Boards, Part, Place};
use crate::error::Result;
use crate::model::{WORKTREE, ZONE};
use crate::rows::Batch;

impl Boards for Store {
    fn list_zones_of_board(&self, batch: &mut Batch) -> Result<bool> {
        self.connection.check_idle()?;
        let mut wip_limits = HashMap::new();
        if self.version >= super::VERSION {
            self.each_row(Sql::AllWipLimits, &[], |row| {
                wip_limits.insert(row.text(0).into(), row.integer(1));
                Ok(true)
            })?;
        }
        let metadata = self.all_metadata(2)?;
        let rows = Rows { columns: ZONE.fields.len(), metadata, wip_limits: Some(wip_limits), runs: None };
        self.list_beside(Query::ListZones, rows, batch)
    }

    fn list_worktrees_of_board(&self, runs: bool, batch: &mut Batch) -> Result<bool> {
        self.connection.check_idle()?;
        let metadata = self.all_metadata(1)?;
        let runs = if runs { Some(self.all_runs()?) } else { None };
        let rows = Rows { columns: WORKTREE.fields.len(), metadata, wip_limits: None, runs };
        self.list_beside(Query::ListWorktrees, rows, batch)
    }

    fn read_board_at(&self, at: i64) -> Result<Option<Place>> {
        self.abandon_list();
        self.read_past(at)
    }

    fn compact_log(&self, after: i64) -> Result<Option<(i64, i64)>> {
        self.check_beside()?;
        self.compact_slice(after)
    }

    fn list_board_at(&self, part: Part, batch: &mut Batch) -> Result<bool> {
        self.connection.check_idle()?;
        self.abandon_list();
        let rest = self.list_past(part, batch);
        Ok(self.keep_rest(rest))
    }

    /// Every change is a row of the log, in its transaction, as long as the triggers are there. What the log can't tell counts
    /// as a doubt, or changes the schema.
    fn fingerprint_of_board(&self) -> Result<Option<String>> {
        self.connection.check_idle()?;
        if self.version < super::VERSION {
            return Ok(None);
        }
        let schema =
            self.statement(Query::SchemaVersion)?.with_bound(&[], |row| Ok(row.step()?.then(|| row.integer(0))))?;
        let last = self.first(Sql::EndOfLog, &[], |row| [0, 1, 2].map(|column| row.integer(column)))?;
        Ok(last.map(|[seq, stamp, doubts]| format!("{seq} {stamp} {doubts} {}", schema.unwrap_or_default())))
    }
}

impl Store {
    fn all_metadata(&self, entity: i64) -> Result<Option<HashMap<Box<str>, Box<str>>>> {
        if self.version < super::VERSION {
            return Ok(None);
        }
        let mut metadata = HashMap::new();
        self.each_row(Sql::AllMetadata, &[Bind::Integer(entity)], |row| {
            metadata.insert(row.text(0).into(), row.text(1).into());
            Ok(true)
        })?;
        Ok(Some(metadata))
    }

    fn list_beside(&self, query: Query, rows: Rows, batch: &mut Batch) -> Result<bool> {
        self.abandon_list();
        self.fill_beside(self.statement(query)?, &Rc::new(rows), batch)
    }

    /// Reads rows, with what is beside them, until the batch is full; `true` where there are more.
    pub(in crate::engine::sqlite::store) fn fill_beside(
        &self,
        statement: &Rc<Statement>,
        rows: &Rc<Rows>,
        batch: &mut Batch,
    ) -> Result<bool> {
        let _busy = self.connection.enter();
        while batch.has_room(rows.columns + rows.width()) {
            if !statement.step()? {
                statement.reset();
                return Ok(false);
            }
            let mark = batch.mark();
            statement.pack_cells(batch, rows.columns, false)?;
            if rows.are_none() {
                rows.push("", &mark, batch);
            } else {
                statement.with_text(0, |id| {
                    rows.push(id, &mark, batch);
                    rows.runs.as_ref().map_or(Ok(()), |runs| self.push_runs(id, runs, batch))
                })?;
            }
            batch.end_row();
        }
        self.unfinished.replace(Some(Unfinished::Beside(Rc::clone(statement), Rc::clone(rows))));
        Ok(true)
    }
}

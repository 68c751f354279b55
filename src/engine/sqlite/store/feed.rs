//! The log of changes as a feed: its rows from a place on, without those that only say what may come.

use super::Store;
use super::queries::Query;
use super::replaced::{CHANGED, MADE, Replaced, WORKTREE};
use crate::engine::sqlite::driver::{Bind, Statement};
use crate::engine::sqlite::schema::counts::VERSION;
use crate::engine::{ChangesAfter, Feed, Place};
use crate::error::Result;
use crate::model::{Field, Given, rules, time};
use crate::rows::Batch;

/// What a row of the log is about, beside worktrees.
const EXECUTION: i64 = 4;
const LIMIT: i64 = 7;
/// What was done to it, beside being made or changed.
const REPLACED: i64 = 0;
const GONE: i64 = 3;
/// The same, of worktrees only.
const ARCHIVED: i64 = 4;
const RESTORED: i64 = 5;

/// How many cells a row has on its way out.
const CELLS: usize = 12;

/// The columns of a row of the log, in the statement's order.
#[derive(Clone, Copy)]
enum Column {
    Seq,
    Stamp,
    At,
    By,
    Entity,
    Op,
    Id,
    Zone,
    Worktree,
    Agent,
    Success,
    Data,
    Count,
}

impl Feed for Store {
    fn changes_end(&self) -> Result<Option<Place>> {
        self.connection.check_idle()?;
        if self.version < VERSION {
            return Ok(None);
        }
        let _busy = self.connection.enter();
        self.place_at(Query::LogEnd, &[])
    }

    fn list_changes(&self, after: ChangesAfter, batch: &mut Batch) -> Result<()> {
        self.connection.check_idle()?;
        if self.version < VERSION {
            return Ok(());
        }
        self.in_snapshot(|| {
            let _busy = self.connection.enter();
            match self.known_place(after.place)? {
                Some(place) => self.push_changes(place, after, batch),
                None => Ok(()),
            }
        })
    }

    fn list_output_ends(&self, id: Given<'_>, batch: &mut Batch) -> Result<bool> {
        self.connection.check_idle()?;
        if self.version < super::runs::VERSION {
            return Ok(false);
        }
        match rules::lookup(Field::new("watch", "id"), id)? {
            Some(id) => self.list(Query::OutputEnd, &[Bind::Text(id)], batch),
            None => self.list(Query::OutputEnds, &[], batch),
        }
    }
}

impl Store {
    /// This place, if the log still goes on from it; without a place, the log's beginning, if that is still there.
    fn known_place(&self, place: Option<Place>) -> Result<Option<Place>> {
        match place {
            Some(place) => {
                let found = self.place_at(Query::LogRow, &[Bind::Integer(place.seq)])?;
                Ok(found.filter(|found| *found == place))
            }
            // A log begins with a row that says nothing.
            None => Ok(self.place_at(Query::LogStart, &[])?.filter(|first| first.seq == 0)),
        }
    }

    fn place_at(&self, query: Query, values: &[Bind<'_>]) -> Result<Option<Place>> {
        self.statement(query)?.with_bound(values, |statement| {
            let row = statement.step()?;
            Ok(row.then(|| Place { seq: statement.integer(0), stamp: statement.integer(1) }))
        })
    }

    fn push_changes(&self, from: Place, after: ChangesAfter, batch: &mut Batch) -> Result<()> {
        let mut to = from;
        let mut is_full = false;
        let mut replaced = Replaced::default();
        self.statement(Query::LogBehind)?.with_bound(&[Bind::Integer(from.seq)], |row| {
            while batch.rows() < after.limit {
                // The last row, which has the place, has to fit, too.
                is_full = !batch.has_room(2 * CELLS);
                if is_full || !row.step()? {
                    break;
                }
                if let Some((entity, op)) = self.shown(row, after.entities, &mut replaced)? {
                    push_change(batch, row, entity, op);
                }
                to = Place { seq: row.integer(Column::Seq as usize), stamp: row.integer(Column::Stamp as usize) };
            }
            Ok(())
        })?;
        to.push_end(batch, is_full);
        Ok(())
    }

    /// Which entity a row is of, as callers know it, and what was done to it; `None` for a row that callers don't see.
    fn shown(&self, row: &Statement, wanted: u32, replaced: &mut Replaced) -> Result<Option<(i64, i64)>> {
        let [entity, op, count] =
            [Column::Entity, Column::Op, Column::Count].map(|column| row.integer(column as usize));
        let entity_shown = match entity {
            WORKTREE..=LIMIT => entity - 1 + i64::from(entity == LIMIT && is_budget(row)),
            _ => return Ok(None),
        };
        if wanted & (1 << entity_shown) == 0 {
            return Ok(None);
        }
        let op = match op {
            // A worktree that is replaced by one with its id is the same one, with other values.
            REPLACED if entity == WORKTREE => {
                let seq = row.integer(Column::Seq as usize);
                let (id, data) = (row.text(Column::Id as usize), row.text(Column::Data as usize));
                if !replaced.is_gone(self, seq, &id, &data)? {
                    return Ok(None);
                }
                GONE
            }
            // The first of an execution's two rows says what it no longer counts as.
            CHANGED if entity == EXECUTION && count < 0 => return Ok(None),
            MADE..=GONE => op,
            ARCHIVED | RESTORED if entity == WORKTREE => op,
            _ => return Ok(None),
        };
        Ok(Some((entity_shown, op)))
    }
}

fn is_budget(row: &Statement) -> bool {
    row.with_text(Column::Id as usize, |id| id == "budget")
}

fn push_change(batch: &mut Batch, row: &Statement, entity: i64, op: i64) {
    let text = |batch: &mut Batch, column: Column| {
        if row.is_null(column as usize) {
            batch.push_null();
        } else {
            row.with_bytes(column as usize, |bytes| batch.push_text(bytes));
        }
    };
    batch.push_integer(row.integer(Column::Seq as usize), false);
    text(batch, Column::Stamp);
    batch.push_text(time::iso(row.integer(Column::At as usize) as f64).as_bytes());
    text(batch, Column::By);
    batch.push_integer(entity, false);
    batch.push_integer(op, false);
    for column in [Column::Id, Column::Zone, Column::Worktree, Column::Agent] {
        text(batch, column);
    }
    match row.integer_or_null(Column::Success as usize) {
        Some(success) => batch.push_integer(success, false),
        None => batch.push_null(),
    }
    // What is gone has no values any more: the row's may be those of what takes its place.
    if op == GONE || op == ARCHIVED {
        batch.push_null();
    } else {
        text(batch, Column::Data);
    }
    batch.end_row();
}

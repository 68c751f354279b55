//! Reading the board as it was.

use super::sql::Sql;
use crate::engine::Place;
use crate::engine::sqlite::driver::{Bind, Statement};
use crate::engine::sqlite::store::Store;
use crate::engine::sqlite::store::queries::Query;
use crate::error::{Error, Result};
use crate::model::canvas::{Board, Canvas, Logged, Of, Op};
use crate::model::{Field, time};

/// Columns of `Sql::Canvas`.
const ID: usize = 2;
const ZONE: usize = 3;
const ROWID: usize = 4;
const DATA: usize = 5;
const WAS: usize = 6;

impl Store {
    /// The board at a time, and its place in the log; `None` where that is now. In a snapshot.
    pub(super) fn past(&self, at: i64) -> Result<Option<(Place, Board)>> {
        let Some(end) = self.first(Query::LogEnd, &[], |row| [0, 2].map(|column| row.integer(column)))? else {
            return Err(self.pruned(at)?);
        };
        let [last, latest] = end;
        if at >= latest {
            return Ok(None);
        }
        let to = self.last_until(at, last)?.ok_or(()).or_else(|()| Err(self.pruned(at)?))?;
        let mut kept = None;
        self.each_row(Sql::Kept, &[Bind::Integer(to)], |row| {
            kept = row.with_text(1, Canvas::kept).map(|canvas| (row.integer(0), canvas));
            Ok(kept.is_none())
        })?;
        let Some((from, mut canvas)) = kept else { return Err(self.pruned(at)?) };
        let between = [Bind::Integer(from + 1), Bind::Integer(to)];
        self.each_row(Sql::Canvas, &between, |row| {
            read(row, &mut canvas);
            Ok(true)
        })?;
        let stamp = self.first(Query::LogRow, &[Bind::Integer(to)], |row| row.integer(1))?.unwrap_or_default();
        Ok(Some((Place { seq: to, stamp }, canvas.into_board())))
    }

    /// The last row of the log that is of a time or before, and is not in the middle of what was changed together.
    fn last_until(&self, at: i64, last: i64) -> Result<Option<i64>> {
        let time_at = |seq| self.first(Sql::LogAt, &[Bind::Integer(seq)], |row| (row.integer(0), row.integer(1)));
        let Some(first) = self.first(Query::LogStart, &[], |row| row.integer(0))? else { return Ok(None) };
        // Times grow with numbers: a binary search between a row that is known to be of that time or before, and one that is not.
        let (mut until, mut behind) = (None, last);
        let mut from = first;
        while from < behind {
            let middle = from + (behind - from) / 2;
            match time_at(middle)? {
                Some((seq, then)) if then <= at && seq < behind => (until, from) = (Some(seq), seq + 1),
                _ => behind = middle,
            }
        }
        let Some(until) = until else { return Ok(None) };
        let span = self.first(Sql::Span, &[Bind::Integer(until)], |row| (row.integer(0), row.integer(1)))?;
        let to = match span {
            Some((before, last)) if until < last => before,
            _ => until,
        };
        // The row before may have been merged into another.
        let to = self.first(Sql::LogUntil, &[Bind::Integer(to)], |row| row.integer(0))?;
        Ok(to.filter(|to| *to >= first))
    }

    fn pruned(&self, at: i64) -> Result<Error> {
        let first = self.first(Sql::FirstKept, &[], |row| row.integer(0))?;
        let iso = |at: i64| time::iso(at as f64);
        let since =
            first.map_or_else(|| "nothing is kept of it".into(), |first| format!("it is kept since {}", iso(first)));
        let message = format!("getBoard: the board of {} is not kept any more, {since}", iso(at));
        Ok(Error::Coded { code: "ERR_HISTORY_PRUNED", message }.about(Field::new("getBoard", "at").facts()))
    }
}

fn read(row: &Statement, canvas: &mut Canvas) {
    let Some(of) = Of::logged(row.integer(0)).filter(|_| !row.is_null(ID)) else { return };
    let op = Op::logged(row.integer(1));
    let rowid = row.integer_or_null(ROWID);
    // What has another id now is rare, and so is a limit.
    let was = row.text_or_null(WAS);
    let zone = row.text_or_null(ZONE);
    let (zone, was) = (zone.as_deref(), was.as_deref());
    row.with_text(ID, |id| {
        row.with_text(DATA, |data| canvas.read(&Logged { of, op, id, zone, was, rowid, data }));
    });
}

//! The whole board, in one trip: whoever reads its parts one after the other begins a snapshot first, and the first of its calls reads all
//! of it. The end of the log is of the same snapshot: going on from there misses nothing and gets nothing twice.

use std::rc::Rc;

use tokio_postgres::Row;

use super::Store;
use super::assignments::LIST as LIST_ASSIGNMENTS;
use super::log::{END, NUMBER, place};
use super::state::{Ahead, Rest};
use crate::engine::past_boards::{Read, Rest as Past};
use crate::engine::postgres::client::Step;
use crate::engine::postgres::client::value::{push_cells, text_of};
use crate::engine::{Boards, Part, Place};
use crate::error::{Error, Result};
use crate::model::{Entity, WORKTREE, ZONE};
use crate::rows::Batch;
use crate::rows::revision::Revision;

const ZONES: &str = "SELECT {zone}, metadata, wip_limit FROM {s}.zones ORDER BY created_at DESC, seq";
/// Worktrees and their runs: how many have not ended, the latest one, what all cost.
const WORKTREES_AND_RUNS: &str = "SELECT {w.worktree}, w.metadata, \
     (SELECT count(*) FROM {s}.runs AS o WHERE o.worktree_id = w.id AND o.status IN ('queued', 'running', 'waiting')), l.id, l.status, c.cost_micros \
     FROM {s}.worktrees AS w LEFT JOIN {s}.worktree_costs AS c ON c.worktree_id = w.id LEFT JOIN LATERAL \
     (SELECT id, status FROM {s}.runs WHERE worktree_id = w.id AND archive IS NULL ORDER BY created_at DESC, key DESC LIMIT 1) AS l ON true \
     ORDER BY w.created_at DESC, w.seq";
const WORKTREES: &str = "SELECT {worktree}, metadata FROM {s}.worktrees ORDER BY created_at DESC, seq";

impl Boards for Store {
    fn list_zones_of_board(&self, batch: &mut Batch) -> Result<bool> {
        let rows = match self.read_ahead(|ahead| std::mem::take(&mut ahead.zones)) {
            Some(rows) => rows,
            None => self.read(ZONES, &[])?,
        };
        Ok(self.list_rows(rows, push_zone, batch))
    }

    fn list_worktrees_of_board(&self, runs: bool, batch: &mut Batch) -> Result<bool> {
        if runs {
            // This is read later than the rest: going on from the board's `next` tells what is new in it once more.
            return Ok(self.list_rows(self.read(WORKTREES_AND_RUNS, &[])?, push_worktree, batch));
        }
        let rows = match self.read_ahead(|ahead| std::mem::take(&mut ahead.worktrees)) {
            Some(rows) => rows,
            None => self.read(WORKTREES, &[])?,
        };
        Ok(self.list_rows(rows, push_worktree, batch))
    }

    /// The end of the log. Changes without a number leave it as it is: so it is not given within a transaction, or by a read-only board.
    fn fingerprint_of_board(&self) -> Result<Option<String>> {
        let ahead = self.whole_board()?;
        let end = ahead.end.filter(|_| !self.is_within() && !self.readonly);
        self.ahead.replace(Some(ahead));
        Ok(end.map(|Place { seq, stamp }| format!("{seq} {stamp}")))
    }

    fn read_board_at(&self, at: i64) -> Result<Option<Place>> {
        let past = self.past(at)?;
        let (place, board) = past.map(|(place, board)| (place, Rc::new(Read::from(board)))).unzip();
        self.past_board.replace(board);
        Ok(place)
    }

    fn compact_log(&self, _: i64) -> Result<Option<(i64, i64)>> {
        self.check_open()?;
        let message = "vacuum is not available on PostgreSQL: the server does it by itself".into();
        Err(Error::Coded { code: "ERR_ENGINE_UNSUPPORTED", message })
    }

    fn list_board_at(&self, part: Part, batch: &mut Batch) -> Result<bool> {
        self.check_open()?;
        self.unfinished.take();
        let rest = self.past_board.borrow().as_ref().map(|board| Past::of(board, part));
        Ok(rest.is_some_and(|rest| self.fill(Rest::Past(rest), batch)))
    }
}

impl Store {
    /// Takes something out of a board that was read in one trip, where there is one.
    pub(super) fn read_ahead<T>(&self, take: impl FnOnce(&mut Ahead) -> T) -> Option<T> {
        self.ahead.borrow_mut().as_mut().map(take)
    }

    fn whole_board(&self) -> Result<Ahead> {
        self.check_open()?;
        let number = self.of_log(NUMBER);
        let end = if self.is_within() { self.end_of_log() } else { self.of_log(END) };
        let of_rows = [ZONES, WORKTREES, LIST_ASSIGNMENTS].map(|sql| self.expanded(sql));
        let mut steps: Vec<Step<'_>> = of_rows.iter().map(|sql| Step::Statement(sql, &[])).collect();
        steps.push(Step::Statement(&end, &[]));
        let numbers = !self.is_within() && !self.readonly;
        if numbers {
            steps.insert(0, Step::Statement(&number, &[]));
        }
        let mut rows = self.read_together(&self.begin_snapshot_of_board(), &steps)?;
        if numbers {
            rows.remove(0);
        }
        let mut next = rows.into_iter();
        let [zones, worktrees, assignments, end] = std::array::from_fn(|_| next.next().unwrap_or_default());
        Ok(Ahead { zones, worktrees, assignments, end: end.first().map(place) })
    }

    /// Waits for the turn to number before it takes the snapshot, so that this shows no less than the last batch. A
    /// read-only board can't wait for it there, and numbers before: behind its `next` may be changes that it has already.
    fn begin_snapshot_of_board(&self) -> String {
        let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ";
        if self.readonly {
            return format!("{}; {}; COMMIT; {begin}", self.begin_reading(), self.of_log(NUMBER));
        }
        let wait = self.client.timeout().as_millis().max(1);
        format!(
            "{begin}; SET LOCAL lock_timeout = '{wait}ms'; LOCK TABLE {}.changes_turn IN EXCLUSIVE MODE",
            self.schema
        )
    }
}

fn push_zone(row: &Row, batch: &mut Batch) {
    push_beside(&ZONE, row, batch);
}

fn push_worktree(row: &Row, batch: &mut Batch) {
    push_beside(&WORKTREE, row, batch);
}

/// Appends a row, its revision, its metadata, and the columns behind that.
fn push_beside(entity: &Entity, row: &Row, batch: &mut Batch) {
    let columns = entity.fields.len();
    let begin = batch.mark();
    push_cells(row, 0..columns, batch);
    let metadata = text_of(row, columns);
    let revision = Revision::of(&batch.since(&begin), metadata.as_deref());
    batch.push_text(&revision.text());
    batch.push_text(metadata.unwrap_or_default().as_bytes());
    push_cells(row, columns + 1..row.len(), batch);
    batch.end_row();
}

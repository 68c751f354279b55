//! The moves that are asked for, the latest first: those that only the log has, and then the table's.

use super::cells;
use super::sql::Sql;
use crate::engine::MoveFilter;
use crate::engine::drops::push_move;
use crate::engine::sqlite::driver::{Bind, Statement};
use crate::engine::sqlite::store::Store;
use crate::error::Result;
use crate::model::ledger::Move;
use crate::rows::Batch;

impl Store {
    pub(super) fn latest_moves(
        &self,
        filter: &MoveFilter<'_>,
        after: i64,
        most: usize,
        batch: &mut Batch,
    ) -> Result<()> {
        let tail = self.moves_tail(false)?;
        // What is not in the table will have these keys there.
        let last = self.first(Sql::LastMove, &[], |row| row.integer(0))?.unwrap_or_default();
        for (nth, of) in tail.moves.iter().enumerate().rev() {
            let key = last.saturating_add(nth as i64 + 1);
            if key < after && batch.rows() < most && takes(filter, of) {
                push(batch, key, of);
            }
        }
        let mut before = after.min(last.saturating_add(1));
        if let Some(until) = filter.until {
            let found = self.first(Sql::LastMoveUntil, &[Bind::Integer(until)], |row| row.integer(0))?;
            before = before.min(found.unwrap_or(0).saturating_add(1));
        }
        let mut take = |row: &Statement| {
            let of = cells::read(row);
            if filter.since.is_some_and(|since| of.at < since) {
                return false;
            }
            if batch.rows() < most && takes(filter, &of) {
                push(batch, row.integer(0), &of);
            }
            batch.rows() < most
        };
        let before = Bind::Integer(before);
        match (filter.worktree, filter.zone) {
            (Some(worktree), _) => {
                self.each_row(Sql::MovesOfWorktree, &[before, Bind::Text(worktree)], |row| Ok(take(row)))
            }
            (None, Some(zone)) => self.each_row(Sql::MovesOfZone, &[before, Bind::Text(zone)], |row| {
                let key = Bind::Integer(row.integer(0));
                Ok(self.first(Sql::MoveAt, &[key], &mut take)?.unwrap_or(true))
            }),
            (None, None) => self.each_row(Sql::Moves, &[before], |row| Ok(take(row))),
        }
    }
}

fn push(batch: &mut Batch, key: i64, of: &Move) {
    batch.push_integer(key, false);
    push_move(batch, of);
    batch.end_row();
}

fn takes(filter: &MoveFilter<'_>, of: &Move) -> bool {
    let is_of_zone = |zone: &str| [&of.from, &of.to].into_iter().flatten().any(|stop| stop.id == zone);
    filter.worktree.is_none_or(|worktree| of.worktree_id == worktree)
        && filter.zone.is_none_or(is_of_zone)
        && filter.since.is_none_or(|since| of.at >= since)
        && filter.until.is_none_or(|until| of.at <= until)
}

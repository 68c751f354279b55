//! The ledger with what the log has that it hasn't read yet. That is written once it has become much: most lists of moves read a
//! few rows of the log, and nobody waits for a lock because of them.

use std::collections::BTreeMap;

use super::sql::Sql;
use crate::engine::sqlite::driver::Bind;
use crate::engine::sqlite::store::Store;
use crate::error::Result;
use crate::model::ledger::{Entry, Known, Ledger, Move};

/// Up to so many rows of the log are read again by each list; more are written.
const MUCH: i64 = 100;

/// The ledger's end.
#[derive(Default)]
pub(super) struct Tail {
    /// The moves that are not in the table yet, the oldest first.
    pub moves: Vec<Move>,
    /// The board after these moves, if anything was read.
    pub ledger: Option<Ledger>,
    /// The last row of the log.
    end: Entry,
}

impl Store {
    /// What the table of moves doesn't have yet. In a snapshot.
    ///
    /// With `compared`, or where the log is another one than was read, the end is compared with the board, too: somebody may have
    /// done what no trigger saw. The ledger then ends where the board is.
    pub(super) fn moves_tail(&self, compared: bool) -> Result<Tail> {
        let mut tail = Tail { end: self.last_entry()?, ..Tail::default() };
        let read = self.moves_read()?;
        if read.is_some_and(|read| read.goes_on && (read.seq, read.stamp) == (tail.end.seq, tail.end.stamp)) {
            return Ok(tail);
        }
        let mut ledger = self.ledger(Sql::LedgerWorktrees, Sql::LedgerZones)?;
        let going_on = read.filter(|read| read.goes_on);
        if let Some(read) = going_on {
            self.each_unread(read.seq, |entry| ledger.read(&entry, &mut tail.moves))?;
        }
        if compared || going_on.is_none() {
            let board = self.ledger(Sql::BoardWorktrees, Sql::BoardZones)?;
            if (&ledger.worktrees, &ledger.zones) != (&board.worktrees, &board.zones) {
                ledger.jump(board, &tail.end, &mut tail.moves);
            }
        }
        tail.ledger = Some(ledger);
        Ok(tail)
    }

    /// The board as two statements say it.
    pub(super) fn ledger(&self, worktrees: Sql, zones: Sql) -> Result<Ledger> {
        let mut ledger = Ledger::default();
        self.each_row(worktrees, &[], |row| {
            let known = Known { branch_name: row.text(1), is_there: row.integer(2) != 0, zone_id: row.text_or_null(3) };
            ledger.worktrees.insert(row.text(0), known);
            Ok(true)
        })?;
        let mut names = BTreeMap::new();
        self.each_row(zones, &[], |row| {
            names.insert(row.text(0), row.text(1));
            Ok(true)
        })?;
        ledger.zones = names;
        Ok(ledger)
    }

    /// Writes what the log has, if it is much and the lock is free.
    pub(super) fn fold_unread(&self) -> Result<()> {
        if self.newer || self.connection.in_transaction() || self.connection.check_writable().is_err() {
            return Ok(());
        }
        let is_much = self.in_snapshot(|| {
            let _busy = self.connection.enter();
            let (read, end) = (self.moves_read()?, self.last_entry()?);
            Ok(read.is_none_or(|read| !read.goes_on || end.seq.saturating_sub(read.seq) >= MUCH))
        })?;
        if is_much {
            // No need to wait for the lock: the next list folds, too, and this one reads what isn't folded.
            drop(self.connection.without_waiting(|| self.atomically(|| self.write_tail(&self.moves_tail(true)?))));
            self.keep_board_when_free();
        }
        Ok(())
    }

    /// The moves that the table doesn't have yet, the oldest first. In a snapshot.
    pub(in crate::engine::sqlite::store) fn unfolded_moves(&self) -> Result<Vec<Move>> {
        Ok(self.moves_tail(false)?.moves)
    }

    /// Writes all that the log has. Within a transaction.
    pub(in crate::engine::sqlite::store) fn fold_all_moves(&self) -> Result<()> {
        self.write_tail(&self.moves_tail(true)?)
    }

    /// Sets the ledger to the board as it is, without a move. Within a transaction.
    pub(in crate::engine::sqlite::store) fn ledger_is_the_board(&self) -> Result<()> {
        for sql in [Sql::EmptyLedgerWorktrees, Sql::FillLedgerWorktrees, Sql::EmptyLedgerZones, Sql::FillLedgerZones] {
            self.write_run(sql, &[])?;
        }
        let end = self.last_entry()?;
        self.write_run(Sql::SetMovesRead, &[Bind::Integer(end.seq), Bind::Integer(end.stamp)])?;
        self.write_run(Sql::ForgetUnread, &[]).map(drop)
    }

    fn write_tail(&self, tail: &Tail) -> Result<()> {
        let Some(ledger) = &tail.ledger else { return Ok(()) };
        for id in &ledger.touched.0 {
            match ledger.worktrees.get(id) {
                Some(Known { branch_name, is_there, zone_id }) => self.write_run(
                    Sql::SetLedgerWorktree,
                    &[
                        Bind::Text(id),
                        Bind::Text(branch_name),
                        Bind::Integer((*is_there).into()),
                        zone_id.as_deref().into(),
                    ],
                )?,
                None => self.write_run(Sql::DeleteLedgerWorktree, &[Bind::Text(id)])?,
            };
        }
        for id in &ledger.touched.1 {
            match ledger.zones.get(id) {
                Some(name) => self.write_run(Sql::SetLedgerZone, &[Bind::Text(id), Bind::Text(name)])?,
                None => self.write_run(Sql::DeleteLedgerZone, &[Bind::Text(id)])?,
            };
        }
        for of in &tail.moves {
            self.write_run(Sql::InsertMove, &values(of))?;
        }
        self.write_run(Sql::SetMovesRead, &[Bind::Integer(tail.end.seq), Bind::Integer(tail.end.stamp)])?;
        self.write_run(Sql::ForgetUnread, &[]).map(drop)
    }
}

fn values(of: &Move) -> [Bind<'_>; 12] {
    let (from, to) = (of.from.as_ref(), of.to.as_ref());
    [
        Bind::Integer(of.seq),
        Bind::Integer(of.stamp),
        Bind::Integer(of.nth),
        Bind::Integer(of.at),
        Bind::Text(&of.worktree_id),
        Bind::Text(&of.branch_name),
        from.map(|stop| stop.id.as_str()).into(),
        from.map(|stop| stop.name.as_str()).into(),
        to.map(|stop| stop.id.as_str()).into(),
        to.map(|stop| stop.name.as_str()).into(),
        of.by.as_deref().into(),
        of.reason.as_deref().into(),
    ]
}

//! Moves: `unread` reads the log for the ledger, `fold` is the ledger with that, `list` the moves that are asked for, `flow` what
//! they come to by buckets of time, `make` moves a worktree.

mod cells;
mod compiled;
mod flow;
mod fold;
mod list;
mod make;
mod sql;
mod statements;
#[cfg(test)]
mod tests;
mod unread;

use super::Store;
use crate::error::Result;

pub(super) use compiled::Statements;

/// The version of the schema that has the ledger.
const VERSION: u32 = 5;

impl Store {
    /// Refuses calls on a file that was left at a version that has no ledger.
    fn check_moves(&self) -> Result<()> {
        self.check_version(VERSION, "moves come")
    }
}

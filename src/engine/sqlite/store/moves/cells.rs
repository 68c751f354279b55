//! A move as its table has it.

use crate::engine::sqlite::driver::Statement;
use crate::model::ledger::{Move, Stop};

/// Reads a row of the table, without its key.
pub(super) fn read(row: &Statement) -> Move {
    let stop = |id, name| row.text_or_null(id).map(|id| Stop { id, name: row.text(name) });
    Move {
        seq: row.integer(1),
        stamp: row.integer(2),
        nth: row.integer(3),
        at: row.integer(4),
        worktree_id: row.text(5),
        branch_name: row.text(6),
        from: stop(7, 8),
        to: stop(9, 10),
        by: row.text_or_null(11),
        reason: row.text_or_null(12),
    }
}

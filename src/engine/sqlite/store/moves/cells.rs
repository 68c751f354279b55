//! A move's row on its way out.

use crate::engine::sqlite::driver::Statement;
use crate::model::ledger::{Move, Stop};
use crate::model::time;
use crate::rows::Batch;

/// Appends the cells of a move: id, worktree, from, to, at, by, reason, branch, names of from and to.
pub(super) fn push(batch: &mut Batch, of: &Move) {
    let text = |batch: &mut Batch, text: Option<&str>| match text {
        Some(text) => batch.push_text(text.as_bytes()),
        None => batch.push_null(),
    };
    text(batch, Some(&id(of)));
    text(batch, Some(&of.worktree_id));
    for stop in [&of.from, &of.to] {
        text(batch, stop.as_ref().map(|stop| stop.id.as_str()));
    }
    text(batch, Some(&time::iso(of.at as f64)));
    text(batch, of.by.as_deref());
    text(batch, of.reason.as_deref());
    text(batch, Some(&of.branch_name));
    for stop in [&of.from, &of.to] {
        text(batch, stop.as_ref().map(|stop| stop.name.as_str()));
    }
}

/// What it is known by: the same before it is folded and after.
fn id(of: &Move) -> String {
    let Move { seq, stamp, nth, .. } = of;
    if *nth == 0 { format!("{seq}-{stamp:x}") } else { format!("{seq}-{stamp:x}-{nth}") }
}

/// A row of the table, behind its key.
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

//! A board of the past, and its rows in the shape of the lists of the board of now.

use std::rc::Rc;

use super::Part;
use super::beside_rows::Rows;
use crate::model::canvas::{Board, Cell, Row};
use crate::model::{WORKTREE, ZONE};
use crate::rows::Batch;

/// A board that was read, and what stands beside its rows.
pub struct Read {
    zones: (Vec<Row>, Rows),
    worktrees: (Vec<Row>, Rows),
    assignments: Vec<(Box<str>, Box<str>)>,
}

impl From<Board> for Read {
    fn from(board: Board) -> Self {
        let beside = |columns, metadata| Rows { columns, metadata: Some(metadata), wip_limits: None, runs: None };
        let zones = Rows { wip_limits: Some(board.limits), ..beside(ZONE.fields.len(), board.of_zones) };
        Self {
            zones: (board.zones, zones),
            worktrees: (board.worktrees, beside(WORKTREE.fields.len(), board.of_worktrees)),
            assignments: board.assignments,
        }
    }
}

/// A list of a board of the past that did not fit one batch.
pub struct Rest {
    board: Rc<Read>,
    part: Part,
    from: usize,
}

impl Rest {
    /// All of a part.
    #[must_use]
    pub fn of(board: &Rc<Read>, part: Part) -> Self {
        Self { board: Rc::clone(board), part, from: 0 }
    }

    /// Appends rows until the batch is full; returns what is left.
    pub fn fill(self, batch: &mut Batch) -> Option<Self> {
        let to = match self.part {
            Part::Zones => push_rows(&self.board.zones, self.from, batch),
            Part::Worktrees => push_rows(&self.board.worktrees, self.from, batch),
            Part::Assignments => self.push_assignments(batch),
        };
        to.map(|from| Self { from, ..self })
    }

    fn push_assignments(&self, batch: &mut Batch) -> Option<usize> {
        for (nth, (worktree, zone)) in self.board.assignments.iter().enumerate().skip(self.from) {
            if !batch.has_room(2) {
                return Some(nth);
            }
            batch.push_text(worktree.as_bytes());
            batch.push_text(zone.as_bytes());
            batch.end_row();
        }
        None
    }
}

/// Appends rows from an index on; returns the index of the first one that has no room.
fn push_rows((rows, beside): &(Vec<Row>, Rows), from: usize, batch: &mut Batch) -> Option<usize> {
    for (nth, row) in rows.iter().enumerate().skip(from) {
        if !batch.has_room(beside.columns + beside.width()) {
            return Some(nth);
        }
        let mark = batch.mark();
        for cell in &row.cells {
            match cell {
                Cell::Null => batch.push_null(),
                Cell::Integer(number) => batch.push_integer(*number, false),
                Cell::Real(number) => batch.push_real(*number),
                Cell::Text(text) => batch.push_text(text.as_bytes()),
            }
        }
        beside.push(row.cells[0].text().unwrap_or_default(), &mark, batch);
        batch.end_row();
    }
    None
}

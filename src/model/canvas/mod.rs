//! The canvas as it was: a kept board, and the changes that the log has since. No SQL, no clock.
//!
//! Rows keep their rowids, which order what is otherwise equal.

mod cell;
mod kept;
mod logged;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

pub use cell::Cell;
use kept::{Kept, Wide, cells_of};
pub use logged::{Logged, Of, Op};

use super::entity::Entity;
use super::{WORKTREE, ZONE};

/// A row of a table: its cells in the order of the entity's fields.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Row {
    rowid: i64,
    /// What it holds.
    pub cells: Vec<Cell>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Assigned {
    rowid: i64,
    zone: Box<str>,
    at: Box<str>,
}

/// A worktree whose port another one is about to take.
#[derive(Debug, Clone, PartialEq)]
struct Replaced {
    id: Box<str>,
    by: Cell,
    port: Cell,
    by_update: bool,
}

/// A whole board, in the order of lists.
#[derive(Debug, Default)]
pub struct Board {
    /// Zones, newest first.
    pub zones: Vec<Row>,
    /// Worktrees, newest first.
    pub worktrees: Vec<Row>,
    /// Worktree and zone of each assignment, those of a zone in their order.
    pub assignments: Vec<(Box<str>, Box<str>)>,
    /// The metadata of worktrees, as JSON.
    pub of_worktrees: HashMap<Box<str>, Box<str>>,
    /// The metadata of zones.
    pub of_zones: HashMap<Box<str>, Box<str>>,
    /// How many worktrees a zone may have.
    pub limits: HashMap<Box<str>, i64>,
}

/// What was deleted, and what was beside it: a row whose id changes is logged as gone first, and keeps that.
#[derive(Debug, Clone, PartialEq)]
struct Gone {
    id: Box<str>,
    metadata: Option<Box<str>>,
    limit: Option<i64>,
}

/// The board at a row of the log.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Canvas {
    worktrees: HashMap<Box<str>, Row>,
    zones: HashMap<Box<str>, Row>,
    assigned: HashMap<Box<str>, Assigned>,
    metadata: [HashMap<Box<str>, Box<str>>; 2],
    limits: HashMap<Box<str>, i64>,
    /// What was deleted last.
    gone: Option<Gone>,
    replaced: Vec<Replaced>,
}

impl Canvas {
    /// The kept board in this JSON; `None` where it is no board.
    #[must_use]
    pub fn kept(json: &str) -> Option<Self> {
        match serde_json::from_str::<Kept<Cell>>(json) {
            Ok(kept) => Self::of(kept),
            Err(_) => Self::of(serde_json::from_str::<Kept<Wide>>(json).ok()?),
        }
    }

    fn of<C: Into<Cell>>(kept: Kept<C>) -> Option<Self> {
        let mut canvas = Self::default();
        for (entity, rows, into) in
            [(&WORKTREE, kept.worktrees, &mut canvas.worktrees), (&ZONE, kept.zones, &mut canvas.zones)]
        {
            into.reserve(rows.len());
            for cells in rows {
                if cells.len() != entity.fields.len() + 1 {
                    return None;
                }
                let mut cells = cells.into_iter().map(Into::into);
                let rowid = cells.next()?.integer()?;
                let cells: Vec<Cell> = cells.collect();
                // Nothing in the log can name a row without an id.
                if let Some(id) = cells[0].text() {
                    into.insert(id.into(), Row { rowid, cells });
                }
            }
        }
        for assignment in kept.assignments {
            let [rowid, worktree, zone, at] = assignment.map(Into::into);
            let rowid = rowid.integer()?;
            if let (Some(worktree), Some(zone)) = (worktree.text(), zone.text()) {
                let at = at.text().unwrap_or_default().into();
                canvas.assigned.insert(worktree.into(), Assigned { rowid, zone: zone.into(), at });
            }
        }
        for (entity, id, data) in kept.metadata {
            canvas.metadata.get_mut(entity.wrapping_sub(1))?.insert(id, data);
        }
        canvas.limits = kept.limits.into_iter().collect();
        Some(canvas)
    }

    /// Reads a row of the log.
    pub fn read(&mut self, row: &Logged<'_>) {
        match (row.of, row.op) {
            (Of::Worktree, Op::Replaced) => self.replaced.extend(Replaced::said(row)),
            (Of::Worktree, Op::Made | Op::Changed) => {
                self.confirm(row);
                self.bring_along(row, 0);
                Self::put(&WORKTREE, &mut self.worktrees, row);
            }
            (Of::Worktree, Op::Gone) => {
                self.replaced.clear();
                self.worktrees.remove(row.id);
                self.gone = Some(Gone { id: row.id.into(), metadata: self.metadata[0].remove(row.id), limit: None });
            }
            (Of::Zone, Op::Made | Op::Changed) => {
                self.bring_along(row, 1);
                Self::put(&ZONE, &mut self.zones, row);
            }
            (Of::Zone, Op::Gone) => {
                self.zones.remove(row.id);
                let (metadata, limit) = (self.metadata[1].remove(row.id), self.limits.remove(row.id));
                self.gone = Some(Gone { id: row.id.into(), metadata, limit });
            }
            (Of::Assignment, Op::Made | Op::Changed) => self.assign(row),
            (Of::Assignment, Op::Gone) => drop(self.assigned.remove(row.id)),
            (Of::Metadata, _) => self.remember(row),
            (Of::Limit, _) => self.limit(row),
            (Of::Zone | Of::Assignment, Op::Replaced) => {}
        }
    }

    /// The board, in the order of lists.
    #[must_use]
    pub fn into_board(self) -> Board {
        let [of_worktrees, of_zones] = self.metadata;
        let mut assigned: Vec<_> = self.assigned.into_iter().collect();
        assigned.sort_unstable_by(|(_, a), (_, b)| (&a.zone, &a.at, a.rowid).cmp(&(&b.zone, &b.at, b.rowid)));
        Board {
            zones: sorted(&ZONE, self.zones),
            worktrees: sorted(&WORKTREE, self.worktrees),
            assignments: assigned.into_iter().map(|(worktree, assigned)| (worktree, assigned.zone)).collect(),
            of_worktrees,
            of_zones,
            limits: self.limits,
        }
    }

    /// What is beside a worktree or a zone goes along with a new id.
    fn bring_along(&mut self, row: &Logged<'_>, kind: usize) {
        let Some(gone) = self.gone.take_if(|gone| row.was == Some(&gone.id)) else { return };
        if let Some(metadata) = gone.metadata {
            self.metadata[kind].insert(row.id.into(), metadata);
        }
        if let Some(limit) = gone.limit {
            self.limits.insert(row.id.into(), limit);
        }
    }

    fn put(entity: &Entity, rows: &mut HashMap<Box<str>, Row>, row: &Logged<'_>) {
        if row.op == Op::Made {
            let mut cells = vec![Cell::Null; entity.fields.len()];
            cells[0] = Cell::Text(row.id.into());
            cells_of(entity, row.data, &mut cells);
            rows.insert(row.id.into(), Row { rowid: row.rowid.unwrap_or(i64::MAX), cells });
        } else if let Some(known) = rows.get_mut(row.id) {
            cells_of(entity, row.data, &mut known.cells);
        }
    }

    fn assign(&mut self, row: &Logged<'_>) {
        let Some(zone) = row.zone else { return };
        let known = self.assigned.get(row.id).map(|known| known.rowid);
        let rowid = row.rowid.or(known).unwrap_or(i64::MAX);
        self.assigned.insert(row.id.into(), Assigned { rowid, zone: zone.into(), at: row.data.into() });
    }

    fn remember(&mut self, row: &Logged<'_>) {
        let Ok(said) = serde_json::from_str::<kept::Metadata<'_>>(row.data) else { return };
        let all = match said.entity {
            "worktree" => &mut self.metadata[0],
            "zone" => &mut self.metadata[1],
            _ => return,
        };
        match said.metadata.get() {
            "{}" => drop(all.remove(row.id)),
            metadata => drop(all.insert(row.id.into(), metadata.into())),
        }
    }

    fn limit(&mut self, row: &Logged<'_>) {
        let (Some(zone), Ok(said)) = (row.zone, serde_json::from_str::<kept::Limit>(row.data)) else { return };
        match said.most {
            Some(most) => drop(self.limits.insert(zone.into(), most)),
            None => drop(self.limits.remove(zone)),
        }
    }

    /// A worktree was made, or changed: those that it was to replace, and did, are gone.
    fn confirm(&mut self, row: &Logged<'_>) {
        if self.replaced.is_empty() {
            return;
        }
        let mut cells = vec![Cell::Null; WORKTREE.fields.len()];
        cells_of(&WORKTREE, row.data, &mut cells);
        let port = WORKTREE.fields.iter().position(|field| field.column == "port").map(|at| &cells[at]);
        for of in std::mem::take(&mut self.replaced) {
            let is_by = of.by.text() == Some(row.id) && of.by_update == (row.op == Op::Changed);
            if is_by && Some(&of.port) == port && &*of.id != row.id {
                self.worktrees.remove(&of.id);
            }
        }
    }
}

impl Replaced {
    fn said(row: &Logged<'_>) -> Option<Self> {
        let said: kept::Taker = serde_json::from_str(row.data).ok()?;
        Some(Self { id: row.id.into(), by: said.id, port: said.port, by_update: said.by.is_some() })
    }
}

/// In the order of lists: `ORDER BY created_at DESC, rowid`.
fn sorted(entity: &Entity, rows: HashMap<Box<str>, Row>) -> Vec<Row> {
    let created = entity.fields.iter().position(|field| field.column == "created_at").unwrap_or_default();
    let mut all: Vec<Row> = rows.into_values().collect();
    all.sort_unstable_by(|a, b| b.cells[created].order(&a.cells[created]).then(a.rowid.cmp(&b.rowid)));
    all
}

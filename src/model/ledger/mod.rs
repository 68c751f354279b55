//! The ledger: which worktree went from which zone to which, read from the log of changes. No SQL, no clock.
//!
//! A worktree is in a zone if both exist and it is assigned to it. An assignment that is left of a deleted one (somebody deleted with
//! foreign keys off) counts for nothing, until that id exists again.

pub mod flow;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

/// A row of the log, as far as it is about worktrees, zones and assignments.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entry {
    /// Its number.
    pub seq: i64,
    /// Its stamp.
    pub stamp: i64,
    /// When, in milliseconds.
    pub at: i64,
    /// What was done to what.
    pub change: Option<Change>,
    /// Who did it, as JSON.
    pub by: Option<String>,
    /// Why.
    pub reason: Option<String>,
}

/// What a row of the log says.
#[allow(missing_docs, reason = "a variant says what its fields are")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A worktree is new, or was changed: its branch and its port, where they have changed.
    Worktree { id: String, is_new: bool, branch_name: Option<String>, port: Option<String> },
    /// It is gone, if the very next row about a worktree makes or changes `by` and gives it this port.
    Replaced { id: String, by: String, port: String, by_update: bool },
    /// A worktree is gone.
    WorktreeGone { id: String },
    /// A zone is new, or has another name.
    Zone { id: String, name: String },
    /// A zone is gone.
    ZoneGone { id: String },
    /// A worktree is assigned to a zone, or to none.
    Assigned { worktree: String, zone: Option<String> },
}

/// A zone as a move remembers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stop {
    /// Its id.
    pub id: String,
    /// What it was called.
    pub name: String,
}

/// A change of a worktree's zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// The row of the log that it comes from.
    pub seq: i64,
    /// That row's stamp.
    pub stamp: i64,
    /// Its index among the moves of that row.
    pub nth: i64,
    /// When, in milliseconds.
    pub at: i64,
    /// Which worktree.
    pub worktree_id: String,
    /// The branch that it worked on.
    pub branch_name: String,
    /// Where it was.
    pub from: Option<Stop>,
    /// Where it went.
    pub to: Option<Stop>,
    /// Who moved it, as JSON.
    pub by: Option<String>,
    /// Why.
    pub reason: Option<String>,
}

/// What the ledger knows of a worktree.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// Its branch.
    pub branch_name: String,
    /// Whether it exists.
    pub is_there: bool,
    /// The zone that it is assigned to, whether that exists or not.
    pub zone_id: Option<String>,
}

/// The board as far as the log has been read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ledger {
    /// The worktrees, and the assigned ids of others that don't exist.
    pub worktrees: BTreeMap<String, Known>,
    /// The zones, and their names.
    pub zones: BTreeMap<String, String>,
    /// The ids of worktrees and of zones that may differ from the beginning.
    pub touched: (BTreeSet<String>, BTreeSet<String>),
    /// Worktrees that the next row may replace.
    replaced: Vec<Replaced>,
}

/// A worktree whose id or port another one is about to take.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Replaced {
    id: String,
    by: String,
    port: String,
    by_update: bool,
    entry: Entry,
}

impl Ledger {
    /// The zone that a worktree is in.
    #[must_use]
    pub fn zone_of(&self, worktree: &str) -> Option<Stop> {
        let known = self.worktrees.get(worktree).filter(|known| known.is_there)?;
        let id = known.zone_id.as_ref()?;
        self.zones.get(id).map(|name| Stop { id: id.clone(), name: name.clone() })
    }

    /// Reads a row of the log, and appends the moves that it makes.
    pub fn read(&mut self, entry: &Entry, moves: &mut Vec<Move>) {
        let Some(change) = entry.change.clone() else { return };
        match change {
            Change::Replaced { id, by, port, by_update } => {
                self.replaced.push(Replaced { id, by, port, by_update, entry: entry.clone() });
            }
            Change::Worktree { id, is_new, branch_name, port } => {
                self.confirm(&id, is_new, port.as_deref(), moves);
                if is_new || self.worktrees.contains_key(&id) {
                    self.change(entry, std::slice::from_ref(&id), moves, |ledger| {
                        let known = ledger.known(&id);
                        known.is_there |= is_new;
                        known.branch_name = branch_name.unwrap_or_else(|| std::mem::take(&mut known.branch_name));
                    });
                }
            }
            Change::WorktreeGone { id } => {
                self.replaced.clear();
                self.change(entry, std::slice::from_ref(&id), moves, |ledger| ledger.known(&id).is_there = false);
                self.forget(&id);
            }
            Change::Zone { id, name } => {
                let here = self.assigned_to(&id);
                self.touched.1.insert(id.clone());
                self.change(entry, &here, moves, |ledger| drop(ledger.zones.insert(id, name)));
            }
            Change::ZoneGone { id } => {
                let here = self.assigned_to(&id);
                self.touched.1.insert(id.clone());
                self.change(entry, &here, moves, |ledger| drop(ledger.zones.remove(&id)));
            }
            Change::Assigned { worktree, zone } => {
                self.change(entry, std::slice::from_ref(&worktree), moves, |ledger| {
                    ledger.known(&worktree).zone_id = zone;
                });
                self.forget(&worktree);
            }
        }
    }

    /// Goes on with another board, where the log doesn't say how it came about, and appends the moves that lead to it.
    pub fn jump(&mut self, to: Self, entry: &Entry, moves: &mut Vec<Move>) {
        let all: BTreeSet<String> = self.worktrees.keys().chain(to.worktrees.keys()).cloned().collect();
        let zones: BTreeSet<String> = self.zones.keys().chain(to.zones.keys()).cloned().collect();
        let before: Vec<_> = all.iter().map(|id| self.zone_of(id)).collect();
        let branches: Vec<_> = all.iter().map(|id| self.branch_of(id)).collect();
        let (worktrees, all_zones) = std::mem::take(&mut self.touched);
        *self = Self { touched: (&worktrees | &all, &all_zones | &zones), ..to };
        for (nth, (id, (from, branch))) in all.into_iter().zip(before.into_iter().zip(branches)).enumerate() {
            // Behind those that the row itself has made.
            self.push(entry, JUMPED + nth as i64, id, from, branch, moves);
        }
    }

    /// A worktree was made, or changed: those that it was to replace, and did, are gone.
    fn confirm(&mut self, id: &str, is_new: bool, port: Option<&str>, moves: &mut Vec<Move>) {
        for of in std::mem::take(&mut self.replaced) {
            if of.by == id && of.by_update != is_new && Some(of.port.as_str()) == port && of.id != id {
                let gone = |ledger: &mut Self| ledger.known(&of.id).is_there = false;
                self.change(&of.entry, std::slice::from_ref(&of.id), moves, gone);
                self.forget(&of.id);
            }
        }
    }

    /// What is known of a worktree; from now on, if it was nothing.
    fn known(&mut self, id: &str) -> &mut Known {
        self.touched.0.insert(id.to_owned());
        self.worktrees.entry(id.to_owned()).or_default()
    }

    /// Forgets a worktree that neither exists nor is assigned.
    fn forget(&mut self, id: &str) {
        if self.worktrees.get(id).is_some_and(|known| !known.is_there && known.zone_id.is_none()) {
            self.worktrees.remove(id);
        }
    }

    fn assigned_to(&self, zone: &str) -> Vec<String> {
        let here = self.worktrees.iter().filter(|(_, known)| known.zone_id.as_deref() == Some(zone));
        here.map(|(id, _)| id.clone()).collect()
    }

    fn branch_of(&self, id: &str) -> String {
        self.worktrees.get(id).map(|known| known.branch_name.clone()).unwrap_or_default()
    }

    /// Makes a change, and appends a move for each of these worktrees that is in another zone then.
    fn change(&mut self, entry: &Entry, of: &[String], moves: &mut Vec<Move>, make: impl FnOnce(&mut Self)) {
        let before: Vec<_> = of.iter().map(|id| (self.zone_of(id), self.branch_of(id))).collect();
        make(self);
        let mut nth = 0;
        for (id, (from, branch)) in of.iter().zip(before) {
            let count = moves.len();
            self.push(entry, nth, id.clone(), from, branch, moves);
            nth += (moves.len() - count) as i64;
        }
    }

    fn push(&self, entry: &Entry, nth: i64, id: String, from: Option<Stop>, branch: String, moves: &mut Vec<Move>) {
        let to = self.zone_of(&id);
        if from.as_ref().map(|stop| &stop.id) == to.as_ref().map(|stop| &stop.id) {
            return;
        }
        let Entry { seq, stamp, at, ref by, ref reason, .. } = *entry;
        let known = self.branch_of(&id);
        let branch_name = if known.is_empty() { branch } else { known };
        let (by, reason) = (by.clone(), reason.clone());
        moves.push(Move { seq, stamp, nth, at, worktree_id: id, branch_name, from, to, by, reason });
    }
}

/// The index of the first of the moves that no row of the log says.
const JUMPED: i64 = 1 << 20;

//! The ledger: which worktree went from which zone to which, read off the log of changes. No SQL, no clock.
//!
//! A worktree is in a zone if both are there and it is assigned to it. What is left of either in an assignment (somebody
//! deleted with foreign keys off) is none, until one of that id is there again.

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
    /// A worktree is there, or was changed: the branch and the port that it has now, where they are others than before.
    Worktree { id: String, is_new: bool, branch_name: Option<String>, port: Option<String> },
    /// It goes where the very next row about a worktree makes `by`, or changes it, and gives it this port.
    Replaced { id: String, by: String, port: String, by_update: bool },
    /// It is gone.
    WorktreeGone { id: String },
    /// A zone is there, or has another name.
    Zone { id: String, name: String },
    /// It is gone.
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
    /// Which of that row's moves it is.
    pub nth: i64,
    /// When, in milliseconds.
    pub at: i64,
    /// Which worktree.
    pub worktree_id: String,
    /// The branch that it worked on.
    pub branch_name: String,
    /// Where it was.
    pub from: Option<Stop>,
    /// Where it is then.
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
    /// Whether it is there.
    pub is_there: bool,
    /// What it is assigned to, whether that is there or not.
    pub zone_id: Option<String>,
}

/// The board as far as the log has been read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ledger {
    /// The worktrees, and what is assigned without being there.
    pub worktrees: BTreeMap<String, Known>,
    /// The zones, and what they are called.
    pub zones: BTreeMap<String, String>,
    /// What is different from what it was at the beginning: of worktrees, of zones.
    pub touched: (BTreeSet<String>, BTreeSet<String>),
    /// Who is perhaps replaced by what comes next.
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

    /// Reads a row of the log: the moves that it makes.
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

    /// Goes on from another board, of which the log doesn't say how it came about: the moves to it.
    pub fn jump(&mut self, to: Self, entry: &Entry, moves: &mut Vec<Move>) {
        let all: BTreeSet<String> = self.worktrees.keys().chain(to.worktrees.keys()).cloned().collect();
        let zones: BTreeSet<String> = self.zones.keys().chain(to.zones.keys()).cloned().collect();
        let before: Vec<_> = all.iter().map(|id| self.zone_of(id)).collect();
        let branches: Vec<_> = all.iter().map(|id| self.branch_of(id)).collect();
        let (worktrees, all_zones) = std::mem::take(&mut self.touched);
        *self = Self { touched: (&worktrees | &all, &all_zones | &zones), ..to };
        for (nth, (id, (from, branch))) in all.into_iter().zip(before.into_iter().zip(branches)).enumerate() {
            // Behind whatever that row itself has done.
            self.push(entry, JUMPED + nth as i64, id, from, branch, moves);
        }
    }

    /// A worktree was made, or changed: whoever it was to replace, and did, is gone.
    fn confirm(&mut self, id: &str, is_new: bool, port: Option<&str>, moves: &mut Vec<Move>) {
        for of in std::mem::take(&mut self.replaced) {
            if of.by == id && of.by_update != is_new && Some(of.port.as_str()) == port && of.id != id {
                let gone = |ledger: &mut Self| ledger.known(&of.id).is_there = false;
                self.change(&of.entry, std::slice::from_ref(&of.id), moves, gone);
                self.forget(&of.id);
            }
        }
    }

    /// What is remembered of a worktree, from now on if it was nothing.
    fn known(&mut self, id: &str) -> &mut Known {
        self.touched.0.insert(id.to_owned());
        self.worktrees.entry(id.to_owned()).or_default()
    }

    /// Nothing is remembered of what is neither there nor assigned.
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

    /// Makes a change; whoever of these is elsewhere then has moved.
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

/// The first of the moves that no row of the log says.
const JUMPED: i64 = 1 << 20;

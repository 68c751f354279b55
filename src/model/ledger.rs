//! The ledger: which worktree went from which zone to which, read off the log of changes. No SQL, no clock.
//!
//! A worktree is in a zone if both are there and it is assigned to it. What is left of either in an assignment (somebody
//! deleted with foreign keys off) is none, until one of that id is there again.

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
    /// A worktree is there, by this branch.
    Worktree { id: String, branch_name: String },
    /// It works on another branch.
    Branch { id: String, branch_name: String },
    /// It goes where the very next row about a worktree makes one of this id.
    Replaced { id: String, by: String },
    /// It is gone.
    WorktreeGone { id: String },
    /// A worktree was changed in what is not of the ledger.
    OtherWorktree,
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
    /// Who may be replaced by whom, and by which row.
    replaced: Option<(String, String, Entry)>,
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
            Change::Replaced { id, by } => self.replaced = Some((id, by, entry.clone())),
            Change::Worktree { id, branch_name } => {
                if let Some((old, new, stash)) = self.replaced.take()
                    && new == id
                    && old != id
                {
                    self.change(&stash, &[old.clone()], moves, |ledger| ledger.known(&old).is_there = false);
                    self.forget(&old);
                }
                self.change(entry, &[id.clone()], moves, |ledger| {
                    let known = ledger.known(&id);
                    known.is_there = true;
                    known.branch_name = branch_name;
                });
            }
            Change::Branch { id, branch_name } => {
                self.replaced = None;
                if self.worktrees.contains_key(&id) {
                    self.known(&id).branch_name = branch_name;
                }
            }
            Change::WorktreeGone { id } => {
                self.replaced = None;
                self.change(entry, &[id.clone()], moves, |ledger| ledger.known(&id).is_there = false);
                self.forget(&id);
            }
            Change::OtherWorktree => self.replaced = None,
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
                self.change(entry, &[worktree.clone()], moves, |ledger| ledger.known(&worktree).zone_id = zone);
                self.forget(&worktree);
            }
        }
    }

    /// Goes on from another board, of which the log doesn't say how it came about: the moves to it.
    pub fn jump(&mut self, to: Self, entry: &Entry, moves: &mut Vec<Move>) {
        let all: BTreeSet<String> = self.worktrees.keys().chain(to.worktrees.keys()).cloned().collect();
        let zones = self.zones.keys().chain(to.zones.keys()).cloned().collect();
        let before: Vec<_> = all.iter().map(|id| self.zone_of(id)).collect();
        let branches: Vec<_> = all.iter().map(|id| self.branch_of(id)).collect();
        *self = Self { touched: (all.clone(), zones), ..to };
        for (nth, (id, (from, branch))) in all.into_iter().zip(before.into_iter().zip(branches)).enumerate() {
            // Behind whatever that row itself has done.
            self.push(entry, JUMPED + nth as i64, id, from, branch, moves);
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

#[cfg(test)]
mod tests {
    use super::*;

    fn assigned(worktree: &str, zone: Option<&str>) -> Change {
        Change::Assigned { worktree: worktree.into(), zone: zone.map(Into::into) }
    }

    fn worktree(id: &str) -> Change {
        Change::Worktree { id: id.into(), branch_name: format!("branch-{id}") }
    }

    fn zone(id: &str) -> Change {
        Change::Zone { id: id.into(), name: format!("Zone {id}") }
    }

    /// The moves that these changes make: `worktree: from>to`.
    fn moves(changes: impl IntoIterator<Item = Change>) -> Vec<String> {
        let (mut ledger, mut moves) = (Ledger::default(), Vec::new());
        for (seq, change) in changes.into_iter().enumerate() {
            let entry = Entry { seq: seq as i64 + 1, change: Some(change), ..Entry::default() };
            ledger.read(&entry, &mut moves);
        }
        let stop = |stop: &Option<Stop>| stop.as_ref().map_or("-".to_owned(), |stop| stop.id.clone());
        moves.iter().map(|of| format!("{}: {}>{}", of.worktree_id, stop(&of.from), stop(&of.to))).collect()
    }

    fn board() -> Vec<Change> {
        vec![zone("a"), zone("b"), worktree("1"), worktree("2")]
    }

    #[test]
    fn each_change_of_zone_is_a_move_and_an_assignment_to_the_same_zone_is_none() {
        let mut changes = board();
        changes.extend([
            assigned("1", Some("a")),
            assigned("1", Some("a")),
            assigned("1", Some("b")),
            assigned("1", None),
        ]);
        assert_eq!(moves(changes), ["1: ->a", "1: a>b", "1: b>-"]);
    }

    #[test]
    fn what_is_deleted_leaves_its_zone_whether_its_assignment_goes_first_last_or_never() {
        for rest in [
            vec![assigned("1", None), Change::WorktreeGone { id: "1".into() }],
            vec![Change::WorktreeGone { id: "1".into() }, assigned("1", None)],
            vec![Change::WorktreeGone { id: "1".into() }],
        ] {
            let mut changes = board();
            changes.push(assigned("1", Some("a")));
            changes.extend(rest);
            assert_eq!(moves(changes), ["1: ->a", "1: a>-"]);
        }
    }

    #[test]
    fn a_zone_that_goes_takes_all_out_and_one_of_its_id_has_them_again() {
        let mut changes = board();
        changes.extend([assigned("1", Some("a")), assigned("2", Some("a"))]);
        changes.extend([Change::ZoneGone { id: "a".into() }, zone("a")]);
        assert_eq!(moves(changes), ["1: ->a", "2: ->a", "1: a>-", "2: a>-", "1: ->a", "2: ->a"]);
    }

    #[test]
    fn what_is_replaced_is_gone_only_where_the_next_worktree_confirms_it() {
        let replaced = Change::Replaced { id: "1".into(), by: "3".into() };
        for (next, gone) in [(worktree("3"), true), (worktree("4"), false), (Change::OtherWorktree, false)] {
            let mut changes = board();
            changes.extend([assigned("1", Some("a")), replaced.clone(), next]);
            assert_eq!(moves(changes).len(), 1 + usize::from(gone));
        }
    }

    /// Any history: each worktree's moves are a chain from nowhere to where it is.
    #[test]
    fn each_from_is_the_to_before() {
        let mut state = 7_u64;
        let mut next = |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        for _ in 0..300 {
            let (mut ledger, mut moves) = (Ledger::default(), Vec::new());
            for seq in 1..80 {
                let [one, two] = [0, 1].map(|_| next(4).to_string());
                let change = match next(8) {
                    0 => worktree(&one),
                    1 => Change::WorktreeGone { id: one },
                    2 => zone(&one),
                    3 => Change::ZoneGone { id: one },
                    4 => Change::Replaced { id: one, by: two },
                    5 => assigned(&one, None),
                    _ => assigned(&one, Some(&two)),
                };
                ledger.read(&Entry { seq, change: Some(change), ..Entry::default() }, &mut moves);
            }
            for id in 0..4 {
                let id = id.to_string();
                let mut at = None;
                for of in moves.iter().filter(|of| of.worktree_id == id) {
                    assert_eq!(of.from.as_ref().map(|stop| &stop.id), at.as_ref());
                    assert_ne!(of.from.as_ref().map(|stop| &stop.id), of.to.as_ref().map(|stop| &stop.id));
                    at = of.to.as_ref().map(|stop| stop.id.clone());
                }
                assert_eq!(at, ledger.zone_of(&id).map(|stop| stop.id));
            }
        }
    }
}

//! What the tables of the history don't have yet, as it is kept in memory from call to call.

use std::collections::{HashMap, HashSet};

use super::line::{Line, Place};
use super::mark::Mark;
use super::rollups::{Of, Rollups};

/// The history's end, or all of it.
#[derive(Default)]
pub struct Tail {
    /// Where the tables end; `None` where they count for nothing.
    pub from: Option<Mark>,
    /// Where the log ended.
    pub to: Option<Mark>,
    /// How often somebody had done by then what the log isn't told, where this is everything: the tables' place in the log tells else.
    pub doubts: Option<i64>,
    /// By id; `None` is no more.
    pub lines: HashMap<String, Option<Line>>,
    /// Where the tables have what is otherwise now.
    hidden: HashSet<Place>,
    /// What the days come to that this changes.
    pub rollups: Rollups,
    /// What those have not been told yet.
    pub untold: Untold,
}

/// What was added since rollups were told.
#[derive(Default)]
pub struct Untold {
    /// Where the tables have what is otherwise since then.
    pub hidden: Vec<Place>,
    /// By id, what they were told last.
    pub before: HashMap<String, Option<Line>>,
}

impl Tail {
    /// The tables count for nothing.
    pub fn is_all(&self) -> bool {
        self.from.is_none()
    }

    /// Whether it has something else than the tables have in this place.
    pub fn hides(&self, place: Place) -> bool {
        self.hidden.contains(&place)
    }

    /// The ids that it knows something of.
    pub fn ids(&self) -> Vec<String> {
        self.lines.keys().cloned().collect()
    }

    /// All that it has.
    pub fn lines(&self) -> impl Iterator<Item = &Line> {
        self.lines.values().flatten()
    }

    /// Nothing is known but where the tables end.
    pub fn behind(from: Option<Mark>) -> Self {
        let of = if from.is_some() { Of::History } else { Of::Nothing };
        Self { from, to: from, rollups: Rollups::of(of), ..Self::default() }
    }

    /// What there is under an id now, and where the tables have what is otherwise.
    pub fn add(&mut self, id: String, line: Option<Line>, old: Vec<Place>) {
        for place in old.into_iter().chain(line.as_ref().map(|line| line.place)) {
            if self.hidden.insert(place) {
                self.untold.hidden.push(place);
            }
        }
        let before = self.lines.insert(id.clone(), line).flatten();
        self.untold.before.entry(id).or_insert(before);
    }
}

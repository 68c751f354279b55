//! What the tables of the history don't have yet, as it is kept in memory from call to call.

use std::collections::{HashMap, HashSet};

use super::line::{Line, Place};
use super::rollups::{Of, Rollups};
use crate::engine::Place as LogPlace;

/// The history's end, or all of it.
#[derive(Default)]
pub struct Tail {
    /// Where the tables end; `None` where they count for nothing.
    pub from: Option<LogPlace>,
    /// Where the log ended.
    pub to: Option<LogPlace>,
    /// Where this is everything: the log's doubts by then, the stamp of their count, and SQLite's schema version. Else the
    /// tables' place in the log tells.
    pub doubts: Option<[i64; 3]>,
    /// By id; `None` is gone.
    pub lines: HashMap<String, Option<Line>>,
    /// The positions at which the tables are no longer right.
    hidden: HashSet<Place>,
    /// The days that this changes, as they are with it.
    pub rollups: Rollups,
    /// What those lack still.
    pub untold: Untold,
}

/// What was added since the rollups were told last.
#[derive(Default)]
pub struct Untold {
    /// The positions at which the tables are no longer right since then.
    pub hidden: Vec<Place>,
    /// By id, as the rollups have it.
    pub before: HashMap<String, Option<Line>>,
}

impl Tail {
    /// The tables count for nothing.
    pub fn is_all(&self) -> bool {
        self.from.is_none()
    }

    /// Whether the tables are no longer right at this position.
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
    pub fn behind(from: Option<LogPlace>) -> Self {
        let of = if from.is_some() { Of::History } else { Of::Nothing };
        Self { from, to: from, rollups: Rollups::of(of), ..Self::default() }
    }

    /// Adds what has an id now, and the positions at which the tables have it otherwise.
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

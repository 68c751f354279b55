//! What the tables of the history don't have yet, as it is kept in memory from call to call.

use std::collections::{HashMap, HashSet};

use super::line::{Line, Place};
use super::mark::Mark;

/// The history's end, or all of it.
#[derive(Default)]
pub struct Tail {
    /// Where the tables end; `None` where they count for nothing.
    pub from: Option<Mark>,
    /// Where the log ended.
    pub to: Option<Mark>,
    /// By id; `None` is no more.
    pub lines: HashMap<String, Option<Line>>,
    /// Where the tables have what is otherwise now.
    hidden: HashSet<Place>,
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
        Self { from, to: from, ..Self::default() }
    }

    /// What there is under an id now, and where the tables have what is otherwise.
    pub fn add(&mut self, id: String, line: Option<Line>, old: Vec<Place>) {
        self.hidden.extend(old);
        self.hidden.extend(line.as_ref().map(|line| line.place));
        self.lines.insert(id, line);
    }
}

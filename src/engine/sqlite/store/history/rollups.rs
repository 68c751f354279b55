//! What runs that have ended come to, by quarters of an hour: of all, of each zone, agent, model and worktree. A change of a run
//! takes away what it came to and adds what it comes to now.

use std::collections::HashMap;

pub use crate::engine::dimension::Dimension;
use crate::engine::sqlite::driver::Bind;
use crate::model::trend::Day;

impl Dimension {
    /// Its number, for a statement.
    #[must_use]
    pub fn bind(self) -> Bind<'static> {
        Bind::Integer(self as i64)
    }
}

/// A day of a series.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DayOf {
    pub dimension: Dimension,
    pub day: i64,
    pub key: String,
}

impl DayOf {
    pub fn values(&self) -> [Bind<'_>; 3] {
        [self.dimension.bind(), Bind::Integer(self.day), Bind::Text(&self.key)]
    }
}

/// Whether a run is added or taken away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    On,
    Off,
}

/// Which rollups are changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Of {
    /// What the history has.
    #[default]
    History,
    /// What was pruned.
    Pruned,
    /// What is in memory only.
    Nothing,
}

/// The days that were changed, as they are now.
#[derive(Default)]
pub struct Rollups {
    pub days: HashMap<DayOf, Day>,
    /// Where the longest run was taken away, and how long it took: which one is the longest now has still to be found.
    pub lost: HashMap<(DayOf, u8), u64>,
    /// A day is not as we write it: all of them have to be rebuilt.
    pub damaged: bool,
    /// The rollups that these days are of.
    pub of: Of,
}

impl Rollups {
    /// No day was changed yet.
    pub fn of(of: Of) -> Self {
        Self { of, ..Self::default() }
    }
}

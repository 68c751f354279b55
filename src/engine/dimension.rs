//! What runs that have ended are told apart by, where they are added up by days.

use crate::model::trend::Ended;

/// What runs are told apart by. Its number is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Dimension {
    /// Nothing: all of them.
    All = 0,
    /// Their zones.
    Zone = 1,
    /// Their agents.
    Agent = 2,
    /// The models that they used.
    Model = 3,
    /// Their worktrees.
    Worktree = 4,
}

/// Whose a run is.
#[derive(Debug, Clone, Copy)]
pub struct Whose<'a> {
    /// The zone.
    pub zone: &'a str,
    /// The agent.
    pub agent: &'a str,
    /// The worktree, by the name that its history has.
    pub worktree: &'a str,
}

/// The series that a run belongs to, with what it adds to each: of a model only what was used of that.
pub fn series<'a>(
    ended: &Ended,
    whose: Whose<'a>,
    models: impl Iterator<Item = (&'a str, [Option<i64>; 3])>,
) -> Vec<(Dimension, &'a str, Ended)> {
    let mut all = vec![
        (Dimension::All, "", ended.clone()),
        (Dimension::Zone, whose.zone, ended.clone()),
        (Dimension::Agent, whose.agent, ended.clone()),
        (Dimension::Worktree, whose.worktree, ended.clone()),
    ];
    all.extend(models.map(|(model, used)| (Dimension::Model, model, Ended { used, ..ended.clone() })));
    all
}

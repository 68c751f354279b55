//! By what runs that have ended are told apart, where they are added up by days.

use super::runs::RunFilter;
use super::trends::By;
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
    /// The worktree, by the name that counts know it by.
    pub worktree: &'a str,
}

/// The series that a run belongs to, with what it adds to each: to that of a model only what was used of that model.
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

/// The one dimension that a trend is of, and whether it is of some of its keys only; `None` where it is several. `by_worktree`: some
/// worktrees are asked for, by whichever filter.
#[must_use]
pub fn asked_for(filter: &RunFilter<'_>, by_worktree: bool, by: Option<By>) -> Option<(Dimension, bool)> {
    if filter.statuses.is_some() || filter.parent.is_some() || filter.least_ms.is_some() {
        return None;
    }
    let filtered = [
        (Dimension::Zone, filter.zones.is_some()),
        (Dimension::Agent, filter.agents.is_some()),
        (Dimension::Model, filter.model.is_some()),
        (Dimension::Worktree, by_worktree),
    ];
    let by = by.map(|by| match by {
        By::Zone => Dimension::Zone,
        By::Agent => Dimension::Agent,
        By::Model => Dimension::Model,
        By::Worktree | By::Branch => Dimension::Worktree,
    });
    let mut given = filtered.into_iter().filter(|(_, is_given)| *is_given).map(|(dimension, _)| dimension);
    match (given.next(), given.next(), by) {
        (None, _, None) => Some((Dimension::All, true)),
        (None, _, Some(by)) => Some((by, false)),
        // Of those that used one model, some used others, too.
        (Some(Dimension::Model), None, Some(Dimension::Model)) => None,
        (Some(dimension), None, by) if by.is_none_or(|by| by == dimension) => Some((dimension, true)),
        _ => None,
    }
}

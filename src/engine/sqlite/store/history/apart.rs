//! What tells the series of a trend apart.

use std::collections::HashMap;

use super::asked::Asked;
use super::line::Line;
use super::rollups::Dimension;
use crate::engine::By;
use crate::error::Result;
use crate::model::trend::Ended;

/// What tells series apart, and which there are.
pub(super) struct Apart<'a> {
    pub by: Option<By>,
    /// Of which model only what was used of that is told.
    pub model: Option<&'a str>,
    /// By worktree, as the history knows it, which branch it is on.
    pub branches: HashMap<String, String>,
}

impl Apart<'_> {
    /// The series that a key of its dimension belongs to.
    pub fn series<'a>(&'a self, key: &'a str) -> Option<&'a str> {
        match self.by {
            None => Some(""),
            Some(By::Branch) => self.branches.get(key).map(String::as_str),
            Some(_) => Some(key),
        }
    }

    /// Hands `add` the series that a run belongs to, and what it adds to each.
    pub fn each(&self, line: &Line, mut add: impl FnMut(&str, &Ended) -> Result<()>) -> Result<()> {
        let Some(ended) = line.ended() else { return Ok(()) };
        let of_model = |model: &str| line.models.iter().find(|used| used.model == model).map(|used| used.amounts);
        let mut one = |key: &str| {
            let used = self.model.and_then(of_model).unwrap_or(ended.used);
            self.series(key).map_or(Ok(()), |series| add(series, &Ended { used, ..ended.clone() }))
        };
        match self.by {
            None => one(""),
            Some(By::Zone) => one(&line.zone_id),
            Some(By::Agent) => one(&line.agent_type),
            Some(By::Worktree | By::Branch) => one(&line.worktree_id),
            Some(By::Model) => {
                line.models.iter().try_for_each(|of| add(&of.model, &Ended { used: of.amounts, ..ended.clone() }))
            }
        }
    }
}

/// The one dimension that is asked for, and which keys of it; `None` is each. `None` where it is several.
pub(super) fn dimension<'a>(asked: &'a Asked<'_>, by: Option<By>) -> Option<(Dimension, Option<Vec<&'a str>>)> {
    let filter = asked.filter;
    let borrowed = |names: &'a Option<Vec<String>>| names.as_ref().map(|of| of.iter().map(String::as_str).collect());
    let filtered = [
        (Dimension::Zone, filter.zones.clone()),
        (Dimension::Agent, filter.agents.clone()),
        (Dimension::Model, filter.model.map(|model| vec![model])),
        (Dimension::Worktree, borrowed(&asked.worktrees)),
    ];
    if filter.statuses.is_some() || filter.parent.is_some() || filter.least_ms.is_some() {
        return None;
    }
    let by = by.map(|by| match by {
        By::Zone => Dimension::Zone,
        By::Agent => Dimension::Agent,
        By::Model => Dimension::Model,
        By::Worktree | By::Branch => Dimension::Worktree,
    });
    let mut given = filtered.into_iter().filter_map(|(dimension, keys)| Some((dimension, keys?)));
    match (given.next(), given.next(), by) {
        (None, _, None) => Some((Dimension::All, Some(vec![""]))),
        (None, _, Some(by)) => Some((by, None)),
        // Of those that used one model, some used others, too.
        (Some((Dimension::Model, _)), None, Some(Dimension::Model)) => None,
        (Some((dimension, mut keys)), None, by) if by.is_none_or(|by| by == dimension) => {
            keys.sort_unstable();
            keys.dedup();
            Some((dimension, Some(keys)))
        }
        _ => None,
    }
}

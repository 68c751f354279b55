//! What tells the series of a trend apart.

use std::collections::HashMap;

use super::asked::Asked;
use super::line::Line;
use super::rollups::Dimension;
use crate::engine::By;
use crate::engine::dimension::asked_for;
use crate::error::Result;
use crate::model::trend::Ended;

/// What tells series apart, and which there are.
pub(super) struct Apart<'a> {
    pub by: Option<By>,
    /// Of a run, only what it used of this model is told, if there is one.
    pub model: Option<&'a str>,
    /// The branch of each worktree, by the name that the history knows it by.
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

/// The one dimension that is asked for, and which keys of it (`None`: all); `None` where several dimensions are.
pub(super) fn dimension<'a>(asked: &'a Asked<'_>, by: Option<By>) -> Option<(Dimension, Option<Vec<&'a str>>)> {
    let filter = asked.filter;
    let (dimension, is_of_some) = asked_for(filter, asked.worktrees.is_some(), by)?;
    if !is_of_some {
        return Some((dimension, None));
    }
    let mut keys: Vec<&str> = match dimension {
        Dimension::All => vec![""],
        Dimension::Zone => filter.zones.clone().unwrap_or_default(),
        Dimension::Agent => filter.agents.clone().unwrap_or_default(),
        Dimension::Model => filter.model.into_iter().collect(),
        Dimension::Worktree => asked.worktrees.iter().flatten().map(String::as_str).collect(),
    };
    keys.sort_unstable();
    keys.dedup();
    Some((dimension, Some(keys)))
}

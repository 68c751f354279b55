//! How many runs may be at work at once.

use std::collections::HashMap;

use super::row::Row;
use super::sql::Sql;
use crate::engine::sqlite::driver::Bind;
use crate::engine::sqlite::store::Store;
use crate::engine::sqlite::store::tail::at;
use crate::error::Result;
use crate::model::run::{Limit, Scope};

/// What is at work.
#[derive(Default)]
pub(super) struct AtWork {
    /// By zone and agent.
    running: HashMap<String, HashMap<String, i64>>,
}

impl AtWork {
    pub fn add(&mut self, zone: &str, agent: &str) {
        at(&mut self.running, zone, |agents| at(agents, agent, |count| *count += 1));
    }

    pub fn in_zone(&self, zone: &str) -> i64 {
        self.running.get(zone).map_or(0, |agents| agents.values().sum())
    }

    fn within(&self, scope: &Scope) -> i64 {
        let zones = self.running.iter().filter(|(zone, _)| scope.zone.as_ref().is_none_or(|of| of == *zone));
        let agents = zones.flat_map(|(_, agents)| agents);
        agents.filter(|(agent, _)| scope.agent.as_ref().is_none_or(|of| of == *agent)).map(|(_, count)| count).sum()
    }
}

/// One more is at work.
pub(super) fn count_in(limits: &mut [Limit], zone: &str, agent: &str) {
    for limit in limits.iter_mut().filter(|limit| limit.scope.covers(zone, agent)) {
        limit.running += 1;
    }
}

impl Store {
    /// The limits, that of all runs first, with how many are at work within each.
    pub(super) fn limits(&self, at_work: &AtWork) -> Result<Vec<Limit>> {
        let mut limits = Vec::new();
        self.each_row(Sql::Limits, &[], |statement| {
            let mut row = Row::of(statement);
            let mut name = || Some(row.text()).filter(|name| !name.is_empty());
            let scope = Scope { zone: name(), agent: name() };
            let running = at_work.within(&scope);
            limits.push(Limit { scope, most: row.integer(), running });
            Ok(true)
        })?;
        Ok(limits)
    }

    /// What is at work, whether or not its lease has run out.
    pub(super) fn at_work(&self) -> Result<AtWork> {
        let mut at_work = AtWork::default();
        self.each_row(Sql::Leases, &[], |row| {
            row.with_text(0, |zone| row.with_text(1, |agent| at_work.add(zone, agent)));
            Ok(true)
        })?;
        Ok(at_work)
    }

    /// Sets a limit, or lifts it; a zone or an agent that is empty is every one.
    pub(super) fn set_limit(&self, zone: &str, agent: &str, most: Option<i64>, wall_ms: i64) -> Result<()> {
        let names = [Bind::Text(zone), Bind::Text(agent)];
        match most {
            Some(most) => self.write_run(Sql::SetLimit, &[names[0], names[1], Bind::Integer(most)])?,
            None => self.write_run(Sql::LiftLimit, &names)?,
        };
        let data = format!("{{\"limit\":{}}}", most.map_or("null".into(), |most| most.to_string()));
        self.log_limit("limit", [Some(zone), None, Some(agent)], &data, wall_ms)
    }

    /// Says in the log that a limit or a budget is another, of a zone, a worktree and an agent.
    pub(super) fn log_limit(&self, what: &str, of: [Option<&str>; 3], data: &str, wall_ms: i64) -> Result<()> {
        let [zone, worktree, agent] = of.map(|name| name.filter(|name| !name.is_empty()).into());
        let (at, what, data) = (Bind::Integer(wall_ms), Bind::Text(what), Bind::Text(data));
        self.write_run(Sql::LogLimit, &[at, what, zone, worktree, agent, data, self.actor().as_deref().into()])
            .map(drop)
    }
}

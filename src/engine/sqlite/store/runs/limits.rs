//! How many runs may be at work at once.

use super::row::Row;
use super::sql::Sql;
use crate::engine::run::lanes::count_in;
use crate::engine::sqlite::driver::{Bind, Statement};
use crate::engine::sqlite::store::Store;
use crate::error::Result;
use crate::model::run::{Limit, Scope};

/// Counts a run at work, in a row with its zone and its agent.
pub(super) fn count_row_in(limits: &mut [Limit], row: &Statement) {
    // Mostly there are no limits, and then nothing is read.
    if !limits.is_empty() {
        row.with_text(0, |zone| row.with_text(1, |agent| count_in(limits, zone, agent)));
    }
}

impl Store {
    /// The limits, that of all runs first. No run is counted yet.
    pub(super) fn limits(&self) -> Result<Vec<Limit>> {
        let mut limits = Vec::new();
        self.each_row(Sql::Limits, &[], |statement| {
            let mut row = Row::of(statement);
            let mut name = || Some(row.text()).filter(|name| !name.is_empty());
            let scope = Scope { zone: name(), agent: name() };
            limits.push(Limit { scope, most: row.integer(), running: 0 });
            Ok(true)
        })?;
        Ok(limits)
    }

    /// The limits, with how many are at work within each, whether or not their leases have run out.
    pub(super) fn limits_now(&self) -> Result<Vec<Limit>> {
        let mut limits = self.limits()?;
        self.each_row(Sql::AtWork, &[Bind::Null, Bind::Null], |row| {
            count_row_in(&mut limits, row);
            Ok(true)
        })?;
        Ok(limits)
    }

    /// Sets a limit, or removes it; an empty zone or agent stands for all.
    pub(super) fn set_limit(&self, zone: &str, agent: &str, most: Option<i64>, wall_ms: i64) -> Result<()> {
        let names = [Bind::Text(zone), Bind::Text(agent)];
        match most {
            Some(most) => self.write_run(Sql::SetLimit, &[names[0], names[1], Bind::Integer(most)])?,
            None => self.write_run(Sql::LiftLimit, &names)?,
        };
        let data = format!("{{\"limit\":{}}}", most.map_or("null".into(), |most| most.to_string()));
        self.log_limit("limit", [Some(zone), None, Some(agent)], &data, wall_ms)
    }

    /// Logs that a limit or a budget of a zone, a worktree and an agent is another one.
    pub(in crate::engine::sqlite::store) fn log_limit(
        &self,
        what: &str,
        of: [Option<&str>; 3],
        data: &str,
        wall_ms: i64,
    ) -> Result<()> {
        let [zone, worktree, agent] = of.map(|name| name.filter(|name| !name.is_empty()).into());
        let (at, what, data) = (Bind::Integer(wall_ms), Bind::Text(what), Bind::Text(data));
        self.write_run(Sql::LogLimit, &[at, what, zone, worktree, agent, data, self.actor().as_deref().into()])
            .map(drop)
    }
}

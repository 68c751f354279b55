//! What may be claimed: the queue, whose lanes are a zone and an agent each, and what may be claimed later.

use std::collections::HashSet;

use super::lanes::{First, Lanes};
use super::record::Record;
use super::row::Row;
use super::sql::Sql;
use crate::engine::sqlite::driver::Bind;
use crate::engine::sqlite::store::Store;
use crate::error::Result;
use crate::model::run::State;

/// By how much what a person has answered is more urgent: more than two priorities can differ.
const ANSWERED: i64 = 1 << 54;

/// The place in a lane: the smallest is next. Of two with one urgency the older.
const fn urgency(priority: i64, answered: bool) -> i64 {
    if answered { -priority - ANSWERED } else { -priority }
}

impl Store {
    /// Puts a queued run where its life says: into the queue, or among what may be claimed later.
    pub(super) fn put(&self, record: &Record) -> Result<()> {
        let State::Queued { not_before, answered } = record.life.state else { return Ok(()) };
        let (zone, worktree) = (&record.zone_id, &record.worktree_id);
        match not_before {
            Some(due) => {
                let place = [Bind::Integer(due), Bind::Integer(record.key), Bind::Text(zone), Bind::Text(worktree)];
                self.write_run(Sql::Delay, &place).map(drop)
            }
            None => {
                self.put_in_line(zone, &record.agent_type, urgency(record.priority, answered), record.key, worktree)
            }
        }
    }

    fn put_in_line(&self, zone: &str, agent: &str, urgency: i64, run: i64, worktree: &str) -> Result<()> {
        let [zone, agent, worktree] = [zone, agent, worktree].map(Bind::Text);
        let (urgency, run) = (Bind::Integer(urgency), Bind::Integer(run));
        self.write_run(Sql::Enqueue, &[zone, agent, urgency, run, worktree])?;
        self.write_run(Sql::LowerLane, &[zone, agent, urgency, run]).map(drop)
    }

    /// Takes a queued run out of wherever it waits. A lane goes on saying that it is its first: a claim looks.
    pub(super) fn take_out(&self, record: &Record) -> Result<bool> {
        let State::Queued { answered, .. } = record.life.state else { return Ok(false) };
        let (zone, agent) = (Bind::Text(&record.zone_id), Bind::Text(&record.agent_type));
        let urgency = Bind::Integer(urgency(record.priority, answered));
        Ok(self.take(Sql::Dequeue, &[zone, agent, urgency, Bind::Integer(record.key)])?
            || self.take(Sql::EndDelay, &[Bind::Integer(record.available_at), Bind::Integer(record.key)])?)
    }

    /// Moves what is due into the queue.
    pub(super) fn put_what_is_due(&self, wall_ms: i64) -> Result<()> {
        let next = self.first(Sql::NextDue, &[], |row| row.integer(0))?;
        if next.is_none_or(|next| next > wall_ms) {
            return Ok(());
        }
        let mut due = Vec::new();
        self.each_row(Sql::Due, &[Bind::Integer(wall_ms)], |statement| {
            let mut row = Row::of(statement);
            due.push((row.integer(), row.integer(), row.text_or_null(), row.text(), row.integer(), row.text()));
            Ok(true)
        })?;
        for (at, run, zone, agent, priority, worktree) in due {
            self.take(Sql::EndDelay, &[Bind::Integer(at), Bind::Integer(run)])?;
            // Without a zone the run is gone, or somebody has ended it.
            if let Some(zone) = zone {
                self.put_in_line(&zone, &agent, urgency(priority, false), run, &worktree)?;
            }
        }
        Ok(())
    }

    /// The lanes that are open.
    pub(super) fn lanes(&self, is_open: impl Fn(&First<'_>) -> bool) -> Result<Lanes> {
        let mut lanes = Lanes::default();
        self.each_row(Sql::Lanes, &[], |row| {
            let (urgency, run) = (row.integer(2), row.integer(3));
            row.with_text(0, |zone_id| {
                row.with_text(1, |agent_type| {
                    let first = First { zone_id, agent_type, urgency, run };
                    if is_open(&first) {
                        lanes.push(first);
                    }
                });
            });
            Ok(true)
        })?;
        Ok(lanes)
    }

    /// Passes the runs of worktrees that may not spend more, in all lanes; those that have no others are closed.
    pub(super) fn pass(&self, lanes: &mut Lanes, closed: &HashSet<String>) -> Result<()> {
        if closed.is_empty() {
            return Ok(());
        }
        for at in (0..lanes.len()).rev() {
            let First { zone_id, agent_type, urgency, run } = lanes.first(at);
            let first = self.pass_in(zone_id, agent_type, (urgency, run), closed)?;
            lanes.set_first(at, first);
        }
        Ok(())
    }

    /// The first behind those that are passed in a lane that begins with `first`; `None` where it has no others. Who has many
    /// runs to be passed pays for passing them.
    pub(super) fn pass_in(
        &self,
        zone: &str,
        agent: &str,
        first: (i64, i64),
        closed: &HashSet<String>,
    ) -> Result<Option<(i64, i64)>> {
        if closed.is_empty() {
            return Ok(Some(first));
        }
        let mut found = None;
        self.each_row(Sql::AlongLane, &[Bind::Text(zone), Bind::Text(agent)], |row| {
            if !row.with_text(2, |worktree| closed.contains(worktree)) {
                found = Some((row.integer(0), row.integer(1)));
            }
            Ok(found.is_none())
        })?;
        Ok(found)
    }

    /// Takes the first of a lane; `false` where it is no longer there.
    pub(super) fn take_first(&self, first: First<'_>) -> Result<bool> {
        let (zone, agent) = (Bind::Text(first.zone_id), Bind::Text(first.agent_type));
        self.take(Sql::Dequeue, &[zone, agent, Bind::Integer(first.urgency), Bind::Integer(first.run)])
    }

    /// Who is the first of a lane now, which is said there, too; `None` where nobody is.
    pub(super) fn look_along(&self, zone: &str, agent: &str) -> Result<Option<(i64, i64)>> {
        let names = [Bind::Text(zone), Bind::Text(agent)];
        let first = self.first(Sql::FirstOfLane, &names, |row| (row.integer(0), row.integer(1)))?;
        match first {
            Some((urgency, run)) => {
                self.write_run(Sql::SetLane, &[names[0], names[1], Bind::Integer(urgency), Bind::Integer(run)])?
            }
            None => self.write_run(Sql::EndLane, &names)?,
        };
        Ok(first)
    }
}

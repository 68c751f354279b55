//! Leases that ran out: runs whose worker is silent, or takes too long.

use super::claim::is_over;
use super::lease::clocks;
use super::row::Row;
use super::sql::Sql;
use crate::engine::Asked;
use crate::engine::run::answers::Answers;
use crate::engine::run::record::{Record, Said};
use crate::engine::sqlite::store::Store;
use crate::error::Result;
use crate::model::run::{Call, Effect, Moment, State, apply};

impl Store {
    /// Takes a run away if it is out of its lease or its time; `None` where it is neither.
    pub(super) fn sweep_one(&self, id: &str, alive: bool, grace_ms: i64, now: Moment) -> Result<Option<Record>> {
        let Some(mut record) = self.load(id)? else { return Ok(None) };
        let to = apply(id, Some(&record.life), &Call::Sweep { alive, grace_ms }, now)?;
        let effect = to.effect;
        if !matches!(effect, Effect::None | Effect::Lengthened) {
            // What an earlier attempt said is not about this one.
            record.said = Said::default();
        }
        self.settle(&mut record, to, None, now.wall_ms)?;
        Ok(matches!(effect, Effect::Requeued | Effect::Ended { .. }).then_some(record))
    }

    /// Takes away all runs that are out of their lease or their time; where somebody was asked about claims, a lease that ran out
    /// counts only if its claim was asked about.
    pub(super) fn sweep(
        &self,
        grace_ms: i64,
        asked: Option<&[Asked]>,
        now: Moment,
        most: usize,
    ) -> Result<Vec<Record>> {
        let answers = Answers::of(asked);
        let mut swept = Vec::new();
        for (id, token) in self.over(grace_ms, now)? {
            let (alive, grace_ms) = answers.about(&id, token, grace_ms);
            swept.extend(self.sweep_one(&id, alive, grace_ms, now)?);
            if swept.len() == most {
                break;
            }
        }
        Ok(swept)
    }

    /// Runs whose lease ran out `grace_ms` ago or earlier, in the order of their ids, after one; `most` at most.
    pub(super) fn out_of_lease(&self, grace_ms: i64, after: &str, now: Moment, most: usize) -> Result<Vec<Record>> {
        let mut found = Vec::new();
        for (id, _) in self.over(grace_ms, now)? {
            if *id > *after
                && let Some(record) = self.load(&id)?
                && let State::Running { lease, .. } = record.life.state
                && lease.ran_out(now, grace_ms)
            {
                found.push(record);
            }
            if found.len() == most {
                break;
            }
        }
        Ok(found)
    }

    /// In how many milliseconds a run may be claimed without anybody's doing.
    pub(super) fn next_due(&self, now: Moment) -> Result<Option<i64>> {
        let delayed = self.first(Sql::NextDue, &[], |row| row.integer(0))?;
        let budgets = self.budgets()?.into_iter().filter(|budget| budget.budget.is_spent());
        let times = delayed.into_iter().chain(budgets.filter_map(|budget| budget.resets_at));
        let mut next = times.map(|at| at.saturating_sub(now.wall_ms)).min();
        self.each_row(Sql::Leases, &[], |statement| {
            let mut row = Row::of(statement);
            row.skip(2);
            let (lease, since) = clocks(&mut row);
            let left_ms = row.integer_or_null().map(|left| left.saturating_sub(now.since(since)).saturating_add(1));
            next = [next, left_ms, Some(lease.deadline.since(now))].into_iter().flatten().min();
            Ok(true)
        })?;
        Ok(next.map(|due| due.max(0)))
    }

    fn over(&self, grace_ms: i64, now: Moment) -> Result<Vec<(String, i64)>> {
        let mut over = Vec::new();
        self.each_row(Sql::Leases, &[], |statement| {
            let mut row = Row::of(statement);
            row.skip(2);
            if is_over(&mut row, grace_ms, now) {
                over.push((row.text(), row.integer()));
            }
            Ok(true)
        })?;
        Ok(over)
    }
}

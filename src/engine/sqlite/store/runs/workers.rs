//! The calls of workers.

use super::limits::count_row_in;
use super::sql::Sql;
use crate::engine::run::arguments::{
    self, MOST, MOST_SWEPT, argument, grace, outcome, said, said_text, worker_arguments,
};
use crate::engine::run::budgets::push_beat;
use crate::engine::run::cells::{push_claimed, push_one};
use crate::engine::run::record::Record;
use crate::engine::run::taker::Taker;
use crate::engine::sqlite::driver::{Bind, clock};
use crate::engine::sqlite::store::Store;
use crate::engine::{Asked, Claim, Workers};
use crate::error::Result;
use crate::model::run::{Call, Moment, Status, Wanted, apply, full};
use crate::model::{Field, Given, execution, rules};
use crate::rows::Batch;

impl Workers for Store {
    fn start_run(&self, given: &[Given<'_>], now: f64, batch: &mut Batch) -> Result<()> {
        self.check_runs()?;
        let now = clock::moment(now as i64);
        let (wanted, taker) = arguments::start(given, now.wall_ms)?;
        let record = self.atomically(|| self.start(&wanted, &taker, now))?;
        push_claimed(batch, &record);
        Ok(())
    }

    fn claim_runs(&self, method: &'static str, claim: &Claim<'_>, now: f64, batch: &mut Batch) -> Result<()> {
        self.check_runs()?;
        let (taker, most) = arguments::claimant(method, claim)?;
        let now = clock::moment(now as i64);
        for record in self.atomically(|| self.claim(&taker, most, now))? {
            push_claimed(batch, &record);
        }
        Ok(())
    }

    fn heartbeat_run(&self, given: &[Given<'_>], now: f64, batch: &mut Batch) -> Result<()> {
        self.check_runs()?;
        let (id, token, beat) = arguments::heartbeat(given)?;
        let now = clock::moment(now as i64);
        let (life, budget) = self.atomically(|| {
            let Some(held) = self.held(id)?.filter(|held| held.token == token) else {
                let found = self.load_anything(id)?;
                return apply(id, found.as_ref().map(|record| &record.life), &beat, now).map(|to| (to.run, None));
            };
            // What decides is all in its lease.
            let to = apply(id, Some(&held.life()), &beat, now)?;
            self.lengthen(id, &to.run)?;
            Ok((to.run, self.least_budget_of(id, now.wall_ms)?))
        })?;
        push_beat(batch, &life, budget.as_ref());
        Ok(())
    }

    fn wait_run(&self, given: &[Given<'_>], now: f64, batch: &mut Batch) -> Result<()> {
        let (id, token) = worker_arguments("waitRun", given)?;
        let text = said_text(Field::new("waitRun", "question").behind(2), argument(given, 2))?;
        self.work(id, token, &Call::Wait { token }, now, batch, |record| {
            record.question = Some(text.to_owned());
            record.answer = None;
        })
    }

    fn release_run(&self, given: &[Given<'_>], now: f64, batch: &mut Batch) -> Result<()> {
        let (id, token) = worker_arguments("releaseRun", given)?;
        self.work(id, token, &Call::Release { token }, now, batch, |_| {})
    }

    fn finish_run(&self, given: &[Given<'_>], now: f64, batch: &mut Batch) -> Result<()> {
        let (id, token) = worker_arguments("finishRun", given)?;
        let outcome = outcome(Field::new("finishRun", "status").behind(2), argument(given, 2))?;
        let said = said(given)?;
        let finish = Call::Finish { token, outcome, chance: execution::random() as u32 };
        self.work(id, token, &finish, now, batch, |record| record.said = said)
    }

    fn runs_out_of_lease(&self, grace_ms: Given<'_>, after: Given<'_>, now: f64, batch: &mut Batch) -> Result<()> {
        self.check_runs()?;
        let grace_ms = grace(grace_ms)?;
        let after = rules::lookup(Field::new("sweepRuns", "after"), after)?.unwrap_or_default();
        let now = clock::moment(now as i64);
        let found = self.in_snapshot(|| self.out_of_lease(grace_ms, after, now, MOST as usize))?;
        for record in found {
            push_claimed(batch, &record);
        }
        Ok(())
    }

    fn sweep_runs(&self, grace_ms: Given<'_>, asked: Option<&[Asked]>, now: f64, batch: &mut Batch) -> Result<()> {
        self.check_runs()?;
        let grace_ms = grace(grace_ms)?;
        let now = clock::moment(now as i64);
        for record in self.atomically(|| self.sweep(grace_ms, asked, now, MOST_SWEPT))? {
            batch.push_text(record.id.as_bytes());
            batch.push_text(record.life.status().word().as_bytes());
            batch.end_row();
        }
        Ok(())
    }

    fn news_of_runs(&self, after: Option<i64>) -> Result<(i64, bool)> {
        self.check_runs()?;
        let after = after.unwrap_or(-1);
        let found = self.first(Sql::News, &[Bind::Integer(after)], |row| (row.integer(0), row.integer(1) != 0))?;
        let (last, any) = found.unwrap_or((0, true));
        Ok((last, any || last < after))
    }

    fn next_run_due(&self, now: f64) -> Result<Option<i64>> {
        self.check_runs()?;
        let now = clock::moment(now as i64);
        self.in_snapshot(|| self.next_due(now))
    }
}

impl Store {
    fn start(&self, wanted: &Wanted<'_>, taker: &Taker<'_>, now: Moment) -> Result<Record> {
        // Runs whose lease or time has run out are taken away first: one may be the run with the idempotency key.
        let limits = self.with_those_at_work(now, true, || self.limits(), |limits, row| count_row_in(limits, row))?;
        let record = self.enqueue("startRun", wanted, None, now, true)?;
        let (id, status) = (record.id.clone(), record.life.status());
        if status == Status::Queued {
            // For a run that was found by its key, its own limits and budgets count.
            if let Some(limit) = full(&limits, &record.zone_id, &record.agent_type) {
                return Err(limit.refusal());
            }
            self.check_budgets(&record.zone_id, &record.worktree_id, &record.agent_type, now.wall_ms)?;
            if self.take_out(&record)?
                && let Some(record) = self.hand_over(record, taker, now)?
            {
                return Ok(record);
            }
        }
        // Only a run that was found by its key may be in another state.
        Err(arguments::not_queued(&id, status))
    }

    /// Applies a call of a run's worker; `say` adds what else the call says.
    fn work(
        &self,
        id: &str,
        token: i64,
        call: &Call,
        now: f64,
        batch: &mut Batch,
        say: impl FnOnce(&mut Record),
    ) -> Result<()> {
        self.check_runs()?;
        let now = clock::moment(now as i64);
        let record = self.atomically(|| {
            let held = self.held(id)?;
            let holds = held.as_ref().is_some_and(|held| held.token == token);
            let mut found = if held.is_some() { self.load_held(id, held)? } else { self.load_anything(id)? };
            let is_finish = matches!(call, Call::Finish { .. });
            // The token that holds it has finished nothing; another one may have, long ago.
            if let Some(record) = found.as_mut().filter(|_| is_finish && !holds)
                && self.has_settled(record, token)?
            {
                record.life.settled.push(token);
            }
            self.apply_to(id, found, call, is_finish.then_some(token), now, say)
        })?;
        push_one(batch, record.as_ref());
        Ok(())
    }

    fn has_settled(&self, record: &Record, token: i64) -> Result<bool> {
        self.finds(Sql::Settled, &[Bind::Integer(record.key), Bind::Integer(token)])
    }
}

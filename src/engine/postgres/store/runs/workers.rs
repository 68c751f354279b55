//! The calls of workers.

use super::clock::moment;
use super::insert::check_inserted;
use super::usual::Usual;
use super::wishes::check_sizes;
use crate::engine::postgres::client::value::{Value, integer};
use crate::engine::postgres::store::Store;
use crate::engine::run::arguments::{
    self, MOST, MOST_SWEPT, argument, grace, outcome, said, said_text, worker_arguments,
};
use crate::engine::run::budgets::{check_current, check_unspent, least_of, push_beat};
use crate::engine::run::cells::{push_claimed, push_one};
use crate::engine::run::record::Record;
use crate::engine::run::taker::Taker;
use crate::engine::{Asked, Claim, Workers};
use crate::error::Result;
use crate::model::run::{Call, Moment, Run, Status, Wanted, apply, full};
use crate::model::{Field, Given, execution, rules};
use crate::rows::Batch;

/// Whether a token has ended a failed attempt after which the run went on.
const SETTLED: &str = "SELECT 1 FROM {s}.run_attempts AS a JOIN {s}.runs AS r ON r.key = a.run \
     WHERE r.id = $1 AND a.token = $2 AND a.status = 'failed'";

impl Workers for Store {
    fn start_run(&self, given: &[Given<'_>], now: f64, batch: &mut Batch) -> Result<()> {
        self.check_open()?;
        let wall_ms = now as i64;
        let (wanted, taker) = arguments::start(given, wall_ms)?;
        check_sizes("startRun", &wanted, 0)?;
        let record = self.start(&wanted, &taker, wall_ms)?;
        push_claimed(batch, &record);
        Ok(())
    }

    fn claim_runs(&self, method: &'static str, claim: &Claim<'_>, now: f64, batch: &mut Batch) -> Result<()> {
        self.check_open()?;
        let (taker, most) = arguments::claimant(method, claim)?;
        for record in self.claim(&taker, most, now as i64)? {
            push_claimed(batch, &record);
        }
        Ok(())
    }

    fn heartbeat_run(&self, given: &[Given<'_>], now: f64, batch: &mut Batch) -> Result<()> {
        self.check_open()?;
        let (id, token, beat) = arguments::heartbeat(given)?;
        let wall_ms = now as i64;
        let lease_ms = if let Call::Heartbeat { lease_ms, .. } = beat { lease_ms } else { None };
        if self.is_lengthened(id, token, lease_ms, wall_ms, batch)? {
            return Ok(());
        }
        let ((life, budget), _) = self.atomically("", |work| {
            let (held, now, more) = work.hold_and_ask(&[id], wall_ms, &[(super::budgets::BUDGETS, &[])])?;
            let found = held.into_iter().next();
            let to = apply(id, found.as_ref().map(|held| &held.record.life), &beat, now)?;
            let life = to.run.clone();
            let mut least = None;
            if let Some(mut held) = found {
                work.settle(&mut held, to, None, wall_ms);
                let budgets = super::budgets::budgets_of(more.first().map_or(&[], Vec::as_slice));
                check_current(&budgets, wall_ms)?;
                let Record { zone_id, worktree_id, agent_type, .. } = &held.record;
                least = least_of(budgets, zone_id, worktree_id, agent_type);
            }
            Ok((life, least))
        })?;
        push_beat(batch, &life, budget.as_ref());
        Ok(())
    }

    fn wait_run(&self, given: &[Given<'_>], now: f64, batch: &mut Batch) -> Result<()> {
        self.check_open()?;
        let (id, token) = worker_arguments("waitRun", given)?;
        let text = said_text(Field::new("waitRun", "question").behind(2), argument(given, 2))?;
        if self.is_usual(id, &Usual::wait(id, token, now as i64, text), batch)? {
            return Ok(());
        }
        self.work(id, token, &Call::Wait { token }, now, batch, |record| {
            record.question = Some(text.to_owned());
            record.answer = None;
        })
    }

    fn release_run(&self, given: &[Given<'_>], now: f64, batch: &mut Batch) -> Result<()> {
        self.check_open()?;
        let (id, token) = worker_arguments("releaseRun", given)?;
        if self.is_usual(id, &Usual::release(id, token), batch)? {
            return Ok(());
        }
        self.work(id, token, &Call::Release { token }, now, batch, |_| {})
    }

    fn finish_run(&self, given: &[Given<'_>], now: f64, batch: &mut Batch) -> Result<()> {
        self.check_open()?;
        let (id, token) = worker_arguments("finishRun", given)?;
        let outcome = outcome(Field::new("finishRun", "status").behind(2), argument(given, 2))?;
        let said = said(given)?;
        if self.is_usual(id, &Usual::finish(id, token, now as i64, outcome, &said), batch)? {
            return Ok(());
        }
        let finish = Call::Finish { token, outcome, chance: execution::random() as u32 };
        self.work(id, token, &finish, now, batch, |record| record.said = said.clone())
    }

    fn runs_out_of_lease(&self, grace_ms: Given<'_>, after: Given<'_>, now: f64, batch: &mut Batch) -> Result<()> {
        self.check_open()?;
        let grace_ms = grace(grace_ms)?;
        let after = rules::lookup(Field::new("sweepRuns", "after"), after)?.unwrap_or_default();
        for record in self.out_of_lease(grace_ms, after, now as i64, MOST)? {
            push_claimed(batch, &record);
        }
        Ok(())
    }

    fn sweep_runs(&self, grace_ms: Given<'_>, asked: Option<&[Asked]>, now: f64, batch: &mut Batch) -> Result<()> {
        self.check_open()?;
        let grace_ms = grace(grace_ms)?;
        for record in self.sweep(grace_ms, asked, now as i64, MOST_SWEPT)? {
            batch.push_text(record.id.as_bytes());
            batch.push_text(record.life.status().word().as_bytes());
            batch.end_row();
        }
        Ok(())
    }

    fn next_run_due(&self, now: f64) -> Result<Option<i64>> {
        self.next_due(now as i64)
    }

    fn news_of_runs(&self, _: Option<i64>) -> Result<(i64, bool)> {
        self.has_news()
    }
}

impl Store {
    fn start(&self, wanted: &Wanted<'_>, taker: &Taker<'_>, wall_ms: i64) -> Result<Record> {
        let method = "startRun";
        if wanted.idempotency_key.is_none()
            && !self.is_bounded.get()
            && let Some(record) = self.start_usually(wanted, taker, wall_ms)?
        {
            return Ok(record);
        }
        let ((record, is_checked), rows) = self.atomically(&self.gate(), |work| {
            let (ahead, swept) = work.ahead(wall_ms)?;
            self.is_bounded.set(!ahead.limits.is_empty() || !ahead.budgets.is_empty());
            check_current(&ahead.budgets, wall_ms)?;
            // A run that was found by its key has limits and budgets of its own.
            let check_bounds = |zone: &str, worktree: &str, agent: &str| {
                if let Some(limit) = full(&ahead.limits, zone, agent) {
                    return Err(limit.refusal());
                }
                check_unspent(&ahead.budgets, zone, worktree, agent)
            };
            // If the run can't be made, what was swept is rolled back with it: then that has to be known before the end.
            if wanted.idempotency_key.is_none() && !swept {
                check_bounds(&wanted.zone_id, &wanted.worktree_id, &wanted.agent_type)?;
                let life = Run::new(wanted.life(), ahead.now);
                let mut record = Record::new(wanted, None, self.actor().as_deref(), life, wall_ms);
                take(taker, &mut record, ahead.now)?;
                work.insert_if_there(&record);
                return Ok((record, false));
            }
            let (mut record, is_made) = work.find_or_make(method, wanted, None, wall_ms)?;
            if record.life.status() == Status::Queued {
                check_bounds(&record.zone_id, &record.worktree_id, &record.agent_type)?;
            }
            if is_made {
                take(taker, &mut record, ahead.now)?;
                work.insert(&record);
                return Ok((record, true));
            }
            let (id, status) = (record.id.clone(), record.life.status());
            if status == Status::Queued
                && let Some(mut held) = work.hold(&[&id], wall_ms)?.0.into_iter().next()
                && let Some(to) = taker.claims(&mut held.record, ahead.now)?
            {
                work.settle(&mut held, to, None, wall_ms);
                return Ok((held.record, true));
            }
            // Only a run that was found by its key can have another status.
            Err(arguments::not_queued(&id, status))
        })?;
        if !is_checked {
            check_inserted(method, wanted, 0, &rows)?;
        }
        Ok(record)
    }

    /// Makes a run and takes it in one trip: `None` where nothing was done, since it isn't as usual. The server adds its time.
    fn start_usually(&self, wanted: &Wanted<'_>, taker: &Taker<'_>, wall_ms: i64) -> Result<Option<Record>> {
        let begun = moment(0, wall_ms);
        let mut record = Record::new(wanted, None, self.actor().as_deref(), Run::new(wanted.life(), begun), wall_ms);
        take(taker, &mut record, begun)?;
        let ((), rows) = self.atomically("", |work| {
            work.start_if_usual(&record);
            Ok(())
        })?;
        let is_usual = rows.last().and_then(|rows| rows.first()).is_some_and(|row| integer(row, 3) != 0);
        if !is_usual {
            return Ok(None);
        }
        check_inserted("startRun", wanted, 0, &rows)?;
        Ok(Some(record))
    }

    /// Applies a call of a run's worker; `say` sets what the call says besides.
    fn work(
        &self,
        id: &str,
        token: i64,
        call: &Call,
        now: f64,
        batch: &mut Batch,
        say: impl Fn(&mut Record),
    ) -> Result<()> {
        let is_finish = matches!(call, Call::Finish { .. });
        let settled: [Value<'_>; 2] = [id.into(), token.into()];
        let more: [(&str, &[Value<'_>]); 1] = [(SETTLED, &settled)];
        let (record, _) = self.atomically("", |work| {
            let (held, now, settled) = work.hold_and_ask(&[id], now as i64, if is_finish { &more } else { &[] })?;
            let mut found = held.into_iter().next();
            if let Some(held) = found.as_mut()
                && settled.first().is_some_and(|rows| !rows.is_empty())
            {
                held.record.life.settled.push(token);
            }
            work.apply_to(id, found, call, is_finish.then_some(token), now, &say)
        })?;
        push_one(batch, record.as_ref());
        Ok(())
    }

    /// Whether there may be something to claim: a run in line, or one whose lease or time ran out.
    fn has_news(&self) -> Result<(i64, bool)> {
        let sql = format!(
            "SELECT EXISTS (SELECT 1 FROM {{s}}.runs WHERE status = 'queued' AND not_before IS NULL) \
             OR EXISTS (SELECT 1 FROM {{s}}.runs WHERE status = 'running' AND sound_to <= {})",
            super::clock::NOW
        );
        let row = self.read_one(&sql, &[])?;
        Ok((0, row.is_none_or(|row| integer(&row, 0) != 0)))
    }
}

/// Takes a run that was just made, and that nobody else can have.
fn take(taker: &Taker<'_>, record: &mut Record, now: Moment) -> Result<()> {
    if let Some(to) = taker.claims(record, now)? {
        record.life = to.run;
    }
    Ok(())
}

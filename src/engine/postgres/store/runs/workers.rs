//! The calls of those who do it.

use super::claim::Taker;
use super::wishes::{check_inserted, check_sizes};
use crate::engine::postgres::client::value::{Value, integer};
use crate::engine::postgres::store::Store;
use crate::engine::run::arguments::{
    MOST, MOST_SWEPT, USUAL_LEASE_MS, argument, grace, idempotency_key, lease_length, outcome, said, worker_arguments,
};
use crate::engine::run::budgets::{check_current, check_unspent, least_of, push_budget};
use crate::engine::run::cells::{instant, push_claimed, push_one};
use crate::engine::run::record::Record;
use crate::engine::{Asked, Claim, Workers};
use crate::error::{Error, Result};
use crate::model::run::{Call, Moment, Run, State, Status, Wanted, apply, full};
use crate::model::{Field, Given, RUN, execution, rules};
use crate::rows::Batch;

/// Whether a token has finished an attempt after which the run went on.
const SETTLED: &str = "SELECT 1 FROM {s}.run_attempts AS a JOIN {s}.runs AS r ON r.key = a.run \
     WHERE r.id = $1 AND a.token = $2 AND a.status = 'failed'";

impl Workers for Store {
    fn start_run(&self, given: &[Given<'_>], now: f64, batch: &mut Batch) -> Result<()> {
        self.check_open()?;
        let method = "startRun";
        let fields = RUN.given().count();
        let wanted = Wanted::given(method, given, None, 0)?;
        let wall_ms = now as i64;
        if wanted.available_at.is_some_and(|at| at > wall_ms) {
            let at = RUN.given().position(|field| field.name == "availableAt").unwrap_or_default();
            let field = Field::new(method, "availableAt").behind(at);
            return Err(field.out_of_range("now or earlier: it starts at once", given[at]));
        }
        let [worker, lease_ms] = [fields, fields + 1].map(|at| (at, argument(given, at)));
        let worker_id = rules::id(Field::new(method, "workerId").behind(worker.0), worker.1)?;
        let lease_ms = lease_length(Field::new(method, "leaseMs").behind(lease_ms.0), lease_ms.1)?;
        check_sizes(method, &wanted, 0)?;
        let lease_ms = lease_ms.unwrap_or(USUAL_LEASE_MS);
        let taker = Taker { worker: worker_id, lease_ms, zones: None, agents: None, goes_on: false };
        let record = self.start(&wanted, &taker, wall_ms)?;
        push_claimed(batch, &record);
        Ok(())
    }

    fn claim_runs(&self, method: &'static str, claim: &Claim<'_>, now: f64, batch: &mut Batch) -> Result<()> {
        self.check_open()?;
        let worker = rules::id(Field::new(method, "workerId"), claim.worker)?;
        let lease_ms = lease_length(Field::new(method, "leaseMs").behind(2), claim.lease_ms)?;
        let most = rules::whole(Field::new(method, "limit").behind(1), claim.limit, &(1..=MOST))?;
        let lease_ms = lease_ms.unwrap_or(USUAL_LEASE_MS);
        let taker = Taker { worker, lease_ms, zones: claim.zones, agents: claim.agents, goes_on: claim.goes_on };
        for record in self.claim(&taker, most as usize, now as i64)? {
            push_claimed(batch, &record);
        }
        Ok(())
    }

    fn heartbeat_run(&self, given: &[Given<'_>], now: f64, batch: &mut Batch) -> Result<()> {
        self.check_open()?;
        let (id, token) = worker_arguments("heartbeatRun", given)?;
        let lease_ms = lease_length(Field::new("heartbeatRun", "leaseMs").behind(2), argument(given, 2))?;
        let wall_ms = now as i64;
        let beat = Call::Heartbeat { token, lease_ms };
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
        if let State::Running { lease, .. } = life.state {
            instant(batch, Some(lease.deadline.wall_ms));
            batch.push_integer(life.cancel_requested_at.is_some().into(), false);
            match budget {
                Some(budget) => push_budget(batch, &budget),
                None => (0..8).for_each(|_| batch.push_null()),
            }
            batch.end_row();
        }
        Ok(())
    }

    fn wait_run(&self, given: &[Given<'_>], now: f64, batch: &mut Batch) -> Result<()> {
        self.check_open()?;
        let (id, token) = worker_arguments("waitRun", given)?;
        let field = Field::new("waitRun", "question").behind(2);
        let question = argument(given, 2);
        let text = rules::string(field, question)?.ok_or_else(|| field.wrong_type("a string", &question))?;
        self.work(id, token, &Call::Wait { token }, now, batch, |record| {
            record.question = Some(text.to_owned());
            record.answer = None;
        })
    }

    fn release_run(&self, given: &[Given<'_>], now: f64, batch: &mut Batch) -> Result<()> {
        self.check_open()?;
        let (id, token) = worker_arguments("releaseRun", given)?;
        self.work(id, token, &Call::Release { token }, now, batch, |_| {})
    }

    fn finish_run(&self, given: &[Given<'_>], now: f64, batch: &mut Batch) -> Result<()> {
        self.check_open()?;
        let (id, token) = worker_arguments("finishRun", given)?;
        let outcome = outcome(Field::new("finishRun", "status").behind(2), argument(given, 2))?;
        let said = said(given)?;
        let finish = Call::Finish { token, outcome, chance: execution::random() as u32 };
        self.work(id, token, &finish, now, batch, |record| record.said = said)
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
        let ((record, is_checked), rows) = self.atomically(&self.gate(), |work| {
            let (ahead, swept) = work.ahead(wall_ms)?;
            check_current(&ahead.budgets, wall_ms)?;
            // Of a run that was found by its key it is its own limits and budgets that count.
            let check_bounds = |zone: &str, worktree: &str, agent: &str| {
                if let Some(limit) = full(&ahead.limits, zone, agent) {
                    return Err(limit.refusal());
                }
                check_unspent(&ahead.budgets, zone, worktree, agent)
            };
            // What was taken away before is undone, too, where the run can't be made: that has to be known before the end then.
            if wanted.idempotency_key.is_none() && !swept {
                check_bounds(&wanted.zone_id, &wanted.worktree_id, &wanted.agent_type)?;
                let life = Run::new(wanted.life(), ahead.now);
                let mut record = Record::new(wanted, None, self.actor().as_deref(), life, wall_ms);
                taker.take(&mut record, ahead.now)?;
                work.insert_if_there(&record);
                return Ok((record, false));
            }
            let (mut record, is_made) = work.find_or_make(method, wanted, None, wall_ms)?;
            if record.life.status() == Status::Queued {
                check_bounds(&record.zone_id, &record.worktree_id, &record.agent_type)?;
            }
            if is_made {
                taker.take(&mut record, ahead.now)?;
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
            // Only one that was found by its key is somewhere else.
            let field = Field::new(method, "idempotencyKey").behind(idempotency_key());
            let message =
                format!("{field} must be that of no run, or of a queued one, got that of {id:?}, which is {status}");
            Err(Error::Coded { code: "ERR_CONFLICT", message }.about(field.facts()))
        })?;
        if !is_checked {
            check_inserted(method, wanted, 0, &rows)?;
        }
        Ok(record)
    }

    /// What a call of its worker makes of a run; `say` puts into it what the call says besides.
    fn work(
        &self,
        id: &str,
        token: i64,
        call: &Call,
        now: f64,
        batch: &mut Batch,
        say: impl FnOnce(&mut Record),
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
            work.apply_to(id, found, call, is_finish.then_some(token), now, say)
        })?;
        push_one(batch, record.as_ref());
        Ok(())
    }

    /// Whether there may be something to claim: what is queued, or due, or held by a lease that ran out.
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

impl Taker<'_> {
    /// Takes a run that was just made, and that nobody else can have.
    fn take(&self, record: &mut Record, now: Moment) -> Result<()> {
        if let Some(to) = self.claims(record, now)? {
            record.life = to.run;
        }
        Ok(())
    }
}

//! Writing what a call has made of a run.

use super::load::Held;
use crate::engine::postgres::client::value::Value;
use crate::engine::postgres::store::work::Work;
use crate::engine::run::lanes::urgency;
use crate::engine::run::record::{Attempt, Record};
use crate::error::Result;
use crate::model::run::{Call, Effect, End, Moment, State, Transition, apply};
use crate::model::time;

/// All of a run that a call may change.
const SAVE: &str = "UPDATE {s}.runs SET status = $2, answered = $3, urgency = $4, not_before = $5, available_at = $6, started_at = $7, finished_at = $8, \
     duration_ms = $9, worked_ms = $10, attempt = $11, token = $12, finished_token = $13, executed = $14, worker_id = $15, \
     worker_before = $16, cancel_requested_at = $17, cancel_reason = $18, exit_code = $19, commit_before = $20, commit_after = $21, \
     files_changed = $22, insertions = $23, deletions = $24, input_tokens = $25, cached_input_tokens = $26, output_tokens = $27, \
     reasoning_tokens = $28, cost_micros = $29, error = $30, question = $31, answer = $32, result = $33, \
     prompt = CASE WHEN $14 THEN NULL ELSE prompt END, deadline = $34, expires_at = $35, length_ms = $36, claimed = $37, claimed_at = $38, \
     sound_to = $39 WHERE key = $1";
const LENGTHEN: &str =
    "UPDATE {s}.runs SET deadline = $2, expires_at = $3, length_ms = $4, sound_to = $5 WHERE key = $1";
const ASK_TO_STOP: &str = "UPDATE {s}.runs SET cancel_requested_at = $2, cancel_reason = $3 WHERE key = $1";
const INSERT_ATTEMPT: &str = "INSERT INTO {s}.run_attempts (run, token, attempt, worker_id, started_at, ended_at, status, error) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING";
const INSERT_EXECUTION: &str = "INSERT INTO {s}.zone_executions {new execution}";

impl Work<'_> {
    /// Applies a call to a run, if it was found, and writes what becomes of it; `say` sets what the call says besides.
    pub(super) fn apply_to(
        &self,
        id: &str,
        found: Option<Held>,
        call: &Call,
        token: Option<i64>,
        now: Moment,
        say: impl FnOnce(&mut Record),
    ) -> Result<Option<Record>> {
        let to = apply(id, found.as_ref().map(|held| &held.record.life), call, now)?;
        let Some(mut held) = found else { return Ok(None) };
        if to.effect != Effect::None {
            say(&mut held.record);
        }
        self.settle(&mut held, to, token, now.wall_ms);
        Ok(Some(held.record))
    }

    /// Writes what a transition makes of a run, whose record already has what its call says besides. `token` is that of the attempt that
    /// ends, if one does.
    pub(super) fn settle(&self, held: &mut Held, to: Transition, token: Option<i64>, wall_ms: i64) {
        let before = std::mem::replace(&mut held.record.life, to.run);
        let record = &mut held.record;
        match to.effect {
            Effect::None | Effect::Allowed => {}
            Effect::Lengthened => {
                if let State::Running { lease, .. } = record.life.state {
                    let Moment { monotonic_ms, wall_ms, .. } = lease.deadline;
                    let values = [record.key, monotonic_ms, wall_ms, lease.length_ms].map(Value::from);
                    self.later(LENGTHEN, values.into_iter().chain([sound_to(record).into()]).collect());
                }
            }
            Effect::CancelRequested => {
                let (asked, reason) = (record.life.cancel_requested_at, record.cancel_reason.clone());
                self.later(ASK_TO_STOP, vec![record.key.into(), asked.into(), reason.into()]);
            }
            Effect::Claimed | Effect::Asked => self.save(record),
            Effect::Requeued => {
                if let Some(attempt) = record.requeued(&before, token) {
                    self.remember_attempt(record, attempt, wall_ms);
                }
                self.save(record);
            }
            Effect::Ended { execution } => {
                record.ended(token);
                if execution {
                    self.execute(held, wall_ms);
                }
                self.save(&held.record);
            }
        }
    }

    fn remember_attempt(&self, record: &Record, attempt: Attempt, wall_ms: i64) {
        let values = vec![
            record.key.into(),
            attempt.token.into(),
            i64::from(attempt.number).into(),
            record.worker_id.clone().into(),
            attempt.started_at.into(),
            wall_ms.into(),
            attempt.status.into(),
            attempt.error.into(),
        ];
        self.later(INSERT_ATTEMPT, values);
    }

    /// Records an ended run as an execution under its id. Where another execution has the id, prompt and result stay with the run; where
    /// its zone or worktree is gone, it ends like the runs that are deleted with them.
    fn execute(&self, held: &mut Held, wall_ms: i64) {
        let record = &mut held.record;
        let State::Ended { end, at } = record.life.state else { return };
        if let Some(gone) = held.gone {
            record.life.state = State::Ended { end: End::Cancelled, at: wall_ms };
            record.said.error = Some(gone.into());
            return;
        }
        if held.is_taken {
            return;
        }
        record.executed = true;
        let values = vec![
            record.id.clone().into(),
            record.zone_id.clone().into(),
            record.worktree_id.clone().into(),
            record.agent_type.clone().into(),
            record.prompt.clone().unwrap_or_default().into(),
            record.said.result.clone().into(),
            i64::from(end == End::Succeeded).into(),
            time::iso(at as f64).into(),
        ];
        self.later(INSERT_EXECUTION, values);
    }

    fn save(&self, record: &Record) {
        let mut values = vec![record.key.into()];
        values.extend(saved(record));
        self.later(SAVE, values);
    }
}

/// Until when, by the server's clock, neither the lease nor the time of a run at work has run out.
fn sound_to(record: &Record) -> Option<i64> {
    let State::Running { since, lease, .. } = record.life.state else { return None };
    let left_ms = record.life.timeout_ms.map(|most| most.saturating_sub(record.life.worked_ms));
    let over = left_ms.map(|left| since.monotonic_ms.saturating_add(left).saturating_add(1));
    Some(over.map_or(lease.deadline.monotonic_ms, |over| over.min(lease.deadline.monotonic_ms)))
}

/// What is written of a run, from its status on.
pub(super) fn saved(record: &Record) -> Vec<Value<'static>> {
    let (life, said, used) = (&record.life, &record.said, &record.usage.all);
    let (answered, not_before, finished_at) = match life.state {
        State::Queued { not_before, answered } => (answered, not_before, None),
        State::Running { answered, .. } => (answered, None, None),
        State::Ended { at, .. } => (false, None, Some(at)),
        State::Waiting => (false, None, None),
    };
    let lease = if let State::Running { since, lease, .. } = life.state { Some((since, lease)) } else { None };
    // The sums are stored once nothing more can be added; until then the models' rows are added up.
    let sum = |amount: Option<i64>| Value::from(amount.filter(|_| finished_at.is_some()));
    // An execution has its result. Until there is one, that of the last attempt is kept with the run, like its error.
    let result = if record.executed { None } else { said.result.clone() };
    // The worker before and the reason to stop are kept only while a worker holds the run.
    let (before, reason) = match lease {
        Some(_) => (record.worker_before.clone(), record.cancel_reason.clone()),
        None => (None, None),
    };
    vec![
        life.status().word().into(),
        answered.into(),
        urgency(record.priority, answered).into(),
        not_before.into(),
        record.available_at.into(),
        life.started_at.into(),
        finished_at.into(),
        life.duration_ms.into(),
        life.worked_ms.into(),
        i64::from(life.attempt).into(),
        life.token.into(),
        record.finished_token.into(),
        record.executed.into(),
        record.worker_id.clone().into(),
        before.into(),
        life.cancel_requested_at.into(),
        reason.into(),
        said.exit_code.into(),
        said.commit_before.clone().into(),
        said.commit_after.clone().into(),
        said.files_changed.into(),
        said.insertions.into(),
        said.deletions.into(),
        sum(used.input_tokens),
        sum(used.cached_input_tokens),
        sum(used.output_tokens),
        sum(used.reasoning_tokens),
        sum(used.cost_micros),
        said.error.clone().into(),
        record.question.clone().into(),
        record.answer.clone().into(),
        result.into(),
        lease.map(|(_, lease)| lease.deadline.monotonic_ms).into(),
        lease.map(|(_, lease)| lease.deadline.wall_ms).into(),
        lease.map(|(_, lease)| lease.length_ms).into(),
        lease.map(|(since, _)| since.monotonic_ms).into(),
        lease.map(|(since, _)| since.wall_ms).into(),
        sound_to(record).into(),
    ]
}

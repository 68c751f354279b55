//! What calls usually make of a run, in one trip: a statement that does to the run what the model makes of it where all is as usual, and
//! nothing where it isn't. Then the call is made as ever (`load`, the model, `settle`), which is also what refuses it: nothing here does.
//!
//! Usual is a run that the claim holds and nobody wants to stop, and:
//!
//! | call | of such a run |
//! |---|---|
//! | `finishRun` | it ends, and is recorded: it hasn't failed, or that was its last attempt; worktree and zone are there, nobody else has its id |
//! | `heartbeatRun` | its lease becomes longer, also where somebody wants it to stop |
//! | `waitRun` | it waits |
//! | `releaseRun` | it is back in the queue: no person has answered it |
//! | `answerRun` | one that waits is in the queue, and first in line |
//! | `cancelRun` | one that runs is to stop; one that nobody has ever begun ends |
//!
//! A statement that waits for a lock reads what was there before it: so the locks come first, by a statement of their own.

use super::budgets::{BUDGETS, budgets_of};
use super::clock::NOW;
use super::columns::{FROM, columns, read};
use super::load::HOLD;
use super::reader::Reader;
use crate::engine::postgres::client::value::Value;
use crate::engine::postgres::store::Store;
use crate::engine::run::budgets::{check_current, least_of, push_heartbeat};
use crate::engine::run::cells::push_one;
use crate::engine::run::lanes::urgency;
use crate::engine::run::record::Said;
use crate::error::Result;
use crate::model::run::{End, Outcome, Status};
use crate::model::time;
use crate::rows::Batch;

/// That the claim holds it.
pub(super) const IS_HELD: &str = "r.id = $1 AND r.token = $2 AND r.status = 'running' AND r.claimed IS NOT NULL";
/// That nobody wants it to stop.
const IS_WANTED: &str = "r.cancel_requested_at IS NULL";
/// That it has no lease.
const NO_LEASE: &str = "deadline = NULL, expires_at = NULL, length_ms = NULL, claimed = NULL, claimed_at = NULL, sound_to = NULL, \
     worker_before = NULL, cancel_reason = NULL, not_before = NULL";
/// That nobody has answered it, or what was answered was gone on with.
const NO_ANSWER: &str = "answered = false, urgency = -r.priority";
/// The time of the claim, which ends, is counted.
const COUNTED: &str = "duration_ms = r.duration_ms + greatest($3 - r.claimed_at, 0), worked_ms = r.worked_ms + greatest({now} - r.claimed, 0)";
/// There is nothing more to add.
const SUMS: &str = "(input_tokens, cached_input_tokens, output_tokens, reasoning_tokens, cost_micros) = (SELECT sum(m.input_tokens)::bigint, \
     sum(m.cached_input_tokens)::bigint, sum(m.output_tokens)::bigint, sum(m.reasoning_tokens)::bigint, sum(m.cost_micros)::bigint \
     FROM {s}.run_models AS m WHERE m.run = r.key)";
/// The execution of a run that has none.
pub(super) const NONE: &str =
    "(SELECT NULL::text AS id, NULL::text AS executed_at, NULL::text AS prompt, NULL::text AS result) AS e";

/// Ends it, behind its execution.
const FINISH: &str = "WITH e AS (INSERT INTO {s}.zone_executions (id, zone_id, worktree_id, agent_type, prompt, result, success, executed_at) \
       SELECT r.id, r.zone_id, r.worktree_id, r.agent_type, coalesce(r.prompt, ''), $6, $7, $8 FROM {s}.runs AS r \
       WHERE {held} AND {wanted} AND ($4 <> 'failed' OR r.attempt >= r.max_attempts) AND EXISTS (SELECT 1 FROM {s}.zones AS p WHERE p.id = r.zone_id) \
       AND EXISTS (SELECT 1 FROM {s}.worktrees AS p WHERE p.id = r.worktree_id) AND NOT EXISTS (SELECT 1 FROM {s}.zone_executions AS x WHERE x.id = r.id) \
       RETURNING id, executed_at, prompt, result) \
     UPDATE {s}.runs AS r SET status = $4, error = $5, exit_code = $9, commit_before = $10, commit_after = $11, files_changed = $12, insertions = $13, \
       deletions = $14, finished_at = $3, finished_token = r.token, executed = true, prompt = NULL, result = NULL, {counted}, {sums}, {no answer}, {no lease} \
     FROM e WHERE r.id = e.id";

const WAIT: &str = "UPDATE {s}.runs AS r SET status = 'waiting', question = $4, answer = NULL, {counted}, {no answer}, {no lease} FROM {none} \
     WHERE {held} AND {wanted}";
/// As if the claim had not been.
const RELEASE: &str = "UPDATE {s}.runs AS r SET status = 'queued', attempt = r.attempt - 1, started_at = CASE WHEN r.attempt > 1 THEN r.started_at END, \
       worker_id = r.worker_before, {no answer}, {no lease} FROM {none} WHERE {held} AND {wanted} AND NOT r.answered AND r.attempt > 0";
const ANSWER: &str = "UPDATE {s}.runs AS r SET status = 'queued', answered = true, urgency = $3 - r.priority, answer = $2, {no lease} FROM {none} \
     WHERE r.id = $1 AND r.status = 'waiting'";
const ASK_TO_STOP: &str = "UPDATE {s}.runs AS r SET cancel_requested_at = $3, cancel_reason = coalesce(r.cancel_reason, $2) FROM {none} \
     WHERE r.id = $1 AND r.status = 'running' AND {wanted}";
const NEVER_BEGIN: &str = "UPDATE {s}.runs AS r SET status = 'cancelled', finished_at = $3, error = coalesce($2, r.error), {sums}, {no answer}, {no lease} \
     FROM {none} WHERE r.id = $1 AND r.status = 'queued' AND r.started_at IS NULL";
/// Lengthens its lease, of which nobody is told less than he was before. It writes nothing that hangs on another row, so it needs no lock
/// before it: where it waits for one it looks at the run again.
const LENGTHEN: &str = "WITH t AS (SELECT {now} AS now) UPDATE {s}.runs AS r SET deadline = t.now + coalesce($4, r.length_ms), \
       expires_at = $3 + coalesce($4, r.length_ms), length_ms = coalesce($4, r.length_ms), \
       sound_to = least(t.now + coalesce($4, r.length_ms), r.claimed + r.timeout_ms - r.worked_ms + 1) \
     FROM t WHERE {held} AND r.deadline <= t.now + coalesce($4, r.length_ms) \
     RETURNING r.expires_at, r.cancel_requested_at IS NOT NULL, r.zone_id, r.worktree_id, r.agent_type";

/// What a call does to a run where all is as usual: statements of which one does, with the same values.
pub(super) struct Usual<'a> {
    statements: Vec<String>,
    values: Vec<Value<'a>>,
}

impl<'a> Usual<'a> {
    pub fn finish(id: &'a str, token: i64, wall_ms: i64, outcome: Outcome, said: &'a Said) -> Self {
        let end = End::from(outcome);
        let texts = |text: &'a Option<String>| Value::from(text.as_deref());
        Self::of(
            &[FINISH],
            vec![
                id.into(),
                token.into(),
                wall_ms.into(),
                Status::Ended(end).word().into(),
                texts(&said.error),
                texts(&said.result),
                i64::from(end == End::Succeeded).into(),
                time::iso(wall_ms as f64).into(),
                said.exit_code.into(),
                texts(&said.commit_before),
                texts(&said.commit_after),
                said.files_changed.into(),
                said.insertions.into(),
                said.deletions.into(),
            ],
        )
    }

    pub fn wait(id: &'a str, token: i64, wall_ms: i64, question: &'a str) -> Self {
        Self::of(&[WAIT], vec![id.into(), token.into(), wall_ms.into(), question.into()])
    }

    pub fn release(id: &'a str, token: i64) -> Self {
        Self::of(&[RELEASE], vec![id.into(), token.into()])
    }

    pub fn answer(id: &'a str, answer: &'a str) -> Self {
        Self::of(&[ANSWER], vec![id.into(), answer.into(), urgency(0, true).into()])
    }

    pub fn cancel(id: &'a str, reason: Option<&'a str>, wall_ms: i64) -> Self {
        Self::of(&[NEVER_BEGIN, ASK_TO_STOP], vec![id.into(), reason.into(), wall_ms.into()])
    }

    fn of(statements: &[&str], values: Vec<Value<'a>>) -> Self {
        let returning = format!(" RETURNING {}", columns(true));
        let statements = statements.iter().map(|sql| filled(sql) + &returning).collect();
        Self { statements, values }
    }
}

fn filled(sql: &str) -> String {
    sql.replace("{held}", IS_HELD)
        .replace("{wanted}", IS_WANTED)
        .replace("{counted}", COUNTED)
        .replace("{now}", NOW)
        .replace("{sums}", SUMS)
        .replace("{no answer}", NO_ANSWER)
        .replace("{no lease}", NO_LEASE)
        .replace("{none}", NONE)
}

impl Store {
    /// Makes a call in one trip and appends the run as it is then: `false` where nothing was done, since it isn't as usual.
    pub(super) fn is_usual(&self, id: &str, usual: &Usual<'_>, batch: &mut Batch) -> Result<bool> {
        let (ids, by_id) = ([Value::Texts(vec![id])], [id.into()]);
        let again = format!("SELECT {} FROM {FROM} WHERE r.id = $1", columns(true));
        let mut said: Vec<(&str, &[Value<'_>])> = vec![(HOLD, &ids)];
        said.extend(usual.statements.iter().map(|sql| (sql.as_str(), usual.values.as_slice())));
        let rows = self.write_each(false, &said, &[(&again, &by_id)])?;
        let made = rows.iter().rev().take(usual.statements.len()).flatten().next();
        let found = made.and_then(|row| read(row).0);
        push_one(batch, found.as_ref().map(|found| &found.record));
        Ok(found.is_some())
    }
    /// Lengthens the lease of a run in one trip: `false` where nothing was done, since it isn't as usual.
    pub(super) fn is_lengthened(
        &self,
        id: &str,
        token: i64,
        lease_ms: Option<i64>,
        wall_ms: i64,
        batch: &mut Batch,
    ) -> Result<bool> {
        let values = [id.into(), token.into(), wall_ms.into(), lease_ms.into()];
        let rows = self.write_each(false, &[(&filled(LENGTHEN), &values), (BUDGETS, &[])], &[])?;
        let [.., lengthened, budgets] = rows.as_slice() else { return Ok(false) };
        let Some(row) = lengthened.first() else { return Ok(false) };
        let budgets = budgets_of(budgets);
        // What is done again, once the next period has begun, does no harm.
        check_current(&budgets, wall_ms)?;
        let reader = Reader::of(row);
        let (expires_at, is_to_stop) = (reader.integer(), reader.is());
        let (zone, worktree, agent) = (reader.text(), reader.text(), reader.text());
        push_heartbeat(batch, expires_at, is_to_stop, least_of(budgets, &zone, &worktree, &agent).as_ref());
        Ok(true)
    }
}

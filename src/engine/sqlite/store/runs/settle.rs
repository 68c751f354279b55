//! Writing what a call made of a run.

use super::sql::Sql;
use crate::engine::run::record::{Attempt, Record, Usage};
use crate::engine::run::used::used_in_log;
use crate::engine::sqlite::driver::Bind;
use crate::engine::sqlite::store::Store;
use crate::engine::sqlite::store::queries::Query;
use crate::error::{Error, Result};
use crate::model::run::{Call, Effect, End, Moment, Run, State, Status, Transition, apply};
use crate::model::time;
use rusqlite::ffi;

/// What the log says of a run that was made.
const MADE: i64 = 1;
/// What it says of one that was changed.
const CHANGED: i64 = 2;

impl Store {
    /// Applies a call to the run that was found, if one was, and writes what comes of it; `say` adds what else the call says.
    pub(super) fn apply_to(
        &self,
        id: &str,
        found: Option<Record>,
        call: &Call,
        token: Option<i64>,
        now: Moment,
        say: impl FnOnce(&mut Record),
    ) -> Result<Option<Record>> {
        let to = apply(id, found.as_ref().map(|record| &record.life), call, now)?;
        let Some(mut record) = found else { return Ok(None) };
        if to.effect != Effect::None {
            say(&mut record);
        }
        self.settle(&mut record, to, token, now.wall_ms)?;
        Ok(Some(record))
    }

    /// Writes what a transition makes of a run; the record already has what else its call says. `token` is the one that ends an
    /// attempt, if one does.
    pub(super) fn settle(&self, record: &mut Record, to: Transition, token: Option<i64>, wall_ms: i64) -> Result<()> {
        let before = std::mem::replace(&mut record.life, to.run);
        match to.effect {
            Effect::None | Effect::Allowed => Ok(()),
            Effect::Lengthened => self.lengthen(&record.id, &record.life),
            Effect::CancelRequested => {
                let reason = record.cancel_reason.as_deref();
                let asked = record.life.cancel_requested_at;
                self.write_run(Sql::AskToStop, &[Bind::Text(&record.id), asked.into(), reason.into()])?;
                let at = time::iso(asked.unwrap_or(wall_ms) as f64);
                self.log(record, CHANGED, wall_ms, &format!("{{\"cancelRequestedAt\":\"{at}\"}}"))
            }
            // It has already left the queue.
            Effect::Claimed => {
                self.lend(record)?;
                self.log_status(record, wall_ms)
            }
            Effect::Asked => {
                self.give_back(record)?;
                self.update_run(record)?;
                self.log_status(record, wall_ms)
            }
            Effect::Requeued => {
                if matches!(before.state, State::Running { .. }) {
                    self.give_back(record)?;
                }
                if let Some(attempt) = record.requeued(&before, token) {
                    self.remember_attempt(record, &attempt, wall_ms)?;
                }
                self.update_run(record)?;
                self.put(record)?;
                self.log_status(record, wall_ms)
            }
            Effect::Ended { execution } => self.end(record, &before, execution, token, wall_ms),
        }
    }

    /// Logs that a run was made.
    pub(super) fn log_made(&self, record: &Record, wall_ms: i64) -> Result<()> {
        self.log(record, MADE, wall_ms, data(record.life.status()))
    }

    fn log_status(&self, record: &Record, wall_ms: i64) -> Result<()> {
        self.log(record, CHANGED, wall_ms, data(record.life.status()))
    }

    /// Logs that more usage of a run was reported.
    pub(super) fn log_usage(&self, id: &str, of: [&str; 3], usage: &Usage, wall_ms: i64) -> Result<()> {
        self.append_to_log(id, of, CHANGED, wall_ms, &used_in_log(&usage.all))
    }

    fn log(&self, record: &Record, op: i64, wall_ms: i64, data: &str) -> Result<()> {
        let of = [record.zone_id.as_str(), &record.worktree_id, &record.agent_type];
        self.append_to_log(&record.id, of, op, wall_ms, data)
    }

    fn append_to_log(&self, id: &str, of: [&str; 3], op: i64, wall_ms: i64, data: &str) -> Result<()> {
        let [zone, worktree, agent] = of.map(Bind::Text);
        self.write_run(
            Sql::Log,
            &[
                Bind::Integer(wall_ms),
                Bind::Integer(op),
                Bind::Text(id),
                zone,
                worktree,
                agent,
                Bind::Text(data),
                self.actor().as_deref().into(),
            ],
        )
        .map(drop)
    }

    fn give_back(&self, record: &Record) -> Result<()> {
        self.write_run(Sql::GiveBack, &[Bind::Text(&record.id)]).map(drop)
    }

    /// Keeps an attempt that failed or was lost while the run goes on.
    fn remember_attempt(&self, record: &Record, attempt: &Attempt, wall_ms: i64) -> Result<()> {
        self.write_run(
            Sql::InsertAttempt,
            &[
                Bind::Integer(record.key),
                Bind::Integer(attempt.token),
                Bind::Integer(attempt.number.into()),
                record.worker_id.as_deref().into(),
                Bind::Integer(attempt.started_at),
                Bind::Integer(wall_ms),
                Bind::Text(attempt.status),
                attempt.error.as_deref().into(),
            ],
        )
        .map(drop)
    }

    fn end(&self, record: &mut Record, before: &Run, execution: bool, token: Option<i64>, wall_ms: i64) -> Result<()> {
        match before.state {
            State::Running { .. } => self.give_back(record)?,
            State::Queued { .. } => {
                let now = std::mem::replace(&mut record.life, before.clone());
                self.take_out(record)?;
                record.life = now;
            }
            State::Waiting | State::Ended { .. } => {}
        }
        record.ended(token);
        if execution {
            self.execute(record, wall_ms)?;
        }
        self.update_run(record)?;
        self.log_status(record, wall_ms)
    }

    /// Records an ended run as an execution under its id. Where another execution has that, prompt and result stay with the run;
    /// where its zone or worktree is gone, it ends as runs do that are deleted with them.
    fn execute(&self, record: &mut Record, wall_ms: i64) -> Result<()> {
        let State::Ended { end, at } = record.life.state else { return Ok(()) };
        let executed_at = time::iso(at as f64);
        let statement = self.statement(Query::InsertExecution)?;
        let inserted = statement
            .bind_all([
                Bind::Text(&record.id),
                Bind::Text(&record.zone_id),
                Bind::Text(&record.worktree_id),
                Bind::Text(&record.agent_type),
                Bind::Text(record.prompt.as_deref().unwrap_or_default()),
                record.said.result.as_deref().into(),
                Bind::Integer((end == End::Succeeded).into()),
                Bind::Text(&executed_at),
            ])
            .and_then(|()| self.sign(|| statement.run()));
        statement.clear_bindings();
        match inserted {
            Ok(_) => record.executed = true,
            Err(Error::Engine { number: ffi::SQLITE_CONSTRAINT_FOREIGNKEY, .. }) => {
                record.life.state = State::Ended { end: End::Cancelled, at: wall_ms };
                record.said.error = self.what_is_gone(record)?.map(Into::into);
            }
            Err(Error::Engine {
                number: ffi::SQLITE_CONSTRAINT_PRIMARYKEY | ffi::SQLITE_CONSTRAINT_UNIQUE, ..
            }) => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// The error of a run whose zone or worktree is gone; `None` where both are there.
    pub(super) fn what_is_gone(&self, record: &Record) -> Result<Option<&'static str>> {
        let places = [Bind::Text(&record.zone_id), Bind::Text(&record.worktree_id)];
        let missing = self.first(Sql::Places, &places, |row| [0, 1].map(|column| row.is_null(column)))?;
        Ok(match missing {
            Some([true, _]) => Some("The zone was deleted"),
            Some([_, true]) => Some("The worktree was deleted"),
            _ => None,
        })
    }

    fn update_run(&self, record: &Record) -> Result<()> {
        let (life, said, used) = (&record.life, &record.said, &record.usage.all);
        let (answered, finished_at, ended) = match life.state {
            State::Queued { answered, .. } => (answered, None, false),
            State::Ended { at, .. } => (false, Some(at), true),
            State::Running { .. } | State::Waiting => (false, None, false),
        };
        // Sums are kept once there is nothing more to add; until then they are what the models add up to.
        let sum = |amount: Option<i64>| amount.filter(|_| ended);
        // An execution has the result; until there is one, what the last attempt left stays with the run, as its error does.
        let result = if record.executed { None } else { said.result.as_deref() };
        self.write_run(
            Sql::Update,
            &[
                Bind::Integer(record.key),
                Bind::Text(life.status().word()),
                Bind::Integer(answered.into()),
                Bind::Integer(record.available_at),
                life.started_at.into(),
                finished_at.into(),
                Bind::Integer(life.duration_ms),
                Bind::Integer(life.worked_ms),
                Bind::Integer(life.attempt.into()),
                Bind::Integer(life.token),
                record.finished_token.into(),
                Bind::Integer(record.executed.into()),
                record.worker_id.as_deref().into(),
                life.cancel_requested_at.into(),
                said.exit_code.into(),
                said.commit_before.as_deref().into(),
                said.commit_after.as_deref().into(),
                said.files_changed.into(),
                said.insertions.into(),
                said.deletions.into(),
                sum(used.input_tokens).into(),
                sum(used.cached_input_tokens).into(),
                sum(used.output_tokens).into(),
                sum(used.reasoning_tokens).into(),
                sum(used.cost_micros).into(),
                said.error.as_deref().into(),
                record.question.as_deref().into(),
                record.answer.as_deref().into(),
                result.into(),
            ],
        )
        .map(drop)
    }
}

const fn data(status: Status) -> &'static str {
    match status {
        Status::Queued => r#"{"status":"queued"}"#,
        Status::Running => r#"{"status":"running"}"#,
        Status::Waiting => r#"{"status":"waiting"}"#,
        Status::Ended(End::Succeeded) => r#"{"status":"succeeded"}"#,
        Status::Ended(End::Failed) => r#"{"status":"failed"}"#,
        Status::Ended(End::Cancelled) => r#"{"status":"cancelled"}"#,
        Status::Ended(End::TimedOut) => r#"{"status":"timedOut"}"#,
        Status::Ended(End::Lost) => r#"{"status":"lost"}"#,
    }
}

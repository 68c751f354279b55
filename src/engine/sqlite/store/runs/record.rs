//! A run as it is stored: what decides about its life, which is the model's, and what people see of it besides.

use super::lease::Held;
use super::row::Row;
use crate::model::run::{Amounts, End, Run, State, Status};
use crate::model::time;

/// A run.
#[derive(Debug, Clone)]
pub struct Record {
    /// Its key in the tables.
    pub key: i64,
    pub id: String,
    pub zone_id: String,
    pub worktree_id: String,
    pub agent_type: String,
    pub priority: i64,
    pub available_at: i64,
    pub created_at: i64,
    /// Who holds it, or did last.
    pub worker_id: Option<String>,
    pub idempotency_key: Option<String>,
    pub parent_run_id: Option<String>,
    pub retry_of: Option<String>,
    /// Whether it is an execution, too, which has its prompt and result then.
    pub executed: bool,
    pub finished_token: Option<i64>,
    pub bodies_pruned_at: Option<i64>,
    pub by: Option<String>,
    pub question: Option<String>,
    pub answer: Option<String>,
    pub metadata: Option<String>,
    pub prompt: Option<String>,
    /// What its worker said of it in the end.
    pub said: Said,
    pub usage: Usage,
    /// Whether anybody has told what it used.
    pub is_used: bool,
    /// Who held it before, while it runs: the one to go back to where the claim is undone.
    pub worker_before: Option<String>,
    /// Why it is to stop, while it runs.
    pub cancel_reason: Option<String>,
    /// What decides.
    pub life: Run,
}

/// What a worker says of a run in the end.
#[derive(Debug, Clone, Default)]
pub struct Said {
    pub exit_code: Option<i64>,
    pub error: Option<String>,
    /// JSON.
    pub result: Option<String>,
    pub commit_before: Option<String>,
    pub commit_after: Option<String>,
    pub files_changed: Option<i64>,
    pub insertions: Option<i64>,
    pub deletions: Option<i64>,
}

/// What a run used.
#[derive(Debug, Clone, Default)]
pub struct Usage {
    pub all: Amounts,
    /// JSON of the same by model.
    pub models: Option<String>,
    /// Of what is recorded as an execution only: when its prompt and result were pruned.
    pub pruned_at: Option<i64>,
}

impl Record {
    /// The run that a statement stands on, and that `held` says who holds. What an execution has of it is still to come.
    pub fn read(row: &mut Row<'_>, held: Option<Held>) -> Self {
        let mut record = Self {
            key: row.integer(),
            id: row.text(),
            zone_id: row.text(),
            worktree_id: row.text(),
            agent_type: row.text(),
            priority: row.integer(),
            available_at: row.integer(),
            created_at: row.integer(),
            worker_id: row.text_or_null(),
            idempotency_key: row.text_or_null(),
            parent_run_id: row.text_or_null(),
            retry_of: row.text_or_null(),
            life: Self::life(row),
            finished_token: row.integer_or_null(),
            executed: row.integer() != 0,
            said: Said {
                exit_code: row.integer_or_null(),
                commit_before: row.text_or_null(),
                commit_after: row.text_or_null(),
                files_changed: row.integer_or_null(),
                insertions: row.integer_or_null(),
                deletions: row.integer_or_null(),
                ..Said::default()
            },
            bodies_pruned_at: row.integer_or_null(),
            by: row.text_or_null(),
            question: None,
            answer: None,
            metadata: None,
            prompt: None,
            usage: Usage::default(),
            is_used: false,
            worker_before: None,
            cancel_reason: None,
        };
        record.said.error = row.text_or_null();
        record.question = row.text_or_null();
        record.answer = row.text_or_null();
        record.metadata = row.text_or_null();
        record.said.result = row.text_or_null();
        record.prompt = row.text_or_null();
        record.is_used = row.integer_or_null().is_some();
        record.life.settled.extend(record.finished_token);
        if let Some(held) = held {
            record.hold(held);
        }
        record
    }

    /// What is recorded as an execution only, as a run that began and ended at once.
    pub fn of_execution(row: &mut Row<'_>) -> Self {
        let (id, zone_id, worktree_id, agent_type, prompt) =
            (row.text(), row.text(), row.text(), row.text(), row.text());
        let result = row.text_or_null();
        let end = if row.integer() == 0 { End::Failed } else { End::Succeeded };
        let at = row.with_text(time::parse).unwrap_or_default();
        Self {
            key: 0,
            id,
            zone_id,
            worktree_id,
            agent_type,
            priority: 0,
            available_at: at,
            created_at: at,
            worker_id: None,
            idempotency_key: None,
            parent_run_id: None,
            retry_of: None,
            executed: true,
            finished_token: None,
            bodies_pruned_at: None,
            by: None,
            question: None,
            answer: None,
            metadata: None,
            prompt: Some(prompt),
            said: Said { result, ..Said::default() },
            usage: Usage::default(),
            is_used: false,
            worker_before: None,
            cancel_reason: None,
            life: Run {
                state: State::Ended { end, at },
                token: 0,
                attempt: 1,
                max_attempts: 1,
                timeout_ms: None,
                started_at: None,
                cancel_requested_at: None,
                worked_ms: 0,
                duration_ms: 0,
                settled: Vec::new(),
            },
        }
    }

    /// Says who holds it.
    pub fn hold(&mut self, held: Held) {
        let Run { max_attempts, timeout_ms, duration_ms, .. } = self.life;
        let settled = std::mem::take(&mut self.life.settled);
        self.life = Run { max_attempts, timeout_ms, duration_ms, settled, ..held.life() };
        self.cancel_reason = held.cancel_reason;
        self.worker_before = self.worker_id.replace(held.worker_id);
    }

    fn life(row: &mut Row<'_>) -> Run {
        let status = row.with_text(Status::from_word);
        let answered = row.integer() != 0;
        let started_at = row.integer_or_null();
        let finished_at = row.integer_or_null();
        let state = match status {
            Some(Status::Waiting) => State::Waiting,
            Some(Status::Ended(end)) => State::Ended { end, at: finished_at.unwrap_or_default() },
            // Words of others than ours are nobody's to claim.
            None => State::Ended { end: End::Lost, at: finished_at.unwrap_or_default() },
            Some(Status::Queued | Status::Running) => State::Queued { not_before: None, answered },
        };
        Run {
            state,
            started_at,
            duration_ms: row.integer(),
            worked_ms: row.integer(),
            attempt: row.integer().clamp(0, u32::MAX.into()) as u32,
            max_attempts: row.integer().clamp(1, u32::MAX.into()) as u32,
            token: row.integer(),
            timeout_ms: row.integer_or_null(),
            cancel_requested_at: row.integer_or_null(),
            settled: Vec::new(),
        }
    }

    /// Whether it has ended.
    pub fn is_ended(&self) -> bool {
        !self.life.status().is_open()
    }
}

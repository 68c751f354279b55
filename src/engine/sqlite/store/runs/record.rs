//! Reading a run from its row, and from its lease.

use super::lease::Held;
use super::row::Row;
use crate::engine::run::record::{Record, Said, Usage};
use crate::model::run::{End, Run, State, Status};
use crate::model::time;

impl Record {
    /// The run that a statement stands on; `held` says who holds it. What an execution has of it is still to come.
    pub(super) fn read(row: &mut Row<'_>, held: Option<Held>) -> Self {
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

    /// An execution that was only recorded, from the row that a statement stands on.
    pub(super) fn of_execution(row: &mut Row<'_>) -> Self {
        let texts = std::array::from_fn(|_| row.text());
        let result = row.text_or_null();
        let end = if row.integer() == 0 { End::Failed } else { End::Succeeded };
        let at = row.with_text(time::made);
        Self::recorded(texts, result, end, at)
    }

    /// Says who holds it.
    pub(super) fn hold(&mut self, held: Held) {
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
            // A status that is none of ours: nobody can claim the run.
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
}

//! A run as it is stored: what decides about its life, which is the model's, and what people see of it besides.

use std::borrow::Cow;

use crate::model::execution;
use crate::model::run::{Amounts, End, Run, State, Status, Wanted};

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
    /// Whether anybody has recorded what it used.
    pub is_used: bool,
    /// Who held it before, while it runs: the one to go back to where the claim is undone.
    pub worker_before: Option<String>,
    /// Why it is to stop, while it runs.
    pub cancel_reason: Option<String>,
    /// What decides about its life.
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

/// An attempt that ended while the run went on.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// The token of its claim.
    pub token: i64,
    /// Which attempt it was.
    pub number: u32,
    /// When it was claimed.
    pub started_at: i64,
    /// `failed` or `lost`.
    pub status: &'static str,
    /// Why.
    pub error: Option<String>,
}

impl Record {
    /// A new run, whose key is still to come. `by` is who wants it.
    #[must_use]
    pub fn new(wanted: &Wanted<'_>, retry_of: Option<&str>, by: Option<&str>, life: Run, wall_ms: i64) -> Self {
        let owned = |text: &Option<Cow<'_, str>>| text.as_deref().map(ToOwned::to_owned);
        Self {
            key: 0,
            id: execution::new_id(wall_ms as f64),
            zone_id: wanted.zone_id.clone().into_owned(),
            worktree_id: wanted.worktree_id.clone().into_owned(),
            agent_type: wanted.agent_type.clone().into_owned(),
            priority: wanted.priority,
            available_at: wanted.available_at.unwrap_or(wall_ms),
            created_at: wall_ms,
            worker_id: None,
            idempotency_key: owned(&wanted.idempotency_key),
            parent_run_id: owned(&wanted.parent_run_id),
            retry_of: retry_of.map(ToOwned::to_owned),
            executed: false,
            finished_token: None,
            bodies_pruned_at: None,
            by: by.map(ToOwned::to_owned),
            question: None,
            answer: None,
            metadata: owned(&wanted.metadata),
            prompt: Some(wanted.prompt.clone().into_owned()),
            said: Said::default(),
            usage: Usage::default(),
            is_used: false,
            worker_before: None,
            cancel_reason: None,
            life,
        }
    }

    /// What is recorded as an execution only, as a run that began and ended at once.
    #[must_use]
    pub fn recorded(
        [id, zone_id, worktree_id, agent_type, prompt]: [String; 5],
        result: Option<String>,
        end: End,
        at: i64,
    ) -> Self {
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

    /// Whether it has ended.
    #[must_use]
    pub fn is_ended(&self) -> bool {
        !self.life.status().is_open()
    }

    /// It goes back to the queue. Returns the attempt that this ends: failed where a worker said so by `token`, else lost; `None`
    /// where its claim was undone, and then the worker that held it before is named again.
    pub fn requeued(&mut self, before: &Run, token: Option<i64>) -> Option<Attempt> {
        if let State::Queued { not_before: Some(due), .. } = self.life.state {
            self.available_at = due;
        }
        let State::Running { since, .. } = before.state else { return None };
        if token.is_none() && is_undone(before, &self.life) {
            self.worker_id = self.worker_before.take();
            return None;
        }
        let (status, error) = match token {
            Some(_) => ("failed", self.said.error.clone()),
            None => ("lost", None),
        };
        Some(Attempt { token: before.token, number: before.attempt, started_at: since.wall_ms, status, error })
    }

    /// It has ended, by a token where its worker said so.
    pub fn ended(&mut self, token: Option<i64>) {
        self.finished_token = token;
        // What its worker says of it comes first, what an earlier attempt said last.
        if self.life.status() == Status::Ended(End::Cancelled)
            && let Some(reason) = self.cancel_reason.take()
            && (token.is_none() || self.said.error.is_none())
        {
            self.said.error = Some(reason);
        }
    }

    /// What was wanted of a run, to be wanted again: without its idempotency key, and available at once.
    #[must_use]
    pub fn wanted_again(&self) -> Wanted<'static> {
        let text = |text: &str| std::borrow::Cow::Owned(text.to_owned());
        Wanted {
            zone_id: text(&self.zone_id),
            worktree_id: text(&self.worktree_id),
            agent_type: text(&self.agent_type),
            prompt: text(self.prompt.as_deref().unwrap_or_default()),
            priority: self.priority,
            max_attempts: self.life.max_attempts,
            timeout_ms: self.life.timeout_ms,
            idempotency_key: None,
            parent_run_id: self.parent_run_id.as_deref().map(text),
            available_at: None,
            metadata: self.metadata.as_deref().map(text),
        }
    }
}

/// Whether a claim was undone rather than lost: it doesn't count, or goes on with what a person has answered.
fn is_undone(before: &Run, after: &Run) -> bool {
    after.attempt < before.attempt || matches!(after.state, State::Queued { answered: true, .. })
}

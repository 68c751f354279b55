//! A run's row on its way out: a cell for each field of `RUN`, in its order.

use super::record::{Record, Usage};
use crate::model::run::{Amounts, End, Limit, State, Status};
use crate::model::{RUN, time};
use crate::rows::Batch;

/// A text, or NULL.
pub fn text(batch: &mut Batch, text: Option<&str>) {
    match text {
        Some(text) => batch.push_text(text.as_bytes()),
        None => batch.push_null(),
    }
}

/// An integer, or NULL.
pub fn integer(batch: &mut Batch, value: Option<i64>) {
    match value {
        Some(value) => batch.push_integer(value, false),
        None => batch.push_null(),
    }
}

/// A time as people are shown it.
pub fn instant(batch: &mut Batch, milliseconds: Option<i64>) {
    match milliseconds {
        Some(milliseconds) => batch.push_text(time::iso(milliseconds as f64).as_bytes()),
        None => batch.push_null(),
    }
}

fn nulls(batch: &mut Batch, count: usize) {
    for _ in 0..count {
        batch.push_null();
    }
}

/// What was used, of all models and of each.
pub fn usage(batch: &mut Batch, usage: &Usage) {
    let Amounts { input_tokens, cached_input_tokens, output_tokens, reasoning_tokens, cost_micros } = usage.all;
    for amount in [input_tokens, cached_input_tokens, output_tokens, reasoning_tokens, cost_micros] {
        integer(batch, amount);
    }
    text(batch, usage.models.as_deref());
}

/// Appends the cells of a run; the row is not ended.
pub fn push(batch: &mut Batch, record: &Record) {
    cells(batch, record, true);
}

/// The same without prompt and result.
pub fn push_summary(batch: &mut Batch, record: &Record) {
    cells(batch, record, false);
}

fn cells(batch: &mut Batch, record: &Record, full: bool) {
    let (life, said) = (&record.life, &record.said);
    let finished_at = if let State::Ended { at, .. } = life.state { Some(at) } else { None };
    let expires_at = if let State::Running { lease, .. } = life.state { Some(lease.deadline.wall_ms) } else { None };
    for known in [&record.id, &record.zone_id, &record.worktree_id, &record.agent_type] {
        text(batch, Some(known));
    }
    text(batch, Some(record.prompt.as_deref().unwrap_or_default()).filter(|_| full));
    text(batch, Some(life.status().word()));
    integer(batch, Some(record.priority));
    integer(batch, Some(life.attempt.into()));
    integer(batch, Some(life.max_attempts.into()));
    integer(batch, life.timeout_ms);
    text(batch, record.idempotency_key.as_deref());
    text(batch, record.parent_run_id.as_deref());
    text(batch, record.retry_of.as_deref());
    text(batch, record.worker_id.as_deref());
    instant(batch, Some(record.created_at));
    instant(batch, Some(record.available_at));
    instant(batch, life.started_at);
    instant(batch, finished_at);
    integer(batch, finished_at.and(life.started_at).map(|_| life.duration_ms));
    instant(batch, expires_at);
    instant(batch, life.cancel_requested_at);
    text(batch, record.question.as_deref());
    text(batch, record.answer.as_deref());
    integer(batch, said.exit_code);
    text(batch, said.error.as_deref());
    text(batch, said.result.as_deref().filter(|_| full));
    text(batch, said.commit_before.as_deref());
    text(batch, said.commit_after.as_deref());
    integer(batch, said.files_changed);
    integer(batch, said.insertions);
    integer(batch, said.deletions);
    usage(batch, &record.usage);
    instant(batch, record.bodies_pruned_at);
    text(batch, record.by.as_deref());
    text(batch, record.metadata.as_deref());
}

/// Appends the row of a run, if there is one.
pub fn push_one(batch: &mut Batch, record: Option<&Record>) {
    if let Some(record) = record {
        push(batch, record);
        batch.end_row();
    }
}

/// Appends the row of a limit.
pub fn push_limit(batch: &mut Batch, limit: &Limit) {
    text(batch, limit.scope.zone.as_deref());
    text(batch, limit.scope.agent.as_deref());
    integer(batch, Some(limit.most));
    integer(batch, Some(limit.running));
    batch.end_row();
}

/// A run and the token of the claim that holds it.
pub fn push_claimed(batch: &mut Batch, record: &Record) {
    push(batch, record);
    batch.push_integer(record.life.token, false);
    batch.end_row();
}

/// Appends what is recorded as an execution only, as a run that began and ended at once. `cell` appends a column of it: id,
/// zone, worktree, agent, prompt, result, and as the last one, behind whether it succeeded, its time.
pub fn push_execution(
    batch: &mut Batch,
    cell: impl Fn(&mut Batch, usize),
    end: End,
    used: &Usage,
    metadata: Option<&str>,
) {
    for column in 0..5 {
        cell(batch, column);
    }
    text(batch, Some(Status::Ended(end).word()));
    for count in [0, 1, 1] {
        integer(batch, Some(count));
    }
    nulls(batch, 5);
    // Created, and available from then on.
    cell(batch, 7);
    cell(batch, 7);
    nulls(batch, 1);
    cell(batch, 7);
    nulls(batch, 7);
    cell(batch, 5);
    nulls(batch, 5);
    usage(batch, used);
    instant(batch, used.pruned_at);
    nulls(batch, 1);
    text(batch, metadata);
}

/// The same in a list, with prompt and result: only what it has, and as many cells in all as a run.
pub fn push_listed(
    batch: &mut Batch,
    cell: impl Fn(&mut Batch, usize),
    end: End,
    used: &Usage,
    metadata: Option<&str>,
) {
    for column in 0..5 {
        cell(batch, column);
    }
    text(batch, Some(Status::Ended(end).word()));
    cell(batch, 7);
    cell(batch, 5);
    push_beside(batch, used, metadata);
}

/// The same without prompt and result: its id, zone, worktree, agent, state and time.
pub fn push_brief(
    batch: &mut Batch,
    texts: [&str; 4],
    status: Status,
    made: &str,
    used: &Usage,
    metadata: Option<&str>,
) {
    for known in texts {
        text(batch, Some(known));
    }
    nulls(batch, 1);
    text(batch, Some(status.word()));
    text(batch, Some(made));
    nulls(batch, 1);
    push_beside(batch, used, metadata);
}

fn push_beside(batch: &mut Batch, used: &Usage, metadata: Option<&str>) {
    usage(batch, used);
    text(batch, metadata);
    instant(batch, used.pruned_at);
    nulls(batch, RUN.fields.len() - 16);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_execution_has_a_cell_for_each_field_where_it_belongs() {
        let mut batch = Batch::default();
        let cell = |batch: &mut Batch, column: usize| batch.push_text(format!("{column}").as_bytes());
        push_execution(&mut batch, cell, End::Failed, &Usage::default(), None);
        assert_eq!(batch.ends().len(), RUN.fields.len());
        let present: Vec<&str> = RUN
            .fields
            .iter()
            .zip(batch.ends())
            .filter(|(_, end)| **end != crate::rows::batch::NULL)
            .map(|(field, _)| field.name)
            .collect();
        let expected = "id zoneId worktreeId agentType prompt status priority attempt maxAttempts createdAt availableAt \
                        finishedAt result";
        assert_eq!(present.join(" "), expected);
    }
}

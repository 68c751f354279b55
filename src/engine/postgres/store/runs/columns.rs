//! A run's columns, and the record that they make.

use tokio_postgres::Row;

use super::clock::{SERVER, moment};
use super::reader::Reader;
use super::usage::models_of;
use crate::engine::run::record::{Record, Said, Usage};
use crate::engine::run::used::of_all;
use crate::model::run::{Boot, End, Lease, Moment, Run, State, Status};

/// The columns of a run, in the order in which `read` reads them; its prompt and its result come behind. `r` is the run, `e` its execution,
/// on the board or in the archive.
const COLUMNS: &str = "r.key, r.id, r.zone_id, r.worktree_id, r.agent_type, r.priority, r.available_at, r.created_at, r.worker_id, r.worker_before, \
     r.idempotency_key, r.parent_run_id, r.retry_of, r.cancel_reason, r.exit_code, r.error, r.commit_before, r.commit_after, r.files_changed, \
     r.insertions, r.deletions, r.bodies_pruned_at, r.by, r.question, r.answer, r.metadata, r.finished_token, r.executed, r.recorded, \
     r.status, r.answered, r.started_at, r.finished_at, r.duration_ms, r.worked_ms, r.attempt, r.max_attempts, r.token, r.timeout_ms, \
     r.cancel_requested_at, r.deadline, r.expires_at, r.length_ms, r.claimed, r.claimed_at, e.id, e.executed_at, \
     (SELECT pg_catalog.json_agg(pg_catalog.json_build_array(m.model, m.provider, m.input_tokens, m.cached_input_tokens, m.output_tokens, \
     m.reasoning_tokens, m.cost_micros, m.cost_computed) ORDER BY m.model)::text FROM {s}.run_models AS m WHERE m.run = r.key)";
/// Prompt and result, from wherever they are.
const BODIES: &str =
    "CASE WHEN r.executed THEN e.prompt ELSE r.prompt END, CASE WHEN r.executed THEN e.result ELSE r.result END";
/// The tables of these columns.
pub const FROM: &str = "{s}.runs AS r LEFT JOIN {s}.zone_executions AS x ON r.executed AND x.id = r.id LEFT JOIN LATERAL \
     (SELECT id, executed_at, prompt, result FROM {s}.archived_executions WHERE r.executed AND x.id IS NULL AND id = r.id ORDER BY archive DESC LIMIT 1) AS a ON true \
     CROSS JOIN LATERAL (SELECT coalesce(x.id, a.id) AS id, coalesce(x.executed_at, a.executed_at) AS executed_at, \
     coalesce(x.prompt, a.prompt) AS prompt, CASE WHEN x.id IS NULL THEN a.result ELSE x.result END AS result) AS e";

/// What is selected of a run. Prompt and result are NULL unless `full`.
pub fn columns(full: bool) -> String {
    format!("{COLUMNS}, {}", if full { BODIES } else { "NULL::text, NULL::text" })
}

/// A run in a row.
pub struct Found {
    pub record: Record,
    /// When it was recorded, as text, if it is an execution and nothing else.
    pub recorded_at: Option<String>,
}

/// Reads a run; `None` where it is gone because its execution is. The reader is behind its columns then.
pub fn read(row: &Row) -> (Option<Found>, Reader<'_>) {
    let reader = Reader::of(row);
    let mut record = Record {
        key: reader.integer(),
        id: reader.text(),
        zone_id: reader.text(),
        worktree_id: reader.text(),
        agent_type: reader.text(),
        priority: reader.integer(),
        available_at: reader.integer(),
        created_at: reader.integer(),
        worker_id: reader.text_or_null(),
        worker_before: reader.text_or_null(),
        idempotency_key: reader.text_or_null(),
        parent_run_id: reader.text_or_null(),
        retry_of: reader.text_or_null(),
        cancel_reason: reader.text_or_null(),
        said: Said {
            exit_code: reader.integer_or_null(),
            error: reader.text_or_null(),
            commit_before: reader.text_or_null(),
            commit_after: reader.text_or_null(),
            files_changed: reader.integer_or_null(),
            insertions: reader.integer_or_null(),
            deletions: reader.integer_or_null(),
            result: None,
        },
        bodies_pruned_at: reader.integer_or_null(),
        by: reader.text_or_null(),
        question: reader.text_or_null(),
        answer: reader.text_or_null(),
        metadata: reader.text_or_null(),
        finished_token: reader.integer_or_null(),
        executed: reader.is(),
        prompt: None,
        usage: Usage::default(),
        is_used: false,
        life: Run {
            state: State::Waiting,
            token: 0,
            attempt: 0,
            max_attempts: 1,
            timeout_ms: None,
            started_at: None,
            cancel_requested_at: None,
            worked_ms: 0,
            duration_ms: 0,
            settled: Vec::new(),
        },
    };
    let is_recorded = reader.is();
    record.life = life(&reader);
    record.life.settled.extend(record.finished_token);
    let has_execution = reader.is_there();
    let recorded_at = reader.text_or_null().filter(|_| is_recorded);
    if let Some(models) = reader.text_or_null() {
        record.usage = of_all(&models_of(&models));
        record.is_used = true;
    }
    if is_recorded {
        record.usage.pruned_at = record.bodies_pruned_at;
    }
    record.prompt = reader.text_or_null();
    record.said.result = reader.text_or_null();
    let is_gone = record.executed && !has_execution;
    ((!is_gone).then_some(Found { record, recorded_at }), reader)
}

fn life(reader: &Reader<'_>) -> Run {
    let status = Status::from_word(&reader.text());
    let answered = reader.is();
    let started_at = reader.integer_or_null();
    let finished_at = reader.integer_or_null();
    let (duration_ms, worked_ms) = (reader.integer(), reader.integer());
    let (attempt, max_attempts) = (reader.integer(), reader.integer());
    let token = reader.integer();
    let timeout_ms = reader.integer_or_null();
    let cancel_requested_at = reader.integer_or_null();
    let deadline = moment(reader.integer(), reader.integer());
    let lease = Lease { deadline, length_ms: reader.integer() };
    let claimed = reader.integer_or_null();
    let since = Moment {
        boot: claimed.map_or(Boot::UNKNOWN, |_| SERVER),
        monotonic_ms: claimed.unwrap_or_default(),
        wall_ms: reader.integer(),
    };
    let state = match status {
        // Whether it is not due yet, `DUE` finds out.
        Some(Status::Queued) => State::Queued { not_before: None, answered },
        Some(Status::Running) => State::Running { since, lease, answered },
        Some(Status::Waiting) => State::Waiting,
        Some(Status::Ended(end)) => State::Ended { end, at: finished_at.unwrap_or_default() },
        // A status that others wrote, and nobody here knows: no run to be claimed.
        None => State::Ended { end: End::Lost, at: finished_at.unwrap_or_default() },
    };
    Run {
        state,
        token,
        attempt: attempt.clamp(0, u32::MAX.into()) as u32,
        max_attempts: max_attempts.clamp(1, u32::MAX.into()) as u32,
        timeout_ms,
        started_at,
        cancel_requested_at,
        worked_ms,
        duration_ms,
        settled: Vec::new(),
    }
}

//! How the tables are rows of the lines: for each table of those, a statement with its columns.

use crate::engine::transfer::tables::Table;

/// The key that a run has in the lines: for an execution that is only recorded, the number of its note.
const KEY: &str = "CASE WHEN r.recorded THEN r.note ELSE r.key END";
/// Runs that have a line.
const HAS_LINE: &str = "(NOT r.recorded OR r.note IS NOT NULL)";

/// A run that somebody works on is written as it was before that; its lease has the rest. `{key}` and `{line}` stand for the above.
const RUNS: &str = "SELECT {key} AS key, r.id, CASE r.status WHEN 'running' THEN 'queued' ELSE r.status END AS status, \
     CASE r.status WHEN 'running' THEN 'leased' WHEN 'queued' THEN CASE WHEN r.not_before IS NULL THEN 'queue' ELSE 'delayed' END END AS place, \
     r.zone_id, r.worktree_id, r.agent_type, r.priority, r.answered::integer AS answered, r.available_at, r.created_at, \
     CASE WHEN NOT b.begins THEN r.started_at END AS started_at, r.finished_at, r.duration_ms, r.worked_ms, \
     r.attempt - b.more AS attempt, r.max_attempts, CASE WHEN b.runs THEN r.token - 1 ELSE r.token END AS token, \
     r.finished_token, r.executed::integer AS executed, r.timeout_ms, CASE WHEN b.runs THEN r.worker_before ELSE r.worker_id END AS worker_id, \
     r.idempotency_key, r.parent_run_id, r.retry_of, CASE WHEN NOT b.runs THEN r.cancel_requested_at END AS cancel_requested_at, \
     r.exit_code, r.commit_before, r.commit_after, r.files_changed, r.insertions, r.deletions, r.input_tokens, r.cached_input_tokens, \
     r.output_tokens, r.reasoning_tokens, r.cost_micros, r.bodies_pruned_at, r.by, r.error, r.question, r.answer, r.metadata, r.result, r.prompt \
     FROM {s}.runs AS r, LATERAL (SELECT r.status = 'running' AS runs, (r.status = 'running' AND NOT r.answered)::integer AS more, \
     r.status = 'running' AND NOT r.answered AND r.attempt <= 1 AS begins) AS b WHERE {line}";

/// A server's clock says nothing elsewhere: there a lease goes by the wall clock.
const LEASES: &str = "SELECT r.id AS run_id, r.zone_id, r.agent_type, 0::bigint AS boot, NULL::bigint AS sound_to, r.key AS run, r.token, r.worktree_id, \
     r.expires_at AS deadline, r.expires_at, r.length_ms, NULL::bigint AS claimed, r.claimed_at, r.timeout_ms - r.worked_ms AS left_ms, \
     r.attempt, r.answered::integer AS answered, r.started_at, r.worked_ms, r.cancel_requested_at, r.cancel_reason, r.worker_id \
     FROM {s}.runs AS r WHERE r.status = 'running'";

const ARCHIVED: &str = "SELECT key, history, id, path, port, branch_name, issue_url, task_id, status, position_x, position_y, created_at, updated_at, \
     zone_id, assigned_at, assigned_seq AS assigned_rowid, seq AS at_rowid, archived_at, cost_micros, metadata, \"by\", reason \
     FROM {s}.archived_worktrees WHERE restored_at IS NULL";
const ARCHIVED_EXECUTIONS: &str = "SELECT archive AS worktree, \
     coalesce(nth, row_number() OVER (PARTITION BY archive ORDER BY executed_at, seq) - 1) AS nth, seq AS at_rowid, \
     coalesce(nullif({s}.instant(executed_at), -8640000000000001), 0) AS made_at, id, zone_id, worktree_id, agent_type, prompt, result, success, \
     executed_at FROM {s}.archived_executions";

/// The statement for a table.
pub(super) fn of(table: &Table) -> String {
    let of_run = |columns: &str| {
        format!(
            "SELECT {{key}} AS run, {columns} FROM {{s}}.{} AS t JOIN {{s}}.runs AS r ON r.key = t.run WHERE {{line}}",
            table.name
        )
    };
    let sql = match table.name {
        "zones" | "worktrees" | "worktree_zones" | "zone_executions" => {
            format!("SELECT seq AS rowid, * FROM {{s}}.{}", table.name)
        }
        "metadata" => "SELECT 1::bigint AS entity, id, metadata AS data FROM {s}.worktrees WHERE metadata IS NOT NULL \
             UNION ALL SELECT 2, id, metadata FROM {s}.zones WHERE metadata IS NOT NULL"
            .into(),
        "wip_limits" => "SELECT id AS zone_id, wip_limit AS most FROM {s}.zones WHERE wip_limit IS NOT NULL".into(),
        "archived_worktrees" => ARCHIVED.into(),
        "archived_executions" => ARCHIVED_EXECUTIONS.into(),
        "runs" => RUNS.into(),
        "leases" => LEASES.into(),
        "run_attempts" => of_run("t.token, t.attempt, t.worker_id, t.started_at, t.ended_at, t.status, t.error"),
        "run_models" => of_run(
            "t.model, t.provider, t.input_tokens, t.cached_input_tokens, t.output_tokens, t.reasoning_tokens, t.cost_micros, \
             t.cost_computed::integer AS cost_computed",
        ),
        "usage_events" => of_run("t.event_id"),
        "run_output" => of_run("t.sequence, t.at, t.stream, t.truncated::integer AS truncated, t.bytes, t.text"),
        "archived_runs" => {
            "SELECT key AS run, archive AS worktree FROM {s}.runs WHERE archive IS NOT NULL AND NOT executed".into()
        }
        "moves" => "SELECT key, coalesce(seq, key) AS seq, stamp, coalesce(nth, 0) AS nth, at, worktree_id, from_zone_id, to_zone_id, branch_name, \
             from_name, to_name, by, reason FROM {s}.moves"
            .into(),
        _ => format!("SELECT * FROM {{s}}.{}", table.name),
    };
    sql.replace("{key}", KEY).replace("{line}", HAS_LINE)
}

/// The order of the rows.
pub(super) fn order(table: &Table) -> String {
    match table.name {
        "run_output" | "archived_executions" => table.key.join(", "),
        _ => table.order.to_owned(),
    }
}

/// The condition for rows of a time or later.
pub(super) fn since(table: &Table, time: i64) -> Option<String> {
    let of_runs = |key: &str| {
        format!("{key} IN (SELECT {KEY} FROM {{s}}.runs AS r WHERE r.finished_at IS NULL OR r.finished_at >= {time})")
    };
    match table.name {
        "zone_executions" => Some(format!("{{s}}.instant(executed_at) >= {time}")),
        "run_attempts" | "run_models" | "usage_events" | "run_output" | "archived_runs" => Some(of_runs("run")),
        _ => (!table.since.is_empty()).then(|| table.since.replace("?1", &time.to_string())),
    }
}

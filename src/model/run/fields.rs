//! The fields of a run as people see it.

use crate::model::entity::{Declaration, Entity, Holds, New};

/// The fields of a run. An execution that is only recorded is shown as one, too.
pub const RUN: Entity = Entity {
    name: "run",
    table: "runs",
    fields: &[
        set("id", "id", Holds::Id),
        Declaration::new("zone_id", "zoneId", Holds::Id),
        Declaration::new("worktree_id", "worktreeId", Holds::Id),
        Declaration::new("agent_type", "agentType", Holds::Id),
        Declaration::new("prompt", "prompt", Holds::Text),
        set("status", "status", Holds::Text),
        Declaration::new("priority", "priority", Holds::Integer).made(New::OrNumber(0.0)),
        set("attempt", "attempt", Holds::Integer),
        Declaration::new("max_attempts", "maxAttempts", Holds::Integer).made(New::OrNumber(1.0)),
        Declaration::new("timeout_ms", "timeoutMs", Holds::Integer).made(New::OrNull),
        Declaration::new("idempotency_key", "idempotencyKey", Holds::Text).made(New::OrNull),
        Declaration::new("parent_run_id", "parentRunId", Holds::Id).made(New::OrNull),
        unset("retry_of", "retryOf", Holds::Id),
        unset("worker_id", "workerId", Holds::Text),
        set("created_at", "createdAt", Holds::Instant),
        Declaration::new("available_at", "availableAt", Holds::Instant).made(New::OrNow),
        unset("started_at", "startedAt", Holds::Instant),
        unset("finished_at", "finishedAt", Holds::Instant),
        unset("duration_ms", "durationMs", Holds::Integer),
        unset("lease_expires_at", "leaseExpiresAt", Holds::Instant),
        unset("cancel_requested_at", "cancelRequestedAt", Holds::Instant),
        unset("question", "question", Holds::Text),
        unset("answer", "answer", Holds::Text),
        unset("exit_code", "exitCode", Holds::Integer),
        unset("error", "error", Holds::Text),
        unset("result", "result", Holds::Json { missing: "null" }),
        unset("commit_before", "commitBefore", Holds::Text),
        unset("commit_after", "commitAfter", Holds::Text),
        unset("files_changed", "filesChanged", Holds::Integer),
        unset("insertions", "insertions", Holds::Integer),
        unset("deletions", "deletions", Holds::Integer),
        unset("input_tokens", "usage.inputTokens", Holds::Integer),
        unset("cached_input_tokens", "usage.cachedInputTokens", Holds::Integer),
        unset("output_tokens", "usage.outputTokens", Holds::Integer),
        unset("reasoning_tokens", "usage.reasoningTokens", Holds::Integer),
        unset("cost_micros", "usage.costMicros", Holds::Integer),
        unset("models", "usage.models", Holds::Json { missing: "[]" }),
        unset("bodies_pruned_at", "bodiesPrunedAt", Holds::Instant),
        unset("by", "by", Holds::Json { missing: "null" }),
        Declaration::new("metadata", "metadata", Holds::Object).made(New::OrNull),
    ],
};

const fn set(column: &'static str, name: &'static str, holds: Holds) -> Declaration {
    Declaration::new(column, name, holds).made(New::Set)
}

const fn unset(column: &'static str, name: &'static str, holds: Holds) -> Declaration {
    Declaration::new(column, name, holds).made(New::Unset)
}

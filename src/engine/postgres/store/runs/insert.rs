//! Inserting a new run.

use tokio_postgres::Row;

use super::claim::takes_usually;
use super::reader::Reader;
use super::settle::saved;
use crate::engine::postgres::client::value::Value;
use crate::engine::postgres::store::work::Work;
use crate::engine::run::places::{There, check_places};
use crate::engine::run::record::Record;
use crate::error::Result;
use crate::model::run::Wanted;

/// A new run: what never changes, then what `SAVE` writes.
const INSERT: &str = "INSERT INTO {s}.runs (id, zone_id, worktree_id, agent_type, priority, created_at, max_attempts, timeout_ms, idempotency_key, \
     parent_run_id, retry_of, metadata, by, prompt, status, answered, urgency, not_before, available_at, started_at, finished_at, \
     duration_ms, worked_ms, attempt, token, finished_token, executed, worker_id, worker_before, cancel_requested_at, cancel_reason, \
     exit_code, commit_before, commit_after, files_changed, insertions, deletions, input_tokens, cached_input_tokens, output_tokens, \
     reasoning_tokens, cost_micros, error, question, answer, result, deadline, expires_at, length_ms, claimed, claimed_at, sound_to) ";

/// Whether the worktree, the zone and the parent of a run are there, of which these are the values. Deleting one of the first two waits
/// until the run is made, and ends it; pruning the parent waits, and leaves it.
const THERE: &str = "WITH z AS (SELECT 1 FROM {s}.zones WHERE id = $2 FOR KEY SHARE), w AS (SELECT 1 FROM {s}.worktrees WHERE id = $3 FOR KEY SHARE), \
     p AS (SELECT 1 FROM {s}.runs WHERE id = $10 FOR KEY SHARE), \
     there AS (SELECT EXISTS (SELECT 1 FROM w) AS worktree, EXISTS (SELECT 1 FROM z) AS zone, EXISTS (SELECT 1 FROM p) AS parent)";

/// That a run, `r`, has not ended.
pub(super) const OPEN: &str = "r.status IN ('queued', 'running', 'waiting')";

impl Work<'_> {
    /// Inserts a new run at the end of the call, if its worktree, its zone and its parent are there, which `check_inserted` tells, and no
    /// other run is open with its idempotency key.
    pub(super) fn insert_if_there(&self, record: &Record) {
        let values = values_of(record);
        let places: Vec<String> = (1..=values.len()).map(|n| format!("${n}")).collect();
        let sql = format!(
            "{THERE}, made AS ({INSERT}SELECT {} FROM there WHERE worktree AND zone AND (parent OR $10 IS NULL) \
             AND NOT EXISTS (SELECT 1 FROM {{s}}.runs AS r WHERE r.idempotency_key = $9 AND {OPEN})) SELECT worktree, zone, parent FROM there",
            places.join(", ")
        );
        self.later(&sql, values);
    }

    /// The same of a run that is claimed at once, if all is as usual, which the last column tells. Its times by the server's clock are counted
    /// from now on.
    pub(super) fn start_if_usual(&self, record: &Record) {
        let values = values_of(record);
        let last = values.len();
        // deadline, claimed, sound_to
        let is_of_server = |n| [last - 5, last - 2, last].contains(&n);
        let places: Vec<String> =
            (1..=last).map(|n| if is_of_server(n) { format!("now + ${n}") } else { format!("${n}") }).collect();
        let sql = format!(
            "{THERE}, usual AS ({}), made AS ({INSERT}SELECT {} FROM there, usual WHERE it_is AND worktree AND zone AND (parent OR $10 IS NULL)) \
             SELECT worktree, zone, parent, it_is FROM there, usual",
            takes_usually(),
            places.join(", ")
        );
        self.later(&sql, values);
    }

    /// Inserts a new run.
    pub(super) fn insert(&self, record: &Record) {
        let values = values_of(record);
        let places: Vec<String> = (1..=values.len()).map(|n| format!("${n}")).collect();
        self.later(&format!("{INSERT}VALUES ({})", places.join(", ")), values);
    }
}

/// What is written of a new run.
fn values_of(record: &Record) -> Vec<Value<'static>> {
    let life = &record.life;
    let mut values: Vec<Value<'static>> = vec![
        record.id.clone().into(),
        record.zone_id.clone().into(),
        record.worktree_id.clone().into(),
        record.agent_type.clone().into(),
        record.priority.into(),
        record.created_at.into(),
        i64::from(life.max_attempts).into(),
        life.timeout_ms.into(),
        record.idempotency_key.clone().into(),
        record.parent_run_id.clone().into(),
        record.retry_of.clone().into(),
        record.metadata.clone().into(),
        record.by.clone().into(),
        record.prompt.clone().into(),
    ];
    values.extend(saved(record));
    values
}

/// Refuses what `insert_if_there` has not inserted; its answer is the last row of the call.
pub(super) fn check_inserted(method: &'static str, wanted: &Wanted<'_>, nth: usize, rows: &[Vec<Row>]) -> Result<()> {
    let there = rows.last().and_then(|rows| rows.first()).map(there_of);
    check_places(method, wanted, nth, there.unwrap_or_default())
}

/// Whether its worktree, its zone and its parent are there.
pub(super) fn there_of(row: &Row) -> There {
    let reader = Reader::of(row);
    There { worktree: reader.is(), zone: reader.is(), parent: reader.is() }
}

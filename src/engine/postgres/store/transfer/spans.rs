//! What ran, from these tables, as spans.

use tokio_postgres::Row;

use crate::engine::postgres::client::value::{Value, cell, integer, text_of};
use crate::engine::postgres::store::Store;
use crate::engine::transfer::out::Out;
use crate::engine::transfer::spans::{Span, Spans};
use crate::error::Result;

/// Runs that have ended, and then executions that are only recorded, in the order in which they came.
const RUNS: &str = "SELECT r.id, r.parent_run_id, r.zone_id, r.worktree_id, r.agent_type, r.status, \
     CASE WHEN r.recorded THEN r.finished_at ELSE coalesce(r.started_at, r.finished_at) END, r.finished_at, \
     CASE WHEN NOT r.recorded THEN r.attempt END, r.exit_code, r.input_tokens, r.cached_input_tokens, r.output_tokens, r.reasoning_tokens, \
     r.cost_micros, r.error, (SELECT string_agg(m.model, E'\\n' ORDER BY m.model) FROM {s}.run_models AS m WHERE m.run = r.key) \
     FROM {s}.runs AS r WHERE r.finished_at >= {since} ORDER BY r.key";
const PARENT: &str = "SELECT parent_run_id FROM {s}.runs WHERE id = $1";

impl Store {
    /// Writes them. Within a snapshot.
    pub(super) fn spans(&self, since: Option<i64>, out: &mut Out<'_>) -> Result<()> {
        let mut spans = Spans::default();
        // What has no time makes no span.
        let sql = RUNS.replace("{since}", &since.unwrap_or(1).to_string());
        self.each_by_cursor("spans", &sql, |row| {
            let parent_of = |id: &str| {
                let rows = self.ask_within_snapshot(PARENT, &[Value::from(id)])?;
                Ok(rows.first().and_then(|row| text_of(row, 0)))
            };
            spans.push(&span(row), parent_of, out)
        })?;
        spans.end(out)
    }
}

fn span(row: &Row) -> Span {
    let some = |at| text_of(row, at).unwrap_or_default();
    Span {
        id: some(0),
        parent: text_of(row, 1),
        of: [some(2), some(3), some(4)],
        status: some(5),
        time: (integer(row, 6), integer(row, 7)),
        numbers: std::array::from_fn(|at| cell(row, 8 + at).map(|cell| cell.integer())),
        error: text_of(row, 15),
        models: text_of(row, 16),
    }
}

//! What ran, as SQLite's tables have it, on its way to spans.

use rusqlite::{Connection, OptionalExtension, Row};

use crate::engine::transfer::out::Out;
use crate::engine::transfer::spans::{Span, Spans};
use crate::error::Result;

/// Runs that have ended; `?1` is the earliest end.
const RUNS: &str = "SELECT r.id, r.parent_run_id, r.zone_id, r.worktree_id, r.agent_type, r.status, coalesce(r.started_at, r.finished_at), \
      r.finished_at, r.attempt, r.exit_code, r.error, r.input_tokens, r.cached_input_tokens, r.output_tokens, r.reasoning_tokens, r.cost_micros, \
      (SELECT group_concat(m.model, char(10)) FROM main.run_models AS m WHERE m.run = r.key) \
    FROM main.runs AS r WHERE r.key > 0 AND r.finished_at >= ?1 \
      AND (r.executed = 0 OR EXISTS (SELECT 1 FROM main.zone_executions AS e WHERE e.id = r.id) \
        OR EXISTS (SELECT 1 FROM main.archived_executions AS e WHERE e.id = r.id)) ORDER BY r.key";

/// What is recorded as an execution only.
const EXECUTIONS: &str = "SELECT e.id, NULL, e.zone_id, e.worktree_id, e.agent_type, iif(e.success IS 0, 'failed', 'succeeded'), e.at, e.at, \
      NULL, NULL, NULL, n.input_tokens, n.cached_input_tokens, n.output_tokens, n.reasoning_tokens, n.cost_micros, \
      (SELECT group_concat(m.model, char(10)) FROM main.run_models AS m WHERE m.run = n.key) \
    FROM (SELECT id, zone_id, worktree_id, agent_type, success, CAST(round((julianday(executed_at) - 2440587.5) * 86400000) AS INTEGER) AS at, rowid AS nr \
      FROM main.zone_executions UNION ALL SELECT id, zone_id, worktree_id, agent_type, success, made_at, key FROM main.archived_executions) AS e \
    LEFT JOIN main.runs AS n ON n.id = e.id WHERE e.at >= ?1 AND e.id IS NOT NULL AND coalesce(n.key, -1) < 0 ORDER BY e.nr";

/// Writes them.
pub fn write(inner: &Connection, since: Option<i64>, out: &mut Out<'_>) -> Result<()> {
    let mut parent = inner.prepare("SELECT parent_run_id FROM main.runs WHERE id = ?1")?;
    let mut spans = Spans::default();
    for sql in [RUNS, EXECUTIONS] {
        let mut statement = inner.prepare(sql)?;
        // What has no time, or a time of 0, is left out.
        let mut rows = statement.query([since.unwrap_or(1)])?;
        while let Some(row) = rows.next()? {
            let parent_of =
                |id: &str| Ok(parent.query_row([id], |row| row.get::<_, Option<String>>(0)).optional()?.flatten());
            spans.push(&span(row)?, parent_of, out)?;
        }
    }
    spans.end(out)
}

fn span(row: &Row<'_>) -> Result<Span> {
    let some = |at| Ok::<_, crate::error::Error>(text(row, at)?.unwrap_or_default());
    let mut numbers = [None; 7];
    for (number, at) in numbers.iter_mut().zip([8, 9, 11, 12, 13, 14, 15]) {
        *number = row.get(at)?;
    }
    Ok(Span {
        id: some(0)?,
        parent: text(row, 1)?,
        of: [some(2)?, some(3)?, some(4)?],
        status: some(5)?,
        time: (row.get(6)?, row.get(7)?),
        numbers,
        error: text(row, 10)?,
        models: text(row, 16)?,
    })
}

/// A text, also where somebody has stored something else.
fn text(row: &Row<'_>, at: usize) -> Result<Option<String>> {
    use rusqlite::types::ValueRef;
    Ok(match row.get_ref(at)? {
        ValueRef::Null => None,
        ValueRef::Integer(value) => Some(value.to_string()),
        ValueRef::Real(value) => Some(value.to_string()),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
    })
}

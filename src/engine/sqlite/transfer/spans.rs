//! What ran as spans: lines of OpenTelemetry's OTLP in JSON, as its file exporter writes them, each a batch of spans. A run is a
//! span from its first claim to its end, and a child of the run that it belongs to.

use std::io::Write;

use rusqlite::{Connection, Row};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::out::Out;
use crate::engine::sqlite::schema::sha256::hex;
use crate::error::Result;

/// So many spans are a line.
const BATCH: usize = 100;
/// So far up a run's parents are looked for.
const DEEPEST: usize = 64;

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

/// What a whole number of a run is called as an attribute of a span.
const NUMBERS: [(usize, &str); 7] = [
    (8, "visual_db.run.attempt"),
    (9, "process.exit.code"),
    (11, "gen_ai.usage.input_tokens"),
    (12, "gen_ai.usage.cached_input_tokens"),
    (13, "gen_ai.usage.output_tokens"),
    (14, "gen_ai.usage.reasoning_tokens"),
    (15, "visual_db.cost_micros"),
];

/// Writes them.
pub fn write(inner: &Connection, since: Option<i64>, out: &mut Out<'_>) -> Result<()> {
    let mut parent = inner.prepare("SELECT parent_run_id FROM main.runs WHERE id = ?1")?;
    let mut spans = Vec::with_capacity(BATCH);
    for sql in [RUNS, EXECUTIONS] {
        let mut statement = inner.prepare(sql)?;
        // What has no time is none.
        let mut rows = statement.query([since.unwrap_or(1)])?;
        while let Some(row) = rows.next()? {
            let id = text(row, 0)?.unwrap_or_default();
            let mut root = id.clone();
            for _ in 0..DEEPEST {
                match parent.query_row([&root], |row| row.get::<_, Option<String>>(0)) {
                    Ok(Some(above)) => root = above,
                    _ => break,
                }
            }
            spans.push(span(row, &id, &root)?);
            if spans.len() == BATCH {
                batch(&mut spans, out)?;
            }
        }
    }
    if !spans.is_empty() {
        batch(&mut spans, out)?;
    }
    out.hand_over()
}

fn batch(spans: &mut Vec<Value>, out: &mut Out<'_>) -> Result<()> {
    let line = json!({ "resourceSpans": [{
        "resource": { "attributes": [attribute("service.name", "visual-db")] },
        "scopeSpans": [{
            "scope": { "name": "@ai-orchestra/visual-db", "version": env!("CARGO_PKG_VERSION") },
            "spans": std::mem::take(spans),
        }],
    }]});
    let _ = write!(out.text, "{line}");
    out.end_line()
}

fn span(row: &Row<'_>, id: &str, root: &str) -> Result<Value> {
    let agent = text(row, 4)?.unwrap_or_default();
    let status = text(row, 5)?.unwrap_or_default();
    let mut attributes = vec![
        attribute("gen_ai.operation.name", "invoke_agent"),
        attribute("gen_ai.agent.name", &agent),
        attribute("visual_db.run.id", id),
        attribute("visual_db.run.status", &status),
    ];
    for (at, name) in [(2, "visual_db.zone.id"), (3, "visual_db.worktree.id")] {
        attributes.push(attribute(name, &text(row, at)?.unwrap_or_default()));
    }
    for (at, name) in NUMBERS {
        if let Some(number) = row.get::<_, Option<i64>>(at)? {
            attributes.push(json!({ "key": name, "value": { "intValue": number.to_string() } }));
        }
    }
    if let Some(models) = text(row, 16)? {
        let values: Vec<Value> = models.split('\n').map(|model| json!({ "stringValue": model })).collect();
        attributes.push(json!({ "key": "gen_ai.response.model", "value": { "arrayValue": { "values": values } } }));
    }
    let mut span = Map::new();
    let mut set = |name: &str, value: Value| _ = span.insert(name.into(), value);
    set("traceId", digest("trace", root, 32).into());
    set("spanId", digest("span", id, 16).into());
    if let Some(parent) = text(row, 1)? {
        set("parentSpanId", digest("span", &parent, 16).into());
    }
    set("name", format!("invoke_agent {agent}").into());
    // SPAN_KIND_INTERNAL
    set("kind", 1.into());
    let (from, to): (i64, i64) = (row.get(6)?, row.get(7)?);
    set("startTimeUnixNano", nanoseconds(from.min(to)).into());
    set("endTimeUnixNano", nanoseconds(to).into());
    set("attributes", attributes.into());
    // STATUS_CODE_OK, STATUS_CODE_ERROR
    let mut ended = json!({ "code": if status == "succeeded" { 1 } else { 2 } });
    if let Some(error) = text(row, 10)? {
        ended["message"] = error.into();
    }
    set("status", ended);
    Ok(Value::Object(span))
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

fn attribute(key: &str, text: &str) -> Value {
    json!({ "key": key, "value": { "stringValue": text } })
}

/// The same for the same id, in whichever export.
fn digest(of: &str, id: &str, digits: usize) -> String {
    let mut text = hex(Sha256::new().chain_update(of).chain_update([0]).chain_update(id));
    text.truncate(digits);
    text
}

fn nanoseconds(milliseconds: i64) -> String {
    (i128::from(milliseconds.max(0)) * 1_000_000).min(i128::from(u64::MAX)).to_string()
}

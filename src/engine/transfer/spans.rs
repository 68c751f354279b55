//! What ran as spans: lines of OpenTelemetry's OTLP in JSON, as its file exporter writes them, each a batch of spans. A run is a
//! span from its first claim to its end, and a child of the run that it belongs to.

use std::io::Write;

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::out::Out;
use crate::engine::sha256::hex;
use crate::error::Result;

/// How many spans a line has.
const BATCH: usize = 100;
/// How far up a run's parents are followed.
const DEEPEST: usize = 64;

/// What a whole number of a run is called as an attribute of a span.
const NUMBERS: [&str; 7] = [
    "visual_db.run.attempt",
    "process.exit.code",
    "gen_ai.usage.input_tokens",
    "gen_ai.usage.cached_input_tokens",
    "gen_ai.usage.output_tokens",
    "gen_ai.usage.reasoning_tokens",
    "visual_db.cost_micros",
];

/// What ran.
#[derive(Debug, Default)]
pub struct Span {
    /// Its id.
    pub id: String,
    /// The run that it belongs to.
    pub parent: Option<String>,
    /// Of which zone, of which worktree, of which agent it is.
    pub of: [String; 3],
    /// How it ended.
    pub status: String,
    /// From when to when, in milliseconds.
    pub time: (i64, i64),
    /// Its attempt, its exit code, what it used.
    pub numbers: [Option<i64>; 7],
    /// What it failed with.
    pub error: Option<String>,
    /// The models that it used, a line each.
    pub models: Option<String>,
}

/// Spans on their way.
#[derive(Default)]
pub struct Spans(Vec<Value>);

impl Spans {
    /// Writes one; `parent_of` says to which run another one belongs.
    ///
    /// # Errors
    /// What `parent_of` or the sink says.
    pub fn push(
        &mut self,
        span: &Span,
        mut parent_of: impl FnMut(&str) -> Result<Option<String>>,
        out: &mut Out<'_>,
    ) -> Result<()> {
        let mut root = span.id.clone();
        let mut above = span.parent.clone();
        for _ in 0..DEEPEST {
            let Some(next) = above else { break };
            above = parent_of(&next)?;
            root = next;
        }
        self.0.push(value(span, &root));
        if self.0.len() == BATCH { self.line(out) } else { Ok(()) }
    }

    /// Writes what is left.
    ///
    /// # Errors
    /// What the sink says.
    pub fn end(mut self, out: &mut Out<'_>) -> Result<()> {
        if !self.0.is_empty() {
            self.line(out)?;
        }
        out.hand_over()
    }

    fn line(&mut self, out: &mut Out<'_>) -> Result<()> {
        let line = json!({ "resourceSpans": [{
            "resource": { "attributes": [attribute("service.name", "visual-db")] },
            "scopeSpans": [{
                "scope": { "name": "@ai-orchestra/visual-db", "version": env!("CARGO_PKG_VERSION") },
                "spans": std::mem::take(&mut self.0),
            }],
        }]});
        let _ = write!(out.text, "{line}");
        out.end_line()
    }
}

fn value(of: &Span, root: &str) -> Value {
    let [zone, worktree, agent] = &of.of;
    let mut attributes = vec![
        attribute("gen_ai.operation.name", "invoke_agent"),
        attribute("gen_ai.agent.name", agent),
        attribute("visual_db.run.id", &of.id),
        attribute("visual_db.run.status", &of.status),
        attribute("visual_db.zone.id", zone),
        attribute("visual_db.worktree.id", worktree),
    ];
    for (name, number) in NUMBERS.iter().zip(of.numbers) {
        if let Some(number) = number {
            attributes.push(json!({ "key": name, "value": { "intValue": number.to_string() } }));
        }
    }
    if let Some(models) = &of.models {
        let values: Vec<Value> = models.split('\n').map(|model| json!({ "stringValue": model })).collect();
        attributes.push(json!({ "key": "gen_ai.response.model", "value": { "arrayValue": { "values": values } } }));
    }
    let mut span = Map::new();
    let mut set = |name: &str, value: Value| _ = span.insert(name.into(), value);
    set("traceId", digest("trace", root, 32).into());
    set("spanId", digest("span", &of.id, 16).into());
    if let Some(parent) = &of.parent {
        set("parentSpanId", digest("span", parent, 16).into());
    }
    set("name", format!("invoke_agent {agent}").into());
    // SPAN_KIND_INTERNAL
    set("kind", 1.into());
    let (from, to) = of.time;
    set("startTimeUnixNano", nanoseconds(from.min(to)).into());
    set("endTimeUnixNano", nanoseconds(to).into());
    set("attributes", attributes.into());
    // STATUS_CODE_OK, STATUS_CODE_ERROR
    let mut ended = json!({ "code": if of.status == "succeeded" { 1 } else { 2 } });
    if let Some(error) = &of.error {
        ended["message"] = error.as_str().into();
    }
    set("status", ended);
    Value::Object(span)
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

//! Adding to what a run has used, in one trip.

use super::load::HOLD;
use super::reader::Reader;
use super::usage::models_of;
use crate::engine::postgres::client::value::Value;
use crate::engine::postgres::store::Store;
use crate::engine::run::budgets::quarter;
use crate::engine::run::record::Usage;
use crate::engine::run::used::{Event, of_all};
use crate::error::Result;
use crate::model::run::MOST;

/// The rows of what a run used of each model, `m`, as `models_of` reads them.
const MODELS: &str = "pg_catalog.json_agg(pg_catalog.json_build_array(m.model, m.provider, m.input_tokens, m.cached_input_tokens, m.output_tokens, \
     m.reasoning_tokens, m.cost_micros, m.cost_computed) ORDER BY m.model COLLATE \"C\")::text";

/// Adds an event to what a run has used, where the run is there and not in the archive, the event wasn't counted before, no sum is too large and no
/// budget's period is over. `usual` is that run, `after` what it has used of each model by then, `sums` of all. What is unknown stays it, and
/// is not 0. The log tells it as `used_in_log` does.
const ADD: &str = "WITH r AS (SELECT key, id, zone_id, worktree_id, agent_type, created_at, status IN ('queued', 'running', 'waiting') AS is_open FROM {s}.runs \
       WHERE id = $1 AND archive IS NULL AND NOT EXISTS (SELECT 1 FROM {s}.budgets WHERE resets_at <= $11)), \
     before AS (SELECT m.* FROM {s}.run_models AS m JOIN r ON m.run = r.key), \
     after AS (SELECT * FROM before WHERE model <> $3 UNION ALL SELECT r.key, $3, r.created_at, coalesce($4, b.provider), {plus}, coalesce(b.cost_computed, false) OR $10 \
       FROM r LEFT JOIN before AS b ON b.model = $3), \
     sums AS (SELECT {sums} FROM after), \
     usual AS (SELECT r.* FROM r, sums WHERE {fit} AND NOT EXISTS (SELECT 1 FROM {s}.usage_events AS u WHERE u.run = r.key AND u.event_id = $2)), \
     event AS (INSERT INTO {s}.usage_events (run, event_id) SELECT key, $2 FROM usual WHERE $2 IS NOT NULL), \
     model AS (INSERT INTO {s}.run_models (run, model, made, provider, {amounts}, cost_computed) \
       SELECT after.* FROM after, usual WHERE model = $3 ON CONFLICT (run, model) DO UPDATE SET provider = excluded.provider, \
       {set}, cost_computed = excluded.cost_computed), \
     ended AS (UPDATE {s}.runs AS o SET ({amounts}) = (SELECT {known} FROM sums) FROM usual WHERE o.key = usual.key AND NOT usual.is_open), \
     cost AS (INSERT INTO {s}.worktree_costs AS c (worktree_id, cost_micros) SELECT w.id, $9 FROM {s}.worktrees AS w, usual \
       WHERE w.id = usual.worktree_id AND $9 IS NOT NULL \
       ON CONFLICT (worktree_id) DO UPDATE SET cost_micros = least(c.cost_micros + excluded.cost_micros, 9007199254740991)), \
     spent AS (INSERT INTO {s}.spent AS s (quarter, zone_id, worktree_id, agent_type, cost_micros) \
       SELECT $12, zone_id, worktree_id, agent_type, $9 FROM usual WHERE $9 > 0 \
       ON CONFLICT (quarter, what) DO UPDATE SET cost_micros = least(s.cost_micros + excluded.cost_micros, 9007199254740991)), \
     budget AS (UPDATE {s}.budgets AS b SET spent_micros = least(b.spent_micros + $9, 9007199254740991) FROM usual WHERE $9 > 0 AND (b.scope = 'all' \
       OR (b.scope = 'zone' AND b.id = zone_id) OR (b.scope = 'worktree' AND b.id = worktree_id) OR (b.scope = 'agent' AND b.id = agent_type))) \
     SELECT (SELECT {models} FROM after AS m), {s}.log(5, 2, usual.id, usual.zone_id, usual.worktree_id, usual.agent_type, NULL, \
       pg_catalog.json_build_object('usage', pg_catalog.json_build_object({told}))::text) FROM usual, sums";

/// What a run has used, of one whose event was counted before.
const USED: &str = "SELECT {models} FROM {s}.run_models AS m WHERE m.run = (SELECT key FROM {s}.runs WHERE id = $1)";

/// The columns of an amount, as JavaScript spells them, and the first of an event's among its values.
const AMOUNTS: [(&str, &str); 5] = [
    ("input_tokens", "inputTokens"),
    ("cached_input_tokens", "cachedInputTokens"),
    ("output_tokens", "outputTokens"),
    ("reasoning_tokens", "reasoningTokens"),
    ("cost_micros", "costMicros"),
];
const FIRST: usize = 5;

fn add_sql() -> String {
    let each = |say: &dyn Fn(usize, &str, &str) -> String, between: &str| {
        let said: Vec<String> =
            AMOUNTS.iter().enumerate().map(|(nth, (column, name))| say(FIRST + nth, column, name)).collect();
        said.join(between)
    };
    ADD.replace("{plus}", &each(&|nth, column, _| format!("coalesce(b.{column} + ${nth}, b.{column}, ${nth})"), ", "))
        .replace("{sums}", &each(&|_, column, _| format!("sum({column}) AS {column}"), ", "))
        .replace("{fit}", &each(&|_, column, _| format!("coalesce(sums.{column} <= {MOST}, true)"), " AND "))
        .replace("{amounts}", &each(&|_, column, _| column.into(), ", "))
        .replace("{set}", &each(&|_, column, _| format!("{column} = excluded.{column}"), ", "))
        .replace("{known}", &each(&|_, column, _| format!("{column}::bigint"), ", "))
        .replace("{told}", &each(&|_, column, name| format!("'{name}', sums.{column}"), ", "))
        .replace("{models}", MODELS)
}

impl Store {
    /// Adds an event to what a run has used in one trip: what it has used by then, or `None` where nothing was done, since it isn't as usual.
    pub(super) fn add_usually(&self, id: &str, event: &Event<'_>, wall_ms: i64) -> Result<Option<Usage>> {
        let (ids, by_id) = ([Value::Texts(vec![id])], [Value::from(id)]);
        let amounts = event.amounts;
        let values = [
            id.into(),
            event.id.into(),
            event.model.into(),
            event.provider.into(),
            amounts.input_tokens.into(),
            amounts.cached_input_tokens.into(),
            amounts.output_tokens.into(),
            amounts.reasoning_tokens.into(),
            amounts.cost_micros.into(),
            event.is_computed.into(),
            wall_ms.into(),
            quarter(wall_ms).into(),
        ];
        let said: [(&str, &[Value<'_>]); 3] = [(&self.gate(), &[]), (HOLD, &ids), (&add_sql(), &values)];
        let rows = self.write_each(false, &said, &[(&USED.replace("{models}", MODELS), &by_id)])?;
        let row = rows.last().and_then(|rows| rows.first());
        Ok(row.map(|row| of_all(&models_of(&Reader::of(row).text()))))
    }
}

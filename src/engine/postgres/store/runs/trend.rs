//! How runs went: the server adds them up by series and bucket, whose bounds it is given. The durations come one by one, and the model
//! makes quantiles of them.

use tokio_postgres::Row;

use super::list::{IS_OF, ON_BRANCH, asked};
use super::pruned_days;
use super::reader::Reader;
use crate::engine::postgres::client::Step;
use crate::engine::postgres::client::value::Value;
use crate::engine::postgres::store::Store;
use crate::engine::series::{Series, archived_name, buckets_of};
use crate::engine::{By, TrendFilter, Trends};
use crate::error::Result;
use crate::model::trend::totals::Known;
use crate::model::trend::{Buckets, Totals};
use crate::rows::Batch;

/// Sums come as text: they may be wider than an integer.
const ADDED_UP: &str = "SELECT key, archive, bucket, count(*), count(*) FILTER (WHERE status = 'succeeded'), \
       count(*) FILTER (WHERE status = 'failed'), array_agg(took) FILTER (WHERE took IS NOT NULL), \
       count(input), sum(input)::text, count(output), sum(output)::text, count(cost), sum(cost)::text \
     FROM (SELECT {key} AS key, {archive} AS archive, ({buckets})[pg_catalog.width_bucket(r.finished_at, {starts})] AS bucket, \
       CASE WHEN r.started_at IS NOT NULL THEN greatest(r.duration_ms, 0) END AS took, r.status, {of}.input_tokens - least({of}.input_tokens, 0) AS input, \
       {of}.output_tokens - least({of}.output_tokens, 0) AS output, {of}.cost_micros - least({of}.cost_micros, 0) AS cost \
       FROM {s}.runs AS r{joined} WHERE {conditions}) AS ended GROUP BY key, archive, bucket";
/// The archived worktrees that are asked for: each has a series, whether it has runs or not.
const ARCHIVED: &str =
    " UNION ALL SELECT m.id, m.key, NULL, 0, 0, 0, NULL, 0, NULL, 0, NULL, 0, NULL FROM {s}.archived({ids}) AS m";
/// Every worktree, and its key in the archive: 0 on the board.
const WORKTREES: &str = "(SELECT id, 0::bigint AS archive, branch_name FROM {s}.worktrees \
     UNION ALL SELECT id, key, branch_name FROM {s}.archived_worktrees WHERE restored_at IS NULL)";

/// So that nothing is pruned between the two statements.
const IN_ONE_STATE: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

impl Trends for Store {
    fn trend(&self, asked: &TrendFilter<'_>, batch: &mut Batch) -> Result<()> {
        self.check_open()?;
        let buckets = buckets_of(asked)?;
        let mut series = Series::new(&buckets);
        let (sql, values) = added_up(asked, &buckets);
        let sql = self.expanded(&sql);
        let days = pruned_days::days(asked, &buckets).map(|(sql, values)| (self.expanded(&sql), values));
        let mut steps = vec![Step::Statement(&sql, &values)];
        steps.extend(days.as_ref().map(|(sql, values)| Step::Statement(sql, values)));
        let mut rows = self.read_together(IN_ONE_STATE, &steps)?.into_iter();
        let mut archived = Vec::new();
        for row in rows.next().unwrap_or_default() {
            archived.extend(add(&row, &mut series)?);
        }
        for row in rows.next().unwrap_or_default() {
            pruned_days::add(&row, asked.by, &mut series)?;
        }
        for name in named(asked).into_iter().filter(|name| !archived.iter().any(|id| id == name)) {
            series.begin(name, asked.by.map(|_| name.to_owned()))?;
        }
        batch.push_text(series.told().as_bytes());
        batch.end_row();
        Ok(())
    }
}

/// The series that exist whether they have runs or not.
fn named<'a>(TrendFilter { runs, by, .. }: &TrendFilter<'a>) -> Vec<&'a str> {
    match by {
        None => vec![""],
        Some(By::Zone) => runs.zones.clone().unwrap_or_default(),
        Some(By::Agent) => runs.agents.clone().unwrap_or_default(),
        Some(By::Worktree) => runs.worktrees.clone().unwrap_or_default(),
        Some(By::Model) => runs.model.into_iter().collect(),
        Some(By::Branch) => runs.branch.into_iter().collect(),
    }
}

/// The statement, and its values.
fn added_up<'a>(TrendFilter { runs, by, .. }: &TrendFilter<'a>, buckets: &Buckets) -> (String, Vec<Value<'a>>) {
    let mut asked = asked(runs);
    asked.and("r.finished_at >= ?", buckets.from);
    asked.and("r.finished_at < ?", buckets.to);
    let mut joined = Vec::new();
    if *by == Some(By::Branch) {
        joined.push(format!(" JOIN {WORKTREES} AS w ON r.worktree_id = w.id AND coalesce(r.archive, 0) = w.archive"));
    }
    if let Some(branch) = runs.branch {
        joined.push(format!(" JOIN {} AS o ON {IS_OF}", ON_BRANCH.replace('?', &asked.value(branch))));
    }
    // Only what was used of the model counts for it.
    let is_of_models = *by == Some(By::Model) || runs.model.is_some();
    if is_of_models {
        joined.push(" JOIN {s}.run_models AS u ON u.run = r.key".into());
    }
    if let (Some(model), true) = (runs.model, *by != Some(By::Model)) {
        asked.and("u.model = ?", model);
    }
    let (key, archive) = match by {
        None => ("NULL::text", "NULL::bigint"),
        Some(By::Zone) => ("r.zone_id", "NULL::bigint"),
        Some(By::Agent) => ("r.agent_type", "NULL::bigint"),
        Some(By::Worktree) => ("r.worktree_id", "r.archive"),
        Some(By::Model) => ("u.model", "NULL::bigint"),
        Some(By::Branch) => ("w.branch_name", "NULL::bigint"),
    };
    let (starts, slots) =
        buckets.stretches.iter().map(|(start, nth)| (*start, *nth as i64)).unzip::<_, _, Vec<_>, Vec<_>>();
    let mut sql = ADDED_UP
        .replace("{key}", key)
        .replace("{archive}", archive)
        .replace("{of}", if is_of_models { "u" } else { "r" })
        .replace("{joined}", &joined.concat())
        .replace("{starts}", &asked.value(starts))
        .replace("{buckets}", &asked.value(slots))
        .replace("{conditions}", &asked.text());
    if let (Some(By::Worktree), Some(ids)) = (by, &runs.worktrees) {
        sql.push_str(&ARCHIVED.replace("{ids}", &asked.value(Value::Texts(ids.clone()))));
    }
    (sql, asked.values)
}

/// Adds a row of runs to its series and bucket; or begins the series of an archived worktree, and gives its id.
fn add(row: &Row, series: &mut Series<'_>) -> Result<Option<String>> {
    let reader = Reader::of(row);
    let key = reader.text_or_null();
    let archive = reader.integer_or_null();
    let name = archive.map_or_else(|| key.clone().unwrap_or_default(), archived_name);
    series.begin(&name, key.clone())?;
    let Some(bucket) = reader.integer_or_null().and_then(|bucket| usize::try_from(bucket).ok()) else { return Ok(key) };
    let mut totals = Totals { runs: std::array::from_fn(|_| count(&reader)), ..Totals::default() };
    for length in reader.integers() {
        totals.add_length(length.max(0) as u64);
    }
    totals.used = std::array::from_fn(|_| Known { by: count(&reader), sum: sum(&reader) });
    series.join(&name, bucket, &totals);
    Ok(None)
}

fn count(reader: &Reader<'_>) -> u64 {
    reader.integer_or_null().and_then(|count| u64::try_from(count).ok()).unwrap_or_default()
}

fn sum(reader: &Reader<'_>) -> u128 {
    reader.text_or_null().and_then(|sum| sum.parse().ok()).unwrap_or_default()
}

//! What stays of pruned runs: what they come to, by days, so that trends are the same before and after.

use std::collections::BTreeMap;

use tokio_postgres::Row;

use crate::engine::dimension::{Dimension, Whose, series};
use crate::engine::postgres::client::value::{Value, cell, integer, text_of};
use crate::engine::postgres::store::Store;
use crate::engine::postgres::store::work::Work;
use crate::error::Result;
use crate::model::run::{End, Status};
use crate::model::trend::{Day, Ended, How, day};

/// Runs that are to be removed. An archived worktree's have its key in the archive.
pub(super) const ENDED: &str = "SELECT h.key, h.id, h.zone_id, h.agent_type, h.worktree_id, h.archive, h.status, h.finished_at, \
     CASE WHEN h.started_at IS NOT NULL THEN h.duration_ms END, h.input_tokens, h.output_tokens, h.cost_micros \
     FROM {s}.runs AS h WHERE h.id = ANY($1) ORDER BY h.key";
/// What each of them used of which model.
pub(super) const MODELS: &str = "SELECT m.run, m.model, m.input_tokens, m.output_tokens, m.cost_micros FROM {s}.run_models AS m \
     JOIN {s}.runs AS r ON r.key = m.run WHERE r.id = ANY($1) ORDER BY m.run, m.model";
const KEPT: &str =
    "SELECT dimension, day, key, quarters FROM {s}.rollups_kept WHERE day = ANY(string_to_array($1, ',')::bigint[])";
const KEEP: &str = "INSERT INTO {s}.rollups_kept AS k (dimension, day, key, whole, quarters) VALUES ($1, $2, $3, $4, $5) \
     ON CONFLICT (dimension, day, what) DO UPDATE SET whole = excluded.whole, quarters = excluded.quarters";

/// Days of an archived worktree, $1 and its key in the archive or NULL, that another worktree with its id has, too.
const TWICE: &str = "SELECT k.day, k.quarters, o.quarters, m.key FROM (SELECT max(key) AS key FROM {s}.archived_worktrees \
     WHERE id = $1 AND restored_at IS NULL AND ($2 IS NULL OR key = $2)) AS m \
     JOIN {s}.rollups_kept AS k ON k.dimension = 4 AND k.key = E'\\x01\\x02' || m.key \
     JOIN {s}.rollups_kept AS o ON o.dimension = 4 AND o.day = k.day AND o.what = md5($1) AND o.key = $1";
const JOIN: &str = "WITH gone AS (DELETE FROM {s}.rollups_kept WHERE dimension = 4 AND day = $3 AND what = md5($4) AND key = $4) \
     UPDATE {s}.rollups_kept SET whole = $1, quarters = $2 WHERE dimension = 4 AND day = $3 AND key = E'\\x01\\x02' || $5::bigint";

/// A model that a run used, and how much.
type Used = (String, [Option<i64>; 3]);
/// A dimension, a day and a key.
type DayOf = (Dimension, i64, String);

/// Adds what runs come to, as `ENDED` and `MODELS` have read it, to what is kept.
pub(super) fn keep(work: &Work<'_>, runs: &[Row], models: &[Row]) -> Result<()> {
    let mut used: BTreeMap<i64, Vec<Used>> = BTreeMap::new();
    for row in models {
        let amounts = [2, 3, 4].map(|column| cell(row, column).map(|cell| cell.integer()));
        used.entry(integer(row, 0)).or_default().push((text_of(row, 1).unwrap_or_default(), amounts));
    }
    let mut changed: BTreeMap<DayOf, Vec<Ended>> = BTreeMap::new();
    for row in runs {
        let Some(ended) = ended(row) else { continue };
        let [zone, agent, mut worktree] = [2, 3, 4].map(|column| text_of(row, column).unwrap_or_default());
        if let Some(key) = cell(row, 5) {
            worktree = format!("\u{1}{}", key.integer());
        }
        let whose = Whose { zone: &zone, agent: &agent, worktree: &worktree };
        let models = used.get(&integer(row, 0)).map(Vec::as_slice).unwrap_or_default();
        for (dimension, key, ended) in series(&ended, whose, models.iter().map(|(model, used)| (model.as_str(), *used)))
        {
            changed.entry((dimension, day::place(ended.at).0, key.to_owned())).or_default().push(ended);
        }
    }
    if changed.is_empty() {
        return Ok(());
    }
    let mut days: Vec<String> = changed.keys().map(|(_, day, _)| day.to_string()).collect();
    days.dedup();
    let rows = work.ask(&[(KEPT, &[days.join(",").into()])])?.pop().unwrap_or_default();
    let mut kept: BTreeMap<(i64, i64, String), Day> = BTreeMap::new();
    for row in &rows {
        let bytes = cell(row, 3).map(|cell| cell.bytes().to_vec()).unwrap_or_default();
        let of = (integer(row, 0), integer(row, 1), text_of(row, 2).unwrap_or_default());
        kept.insert(of, Day::read(&bytes).unwrap_or_default());
    }
    for ((dimension, number, key), all) in changed {
        let mut day = kept.remove(&(dimension as i64, number, key.clone())).unwrap_or_default();
        for ended in &all {
            day.add(ended);
        }
        let (whole, quarters) = day.bytes();
        let values =
            vec![(dimension as i64).into(), number.into(), key.into(), Value::Bytes(whole), Value::Bytes(quarters)];
        work.later(KEEP, values);
    }
    Ok(())
}

impl Store {
    /// Joins an archived worktree's days of pruned runs with those that another worktree with its id has. Within a transaction that writes alone.
    pub(in crate::engine::postgres::store) fn join_kept_days(&self, id: &str, key: Option<i64>) -> Result<()> {
        let mut joined = Vec::new();
        for row in self.read(TWICE, &[id.into(), key.into()])? {
            let [mut day, other] =
                [1, 2].map(|column| cell(&row, column).and_then(|cell| Day::read(cell.bytes())).unwrap_or_default());
            day.join(&other);
            let (whole, quarters) = day.bytes();
            joined.push([
                Value::Bytes(whole),
                Value::Bytes(quarters),
                integer(&row, 0).into(),
                id.into(),
                integer(&row, 3).into(),
            ]);
        }
        let statements: Vec<(&str, &[Value<'_>])> = joined.iter().map(|values| (JOIN, &values[..])).collect();
        self.write_all(true, &statements)
    }
}

/// What a run adds; `None` where it has no time of ending.
fn ended(row: &Row) -> Option<Ended> {
    let number = |column| cell(row, column).map(|cell| cell.integer());
    let how = match Status::from_word(&text_of(row, 6).unwrap_or_default()) {
        Some(Status::Ended(End::Succeeded)) => How::Succeeded,
        Some(Status::Ended(End::Failed)) => How::Failed,
        _ => How::Otherwise,
    };
    Some(Ended { at: number(7)?, how, duration_ms: number(8), used: [number(9), number(10), number(11)] })
}

//! Whether the rollups (version 6) agree with the history.

use std::collections::BTreeMap;

use rusqlite::Connection;

use crate::error::Result;
use crate::model::trend::Day;

/// Runs of each series by day of UTC: how many, how many succeeded, how long they took.
const HISTORY: &str = "WITH ended AS MATERIALIZED (SELECT h.at, h.key, zone_id, agent_type, worktree_id, status = 3 AS succeeded, duration_ms, \
       (finished_at - ((finished_at % 86400000) + 86400000) % 86400000) / 86400000 AS day FROM main.history AS h WHERE finished_at IS NOT NULL) \
   SELECT 0, day, '', count(*), sum(succeeded), total(max(duration_ms, 0)) FROM ended GROUP BY day \
   UNION ALL SELECT 1, day, zone_id, count(*), sum(succeeded), total(max(duration_ms, 0)) FROM ended GROUP BY day, zone_id \
   UNION ALL SELECT 2, day, agent_type, count(*), sum(succeeded), total(max(duration_ms, 0)) FROM ended GROUP BY day, agent_type \
   UNION ALL SELECT 3, day, m.model, count(*), sum(succeeded), total(max(duration_ms, 0)) \
     FROM ended AS e JOIN main.history_models AS m ON m.at = e.at AND m.key = e.key GROUP BY day, m.model \
   UNION ALL SELECT 4, day, worktree_id, count(*), sum(succeeded), total(max(duration_ms, 0)) FROM ended GROUP BY day, worktree_id";

const ROLLUPS: &str = "SELECT dimension, day, key, quarters FROM main.rollups";

/// A day of a series.
type DayOf = (i64, i64, String);

/// What is wrong, a sentence. Reads all of it.
pub fn check(connection: &Connection) -> Result<Option<String>> {
    let mut right: BTreeMap<DayOf, (i64, i64, f64)> = BTreeMap::new();
    let mut statement = connection.prepare(HISTORY)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let of = (row.get(0)?, row.get(1)?, row.get(2)?);
        right.insert(of, (row.get(3)?, row.get(4)?, row.get(5)?));
    }
    let mut wrong = 0;
    let mut statement = connection.prepare(ROLLUPS)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let of: DayOf = (row.get(0)?, row.get(1)?, row.get(2)?);
        let day = row.get_ref(3)?.as_blob().ok().and_then(Day::read);
        let has = day.map(|day| {
            day.quarters().fold((0, 0, 0.0), |(runs, succeeded, took), (_, totals)| {
                (runs + totals.runs[0] as i64, succeeded + totals.runs[1] as i64, took + totals.took as f64)
            })
        });
        wrong += i64::from(has.is_none() || right.remove(&of) != has);
    }
    wrong += right.len() as i64;
    Ok((wrong > 0).then(|| format!("rollups have other runs than the history on {wrong} days of a series")))
}

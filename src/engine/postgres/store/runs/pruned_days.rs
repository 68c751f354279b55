//! What pruned runs came to, kept by days (`store/pruning/totals.rs`): a trend of one dimension adds them to what its runs say.

use tokio_postgres::Row;

use super::list::ON_BRANCH;
use crate::engine::dimension::{Dimension, asked_for};
use crate::engine::postgres::client::value::{Value, cell, integer, text_of};
use crate::engine::postgres::store::conditions::Conditions;
use crate::engine::series::{OfDay, Series};
use crate::engine::{By, TrendFilter};
use crate::error::{Error, Result};
use crate::model::trend::day::{self, Stored};
use crate::model::trend::{Buckets, Day};

/// The history of an archived worktree, `a`, with the escape of text.
const ARCHIVED: &str = "E'\\x01\\x02' || a.key";

/// The days of a trend, as SQL with its values; `None` where they can't tell.
pub(super) fn days<'a>(
    TrendFilter { runs, by, .. }: &TrendFilter<'a>,
    buckets: &Buckets,
) -> Option<(String, Vec<Value<'a>>)> {
    let by_worktree = runs.worktrees.is_some() || runs.branch.is_some();
    let (dimension, is_of_some) = asked_for(runs, by_worktree, *by).filter(|_| buckets.from < buckets.to)?;
    let mut asked = Conditions::default();
    asked.and("k.dimension = ?", dimension as i64);
    asked.and("k.day >= ?", day::place(buckets.from).0);
    asked.and("k.day <= ?", day::place(buckets.to - 1).0);
    if is_of_some {
        match dimension {
            Dimension::All => {}
            Dimension::Zone => asked.among("k.key = ANY (?)", runs.zones.as_deref()),
            Dimension::Agent => asked.among("k.key = ANY (?)", runs.agents.as_deref()),
            Dimension::Model => asked.among("k.key = ANY (?)", runs.model.as_ref().map(std::slice::from_ref)),
            Dimension::Worktree => {
                if let Some(ids) = &runs.worktrees {
                    // A reused id stands for the worktree that has it now.
                    asked.and(
                        &format!(
                            "(k.key = ANY (?) AND k.key <> ALL (ARRAY(SELECT a.id FROM {{s}}.archived(?) AS a)) \
                             OR k.key = ANY (ARRAY(SELECT {ARCHIVED} FROM {{s}}.archived(?) AS a)))"
                        ),
                        Value::Texts(ids.clone()),
                    );
                }
                if let Some(branch) = runs.branch {
                    let of = ON_BRANCH.replace('?', &asked.value(branch)).replace(" AS archive", " AS key");
                    asked.also(format!(
                        "k.key = ANY (ARRAY(SELECT CASE a.key WHEN 0 THEN a.id ELSE {ARCHIVED} END FROM {of} AS a))"
                    ));
                }
            }
        }
    }
    let sql = format!(
        "SELECT k.day, k.key, coalesce(a.id, k.key), coalesce(w.branch_name, a.branch_name), k.whole, k.quarters FROM {{s}}.rollups_kept AS k \
         LEFT JOIN {{s}}.worktrees AS w ON k.dimension = 4 AND w.id = k.key \
         LEFT JOIN {{s}}.archived_worktrees AS a ON k.dimension = 4 AND k.key = {ARCHIVED} WHERE {}",
        asked.text()
    );
    Some((sql, asked.values))
}

/// Adds a day to its series. The series begins with it if the day has any run in the trend's time.
pub(super) fn add(row: &Row, by: Option<By>, series: &mut Series<'_>) -> Result<()> {
    let [key, called, branch] = [1, 2, 3].map(|column| text_of(row, column));
    let named = match by {
        None => Some((String::new(), None)),
        // Nobody knows the branch of a worktree that is gone.
        Some(By::Branch) => branch.map(|branch| (branch.clone(), Some(branch))),
        Some(_) => key.map(|key| (key, called)),
    };
    let Some((name, called)) = named else { return Ok(()) };
    let bytes = |column| cell(row, column).map(|cell| cell.bytes()).unwrap_or_default();
    let stored = Stored { whole: bytes(4), quarters: bytes(5) };
    // Quarters that a bucket cuts count in the bucket in which they begin.
    let plan = series.plan(integer(row, 0), true);
    if !series.has(&name) {
        let day = Day::read(stored.quarters).ok_or_else(damaged)?;
        if !day.quarters().any(|(quarter, _)| plan.takes(quarter)) {
            return Ok(());
        }
        series.begin(&name, called)?;
    }
    series.add_day(&name, &plan, &OfDay::Stored(stored)).ok_or_else(damaged)
}

fn damaged() -> Error {
    Error::internal("what pruned runs came to can't be read: rollups_kept")
}

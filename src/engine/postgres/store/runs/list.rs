//! Lists of runs: a page begins behind a position in the order that is asked for, along an index for that order.

use super::columns::{FROM, Found, columns, read};
use super::load::push_recorded;
use crate::engine::postgres::client::value::Value;
use crate::engine::postgres::store::Store;
use crate::engine::postgres::store::conditions::Conditions;
use crate::engine::run::cells::{push, push_brief, push_summary};
use crate::engine::{RunFilter, RunOrder, RunsAfter};
use crate::error::Result;
use crate::rows::Batch;

/// The first time that JavaScript has: runs without a readable time are before it.
const FIRST_TIME: i64 = -8_640_000_000_000_000;

/// The worktrees on a branch, `?`, and their keys in the archive: 0 on the board.
pub(super) const ON_BRANCH: &str = "(SELECT id, 0::bigint AS archive FROM {s}.worktrees WHERE branch_name = ? \
     UNION ALL SELECT id, key FROM {s}.archived_worktrees WHERE branch_name = ? AND restored_at IS NULL)";
/// Whether a run belongs to one of these, `o`.
pub(super) const IS_OF: &str = "r.worktree_id = o.id AND coalesce(r.archive, 0) = o.archive";

impl Store {
    /// Appends the runs behind a position, at most `most`, each followed by its own position.
    pub(super) fn runs_behind(
        &self,
        filter: &RunFilter<'_>,
        after: RunsAfter,
        most: usize,
        batch: &mut Batch,
    ) -> Result<()> {
        self.check_open()?;
        let mut asked = asked(filter);
        let value = match filter.order {
            RunOrder::Newest | RunOrder::Oldest => None,
            RunOrder::Longest => Some("r.duration_ms"),
            RunOrder::Costliest => Some("r.cost_micros"),
        };
        let (sign, way) = if filter.order == RunOrder::Oldest { (">", "") } else { ("<", " DESC") };
        let columns_of_order: Vec<&str> = value.into_iter().chain(["r.created_at", "r.key"]).collect();
        let behind: Vec<i64> = value.map(|_| after.value).into_iter().chain([after.at, after.key]).collect();
        let places: Vec<String> = behind.into_iter().map(|value| asked.value(value)).collect();
        asked.also(format!("({}) {sign} ({})", columns_of_order.join(", "), places.join(", ")));
        if filter.branch.is_some() {
            asked.also(IS_OF);
        }
        let limit = asked.value(most as i64);
        let ordered = |of: &[&str]| of.iter().map(|column| format!("{column}{way}")).collect::<Vec<_>>().join(", ");
        let page = format!(
            "SELECT {}, {} AS by_value, r.created_at AS by_time, r.key AS by_key FROM {FROM} \
             WHERE NOT (r.executed AND e.id IS NULL) AND {} ORDER BY {} LIMIT {limit}",
            columns(filter.full),
            value.unwrap_or("0::bigint"),
            asked.text(),
            ordered(&columns_of_order)
        );
        // A page for each worktree on a branch, along its own index, and the first of these: the server can't estimate how many runs the
        // worktrees have, which it finds only while it runs.
        let sql = match filter.branch {
            Some(branch) => format!(
                "SELECT r.* FROM {} AS o, LATERAL ({page}) AS r ORDER BY {} LIMIT {limit}",
                ON_BRANCH.replace('?', &asked.value(branch)),
                ordered(&["by_value", "by_time", "by_key"])
            ),
            None => page,
        };
        for row in self.read(&sql, &asked.values)? {
            let (found, reader) = read(&row);
            let Some(found) = found else { continue };
            push_listed(&found, filter.full, batch);
            for _ in 0..3 {
                batch.push_integer(reader.integer(), false);
            }
            batch.end_row();
        }
        Ok(())
    }
}

/// Appends the cells of a run in a list.
pub fn push_listed(found: &Found, full: bool, batch: &mut Batch) {
    let Found { record, recorded_at } = found;
    match recorded_at {
        Some(made) if full => push_recorded(batch, record, made, true),
        Some(made) => {
            let texts = [&record.id, &record.zone_id, &record.worktree_id, &record.agent_type].map(String::as_str);
            push_brief(batch, texts, record.life.status(), made, &record.usage, record.metadata.as_deref());
        }
        None if full => push(batch, record),
        None => push_summary(batch, record),
    }
}

/// The same, and only runs on the branch of the filter.
pub fn asked_on_branch<'a>(filter: &RunFilter<'a>) -> Conditions<'a> {
    let mut asked = asked(filter);
    if let Some(branch) = filter.branch {
        let of = ON_BRANCH.replace('?', &asked.value(branch));
        asked.also(format!("EXISTS (SELECT 1 FROM {of} AS o WHERE {IS_OF})"));
    }
    asked
}

/// The conditions of a filter, but for its branch.
pub(super) fn asked<'a>(filter: &RunFilter<'a>) -> Conditions<'a> {
    let mut asked = Conditions::default();
    asked.among("r.zone_id = ANY (?)", filter.zones.as_deref());
    if let Some(ids) = &filter.worktrees {
        asked.among("r.worktree_id = ANY (?)", Some(ids));
        // A reused id stands for the worktree that has it now.
        asked.and(
            "(r.archive IS NULL AND r.worktree_id <> ALL (ARRAY(SELECT m.id FROM {s}.archived(?) AS m)) \
             OR r.archive = ANY (ARRAY(SELECT m.key FROM {s}.archived(?) AS m)))",
            Value::Texts(ids.clone()),
        );
    }
    match filter.agents.as_deref() {
        // The index is on a hash, since a name may be too long for an index.
        Some([agent]) => {
            asked.and("hashtextextended(r.agent_type, 0) = hashtextextended(? COLLATE \"C\", 0)", *agent);
            asked.and("r.agent_type = ?", *agent);
        }
        agents => asked.among("r.agent_type = ANY (?)", agents),
    }
    asked.among("r.status = ANY (?)", filter.statuses.as_deref());
    if let Some([status]) = filter.statuses.as_deref()
        && *status != "succeeded"
    {
        asked.also("r.status <> 'succeeded'");
    }
    if let Some(model) = filter.model {
        asked.and("EXISTS (SELECT 1 FROM {s}.run_models AS u WHERE u.run = r.key AND u.model = ?)", model);
    }
    if let Some(parent) = filter.parent {
        asked.and("r.parent_run_id = ?", parent);
    }
    let bounded = filter.since.is_some() || filter.until.is_some();
    if let Some(since) = filter.since.or(bounded.then_some(FIRST_TIME)) {
        asked.and("r.created_at >= ?", since);
    }
    if let Some(until) = filter.until {
        asked.and("r.created_at <= ?", until);
    }
    if let Some((from, to)) = filter.span() {
        asked.and("r.finished_at >= ?", from);
        asked.and("r.finished_at <= ?", to);
    }
    if let Some(least) = filter.least_ms {
        asked.and("r.duration_ms >= ?", least);
    }
    if filter.least_ms.is_some() || filter.order == RunOrder::Longest {
        asked.also("r.finished_at IS NOT NULL AND r.started_at IS NOT NULL");
    }
    if filter.order == RunOrder::Costliest {
        asked.also("r.finished_at IS NOT NULL AND r.cost_micros IS NOT NULL");
    }
    asked
}

//! Removing runs with all that belongs to them; they count as before.

use tokio_postgres::Row;

use super::totals::{self, ENDED, MODELS};
use crate::engine::postgres::client::value::{Value, integer};
use crate::engine::postgres::store::work::Work;
use crate::error::Result;

/// The bytes of their texts.
const BYTES: &str = "SELECT coalesce(sum(bytes), 0)::bigint FROM ( \
     SELECT octet_length(prompt) + coalesce(octet_length(result), 0) AS bytes FROM {s}.zone_executions WHERE id = ANY($1) \
     UNION ALL SELECT octet_length(prompt) + coalesce(octet_length(result), 0) FROM {s}.archived_executions WHERE id = ANY($1) \
     UNION ALL SELECT coalesce(octet_length(prompt), 0) + coalesce(octet_length(result), 0) FROM {s}.runs WHERE id = ANY($1) \
     UNION ALL SELECT o.length FROM {s}.run_output AS o JOIN {s}.runs AS r ON r.key = o.run WHERE r.id = ANY($1)) AS texts";
/// Adds them to what was pruned of their worktree, zone and agent.
const COUNT: &str = "INSERT INTO {s}.executions_pruned AS p (worktree_id, zone_id, agent_type, total, successful, failed) \
     SELECT worktree_id, zone_id, agent_type, count(*), count(*) FILTER (WHERE success = 1), count(*) FILTER (WHERE success = 0) FROM ( \
       SELECT worktree_id, zone_id, agent_type, success FROM {s}.zone_executions WHERE id = ANY($1) \
       UNION ALL SELECT w.history, e.zone_id, e.agent_type, e.success FROM {s}.archived_executions AS e \
       JOIN {s}.archived_worktrees AS w ON w.key = e.archive WHERE e.id = ANY($1)) AS gone GROUP BY 1, 2, 3 \
     ON CONFLICT (what) DO UPDATE SET total = p.total + excluded.total, successful = p.successful + excluded.successful, \
     failed = p.failed + excluded.failed";
const COUNT_ARCHIVED: &str = "UPDATE {s}.archived_worktrees AS a SET executions = a.executions - gone.count \
     FROM (SELECT archive, count(*) AS count FROM {s}.archived_executions WHERE id = ANY($1) GROUP BY archive) AS gone WHERE a.key = gone.archive";

/// Removes runs that are held: how many, and the bytes of their texts.
pub(super) fn remove(work: &Work<'_>, ids: &[String]) -> Result<(i64, i64)> {
    let names = [Value::from_texts(ids)];
    let answers = work.ask(&[(ENDED, &names), (MODELS, &names), (BYTES, &names)])?;
    let [ended, models, bytes] = <[Vec<Row>; 3]>::try_from(answers).unwrap_or_default();
    totals::keep(work, &ended, &models)?;
    work.later(COUNT, names.to_vec());
    work.later(COUNT_ARCHIVED, names.to_vec());
    for table in ["archived_executions", "zone_executions", "runs"] {
        work.later(&format!("DELETE FROM {{s}}.{table} WHERE id = ANY($1)"), names.to_vec());
    }
    Ok((ids.len() as i64, bytes.first().map_or(0, |row| integer(row, 0))))
}

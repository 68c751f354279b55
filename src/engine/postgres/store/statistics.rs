//! Counts.

use super::Store;
use crate::engine::{Mended, Statistics};
use crate::error::Result;
use crate::model::{Field, Given, rules};
use crate::rows::Batch;

/// The executions on the board and in the archive, and those that were pruned, which still count. Those of an archived worktree are
/// under the name of its history.
const OF_EXECUTIONS: &str = "SELECT coalesce(sum(total), 0)::bigint, coalesce(sum(successful), 0)::bigint, coalesce(sum(failed), 0)::bigint, \
     count(DISTINCT agent_type) FROM (SELECT agent_type, count(*) AS total, count(*) FILTER (WHERE success = 1) AS successful, \
     count(*) FILTER (WHERE success = 0) AS failed FROM (\
     SELECT success, agent_type FROM {s}.zone_executions WHERE ($1 IS NULL OR zone_id = $1) AND ($2 IS NULL OR worktree_id = $2) \
     UNION ALL SELECT success, agent_type FROM {s}.archived_executions WHERE ($1 IS NULL OR zone_id = $1) \
     AND ($2 IS NULL OR archive = (SELECT key FROM {s}.archived(ARRAY[$2])))) AS e GROUP BY agent_type \
     UNION ALL SELECT agent_type, total, successful, failed FROM {s}.executions_pruned WHERE ($1 IS NULL OR zone_id = $1) \
     AND ($2 IS NULL OR worktree_id = $2 OR worktree_id = (SELECT w.history FROM {s}.archived(ARRAY[$2]) AS a JOIN {s}.archived_worktrees AS w ON w.key = a.key))) AS counted";
const OF_ALL: &str = "SELECT (SELECT count(*) FROM {s}.worktrees), (SELECT count(*) FROM {s}.zones), \
     (SELECT count(*) FROM {s}.worktree_zones), (SELECT count(*) FROM {s}.zone_executions) + (SELECT count(*) FROM {s}.archived_executions)";

impl Statistics for Store {
    fn execution_stats(&self, zone: Given<'_>, worktree: Given<'_>, batch: &mut Batch) -> Result<()> {
        self.check_open()?;
        let zone = rules::filter(Field::new("getExecutionStats", "zoneId"), zone)?;
        let worktree = rules::filter(Field::new("getExecutionStats", "worktreeId").behind(1), worktree)?;
        self.list(OF_EXECUTIONS, &[zone.into(), worktree.into()], batch).map(drop)
    }

    fn stats(&self, batch: &mut Batch) -> Result<()> {
        // Counting takes long, so the answer is kept as lists are.
        self.list(OF_ALL, &[], batch).map(drop)
    }

    fn take_mended(&self) -> Option<Mended> {
        None
    }
}

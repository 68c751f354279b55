//! Counts. They are kept with the rows by triggers (version 3 of the schema), so they cost the same at any size.

use super::Store;
use super::queries::Query;
use crate::error::Result;
use crate::model::{Field, Given, rules};
use crate::sqlite::{Bind, Frame};

/// The version of the schema that has the tables of counts.
const COUNTS: u32 = 3;

impl Store {
    /// One row: total, successful, failed, agents; of all runs, a zone's, a worktree's or both's.
    ///
    /// # Errors
    /// A `TypeError` for an id that is no string.
    pub fn execution_stats(&self, zone: Given<'_>, worktree: Given<'_>, frame: &mut Frame) -> Result<()> {
        self.connection.check_idle()?;
        let zone = rules::filter(Field::new("getExecutionStats", "zoneId"), zone)?;
        let worktree = rules::filter(Field::new("getExecutionStats", "worktreeId"), worktree)?;
        if self.version < COUNTS {
            return self.get(Query::CountExecutions, &[or_null(zone), or_null(worktree)], frame);
        }
        match (zone, worktree) {
            (None, None) => self.get(Query::ExecutionStats, &[], frame),
            (Some(zone), None) => self.get(Query::ExecutionStatsOfZone, &[Bind::Text(zone)], frame),
            (None, Some(worktree)) => self.get(Query::ExecutionStatsOfWorktree, &[Bind::Text(worktree)], frame),
            (Some(zone), Some(worktree)) => {
                self.get(Query::ExecutionStatsOfBoth, &[Bind::Text(zone), Bind::Text(worktree)], frame)
            }
        }
    }

    /// One row: worktrees, zones, assignments, executions.
    ///
    /// # Errors
    /// SQLite's error.
    pub fn stats(&self, frame: &mut Frame) -> Result<()> {
        self.get(if self.version < COUNTS { Query::CountRows } else { Query::Stats }, &[], frame)
    }
}

fn or_null(id: Option<&str>) -> Bind<'_> {
    id.map_or(Bind::Null, Bind::Text)
}

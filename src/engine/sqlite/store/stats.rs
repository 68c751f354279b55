//! Counts. They are kept with the rows by triggers (version 3 of the schema), so they cost the same at any size.

use super::Store;
use super::counts::Counts;
use super::queries::Query;
use crate::engine::sqlite::driver::Bind;
use crate::error::Result;
use crate::model::{Field, Given, rules};
use crate::rows::Frame;

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
        let summary = {
            let _busy = self.connection.enter();
            self.summary(zone, worktree)?
        };
        let Counts { total, successful, failed } = summary.counts;
        push_row(frame, &[total, successful, failed, summary.agents]);
        Ok(())
    }

    /// One row: worktrees, zones, assignments, executions.
    ///
    /// # Errors
    /// SQLite's error.
    pub fn stats(&self, frame: &mut Frame) -> Result<()> {
        self.connection.check_idle()?;
        if self.version < COUNTS {
            return self.get(Query::CountRows, &[], frame);
        }
        let _busy = self.connection.enter();
        let row = self.in_snapshot(|| {
            let small = self.statement(Query::CountSmall)?;
            small.step()?;
            let [worktrees, zones, assignments] = [0, 1, 2].map(|column| small.integer(column));
            small.reset();
            Ok([worktrees, zones, assignments, self.total()?])
        })?;
        push_row(frame, &row);
        Ok(())
    }
}

fn push_row(frame: &mut Frame, values: &[i64]) {
    for value in values {
        frame.push_integer(*value, false);
    }
    frame.end_row();
}

fn or_null(id: Option<&str>) -> Bind<'_> {
    id.map_or(Bind::Null, Bind::Text)
}

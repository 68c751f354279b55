//! Counts of rows. Triggers keep them with the rows (version 3 of the schema), so they cost the same at any size. The rows are
//! counted only where the counts may be wrong and can't be mended.

use super::Store;
use super::counts_stand::By;
use super::queries::Query;
use super::tail::Counts;
use crate::engine::sqlite::driver::Bind;
use crate::engine::{Mended, Statistics};
use crate::error::Result;
use crate::model::{Field, Given, rules};
use crate::rows::Batch;

impl Statistics for Store {
    fn execution_stats(&self, zone: Given<'_>, worktree: Given<'_>, batch: &mut Batch) -> Result<()> {
        self.connection.check_idle()?;
        let zone = rules::filter(Field::new("getExecutionStats", "zoneId"), zone)?;
        let worktree = rules::filter(Field::new("getExecutionStats", "worktreeId").behind(1), worktree)?;
        let Some(summary) = self.summary(zone, worktree)? else {
            return self.get(Query::CountExecutions, &[or_null(zone), or_null(worktree)], batch);
        };
        let Counts { total, successful, failed } = summary.counts;
        push_row(batch, &[total, successful, failed, summary.agents]);
        Ok(())
    }

    fn stats(&self, batch: &mut Batch) -> Result<()> {
        self.connection.check_idle()?;
        let row = self.read_counts(|note| {
            let Some(logged) = self.logged(note)? else { return Ok(None) };
            let small = self.statement(Query::CountSmall)?;
            small.step()?;
            let [worktrees, zones, assignments, folded, pruned] = [0, 1, 2, 3, 4].map(|column| small.integer(column));
            let has_counts = !small.is_null(3);
            small.reset();
            let stands = has_counts || self.is_rightly_silent(By::Zone, note);
            Ok(stands.then_some([worktrees, zones, assignments, folded + logged - pruned]))
        })?;
        let Some(row) = row else { return self.get(Query::CountRows, &[], batch) };
        push_row(batch, &row);
        Ok(())
    }

    fn take_mended(&self) -> Option<Mended> {
        self.judged.take_mended()
    }
}

fn push_row(batch: &mut Batch, values: &[i64]) {
    for value in values {
        batch.push_integer(*value, false);
    }
    batch.end_row();
}

fn or_null(id: Option<&str>) -> Bind<'_> {
    id.map_or(Bind::Null, Bind::Text)
}

//! Counts of executions: the tables that triggers keep, and what the log of changes adds to them.
//!
//! Each change appends a row to the log; each 8,192nd folds it into the tables (`schema/0003_changes.up.sql`). Reading all
//! that is not in them for every call would cost as much as it is long, so what was read is kept here, added up, and only
//! the rows behind it are read. A row's random stamp tells whether the log before it is still the same.

use super::Store;
use super::queries::Query;
use super::tail::{Counts, Summary, Tail, at};
use crate::engine::sqlite::driver::Bind;
use crate::error::Result;

impl Store {
    /// The counts of a zone, a worktree, both or all; `None` where they may be wrong.
    pub(super) fn summary(&self, zone: Option<&str>, worktree: Option<&str>) -> Result<Option<Summary>> {
        self.read_counts(|| {
            self.read_log()?;
            self.add_up(zone, worktree)
        })
    }

    /// How many executions there are, for a caller that reads a snapshot.
    pub(super) fn total(&self) -> Result<i64> {
        self.read_log()?;
        let folded = self.statement(Query::TotalOfAll)?;
        folded.step()?;
        let total = folded.integer(0) + self.tail.borrow().of_all.values().map(|counts| counts.total).sum::<i64>();
        folded.reset();
        Ok(total)
    }

    /// Brings the tail up to date.
    fn read_log(&self) -> Result<()> {
        let log = self.statement(Query::ReadLog)?;
        let mut tail = self.tail.borrow_mut();
        let known = tail.read_to;
        log.bind(0, Bind::Integer(known.map_or(i64::MIN, |(seq, _)| seq)))?;
        let mut row = log.step()?;
        if known.is_some() {
            let found = row.then(|| (log.integer(0), log.integer(1)));
            if found == known {
                row = log.step()?;
            } else {
                // It was folded, or what was read was rolled back, or the file was restored.
                *tail = Tail::default();
                log.reset();
                log.bind(0, Bind::Integer(i64::MIN))?;
                row = log.step()?;
            }
        }
        while row {
            let (read, undecided, count) = ((log.integer(0), log.integer(1)), log.integer(2) != 0, log.integer(6));
            if count != 0 {
                let counts =
                    Counts { total: count, successful: count * log.integer(7), failed: count * log.integer(8) };
                tail.add(&log.text(3), &log.text(4), &log.text(5), counts);
            }
            row = log.step()?;
            // The next row decides whether this one counts, so it is read again as long as there is none.
            if row || !undecided {
                tail.read_to = Some(read);
            }
        }
        log.reset();
        Ok(())
    }

    fn add_up(&self, zone: Option<&str>, worktree: Option<&str>) -> Result<Summary> {
        let tail = self.tail.borrow();
        let recent = tail.of(zone, worktree);
        let (query, values) = match (zone, worktree) {
            (None, None) => (Query::CountsOfAll, vec![]),
            (Some(zone), None) => (Query::CountsOfZone, vec![Bind::Text(zone)]),
            (None, Some(worktree)) => (Query::CountsOfWorktree, vec![Bind::Text(worktree)]),
            (Some(zone), Some(worktree)) => (Query::CountsOfBoth, vec![Bind::Text(zone), Bind::Text(worktree)]),
        };
        let statement = self.statement(query)?;
        statement.bind_all(values)?;
        let mut by_agent = recent.cloned().unwrap_or_default();
        while statement.step()? {
            let counts =
                Counts { total: statement.integer(1), successful: statement.integer(2), failed: statement.integer(3) };
            at(&mut by_agent, &statement.text(0), |known| known.add(counts));
        }
        statement.reset();
        let mut summary = Summary::default();
        for counts in by_agent.values() {
            summary.counts.add(*counts);
            summary.agents += i64::from(counts.total > 0);
        }
        Ok(summary)
    }
}

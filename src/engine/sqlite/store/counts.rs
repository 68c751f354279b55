//! Counts of executions: the tables that triggers keep, and the log of what they have not folded into them yet.
//!
//! An execution appends a row to the log; each 8,192nd folds it into the tables (`schema/0003_execution_counts.up.sql`).
//! Reading all of the log for every call would cost as much as it is long, so what was read is kept here, added up,
//! and only the rows behind it are read. A row's random stamp tells whether the log before it is still the same.

use std::collections::HashMap;

use super::Store;
use super::queries::Query;
use crate::engine::sqlite::driver::Bind;
use crate::error::Result;

/// How many executions there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// All of them.
    pub total: i64,
    /// Those that succeeded.
    pub successful: i64,
    /// Those that did not.
    pub failed: i64,
}

impl Counts {
    fn add(&mut self, other: Self) {
        self.total += other.total;
        self.successful += other.successful;
        self.failed += other.failed;
    }
}

/// The same, and how many agents they are of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Summary {
    /// How many executions.
    pub counts: Counts,
    /// Of how many agents.
    pub agents: i64,
}

/// Counts by agent.
type ByAgent = HashMap<String, Counts>;

/// What was read of the log, added up.
#[derive(Default)]
pub struct Tail {
    /// The last row that was read, and its stamp.
    read_to: Option<(i64, i64)>,
    of_all: ByAgent,
    by_zone: HashMap<String, ByAgent>,
    by_worktree: HashMap<String, ByAgent>,
    by_both: HashMap<String, HashMap<String, ByAgent>>,
}

impl Tail {
    fn add(&mut self, zone: &str, worktree: &str, agent: &str, counts: Counts) {
        let add = |agents: &mut ByAgent| at(agents, agent, |known| known.add(counts));
        add(&mut self.of_all);
        at(&mut self.by_zone, zone, add);
        at(&mut self.by_worktree, worktree, add);
        at(&mut self.by_both, zone, |worktrees| at(worktrees, worktree, add));
    }

    fn of(&self, zone: Option<&str>, worktree: Option<&str>) -> Option<&ByAgent> {
        match (zone, worktree) {
            (None, None) => Some(&self.of_all),
            (Some(zone), None) => self.by_zone.get(zone),
            (None, Some(worktree)) => self.by_worktree.get(worktree),
            (Some(zone), Some(worktree)) => self.by_both.get(zone).and_then(|zone| zone.get(worktree)),
        }
    }
}

/// Works on the value of a key, made where it is missing; the key is only copied then.
fn at<V: Default>(map: &mut HashMap<String, V>, key: &str, work: impl FnOnce(&mut V)) {
    match map.get_mut(key) {
        Some(value) => work(value),
        None => work(map.entry(key.to_string()).or_default()),
    }
}

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
        let log = self.statement(Query::ReadCountsLog)?;
        let mut tail = self.tail.borrow_mut();
        let known = tail.read_to;
        log.bind(0, Bind::Integer(known.map_or(0, |(id, _)| id)))?;
        let mut row = log.step()?;
        if known.is_some() {
            let found = row.then(|| (log.integer(0), log.integer(1)));
            if found == known {
                row = log.step()?;
            } else {
                // It was folded, or what was read was rolled back, or the file was restored.
                *tail = Tail::default();
                log.reset();
                log.bind(0, Bind::Integer(0))?;
                row = log.step()?;
            }
        }
        while row {
            let counts = Counts { total: log.integer(5), successful: log.integer(6), failed: log.integer(7) };
            // A row that counts nothing only keeps its place.
            if counts != Counts::default() {
                tail.add(&log.text(2), &log.text(3), &log.text(4), counts);
            }
            tail.read_to = Some((log.integer(0), log.integer(1)));
            row = log.step()?;
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

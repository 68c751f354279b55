//! Counts of executions: the tables that triggers keep, and what the log of changes adds to them.
//!
//! Each change appends a row to the log; each 8,192nd row folds the log into the tables (`schema/0003_changes.up.sql`). Reading
//! all rows that are not in them for every call would cost more the more there are, so what was read is kept here, added up, and
//! only newer rows are read. A row's random stamp tells whether the log before it is still the same.

use std::borrow::Cow;
use std::collections::HashMap;

use super::Store;
use super::counts_stand::By;
use super::judged::Note;
use super::queries::Query;
use super::tail::{Counts, Summary, Tail};
use crate::engine::sqlite::driver::Bind;
use crate::error::Result;

impl Store {
    /// The counts of a zone, a worktree, both or all; `None` where they may be wrong.
    pub(super) fn summary(&self, zone: Option<&str>, worktree: Option<&str>) -> Result<Option<Summary>> {
        self.read_counts(|note| if self.read_log(note)? { self.add_up(zone, worktree, note) } else { Ok(None) })
    }

    /// How many executions there are by the log alone; `None` where the counts may be wrong.
    pub(super) fn logged(&self, note: &Note<'_>) -> Result<Option<i64>> {
        let total = || self.tail.borrow().of_all.values().map(|counts| counts.total).sum();
        Ok(self.read_log(note)?.then(total))
    }

    /// Brings the tail up to date; `false` where the log is not the one that was read before, and the counts may be wrong.
    fn read_log(&self, note: &Note<'_>) -> Result<bool> {
        let log = self.statement(Query::ReadLog)?;
        let mut tail = self.tail.borrow_mut();
        let first = note.counted_to.saturating_add(1);
        let mut goes_on = false;
        if let Some(known) = tail.read_to.filter(|(seq, _)| *seq >= first) {
            log.bind(0, Bind::Integer(known.0))?;
            goes_on = log.step()? && known == (log.integer(0), log.integer(1));
        }
        if !goes_on {
            // Nothing was read yet, or what was read has been folded or rolled back, the file restored, the log emptied.
            *tail = Tail::default();
            log.reset();
            if !self.counts_stand(note) {
                return Ok(false);
            }
            log.bind(0, Bind::Integer(first))?;
        }
        let mut row = log.step()?;
        while row {
            let (read, undecided, count) = ((log.integer(0), log.integer(1)), log.integer(2) != 0, log.integer(6));
            if count != 0 {
                let counts =
                    Counts { total: count, successful: count * log.integer(7), failed: count * log.integer(8) };
                tail.add(&log.text(3), &log.text(4), &log.text(5), counts);
            }
            row = log.step()?;
            // The next row decides whether this one counts, so this one is read again until there is a next one.
            if row || !undecided {
                tail.read_to = Some(read);
            }
        }
        log.reset();
        Ok(true)
    }

    fn add_up(&self, zone: Option<&str>, worktree: Option<&str>, note: &Note<'_>) -> Result<Option<Summary>> {
        // The counts know an archived worktree by a name of its own.
        let history = match worktree.map(|id| self.archived_worktree(id)).transpose()?.flatten() {
            Some(key) => Some(self.history_of(key)?),
            None => None,
        };
        let worktree = history.as_deref().or(worktree);
        let tail = self.tail.borrow();
        let (query, by) = match (zone, worktree) {
            (None, None) => (Query::CountsOfAll, By::Zone),
            (Some(_), None) => (Query::CountsOfZone, By::Zone),
            (None, Some(_)) => (Query::CountsOfWorktree, By::Worktree),
            (Some(_), Some(_)) => (Query::CountsOfBoth, By::Worktree),
        };
        let statement = self.statement(query)?;
        statement.bind_all(zone.into_iter().chain(worktree).map(Bind::Text))?;
        let recent = tail.of(zone, worktree).into_iter().flatten();
        let mut by_agent: HashMap<Cow<'_, str>, Counts> =
            recent.map(|(agent, counts)| (Cow::Borrowed(agent.as_str()), *counts)).collect();
        let mut folded = false;
        while statement.step()? {
            folded = true;
            let counts =
                Counts { total: statement.integer(1), successful: statement.integer(2), failed: statement.integer(3) };
            statement.with_text(0, |agent| match by_agent.get_mut(agent) {
                Some(known) => known.add(counts),
                None => drop(by_agent.insert(Cow::Owned(agent.to_owned()), counts)),
            });
        }
        statement.reset();
        if !folded && !self.is_rightly_silent(by, note) {
            return Ok(None);
        }
        let mut summary = Summary::default();
        for counts in by_agent.values() {
            summary.counts.add(*counts);
            summary.agents += i64::from(counts.total > 0);
        }
        Ok(Some(summary))
    }
}

//! What the runs of worktrees come to, for a board.

use std::collections::HashMap;

use super::sql::Sql;
use crate::engine::beside_rows::{Open, Runs};
use crate::engine::sqlite::driver::{Bind, Statement};
use crate::engine::sqlite::store::Store;
use crate::engine::sqlite::store::history::RECORDED;
use crate::error::Result;
use crate::model::time;
use crate::rows::Batch;

/// A run that may be the latest, and when it was made: in milliseconds, and its key. An execution that was only recorded counts as
/// made after the runs of its millisecond.
struct Latest {
    id: String,
    status: String,
    made: (i64, i64),
}

/// The later one of `latest` and the execution that a statement stands on.
fn later(latest: Option<Latest>, row: &Statement) -> Option<Latest> {
    let made = match row.integer_or_null(4) {
        Some(key) => (row.integer(6), key),
        None => (row.with_text(0, time::made), RECORDED.saturating_add(row.integer(3))),
    };
    if latest.as_ref().is_some_and(|latest| latest.made >= made) {
        return latest;
    }
    let plain = || if row.integer(2) == 0 { "failed" } else { "succeeded" }.to_owned();
    Some(Latest { id: row.text(1), status: row.text_or_null(5).unwrap_or_else(plain), made })
}

impl Store {
    pub(super) fn all_runs(&self) -> Result<Runs> {
        if self.version < super::VERSION {
            return Ok(Runs::Unknown);
        }
        let mut open: HashMap<Box<str>, Open> = HashMap::new();
        self.each_row(Sql::OpenRuns, &[], |row| {
            let (key, status) = (row.integer(1), ["queued", "running", "waiting"][row.integer(2) as usize % 3]);
            let one = Open { count: 1, key, status };
            row.with_text(0, |worktree| match open.get_mut(worktree) {
                None => drop(open.insert(worktree.into(), one)),
                Some(known) => {
                    let newest = if known.key > key { *known } else { one };
                    *known = Open { count: known.count + 1, ..newest };
                }
            });
            Ok(true)
        })?;
        let mut costs = HashMap::new();
        self.each_row(Sql::AllCosts, &[], |row| {
            costs.insert(row.text(0).into(), row.integer(1));
            Ok(true)
        })?;
        Ok(Runs::Known { open, costs })
    }

    /// Appends what the runs of a worktree come to.
    pub(super) fn push_runs(&self, worktree: &str, runs: &Runs, batch: &mut Batch) -> Result<()> {
        let Runs::Known { open, costs } = runs else {
            (0..4).for_each(|_| batch.push_null());
            return Ok(());
        };
        let open = open.get(worktree);
        batch.push_integer(open.map_or(0, |open| open.count), false);
        match self.latest_run(worktree, open)? {
            Some(latest) => [latest.id, latest.status].iter().for_each(|text| batch.push_text(text.as_bytes())),
            None => (0..2).for_each(|_| batch.push_null()),
        }
        match costs.get(worktree) {
            Some(micros) => batch.push_integer(*micros, false),
            None => batch.push_null(),
        }
        Ok(())
    }

    /// The run of a worktree that was made last, executions that were only recorded included.
    fn latest_run(&self, worktree: &str, open: Option<&Open>) -> Result<Option<Latest>> {
        let by = [Bind::Text(worktree)];
        let ended = self.first(Sql::UnexecutedRun, &by, |row| Latest {
            id: row.text(1),
            status: row.text(2),
            made: (row.integer(3), row.integer(0)),
        })?;
        let mut latest = match open {
            Some(open) if ended.as_ref().is_none_or(|ended| ended.made.1 < open.key) => {
                self.first(Sql::OpenRun, &[Bind::Integer(open.key)], |row| Latest {
                    id: row.text(0),
                    status: open.status.to_owned(),
                    made: (row.integer(1), open.key),
                })?
            }
            _ => ended,
        };
        // Where there may be more that are as late, and how late that is.
        let mut rest = None;
        self.each_row(Sql::Recorded, &by, |row| {
            let since = latest.as_ref().map_or(time::NONE, |latest| latest.made.0);
            match row.with_text(0, time::parse) {
                // None is made after its end, so of those that have their time in this form none that follows was made later.
                Some(executed_at) if executed_at < since => {
                    rest = Some((time::earliest_text(since), row.text(0)));
                    return Ok(false);
                }
                None if row.with_text(0, |text| text < time::earliest_text(since).as_str()) => return Ok(false),
                _ => {}
            }
            latest = later(latest.take(), row);
            Ok(true)
        })?;
        if let Some((from, to)) = rest.filter(|(from, to)| from < to) {
            let range = [by[0], Bind::Text(&from), Bind::Text(&to)];
            self.each_row(Sql::RecordedOtherwise, &range, |row| {
                latest = later(latest.take(), row);
                Ok(true)
            })?;
        }
        Ok(latest)
    }
}

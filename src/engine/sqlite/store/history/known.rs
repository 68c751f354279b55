//! Single runs, looked up by themselves and not along an order.

use super::asked::Asked;
use super::line::Line;
use super::log::Read;
use super::sql::Sql;
use crate::engine::Place as LogPlace;
use crate::engine::sqlite::driver::{Bind, Statement};
use crate::engine::sqlite::store::Store;
use crate::error::Result;

/// What a run is known by for good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Known {
    /// A run of ours, by its key.
    Run(i64),
    /// An execution that was only recorded, by its id.
    Recorded(String),
}

impl Line {
    /// What it is known by.
    pub fn known(&self) -> Known {
        self.recorded.as_ref().map_or(Known::Run(self.place.key), |recorded| Known::Recorded(recorded.id.clone()))
    }
}

impl Store {
    /// The run or execution that has an id now.
    pub(in crate::engine::sqlite::store) fn line_of(&self, id: &str) -> Result<Option<Line>> {
        Ok(self.truth(id, 0, false)?.line)
    }

    /// The key of the run that has an id.
    pub(in crate::engine::sqlite::store) fn run_key(&self, id: &str) -> Result<Option<i64>> {
        self.first(Sql::RunKey, &[Bind::Text(id)], |row| row.integer(0))
    }

    /// Builds the tables until they have every run, but for what the log says after the row that is returned. In a transaction
    /// that may write.
    pub(in crate::engine::sqlite::store) fn whole_history(&self) -> Result<Option<LogPlace>> {
        loop {
            match self.history_read()? {
                Some(Read { building: false, to }) => return Ok(Some(to)),
                _ if self.fold_step()? => {}
                _ => return Ok(None),
            }
        }
    }

    /// Whether the tables have every run as it is. In a snapshot, after [`Store::read_tail`].
    pub(in crate::engine::sqlite::store) fn history_is_whole(&self) -> bool {
        let tail = self.history.tail.borrow();
        !tail.is_all() && tail.lines.is_empty()
    }

    /// A run, if it is one of those that are asked for. In a snapshot, after [`Store::read_tail`].
    pub(in crate::engine::sqlite::store) fn asked_line(
        &self,
        known: &Known,
        asked: &Asked<'_>,
    ) -> Result<Option<Line>> {
        let tail = self.history.tail.borrow();
        let in_tail = match known {
            Known::Recorded(id) => tail.lines.get(id).map(Option::as_ref),
            Known::Run(key) => tail.lines().find(|line| line.place.key == *key).map(Some),
        };
        if let Some(line) = in_tail {
            return Ok(line.filter(|line| asked.takes_line(line)).cloned());
        }
        if tail.is_all() {
            return Ok(None);
        }
        let take = |row: &Statement| -> Result<Option<Line>> {
            let line = Line::read(row, false);
            Ok((!tail.hides(line.place) && asked.takes_row(self, row)?).then_some(line))
        };
        let found = match known {
            Known::Run(key) => self.first(Sql::LineOfRun, &[Bind::Integer(*key)], take)?,
            Known::Recorded(id) => self.first(Sql::LineOfId, &[Bind::Text(id)], take)?,
        };
        found.unwrap_or(Ok(None))
    }
}

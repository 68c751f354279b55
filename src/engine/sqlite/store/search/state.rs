//! What is indexed, and whether all of it is.

use super::held::Seen;
use super::sql::Sql;
use crate::engine::sqlite::store::Store;
use crate::engine::sqlite::store::history::{LogPlace, VERSION};
use crate::error::Result;
use crate::model::search::Mode;

/// What is indexed, and how far the index is built.
#[derive(Debug, Clone, Copy)]
pub(super) struct State {
    words: bool,
    substring: bool,
    pub phase: Phase,
    /// The row of the history, or the number of the index, that it is built up to.
    pub at: i64,
    pub key: i64,
    /// How many runs are done.
    pub done: i64,
}

/// How far an index is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    Built,
    /// Runs of the history are put into it.
    Runs,
    /// Runs in it are checked: they may be gone.
    Docs,
}

impl Phase {
    pub const ALL: [Self; 3] = [Self::Built, Self::Runs, Self::Docs];
}

impl State {
    pub fn has(self, mode: Mode) -> bool {
        match mode {
            Mode::Words => self.words,
            Mode::Substring => self.substring,
        }
    }

    pub fn bits(self) -> i64 {
        [Mode::Words, Mode::Substring].into_iter().filter(|mode| self.has(*mode)).map(Mode::bit).sum()
    }
}

impl Store {
    /// What the schema has of the search.
    pub(super) fn seen(&self) -> Result<Seen> {
        let schema = self.first(Sql::SchemaVersion, &[], |row| row.integer(0))?.unwrap_or_default();
        if let Some(seen) = self.search.seen.get().filter(|seen| seen.schema == schema) {
            return Ok(seen);
        }
        let there = self.version >= VERSION && self.finds(Sql::IsThere, &[])?;
        let seen = Seen { schema, there, told: there && self.finds(Sql::HasTrigger, &[])? };
        self.search.seen.set(Some(seen));
        Ok(seen)
    }

    /// What is indexed; `None` where nothing is.
    pub(super) fn search_state(&self) -> Result<Option<State>> {
        if !self.seen()?.there {
            return Ok(None);
        }
        self.first(Sql::State, &[], |row| State {
            words: row.integer(0) != 0,
            substring: row.integer(1) != 0,
            phase: usize::try_from(row.integer(2))
                .ok()
                .and_then(|nth| Phase::ALL.get(nth).copied())
                .unwrap_or(Phase::Runs),
            at: row.integer(3),
            key: row.integer(4),
            done: row.integer(5),
        })
    }

    /// How far the index has read the log; `None` where it has to be built: it never was, somebody doubts it, or the log is another one.
    pub(super) fn search_read(&self) -> Result<Option<LogPlace>> {
        if !self.seen()?.told {
            return Ok(None);
        }
        let read = self.first(Sql::Read, &[], |row| {
            let to = LogPlace { seq: row.integer(0), stamp: row.integer(1) };
            (row.integer_or_null(2) == Some(to.stamp)).then_some(to)
        })?;
        Ok(read.flatten())
    }
}

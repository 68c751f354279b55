//! What is indexed, and whether all of it is.

use crate::engine::Indexed;
use crate::engine::postgres::client::value::integer;
use crate::engine::postgres::store::Store;
use crate::engine::search::UNFINISHED;
use crate::error::Result;
use crate::model::search::Mode;

/// What is indexed, whether that isn't finished yet, whether anything is due, whether this is a standby.
const STATE: &str = "SELECT modes, EXISTS (SELECT 1 FROM {s}.search_due WHERE seq <= upto), EXISTS (SELECT 1 FROM {s}.search_due), \
     pg_catalog.pg_is_in_recovery() FROM {s}.search_state";
/// How many runs there are, and how many of them are due.
const COUNTS: &str = "SELECT count(*), (SELECT count(DISTINCT d.run) FROM {s}.search_due AS d JOIN {s}.runs AS r ON r.key = d.run) \
     FROM {s}.runs WHERE EXISTS (SELECT 1 FROM {s}.search_state)";

/// What is indexed.
#[derive(Debug, Clone, Copy)]
pub(super) struct State {
    pub modes: i64,
    pub is_unfinished: bool,
    pub has_due: bool,
    pub is_standby: bool,
}

impl State {
    pub fn has(self, mode: Mode) -> bool {
        self.modes & mode.bit() != 0
    }

    /// As callers are told.
    pub fn searchable(self) -> i64 {
        self.modes | if self.is_unfinished { UNFINISHED } else { 0 }
    }
}

impl Store {
    /// What is indexed; `None` where nothing is.
    pub(super) fn search_state(&self) -> Result<Option<State>> {
        let row = self.read_one(STATE, &[])?;
        Ok(row.map(|row| {
            let is = |column| integer(&row, column) != 0;
            State { modes: integer(&row, 0), is_unfinished: is(1), has_due: is(2), is_standby: is(3) }
        }))
    }

    pub(super) fn count_indexed(&self) -> Result<Indexed> {
        let counts = self.read_one(COUNTS, &[])?;
        let [total, behind] = counts.map_or([0, 0], |row| [0, 1].map(|column| integer(&row, column)));
        Ok(Indexed { done: (total - behind).max(0), total })
    }
}

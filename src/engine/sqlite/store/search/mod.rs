//! Finding runs by what they say. `document` is what a run says now, `index` puts it into a contentless FTS5 table, `log` says
//! what was touched, `fold` writes what came of that, `tail` has what is not written yet, `asked` makes an expression of what is
//! asked for, `find` the page, `check` compares index and texts.

mod asked;
mod check;
mod compiled;
mod document;
mod find;
mod fold;
mod held;
mod index;
mod log;
mod sql;
mod state;
mod statements;
mod tables;
mod tail;
#[cfg(test)]
mod tests;

use super::Store;
use super::history::VERSION;
use crate::engine::search::{UNFINISHED, within_transaction};
use crate::engine::{Indexed, RunFilter, SearchAfter, Sought};
use crate::error::{Error, Result};
use crate::model::search::Mode;
use crate::rows::Batch;
pub(super) use held::Search;
use sql::Sql;
use state::Phase;

impl crate::engine::Search for Store {
    fn searchable(&self) -> Result<i64> {
        self.connection.check_idle()?;
        let Some(state) = self.search_state()? else { return Ok(0) };
        let whole = state.phase == Phase::Built && self.search_read()?.is_some();
        Ok(state.bits() | if whole { 0 } else { UNFINISHED })
    }

    fn enable_search(&self, mode: Mode) -> Result<()> {
        self.alone_here("enableSearch")?;
        self.atomically(|| self.make_tables(mode))
    }

    fn build_search(&self) -> Result<Option<i64>> {
        self.alone_here("enableSearch")?;
        let more = self.search_slice()?;
        Ok(self.search_state()?.filter(|_| more).map(|state| state.done))
    }

    fn indexed(&self) -> Result<Indexed> {
        self.connection.check_idle()?;
        let count = |sql| Ok::<i64, Error>(self.first(sql, &[], |row| row.integer(0))?.unwrap_or_default());
        let Some(state) = self.search_state()? else { return Ok(Indexed { done: 0, total: 0 }) };
        if state.phase == Phase::Built {
            let total = count(Sql::HowManyDocs)?;
            return Ok(Indexed { done: total, total });
        }
        let total = count(Sql::HowMany)?;
        Ok(Indexed { done: if state.phase == Phase::Runs { state.done.min(total) } else { total }, total })
    }

    fn disable_search(&self) -> Result<bool> {
        self.alone_here("disableSearch")?;
        self.atomically(|| self.drop_tables())
    }

    fn fold_search(&self) -> Result<()> {
        self.connection.check_idle()?;
        self.write_index()
    }

    fn search_runs(
        &self,
        sought: &Sought<'_>,
        filter: &RunFilter<'_>,
        after: SearchAfter,
        most: usize,
        batch: &mut Batch,
    ) -> Result<()> {
        self.connection.check_idle()?;
        self.in_snapshot(|| {
            let _busy = self.connection.enter();
            let (Some(state), Some(read)) = (self.search_state()?, self.search_read()?) else { return Ok(()) };
            self.read_tail()?;
            let mut asking = self.asking(sought, filter, self.asked(filter)?)?;
            asking.has_tail = self.read_search_tail(state, read)?;
            self.push_hits(&asking, after, most, batch)
        })
    }

    fn check_search(&self) -> Result<Vec<String>> {
        self.connection.check_idle()?;
        self.in_snapshot(|| self.differences())
    }
}

impl Store {
    /// Refuses, within a transaction of the caller's, what takes many transactions or changes the schema.
    fn alone_here(&self, method: &'static str) -> Result<()> {
        self.check_version(VERSION, "the search comes")?;
        if self.connection.in_transaction() {
            return Err(within_transaction(method));
        }
        Ok(())
    }
}

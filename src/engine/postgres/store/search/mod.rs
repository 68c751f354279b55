//! Finding runs by what they say. Triggers note what has to be indexed (`triggers`), and a search indexes it first (`fold`). The index has
//! numbers for words, the texts say what was found (`full_text`); a search also reads what isn't indexed yet (`find`).

mod check;
mod due;
mod find;
mod fold;
mod full_text;
mod held;
mod state;
mod triggers;

use super::Store;
use crate::engine::search::within_transaction;
use crate::engine::{Indexed, RunFilter, SearchAfter, Sought};
use crate::error::Result;
use crate::model::search::Mode;
use crate::rows::Batch;
pub use held::Held;

impl crate::engine::Search for Store {
    fn searchable(&self) -> Result<i64> {
        self.check_open()?;
        match self.search.told.take() {
            Some(bits) => Ok(bits),
            None => Ok(self.search_state()?.map_or(0, state::State::searchable)),
        }
    }

    fn enable_search(&self, mode: Mode) -> Result<()> {
        self.alone_here("enableSearch")?;
        self.begin_index(mode)
    }

    fn build_search(&self) -> Result<Option<i64>> {
        self.alone_here("enableSearch")?;
        let slice = self.search_slice(true)?;
        self.search.done.set(self.search.done.get() + slice.runs);
        Ok(slice.has_more.then(|| self.search.done.get()))
    }

    fn indexed(&self) -> Result<Indexed> {
        self.check_open()?;
        let indexed = self.count_indexed()?;
        self.search.done.set(indexed.done);
        Ok(indexed)
    }

    fn disable_search(&self) -> Result<bool> {
        self.alone_here("disableSearch")?;
        self.end_index()
    }

    fn fold_search(&self) -> Result<()> {
        self.check_open()?;
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
        self.check_open()?;
        self.push_hits(sought, filter, after, most, batch)
    }

    fn check_search(&self) -> Result<Vec<String>> {
        self.check_open()?;
        self.differences()
    }
}

impl Store {
    /// Refuses within a transaction what takes many transactions.
    fn alone_here(&self, method: &'static str) -> Result<()> {
        self.check_open()?;
        self.check_writable()?;
        if self.is_within() { Err(within_transaction(method)) } else { Ok(()) }
    }
}

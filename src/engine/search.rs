//! Finding runs by what they say.

use super::RunFilter;
use crate::error::Result;
use crate::model::search::Mode;
use crate::rows::Batch;

/// What is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sought<'a> {
    /// The text.
    pub text: &'a str,
    /// How it is found.
    pub mode: Mode,
    /// A bit for each of [`FIELDS`](crate::model::search::FIELDS) that it is looked for in.
    pub fields: u32,
    /// The text is an expression of the engine's own.
    pub syntax: bool,
}

/// Where in a list of what was found a page begins: behind this one. It is the engine's own, JavaScript only hands it back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SearchAfter {
    /// The first of those that are ranked together.
    pub top: i64,
    /// How well the last one answered.
    pub score: i64,
    /// Which it is of those that answer as well.
    pub doc: i64,
}

/// How far an index is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Indexed {
    /// So many runs are in it.
    pub done: i64,
    /// So many there are.
    pub total: i64,
}

/// What an engine does with what runs say.
pub trait Search {
    /// What can be searched: the bits of the modes, and 4 where the index isn't built and nobody is to wait for it.
    ///
    /// # Errors
    /// The engine's error.
    fn searchable(&self) -> Result<i64>;

    /// Wants an index for a mode beside those that there are.
    ///
    /// # Errors
    /// The engine's error; a `TypeError` within a transaction.
    fn enable_search(&self, mode: Mode) -> Result<()>;

    /// Builds the index for some milliseconds: how many runs are in it; `None` where it is built.
    ///
    /// # Errors
    /// The engine's error.
    fn build_search(&self) -> Result<Option<i64>>;

    /// How far it is built. Counts all of it.
    ///
    /// # Errors
    /// The engine's error.
    fn indexed(&self) -> Result<Indexed>;

    /// Removes all indexes: whether there were any.
    ///
    /// # Errors
    /// The engine's error.
    fn disable_search(&self) -> Result<bool>;

    /// Indexes what was written since, where nobody has to be waited for.
    ///
    /// # Errors
    /// The engine's own, of reading how much that is.
    fn fold_search(&self) -> Result<()>;

    /// What was found behind a position, at most so many runs: behind the cells of each the field, what is shown of it, where the hits
    /// are in that, how well it answers, and its position.
    ///
    /// # Errors
    /// The engine's error, also for an expression that is none.
    fn search_runs(
        &self,
        sought: &Sought<'_>,
        filter: &RunFilter<'_>,
        after: SearchAfter,
        most: usize,
        batch: &mut Batch,
    ) -> Result<()>;

    /// Compares the index with what runs say: what is wrong, a sentence each. Reads all of it.
    ///
    /// # Errors
    /// The engine's error.
    fn check_search(&self) -> Result<Vec<String>>;
}

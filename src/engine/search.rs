//! Finding runs by what they say.

use super::RunFilter;
use crate::error::{Error, Facts, Result};
use crate::model::search::{Excerpt, FIELDS, Mode};
use crate::rows::Batch;

/// How many hits are ranked together.
pub const RANKED: usize = 400;
/// The same where every text has to be read to tell whether it is a hit.
pub const RANKED_BY_TEXT: usize = 200;
/// The bit of [`Search::searchable`] for an index that isn't built yet, and that nobody is to wait for.
pub const UNFINISHED: i64 = 4;

/// What is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sought<'a> {
    /// The text.
    pub text: &'a str,
    /// How it is found.
    pub mode: Mode,
    /// A bit for each of [`FIELDS`](crate::model::search::FIELDS) that it is looked for in.
    pub fields: u32,
    /// Whether the text is an expression in the engine's own syntax.
    pub syntax: bool,
}

/// Where in a list of what was found a page begins: behind this one. It is the engine's own, JavaScript only hands it back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SearchAfter {
    /// The first of those that are ranked together.
    pub top: i64,
    /// How well the last one matched.
    pub score: i64,
    /// Which it is of those that match equally well.
    pub doc: i64,
}

/// Appends behind a run's cells what was found in it, and where that is in the list. `is_recorded`: it is an execution only.
pub fn push_found(batch: &mut Batch, field: usize, shown: &Excerpt, is_recorded: bool, place: SearchAfter) {
    batch.push_text(FIELDS[field.min(FIELDS.len() - 1)].as_bytes());
    batch.push_text(shown.text.as_bytes());
    let ranges: Vec<String> = shown.ranges.iter().map(|range| format!("[{},{}]", range.start, range.end)).collect();
    batch.push_text(format!("[{}]", ranges.join(",")).as_bytes());
    for number in [i64::from(is_recorded), place.score, place.top, place.score, place.doc] {
        batch.push_integer(number, false);
    }
    batch.end_row();
}

/// That a method is called within a transaction, in which it can't do its work.
#[must_use]
pub fn within_transaction(method: &'static str) -> Error {
    let error = Error::Type(format!("{method}: not within a transaction: the index is built in many of its own"));
    error.about(Facts { code: Some("ERR_INVALID_STATE"), method, ..Facts::default() })
}

/// How far an index is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Indexed {
    /// How many runs are in it.
    pub done: i64,
    /// How many there are.
    pub total: i64,
}

/// What an engine does with what runs say.
pub trait Search {
    /// What can be searched: the bits of the modes, and [`UNFINISHED`].
    ///
    /// # Errors
    /// The engine's error.
    fn searchable(&self) -> Result<i64>;

    /// Asks for an index for a mode, beside those that exist.
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

    /// Folds the log into the index, unless that means waiting for others.
    ///
    /// # Errors
    /// The engine's own, of reading how much that is.
    fn fold_search(&self) -> Result<()>;

    /// What was found behind a position, at most `most` runs: behind the cells of each the field, what is shown of it, where the
    /// hits are in that, how well it matches, and its position.
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

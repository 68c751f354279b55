//! Worktrees.

use crate::error::Result;
use crate::model::{Given, time};
use crate::rows::Batch;

const DAY: i64 = 86_400_000;

/// Which worktrees are asked for, and in which order. Times are milliseconds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WorktreeFilter<'a> {
    /// In one of these states; `None` is in any.
    pub statuses: Option<Vec<&'a str>>,
    /// In one of these zones.
    pub zones: Option<Vec<&'a str>>,
    /// On this branch, in which each `*` stands for any text.
    pub branch: Option<&'a str>,
    /// Made then or later.
    pub created_since: Option<i64>,
    /// Changed then or later.
    pub updated_since: Option<i64>,
    /// Whether there are runs of it that have not ended.
    pub has_open_runs: Option<bool>,
    /// Of the archive, not of the board.
    pub archived: bool,
    /// What its metadata has, as JSON.
    pub metadata: Option<&'a str>,
    /// Which come first.
    pub order: WorktreeOrder,
}

impl WorktreeFilter<'_> {
    /// The least text that a time which is asked for can be: a day earlier, since others may write it with any offset. Empty for any.
    #[must_use]
    pub fn earliest(&self) -> String {
        let date = |since: i64| time::iso((since - DAY) as f64).get(..10).unwrap_or_default().to_owned();
        // Years of more than four digits don't sort as texts.
        self.created_since.filter(|since| (0..253_402_300_800_000).contains(since)).map(date).unwrap_or_default()
    }
}

/// Which worktrees of a list come first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum WorktreeOrder {
    /// Those made last.
    #[default]
    Newest,
    /// Those made first.
    Oldest,
    /// By the name of their branch.
    Branch,
    /// Those changed last, or made last where they never were.
    Updated,
}

impl WorktreeOrder {
    /// All of them, in the order in which callers know them.
    pub const ALL: [Self; 4] = [Self::Newest, Self::Oldest, Self::Branch, Self::Updated];

    /// Whether what is greater comes first.
    #[must_use]
    pub const fn is_descending(self) -> bool {
        matches!(self, Self::Newest | Self::Updated)
    }
}

/// What an engine does with worktrees.
pub trait Worktrees {
    /// Stores a new worktree and returns its row. For the port `auto` that is the lowest one that no worktree has.
    ///
    /// # Errors
    /// The model's for a value, the engine's for a constraint, `ERR_NO_PORT`.
    fn create_worktree(&self, method: &'static str, given: &[Given<'_>], now: &str, batch: &mut Batch) -> Result<()>;

    /// The lowest port of a range that no worktree has.
    ///
    /// # Errors
    /// The engine's error.
    fn free_port(&self, from: i64, to: i64) -> Result<Option<i64>>;

    /// The worktree with this id, or no row.
    ///
    /// # Errors
    /// A `TypeError` for an id that is no string.
    fn get_worktree(&self, id: Given<'_>, batch: &mut Batch) -> Result<()>;

    /// All worktrees, or those of a status, newest first; `true` where there are more.
    ///
    /// # Errors
    /// A `TypeError` for a status that is no text.
    fn list_worktrees(&self, status: Given<'_>, batch: &mut Batch) -> Result<bool>;

    /// Worktrees of a filter behind a position, at most `most`; behind the cells of each the two texts that are its position.
    ///
    /// # Errors
    /// The engine's error.
    fn find_worktrees(
        &self,
        filter: &WorktreeFilter<'_>,
        after: Option<(&str, &str)>,
        most: usize,
        batch: &mut Batch,
    ) -> Result<()>;

    /// Changes a worktree and returns its row, or no row where there is none.
    ///
    /// # Errors
    /// The model's for a value.
    fn update_worktree(&self, id: Given<'_>, given: &[Given<'_>], now: &str, batch: &mut Batch) -> Result<()>;

    /// Changes where a worktree is (path, port, branch) and returns its row.
    ///
    /// # Errors
    /// `Error('Worktree not found: …')`, the model's for a value, the engine's for a constraint.
    fn relocate_worktree(&self, id: Given<'_>, given: &[Given<'_>], now: &str, batch: &mut Batch) -> Result<()>;

    /// Deletes a worktree, its assignment and executions.
    ///
    /// # Errors
    /// `Error('Worktree not found: …')`, a `TypeError` for an id that is no string.
    fn delete_worktree(&self, id: Given<'_>) -> Result<()>;
}

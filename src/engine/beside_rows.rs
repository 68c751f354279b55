//! What stands beside the rows of a list, read before them.

use std::collections::HashMap;

use crate::rows::Batch;
use crate::rows::packed::Mark;
use crate::rows::revision::Revision;

/// What stands beside the rows of a list, by their ids.
pub struct Rows {
    /// How many columns the rows have themselves.
    pub columns: usize,
    /// Their metadata; `None` where the file's version has none.
    pub metadata: Option<HashMap<Box<str>, Box<str>>>,
    /// How many worktrees each may have, where they are zones.
    pub wip_limits: Option<HashMap<Box<str>, i64>>,
    /// What their runs come to, where they are worktrees and this was asked for.
    pub runs: Option<Runs>,
}

/// What the runs of worktrees come to.
pub enum Runs {
    /// The file's version has no runs.
    Unknown,
    /// By the worktrees' ids.
    Known {
        /// Those that have not ended.
        open: HashMap<Box<str>, Open>,
        /// What all their runs cost, where that was recorded.
        costs: HashMap<Box<str>, i64>,
    },
}

/// The runs of a worktree that have not ended.
#[derive(Debug, Clone, Copy)]
pub struct Open {
    /// How many there are.
    pub count: i64,
    /// The newest of them.
    pub key: i64,
    /// Its state, in a word.
    pub status: &'static str,
}

impl Rows {
    /// How many cells there are beside those of a row.
    #[must_use]
    pub fn width(&self) -> usize {
        2 + usize::from(self.wip_limits.is_some()) + if self.runs.is_some() { 4 } else { 0 }
    }

    /// Whether there is nothing beside any row.
    pub fn are_none(&self) -> bool {
        self.runs.is_none()
            && self.metadata.as_ref().is_none_or(HashMap::is_empty)
            && self.wip_limits.as_ref().is_none_or(HashMap::is_empty)
    }

    /// Appends what is beside the row that begins at the mark, but for what its runs come to: the engine appends that.
    pub fn push(&self, id: &str, mark: &Mark, batch: &mut Batch) {
        let metadata = self.metadata.as_ref().map(|metadata| metadata.get(id).map(AsRef::as_ref));
        let revision = Revision::of(&batch.since(mark), metadata.flatten());
        batch.push_text(&revision.text());
        match metadata {
            Some(metadata) => batch.push_text(metadata.unwrap_or_default().as_bytes()),
            None => batch.push_null(),
        }
        if let Some(limits) = &self.wip_limits {
            match limits.get(id) {
                Some(most) => batch.push_integer(*most, false),
                None => batch.push_null(),
            }
        }
    }
}

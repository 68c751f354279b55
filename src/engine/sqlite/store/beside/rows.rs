//! What stands beside the rows of a list, read before them.

use std::collections::HashMap;

/// What stands beside the rows of a list, by their ids.
pub struct Rows {
    /// How many columns the rows have themselves.
    pub columns: usize,
    /// Their metadata; `None` where the file has no room for any.
    pub metadata: Option<HashMap<Box<str>, Box<str>>>,
    /// How many worktrees each may have, where they are zones.
    pub wip_limits: Option<HashMap<Box<str>, i64>>,
}

impl Rows {
    /// How many cells there are beside those of a row.
    pub fn width(&self) -> usize {
        2 + usize::from(self.wip_limits.is_some())
    }

    /// Whether there is nothing beside any row.
    pub fn are_none(&self) -> bool {
        self.metadata.as_ref().is_none_or(HashMap::is_empty) && self.wip_limits.as_ref().is_none_or(HashMap::is_empty)
    }
}

//! What a foreign key that failed says about the caller's values.

use super::Store;
use crate::engine::refusals::{Named, is_foreign_key, link_facts};
use crate::error::{Error, Result};

impl Store {
    /// Which of the two ids that a foreign key refused is of nothing, and whether they are swapped.
    pub(super) fn about_link(&self, error: Error, zone: Named<'_>, worktree: Named<'_>) -> Error {
        if !is_foreign_key(&error) {
            return error;
        }
        let has_zone = |id: &str| self.has("SELECT 1 FROM {s}.zones WHERE id = $1", id);
        let has_worktree = |id: &str| self.has("SELECT 1 FROM {s}.worktrees WHERE id = $1", id);
        // Where even looking them up fails, the constraint's words are all that is known.
        match link_facts(zone, worktree, has_zone, has_worktree) {
            Ok(facts) => error.about(facts),
            Err(_) => error,
        }
    }

    fn has(&self, sql: &str, id: &str) -> Result<bool> {
        Ok(self.read_one(sql, &[id.into()])?.is_some())
    }
}

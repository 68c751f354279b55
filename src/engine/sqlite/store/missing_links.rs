//! What a foreign key that failed says about the caller's values. Nothing is looked up before a statement has failed.

use super::Store;
use super::rowids::ById;
use crate::engine::constraint_facts::{Named, is_foreign_key, link_facts};
use crate::error::{Error, Result};
use crate::rows::Batch;

impl Store {
    /// Adds to a foreign key's error which of the two ids does not exist, and whether they are swapped.
    pub(super) fn about_link(&self, error: Error, zone: Named<'_>, worktree: Named<'_>) -> Error {
        if !is_foreign_key(&error) {
            return error;
        }
        // Where even looking them up fails, SQLite's words are all that is known.
        match link_facts(zone, worktree, |id| self.has(ById::Zone, id), |id| self.has(ById::Worktree, id)) {
            Ok(facts) => error.about(facts),
            Err(_) => error,
        }
    }

    fn has(&self, by: ById, id: &str) -> Result<bool> {
        let mut batch = Batch::default();
        self.get_by_id(by, id, &mut batch)?;
        Ok(batch.rows() > 0)
    }
}

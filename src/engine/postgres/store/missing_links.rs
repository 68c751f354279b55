//! What a foreign key's failure says about the caller's values.

use super::Store;
use crate::engine::constraint_facts::{Named, is_foreign_key, link_facts};
use crate::engine::postgres::client::value::integer;
use crate::error::{Error, Facts, Result};

/// Whether the first id is a zone's, whether the second is; whether the first is a worktree's, whether the second is.
const FOUND: &str = "SELECT EXISTS (SELECT 1 FROM {s}.zones WHERE id = $1), EXISTS (SELECT 1 FROM {s}.zones WHERE id = $2), \
     EXISTS (SELECT 1 FROM {s}.worktrees WHERE id = $1), EXISTS (SELECT 1 FROM {s}.worktrees WHERE id = $2)";

impl Store {
    /// Which of the two ids that a foreign key refused is nothing's, and whether they are swapped.
    pub(super) fn about_link(&self, error: Error, zone: Named<'_>, worktree: Named<'_>) -> Error {
        if !is_foreign_key(&error) {
            return error;
        }
        // Where looking them up fails, too, the constraint's words are all that is known.
        match self.link(zone, worktree) {
            Ok(facts) => error.about(facts),
            Err(_) => error,
        }
    }

    /// All four questions are one trip.
    fn link(&self, zone: Named<'_>, worktree: Named<'_>) -> Result<Facts> {
        let found = self.read_one(FOUND, &[zone.1.into(), worktree.1.into()])?;
        let is = |column| found.as_ref().is_some_and(|row| integer(row, column) != 0);
        let of = |id: &str, of_zone, of_worktree| if id == zone.1 { is(of_zone) } else { is(of_worktree) };
        link_facts(zone, worktree, |id| Ok(of(id, 0, 1)), |id| Ok(of(id, 2, 3)))
    }
}

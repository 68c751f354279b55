//! Pruning keeps a board small: `choose` says which runs are next, `runs` removes them, `totals` keeps what they come to, `bodies` empties them;
//! `prune` does all of it in short transactions, `policy` is the board's policy, `count` counts what would be pruned.
//!
//! A step is a transaction that takes the pruners' lock, so that one at a time changes what is kept of a day; work on the board goes on
//! meanwhile. Triggers ignore it, as they ignore archiving (`schema/postgres/0005_archive.up.sql`).

mod bodies;
mod choose;
mod count;
mod policy;
mod prune;
mod runs;
mod totals;

use super::Store;
use crate::engine::postgres::schema::names;

impl Store {
    /// Begins a step.
    fn gate_of_pruners(&self) -> String {
        format!(
            "SELECT pg_catalog.pg_advisory_xact_lock({}), pg_catalog.set_config('visual_db.archive', 'prune', true)",
            names::pruning(self.lock)
        )
    }
}

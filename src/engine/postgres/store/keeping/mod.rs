//! Keeping a board small: `choose` says which runs are next, `runs` removes them and `totals` keeps what they come to, `bodies` empties them;
//! `prune` does all of it in short transactions, `policy` is what the board says, `count` what would be done.
//!
//! A step is a transaction that takes the pruners' gate, so that what is kept of a day is changed by one at a time; who works on the board
//! goes on beside it. Triggers hear nothing of it, as of what is moved to the archive (`schema/postgres/0005_archive.up.sql`).

mod bodies;
mod choose;
mod count;
mod policy;
mod prune;
mod runs;
mod totals;

use super::Store;

impl Store {
    /// What begins a step.
    fn gate_of_pruners(&self) -> String {
        let gate = self.lock.wrapping_add(2 << 32);
        format!(
            "SELECT pg_catalog.pg_advisory_xact_lock({gate}), pg_catalog.set_config('visual_db.archive', 'prune', true)"
        )
    }
}

//! What the store makes of runs, beside what the suites in JavaScript say of the calls: a whole life against the model, clocks
//! that tests set, plans.

mod clocks;
mod lanes;
mod life;
mod plans;

use crate::engine::sqlite::driver::clock;
use crate::engine::sqlite::store::Store;
use crate::engine::sqlite::store::tests::open;
use crate::engine::{Runs, Workers};
use crate::error::Result;
use crate::model::Given;
use crate::model::run::{Boot, Moment};
use crate::rows::Batch;
use crate::test_folder::Folder;

pub const START: Moment = Moment { boot: Boot(1), monotonic_ms: 1_000_000, wall_ms: 1_795_377_600_000 };

/// A store with a zone and a worktree, and a clock of its own.
pub struct Board {
    pub store: Store,
    _folder: Folder,
}

#[allow(clippy::unused_self, reason = "a thread has one clock, and a test one board")]
impl Board {
    pub fn new() -> Self {
        let folder = Folder::new();
        let board = Self { store: open(&folder.database()), _folder: folder };
        board.furnish();
        board.at(START);
        board
    }

    /// The zone and the worktree that runs are in.
    pub fn furnish(&self) {
        self.sql(
            "INSERT OR IGNORE INTO zones (id, name, created_at) VALUES ('z', 'Z', '2026'); \
             INSERT OR IGNORE INTO worktrees (id, path, port, branch_name, created_at) VALUES ('w', '/w', 1, 'main', '2026')",
        );
    }

    /// Sets the clock.
    pub fn at(&self, now: Moment) {
        clock::SET.set(Some(now));
    }

    pub fn now(&self) -> f64 {
        clock::SET.get().map_or(0.0, |now| now.wall_ms as f64)
    }

    pub fn sql(&self, sql: &str) {
        self.store.connection.with(|inner| Ok(inner.execute_batch(sql)?)).unwrap();
    }

    pub fn count(&self, sql: &str) -> i64 {
        self.store.connection.with(|inner| Ok(inner.query_row(sql, [], |row| row.get(0))?)).unwrap()
    }

    /// Queues a run; returns its id.
    pub fn enqueue(&self, max_attempts: u32, timeout_ms: Option<i64>) -> String {
        let mut given = [Given::Undefined; 11];
        for (at, text) in ["z", "w", "claude", "do it"].into_iter().enumerate() {
            given[at] = Given::Text(text);
        }
        given[5] = Given::Integer(max_attempts.into());
        given[6] = timeout_ms.map_or(Given::Null, Given::Integer);
        self.row(|batch| self.store.enqueue_run("enqueueRun", &given, self.now(), batch)).unwrap()
    }

    /// How many runs a sweep takes away.
    pub fn sweep(&self) -> usize {
        let mut batch = Batch::default();
        self.store.sweep_runs(Given::Null, None, self.now(), &mut batch).unwrap();
        batch.rows()
    }

    /// The first cell of the one row that a call gives.
    pub fn row(&self, call: impl FnOnce(&mut Batch) -> Result<()>) -> Result<String> {
        let mut batch = Batch::default();
        call(&mut batch)?;
        let end = batch.ends().first().map_or(0, |end| (*end).max(0) as usize);
        Ok(String::from_utf8_lossy(&batch.text()[..end]).into_owned())
    }
}

impl Drop for Board {
    fn drop(&mut self) {
        clock::SET.set(None);
    }
}

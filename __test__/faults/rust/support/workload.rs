//! A mixed workload on a board, one operation after the other, and what the file holds after each.

use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use visual_db::engine::sqlite::driver::Connection;
use visual_db::engine::sqlite::driver::transaction::Transactions;
use visual_db::engine::sqlite::open::{self, Options};
use visual_db::engine::sqlite::store::Store;
use visual_db::engine::{Assignments, Control, Executions, Statistics, Worktrees, Zones};
use visual_db::error::Result;
use visual_db::model::Given::{self, Text, Undefined};
use visual_db::rows::Batch;

const NOW: &str = "2026-01-01T00:00:00.000Z";

/// An open board.
pub struct Board {
    pub connection: Rc<Connection>,
    transactions: Transactions,
    store: Store,
    batch: Batch,
}

impl Board {
    /// Opens it as `new VisualDatabase({ synchronous })` does, with a write-ahead log that is checkpointed often.
    pub fn open(path: &Path, full: bool) -> Result<Self> {
        let options = Options {
            readonly: false,
            must_exist: false,
            timeout: Duration::ZERO,
            full,
            mode: 0o600,
            migrate: true,
            package_version: "1.0.0",
        };
        let (connection, store) = open::open(path, &options)?;
        connection.with(|inner| Ok(inner.pragma_update(None, "wal_autocheckpoint", 12)?))?;
        let transactions = Transactions::new(&connection);
        Ok(Self { connection, transactions, store, batch: Batch::default() })
    }

    /// The operation of a number; the same every time.
    pub fn perform(&mut self, number: usize) -> Result<()> {
        let zone = format!("zone-{}", number % 3);
        let worktree = format!("wt-{}", number / 10);
        match number % 10 {
            _ if number < 3 => self.create_zone(&zone),
            0 | 3 => self.create_worktree(&format!("wt-{}-{}", number / 10, number % 10), number),
            1 => self.within(|board| {
                board.create_worktree(&worktree, number)?;
                board.assign(&worktree, &zone)?;
                board.run(&zone, &worktree, &format!("first of {number}"))?;
                let undone = board.within(|board| {
                    board.run(&zone, &worktree, &format!("undone in {number}"))?;
                    Err(visual_db::error::Error::Plain("on purpose".into()))
                });
                match undone {
                    Err(error) if error.message() != "on purpose" => return Err(error),
                    _ => {}
                }
                board.run(&zone, &worktree, &"long ".repeat(3000))
            }),
            2 | 4 | 6 => self.run("zone-1", &some_worktree(number), &format!("prompt {number}")),
            5 => self.assign(&some_worktree(number), &zone),
            7 => self.update(&some_worktree(number), number),
            8 if number > 20 => self.delete(&format!("wt-{}-3", number / 10 - 1)),
            _ => self.run("zone-2", &some_worktree(number), &"x".repeat(number * 40)),
        }
    }

    /// All of `body` or nothing of it, as `transaction(fn)` in lib/native/transaction.js.
    fn within(&mut self, body: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        let nested = self.connection.in_transaction();
        self.transactions.run(if nested { Control::Savepoint } else { Control::BeginImmediate })?;
        let done =
            body(self).and_then(|()| self.transactions.run(if nested { Control::Release } else { Control::Commit }));
        if done.is_err() && self.connection.in_transaction() {
            self.transactions.run(if nested { Control::RollbackTo } else { Control::Rollback })?;
            if nested {
                self.transactions.run(Control::Release)?;
            }
        }
        done
    }

    fn create_zone(&mut self, id: &str) -> Result<()> {
        self.batch.clear();
        self.store.create_zone(&[Text(id), Text("Zone")], NOW, &mut self.batch)
    }

    fn create_worktree(&mut self, id: &str, port: usize) -> Result<()> {
        let worktree = [Text(id), Text("/worktree"), Given::Integer(port as i64), Text("main")];
        self.batch.clear();
        self.store.create_worktree("createWorktree", &worktree, NOW, &mut self.batch)
    }

    fn update(&mut self, id: &str, number: usize) -> Result<()> {
        // Issue, task, status and x.
        let changes = [Undefined, Given::Number(number as f64), Text("idle"), Given::Number(0.5)];
        self.batch.clear();
        self.store.update_worktree(Text(id), &changes, NOW, &mut self.batch)
    }

    fn assign(&mut self, worktree: &str, zone: &str) -> Result<()> {
        self.store.assign_worktree("assignWorktreeToZone", Text(worktree), Text(zone), NOW)
    }

    fn run(&mut self, zone: &str, worktree: &str, prompt: &str) -> Result<()> {
        let run = [Text(zone), Text(worktree), Text("frontend"), Text(prompt), Text("{}"), Given::Boolean(true)];
        self.store.record_execution("recordExecution", &run, 1.7e12, NOW).map(|_| ())
    }

    fn delete(&mut self, id: &str) -> Result<()> {
        self.store.delete_worktree(Text(id))
    }

    /// Everything in it, as text, but for the ids that the package makes.
    pub fn content(&self) -> Result<String> {
        const ALL: &str =
            "SELECT 'w' || quote(id) || quote(status) || quote(task_id) || quote(position_x) FROM worktrees
            UNION ALL SELECT 'z' || id FROM zones
            UNION ALL SELECT 'a' || worktree_id || ' ' || zone_id FROM worktree_zones
            UNION ALL SELECT 'e' || zone_id || ' ' || worktree_id || ' ' || prompt FROM zone_executions ORDER BY 1";
        self.connection.with(|inner| {
            let mut statement = inner.prepare_cached(ALL)?;
            let rows = statement.query_map([], |row| row.get::<_, String>(0))?;
            Ok(rows.collect::<rusqlite::Result<Vec<_>>>()?.join("\n"))
        })
    }

    /// What SQLite finds wrong with it: `ok`, or what; and whether the statistics tell the number of rows.
    pub fn check(&mut self) -> Result<String> {
        self.batch.clear();
        self.store.stats(&mut self.batch)?;
        let told = self.batch.numbers()[3] as u32;
        self.connection.with(|inner| {
            let found: String = inner.query_row("PRAGMA integrity_check(3)", [], |row| row.get(0))?;
            let loose = inner.prepare("PRAGMA foreign_key_check")?.exists([])?;
            let counted: u32 = inner.query_row("SELECT count(*) FROM zone_executions", [], |row| row.get(0))?;
            Ok(if loose || told != counted {
                format!("{found}, references {loose}, {told} of {counted}")
            } else {
                found
            })
        })
    }
}

/// A worktree that is there by then.
fn some_worktree(number: usize) -> String {
    if number < 12 { "wt-0-3".into() } else { format!("wt-{}", (number - 2) / 10) }
}

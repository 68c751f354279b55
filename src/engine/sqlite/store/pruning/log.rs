//! Cuts the log of changes earlier than it would be cut by itself: by whole folds, and never what a reader has still to read.

use rusqlite::{OptionalExtension, params};

use crate::engine::sqlite::schema::counts::FOLD;
use crate::engine::sqlite::store::Store;
use crate::error::Result;

impl Store {
    /// How long the log is kept from now on.
    pub(super) fn keep_log_for(&self, milliseconds: i64) -> Result<()> {
        self.connection.with(|inner| {
            inner.execute("UPDATE main.changes_state SET keep_ms = ?1 WHERE keep_ms <> ?1", [milliseconds])?;
            Ok(())
        })
    }

    /// Cuts one fold off, if all of it is older; `false` where it isn't. Within a transaction.
    pub(super) fn cut_log(&self, before: i64) -> Result<bool> {
        self.fold_all_moves()?;
        let next = self.connection.with(|inner| {
            let found: Option<i64> = inner
                .query_row(
                    "SELECT (first.seq / ?1 + 1) * ?1 FROM (SELECT seq FROM main.changes ORDER BY seq LIMIT 1) AS first, main.changes_state AS s \
                     WHERE (first.seq / ?1 + 1) * ?1 <= min(s.counted_to + 1, (SELECT min(seq) FROM main.changes_readers)) \
                       AND (SELECT at FROM main.changes WHERE seq = (first.seq / ?1 + 1) * ?1) < ?2",
                    params![FOLD, before],
                    |row| row.get(0),
                )
                .optional()?;
            Ok(found)
        })?;
        let Some(next) = next else { return Ok(false) };
        self.connection.with(|inner| {
            inner.execute("DELETE FROM main.changes WHERE seq < ?1", [next])?;
            inner.execute("DELETE FROM main.boards WHERE seq < ?1", [next])?;
            inner.execute("DELETE FROM main.changes_spans WHERE first < ?1", [next])?;
            inner.execute(
                "DELETE FROM main.undo_steps WHERE at < (SELECT at FROM main.changes ORDER BY seq LIMIT 1)",
                [],
            )?;
            Ok(())
        })?;
        Ok(true)
    }
}

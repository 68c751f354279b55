//! Whether this connection may answer from the counts, or has to count the executions themselves.
//!
//! Opening the file checks them thoroughly. From then on each call that reads counts checks whether anything came up since: the
//! file's own note of the last check tells. If anything did, the counts are compared again, and mended where this connection may
//! write.

use super::Store;
use super::judged::{Note, Said, Sight};
use super::queries::Query;
use crate::engine::sqlite::schema::counts::{Look, Standing, VERSION, Verdict, look};
use crate::error::Result;

/// The tables of counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// By worktree, zone and agent.
    Worktree,
    /// By zone and agent.
    Zone,
}

impl Store {
    /// Checks whether the counts are right, and mends them, for a file that was just opened.
    pub fn look_at_counts(&self) {
        if self.version < VERSION {
            return;
        }
        let how = Look { write: self.may_mend(), thorough: true };
        // A lock is waited for only where there is something to mend.
        if !self.connection.without_waiting(|| self.judge(how)) && how.write {
            self.judge(how);
        }
    }

    /// What `read` reads from the counts, in a snapshot; `None` where they may be wrong, which `read` may find out, too.
    pub(super) fn read_counts<T>(&self, read: impl Fn(&Note<'_>) -> Result<Option<T>>) -> Result<Option<T>> {
        if self.version < VERSION {
            return Ok(None);
        }
        let attempt = || {
            let _busy = self.connection.enter();
            match self.note() {
                Ok(Some(note)) if self.said_before(&note) || self.counts_stand(&note) => read(&note),
                _ => Ok(None),
            }
        };
        let found = attempt()?;
        if found.is_none() && self.look_again() { attempt() } else { Ok(found) }
    }

    /// Whether nothing of what the file says is new, and the counts were right. The reads themselves check the rest as far as it
    /// matters: that the log is the one that was read before, and that the table has rows where none was found.
    fn said_before(&self, note: &Note<'_>) -> bool {
        self.judged.right.get() && self.judged.of.get().is_some_and(|known| known.said == note.said)
    }

    /// Whether a table of counts is right to give no row: it was empty before, or has rows, only not these.
    pub(super) fn is_rightly_silent(&self, by: By, note: &Note<'_>) -> bool {
        let was_empty = self.judged.of.get().is_some_and(|known| !known.tables_have_rows[by as usize]);
        was_empty || self.counts_stand(note)
    }

    /// Whether the counts are right, by all that there is to see.
    pub(super) fn counts_stand(&self, note: &Note<'_>) -> bool {
        let (Ok(now), judged) = (self.sight(note), &self.judged) else { return false };
        let known = judged.of.get();
        if Some(now) == known {
            return judged.right.get();
        }
        // With another stamp, somebody has checked everything since. With the same one, the first fold has filled the tables.
        let stamp = |sight: Sight| sight.said.standing.stamp;
        let is_new = now.is_certain() && (judged.right.get() || known.map(stamp) != Some(stamp(now)));
        if is_new {
            judged.of.set(Some(now));
            judged.right.set(true);
        }
        is_new
    }

    /// Checks what came up since the last check, if there is anything new or it can be mended.
    fn look_again(&self) -> bool {
        let write = self.may_mend();
        let new = self.sight_now().is_ok_and(|now| now != self.judged.of.get());
        (write || new) && self.connection.without_waiting(|| self.judge(Look { write, thorough: false }))
    }

    fn may_mend(&self) -> bool {
        let readonly = || self.connection.with(|inner| Ok(inner.is_readonly("main")?)).unwrap_or(true);
        // What a later version has made of the counts is not this version's to mend.
        !self.newer && self.connection.check_writable().is_ok() && !self.connection.in_transaction() && !readonly()
    }

    fn judge(&self, how: Look) -> bool {
        let verdict = self.connection.with(|inner| Ok(look(inner, how))).unwrap_or(Verdict::Doubtful);
        self.judged.right.set(verdict != Verdict::Doubtful);
        self.judged.of.set(self.sight_now().unwrap_or_default());
        if let Verdict::Mended(mended) = verdict {
            self.judged.mended.replace(Some(mended));
        }
        self.judged.right.get()
    }

    fn sight_now(&self) -> Result<Option<Sight>> {
        self.note()?.map(|note| self.sight(&note)).transpose()
    }

    fn sight(&self, note: &Note<'_>) -> Result<Sight> {
        let there = self.statement(Query::CountsThere)?;
        there.step()?;
        let tables_have_rows = [0, 1].map(|column| there.integer(column) != 0);
        there.reset();
        Ok(Sight { said: note.said, tables_have_rows })
    }

    /// The file's note of the last check, by a kept statement and two look-ups, however long the log is; `None` where somebody
    /// has deleted its row.
    fn note(&self) -> Result<Option<Note<'_>>> {
        let statement = self.statement(Query::CountsChecked)?;
        if !statement.step()? {
            statement.reset();
            return Ok(None);
        }
        let [stamp, doubts, checked_version, counted_to, log_goes_on] =
            std::array::from_fn(|column| statement.integer(column));
        let standing = Standing { stamp, doubts, checked_version, version: 0 };
        let mut note = Note { said: Said { standing, log_goes_on: log_goes_on != 0 }, counted_to, statement };
        note.said.standing.version = self.schema_version(statement.recompilations())?;
        Ok(Some(note))
    }

    fn schema_version(&self, recompilations: i32) -> Result<i64> {
        if let Some((_, version)) = self.judged.schema.get().filter(|(then, _)| *then == recompilations) {
            return Ok(version);
        }
        let number = self.statement(Query::SchemaVersion)?;
        number.step()?;
        let version = number.integer(0);
        number.reset();
        self.judged.schema.set(Some((recompilations, version)));
        Ok(version)
    }
}

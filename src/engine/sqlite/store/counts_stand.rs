//! Whether this connection may answer from the counts, or has to count the executions themselves.
//!
//! Who opens the file looks thoroughly. From then on each call that reads counts looks whether anything came up since:
//! the file's own note of the last check tells. What did is looked into, and mended where this connection may write.

use super::Store;
use super::judged::Sight;
use super::queries::Query;
use crate::engine::sqlite::schema::counts::{Look, Standing, VERSION, Verdict, look};
use crate::error::Result;

impl Store {
    /// Looks whether the counts are right, and mends them. For who has just opened the file.
    pub fn look_at_counts(&self) {
        if self.version < VERSION {
            return;
        }
        let how = Look { write: self.may_mend(), thorough: true };
        // Nobody waits for a lock where there is nothing to mend.
        if !self.connection.without_waiting(|| self.judge(how)) && how.write {
            self.judge(how);
        }
    }

    /// What `read` reads from the counts, in a snapshot; `None` where they may be wrong.
    pub(super) fn read_counts<T>(&self, read: impl Fn() -> Result<T>) -> Result<Option<T>> {
        if self.version < VERSION {
            return Ok(None);
        }
        let attempt = || {
            let _busy = self.connection.enter();
            self.in_snapshot(|| if self.counts_stand() { read().map(Some) } else { Ok(None) })
        };
        let found = attempt()?;
        if found.is_none() && self.look_again() { attempt() } else { Ok(found) }
    }

    fn counts_stand(&self) -> bool {
        let (Ok(now), judged) = (self.sight(), &self.judged) else { return false };
        let known = judged.of.get();
        if now.is_some() && now == known {
            return judged.right.get();
        }
        // Who wrote another stamp has looked at everything since. With the same one, the first fold has filled the tables.
        let stamp = |sight: Sight| sight.standing.stamp;
        let has_cause = |now| judged.right.get() || known.map(stamp) != Some(stamp(now));
        let anew = now.is_some_and(|now| now.is_certain() && has_cause(now));
        if anew {
            judged.of.set(now);
            judged.right.set(true);
        }
        anew
    }

    /// Looks into what came up since the last look, if there is anything new or it can be mended.
    fn look_again(&self) -> bool {
        let write = self.may_mend();
        let new = self.sight().is_ok_and(|now| now != self.judged.of.get());
        (write || new) && self.connection.without_waiting(|| self.judge(Look { write, thorough: false }))
    }

    fn may_mend(&self) -> bool {
        let readonly = || self.connection.with(|inner| Ok(inner.is_readonly("main")?)).unwrap_or(true);
        // What a later version has made of the counts is not this one's to mend.
        !self.newer && self.connection.check_writable().is_ok() && !self.connection.in_transaction() && !readonly()
    }

    fn judge(&self, how: Look) -> bool {
        let verdict = self.connection.with(|inner| Ok(look(inner, how))).unwrap_or(Verdict::Doubtful);
        self.judged.right.set(verdict != Verdict::Doubtful);
        self.judged.of.set(self.sight().unwrap_or_default());
        if let Verdict::Mended(mended) = verdict {
            self.judged.mended.replace(Some(mended));
        }
        self.judged.right.get()
    }

    /// With statements that are kept, and a few look-ups however long the log is.
    fn sight(&self) -> Result<Option<Sight>> {
        let check = self.statement(Query::CountsChecked)?;
        let found = check.step()?.then(|| std::array::from_fn(|column| check.integer(column)));
        check.reset();
        let number = self.statement(Query::SchemaVersion)?;
        number.step()?;
        let version = number.integer(0);
        number.reset();
        Ok(found.map(|[stamp, doubts, checked_version, log_goes_on, by_worktree, by_zone]| Sight {
            standing: Standing { stamp, doubts, checked_version, version },
            log_goes_on: log_goes_on != 0,
            tables_have_rows: [by_worktree != 0, by_zone != 0],
        }))
    }
}

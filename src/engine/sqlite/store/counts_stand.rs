//! Whether this connection may answer from the counts, or has to count the executions themselves.
//!
//! Who opens the file looks thoroughly. From then on each call that reads counts looks whether anything came up since:
//! the file's own note of the last check tells. What did is looked into, and mended where this connection may write.

use std::cell::{Cell, RefCell};

use super::Store;
use super::queries::Query;
use crate::engine::Mended;
use crate::engine::sqlite::schema::counts::{Look, Standing, VERSION, Verdict, look};
use crate::error::Result;

/// What this connection last found.
#[derive(Default)]
pub struct Judged {
    of: Cell<Option<Standing>>,
    right: Cell<bool>,
    mended: RefCell<Option<Mended>>,
}

impl Judged {
    /// What was mended since this was last asked.
    pub fn take_mended(&self) -> Option<Mended> {
        self.mended.take()
    }
}

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
        let (Ok(now), judged) = (self.standing(), &self.judged) else { return false };
        let known = judged.of.get();
        if now.is_some() && now == known {
            return judged.right.get();
        }
        // Who wrote another stamp has looked at everything since.
        let anew = now.is_some_and(|now| now.is_certain() && known.is_none_or(|known| known.stamp != now.stamp));
        if anew {
            judged.of.set(now);
            judged.right.set(true);
        }
        anew
    }

    /// Looks into what came up since the last look, if there is anything new or it can be mended.
    fn look_again(&self) -> bool {
        let write = self.may_mend();
        let new = self.standing().is_ok_and(|now| now != self.judged.of.get());
        (write || new) && self.connection.without_waiting(|| self.judge(Look { write, thorough: false }))
    }

    fn may_mend(&self) -> bool {
        let readonly = || self.connection.with(|inner| Ok(inner.is_readonly("main")?)).unwrap_or(true);
        self.connection.check_writable().is_ok() && !self.connection.in_transaction() && !readonly()
    }

    fn judge(&self, how: Look) -> bool {
        let verdict = self.connection.with(|inner| Ok(look(inner, how))).unwrap_or(Verdict::Doubtful);
        self.judged.right.set(verdict != Verdict::Doubtful);
        self.judged.of.set(self.standing().unwrap_or_default());
        if let Verdict::Mended(mended) = verdict {
            self.judged.mended.replace(Some(mended));
        }
        self.judged.right.get()
    }

    /// `schema::counts::standing` with statements that are kept.
    fn standing(&self) -> Result<Option<Standing>> {
        let check = self.statement(Query::CountsChecked)?;
        let found = check.step()?.then(|| [check.integer(0), check.integer(1), check.integer(2)]);
        check.reset();
        let number = self.statement(Query::SchemaVersion)?;
        number.step()?;
        let version = number.integer(0);
        number.reset();
        Ok(found.map(|[stamp, doubts, checked_version]| Standing { stamp, doubts, checked_version, version }))
    }
}

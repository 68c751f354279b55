//! How calls speak to the server: each is one trip.
//!
//! | where | what is sent at once |
//! |---|---|
//! | a read | the statement |
//! | a write | `BEGIN` and the board's lock, shared; the statement; `COMMIT` |
//! | either within a transaction | `SAVEPOINT`; the statement; `RELEASE`. Where it fails, the next trip undoes it first, so that the transaction goes on |

use tokio_postgres::Row;

use super::Store;
use crate::engine::postgres::client::error::answered;
use crate::engine::postgres::client::value::Value;
use crate::engine::postgres::client::{Answer, Lost, Step};
use crate::error::{Error, Result};

/// What a statement's own savepoint is called.
const SAVEPOINT: &str = "SAVEPOINT visual_db_call";
const RELEASE: &str = "RELEASE visual_db_call";
const UNDO: &str = "ROLLBACK TO visual_db_call; RELEASE visual_db_call";

impl Store {
    /// Reads rows.
    pub(super) fn read(&self, sql: &str, values: &[Value<'_>]) -> Result<Vec<Row>> {
        self.check_open()?;
        let sql = self.expanded(sql);
        let step = Step::Statement(&sql, values);
        if self.is_within() {
            return self.guarded(step);
        }
        let answers = match self.client.send(&[step]) {
            // A read does no harm a second time, on a new connection. Who waits in vain waits once.
            Err(Lost::Ended(_)) => self.client.send(&[step]),
            Ok(_) if self.client.take_lost_name() => self.client.send(&[step]),
            sent => sent,
        };
        self.first(answers.map_err(|lost| lost.unavailable(&self.client.host()))?)
    }

    /// Reads at most one row.
    pub(super) fn read_one(&self, sql: &str, values: &[Value<'_>]) -> Result<Option<Row>> {
        Ok(self.read(sql, values)?.into_iter().next())
    }

    /// Runs a statement that writes: the rows that it returns.
    pub(super) fn write(&self, sql: &str, values: &[Value<'_>]) -> Result<Vec<Row>> {
        self.write_beside(false, sql, values)
    }

    /// The same where nobody else is to write meanwhile: what it reads stays as it is.
    pub(super) fn write_alone(&self, sql: &str, values: &[Value<'_>]) -> Result<Vec<Row>> {
        self.write_beside(true, sql, values)
    }

    fn write_beside(&self, alone: bool, sql: &str, values: &[Value<'_>]) -> Result<Vec<Row>> {
        self.check_open()?;
        self.check_writable()?;
        let sql = self.expanded(sql);
        let step = Step::Statement(&sql, values);
        if self.is_within() {
            return self.guarded(step);
        }
        let begin = self.begin_writing(alone);
        let steps = [Step::Script(&begin), step, Step::Script("COMMIT")];
        let sent = match self.client.send(&steps) {
            Ok(_) if self.client.take_lost_name() => self.client.send(&steps),
            sent => sent,
        };
        let answers = sent.map_err(|lost| lost.outcome_unknown(&self.client.host()))?;
        // The first that failed says why; what comes behind it was not even looked at.
        let mut rows = Vec::new();
        for (nth, answer) in answers.into_iter().enumerate() {
            let came = answer.map_err(|error| answered(error, &self.client.host()))?;
            if nth == 1 {
                rows = came;
            }
        }
        Ok(rows)
    }

    /// A statement within a transaction, which goes on where it fails.
    fn guarded(&self, step: Step<'_>) -> Result<Vec<Row>> {
        let answers = self.within(&[Step::Script(SAVEPOINT), step, Step::Script(RELEASE)])?;
        if self.client.take_lost_name() {
            self.transaction.borrow_mut().failed = true;
            return self.guarded(step);
        }
        let begun = answers.first().is_some_and(Result::is_ok);
        let came = answers.into_iter().nth(1).unwrap_or_else(|| Ok(Vec::new()));
        came.map_err(|error| {
            self.transaction.borrow_mut().failed = begun;
            answered(error, &self.client.host())
        })
    }

    /// What undoes a statement that has failed, once.
    pub(super) fn take_undo(&self) -> Option<Step<'static>> {
        std::mem::take(&mut self.transaction.borrow_mut().failed).then_some(Step::Script(UNDO))
    }

    /// Says something within a transaction. Where the connection ends, so does the transaction, and nothing of it was done.
    pub(super) fn within(&self, steps: &[Step<'_>]) -> Result<Vec<Answer>> {
        self.check_not_lost()?;
        let undo = self.take_undo();
        let undone = usize::from(undo.is_some());
        let steps: Vec<Step<'_>> = undo.into_iter().chain(steps.iter().copied()).collect();
        let sent = self.client.go_on(&steps).map_err(|lost| self.lose_transaction(lost.why()));
        sent.map(|mut answers| answers.split_off(undone))
    }

    fn first(&self, answers: Vec<Answer>) -> Result<Vec<Row>> {
        let answer = answers.into_iter().next().unwrap_or_else(|| Ok(Vec::new()));
        answer.map_err(|error| answered(error, &self.client.host()))
    }

    pub(super) fn check_open(&self) -> Result<()> {
        if self.is_open.get() { Ok(()) } else { Err(Error::Type("The database connection is not open".into())) }
    }

    pub(super) fn check_writable(&self) -> Result<()> {
        if !self.readonly {
            return Ok(());
        }
        let number = rusqlite::ffi::SQLITE_READONLY;
        let message = "attempt to write a readonly database".into();
        Err(Error::Engine { code: "SQLITE_READONLY".into(), number, message, source: None })
    }
}

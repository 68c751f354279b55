//! How calls speak to the server: each is one trip.
//!
//! | where | what is sent at once |
//! |---|---|
//! | a read | the statement |
//! | a write | `BEGIN` and the board's lock, shared; who does it, where that is said; the statement; `COMMIT` |
//! | either within a transaction | `SAVEPOINT`; the statement; `RELEASE`. Where it fails, the next trip undoes it first, so that the transaction goes on |

use tokio_postgres::Row;

use super::Store;
use super::sql::expand;
use crate::engine::postgres::client::error::answered;
use crate::engine::postgres::client::value::Value;
use crate::engine::postgres::client::{Answer, Lost, Step};
use crate::error::{Error, Result};

/// What a statement's own savepoint is called.
const SAVEPOINT: &str = "SAVEPOINT visual_db_call";
/// Who does what follows, and when by their clock: the triggers of the log read it.
pub(super) const SIGN: &str =
    "SELECT pg_catalog.set_config('visual_db.by', $1, true), pg_catalog.set_config('visual_db.at', $2, true)";

const RELEASE: &str = "RELEASE visual_db_call";
const UNDO: &str = "ROLLBACK TO visual_db_call; RELEASE visual_db_call";

impl Store {
    /// Reads rows.
    pub(super) fn read(&self, sql: &str, values: &[Value<'_>]) -> Result<Vec<Row>> {
        self.check_open()?;
        let sql = expand(sql, &self.schema);
        let step = Step::Statement(&sql, values);
        if self.is_within() {
            return Ok(self.guarded(&[step])?.pop().unwrap_or_default());
        }
        let answers = match self.client.send(&[step]) {
            // A read does no harm a second time, on a new connection. Who waits in vain waits once.
            Err(Lost::Ended(_)) => self.client.send(&[step]),
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
        let sql = expand(sql, &self.schema);
        let signature = self.signature();
        let mut steps = Vec::with_capacity(2);
        steps.extend(signature.as_ref().map(|values| Step::Statement(SIGN, values)));
        steps.push(Step::Statement(&sql, values));
        Ok(self.change(alone, &steps)?.pop().unwrap_or_default())
    }

    /// Says things that change something, all or nothing, in one trip: the rows of each.
    pub(super) fn change(&self, alone: bool, steps: &[Step<'_>]) -> Result<Vec<Vec<Row>>> {
        if self.is_within() {
            return self.guarded(steps);
        }
        let begin = self.begin_writing(alone);
        let sent = self.client.send(&framed(&begin, steps));
        self.rows_of(sent.map_err(|lost| lost.outcome_unknown(&self.client.host()))?)
    }

    /// Reads several things in one trip, which `begin` begins: the rows of each.
    pub(super) fn read_together(&self, begin: &str, steps: &[Step<'_>]) -> Result<Vec<Vec<Row>>> {
        if self.is_within() {
            return self.guarded(steps);
        }
        let steps = framed(begin, steps);
        let answers = match self.client.send(&steps) {
            Err(Lost::Ended(_)) => self.client.send(&steps),
            sent => sent,
        };
        self.rows_of(answers.map_err(|lost| lost.unavailable(&self.client.host()))?)
    }

    /// The rows of what is framed. The first that failed says why; what comes behind it was not even looked at.
    fn rows_of(&self, answers: Vec<Answer>) -> Result<Vec<Vec<Row>>> {
        let mut rows = Vec::with_capacity(answers.len());
        for answer in answers {
            rows.push(answer.map_err(|error| answered(error, &self.client.host()))?);
        }
        rows.pop();
        rows.remove(0);
        Ok(rows)
    }

    /// Statements within a transaction, which goes on where they fail.
    fn guarded(&self, steps: &[Step<'_>]) -> Result<Vec<Vec<Row>>> {
        let answers = self.within(&framed_by(SAVEPOINT, steps, RELEASE))?;
        let begun = answers.first().is_some_and(Result::is_ok);
        self.rows_of(answers).inspect_err(|_| self.transaction.borrow_mut().failed = begun)
    }

    /// Who is named with what is written, and when by the caller's clock, for this transaction alone; `None` where nobody is, and nobody
    /// was before in it.
    pub(super) fn signature(&self) -> Option<[Value<'static>; 2]> {
        let (by, at) = (self.acting.borrow().clone(), self.acting_at.get());
        let signs = by.is_some() || at.is_some();
        let mut transaction = self.transaction.borrow_mut();
        if !signs && !transaction.is_signed {
            return None;
        }
        transaction.is_signed = transaction.is_open && signs;
        let text = |text: Option<String>| Value::Text(text.unwrap_or_default().into());
        Some([text(by.map(|by| by.to_string())), text(at.map(|at| at.to_string()))])
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

/// What is one transaction of its own.
fn framed<'a>(begin: &'a str, steps: &[Step<'a>]) -> Vec<Step<'a>> {
    framed_by(begin, steps, "COMMIT")
}

fn framed_by<'a>(begin: &'a str, steps: &[Step<'a>], end: &'a str) -> Vec<Step<'a>> {
    let mut framed = Vec::with_capacity(steps.len() + 2);
    framed.push(Step::Script(begin));
    framed.extend_from_slice(steps);
    framed.push(Step::Script(end));
    framed
}

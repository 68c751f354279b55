//! How calls speak to the server: each is one trip.
//!
//! | where | what is sent at once |
//! |---|---|
//! | a read | the statement |
//! | a write | `BEGIN` and the board's lock, shared; who does it, where that is given; the statement; `COMMIT` |
//! | either where no answer came | `again.rs` |
//! | either within a transaction | `SAVEPOINT`; the statement; `RELEASE`. Where it fails, the next trip undoes it first, so that the transaction goes on |
//! | many rows | `BEGIN` and the lock, alone; all statements; `COMMIT` (`gathering.rs`) |

use std::rc::Rc;

use tokio_postgres::Row;

use super::Store;
use super::call::Call;
use super::transactions::rolled_back;
use crate::engine::postgres::client::error_codes::{answered, is_aborted};
use crate::engine::postgres::client::value::Value;
use crate::engine::postgres::client::{Answer, Lost, Step};
use crate::error::{Error, Result};

/// The savepoint of a statement.
pub(super) const SAVEPOINT: &str = "SAVEPOINT visual_db_call";
pub(super) const RELEASE: &str = "RELEASE visual_db_call";
/// Answers for a write that was made before, where there is nothing to be read.
pub(super) const IS_DONE: &str = "SELECT 1";
/// Signs what follows: by whom, and when by their clock. The triggers of the log read it.
pub(super) const SIGN: &str =
    "SELECT pg_catalog.set_config('visual_db.by', $1, true), pg_catalog.set_config('visual_db.at', $2, true)";
const UNDO: &str = "ROLLBACK TO visual_db_call; RELEASE visual_db_call";

impl Store {
    /// Reads rows.
    pub(super) fn read(&self, sql: &str, values: &[Value<'_>]) -> Result<Vec<Row>> {
        self.check_open()?;
        self.refuse_to_gather()?;
        let sql = self.expanded(sql);
        let step = Step::Statement(&sql, values);
        if self.is_within() {
            return Ok(self.guarded(&[step])?.pop().unwrap_or_default());
        }
        self.first(self.say_until_answered(&[step])?)
    }

    /// Reads at most one row.
    pub(super) fn read_one(&self, sql: &str, values: &[Value<'_>]) -> Result<Option<Row>> {
        Ok(self.read(sql, values)?.into_iter().next())
    }

    /// Runs a statement that writes: the rows that it returns. Where it was made before, there is a row of `IS_DONE` instead: only
    /// whether there are rows matters.
    pub(super) fn write(&self, sql: &str, values: &[Value<'_>]) -> Result<Vec<Row>> {
        self.write_and_read(false, sql, values, (IS_DONE, &[]))
    }

    /// Runs a statement whose rows nobody needs, while nobody else writes: what it reads stays as it is.
    pub(super) fn write_alone(&self, sql: &str, values: &[Value<'_>]) -> Result<()> {
        self.write_and_read(true, sql, values, (IS_DONE, &[])).map(drop)
    }

    /// Runs a statement that writes: the rows that it returns, or those that `instead` reads where it was made before.
    pub(super) fn write_and_read(
        &self,
        alone: bool,
        sql: &str,
        values: &[Value<'_>],
        instead: (&str, &[Value<'_>]),
    ) -> Result<Vec<Row>> {
        self.check_open()?;
        self.check_writable()?;
        let sql = self.expanded(sql);
        if self.gather_statement(alone, &sql, values)? {
            return Ok(Vec::new());
        }
        let signature = self.signature();
        let mut steps = Vec::with_capacity(2);
        steps.extend(signature.as_ref().map(|values| Step::Statement(SIGN, values)));
        steps.push(Step::Statement(&sql, values));
        let read = self.expanded(instead.0);
        Ok(self.change(alone, &steps, &[Step::Statement(&read, instead.1)])?.pop().unwrap_or_default())
    }

    /// Runs statements that write, in one trip, all or nothing; beside others or alone.
    pub(super) fn write_all(&self, alone: bool, statements: &[(&str, &[Value<'_>])]) -> Result<()> {
        self.write_each(alone, statements, &[]).map(drop)
    }

    /// The same, and gives the rows of each, the last of the last, or those that `instead` reads where they were made before.
    pub(super) fn write_each(
        &self,
        alone: bool,
        statements: &[(&str, &[Value<'_>])],
        instead: &[(&str, &[Value<'_>])],
    ) -> Result<Vec<Vec<Row>>> {
        self.write_as(Call::new(), alone, statements, instead)
    }

    /// The same as a call whose number `instead` knows.
    pub(super) fn write_as(
        &self,
        call: Call,
        alone: bool,
        statements: &[(&str, &[Value<'_>])],
        instead: &[(&str, &[Value<'_>])],
    ) -> Result<Vec<Vec<Row>>> {
        self.check_open()?;
        self.check_writable()?;
        self.refuse_to_gather()?;
        let signature = self.signature();
        let texts = |said: &[(&str, &[Value<'_>])]| -> Vec<Rc<str>> {
            said.iter().map(|(sql, _)| self.expanded(sql)).collect()
        };
        let (writes, reads) = (texts(statements), texts(instead));
        let mut steps: Vec<Step<'_>> = signature.iter().map(|values| Step::Statement(SIGN, values)).collect();
        steps.extend(writes.iter().zip(statements).map(|(sql, (_, values))| Step::Statement(sql, values)));
        let instead: Vec<Step<'_>> =
            reads.iter().zip(instead).map(|(sql, (_, values))| Step::Statement(sql, values)).collect();
        self.change_as(call, alone, &steps, &instead)
    }

    /// Sends steps that change something, all or nothing, in one trip: the rows of each, or of `instead` where they were made before.
    pub(super) fn change(&self, alone: bool, steps: &[Step<'_>], instead: &[Step<'_>]) -> Result<Vec<Vec<Row>>> {
        self.change_as(Call::new(), alone, steps, instead)
    }

    fn change_as(&self, call: Call, alone: bool, steps: &[Step<'_>], instead: &[Step<'_>]) -> Result<Vec<Vec<Row>>> {
        if self.is_within() {
            return self.guarded(steps);
        }
        self.rows_of(self.say_once(alone, call, steps, instead)?, 0)
    }

    /// Reads several things in one trip, which `begin` begins: the rows of each.
    pub(super) fn read_together(&self, begin: &str, steps: &[Step<'_>]) -> Result<Vec<Vec<Row>>> {
        self.refuse_to_gather()?;
        if self.is_within() {
            return self.guarded(steps);
        }
        let steps = framed(&[Step::Script(begin)], steps);
        self.rows_of(self.say_until_answered(&steps)?, 1)
    }

    /// Sends what is a transaction of its own, or a read. Where the server no longer knew a statement's name, nothing of it was done,
    /// and it is sent once more.
    pub(super) fn say(&self, steps: &[Step<'_>]) -> Result<Vec<Answer>, Lost> {
        match self.client.send(steps) {
            Ok(_) if self.client.take_lost_name() => self.client.send(steps),
            sent => sent,
        }
    }

    /// The same for what leaves a transaction open.
    pub(super) fn say_first(&self, steps: &[Step<'_>]) -> Result<Vec<Answer>, Lost> {
        match self.client.send(steps) {
            Ok(_) if self.client.take_lost_name() => {
                self.give_up();
                self.client.send(steps)
            }
            sent => sent,
        }
    }

    /// The rows of what is framed. The first error says why it failed; the server ran nothing behind that.
    fn rows_of(&self, answers: Vec<Answer>, before: usize) -> Result<Vec<Vec<Row>>> {
        let mut rows = Vec::with_capacity(answers.len());
        for answer in answers {
            rows.push(answer.map_err(|error| answered(error, &self.client.host()))?);
        }
        rows.pop();
        Ok(rows.split_off(before))
    }

    /// Who acts, and when by the caller's clock, for this transaction alone; `None` where neither is given, and neither was before in the
    /// transaction.
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

    /// Runs statements within a transaction, all of them or none. Where one fails, the transaction goes on.
    pub(super) fn guarded(&self, steps: &[Step<'_>]) -> Result<Vec<Vec<Row>>> {
        let mut answers = self.within(&framed_by(&[Step::Script(SAVEPOINT)], steps, RELEASE))?;
        let begun = answers.first().is_some_and(Result::is_ok);
        let lost_name = self.client.take_lost_name();
        let failed = |failed| self.transaction.borrow_mut().failed = failed;
        if lost_name {
            failed(true);
            return self.guarded(steps);
        }
        answers.pop();
        answers.into_iter().skip(1).collect::<Result<_, _>>().map_err(|error| {
            failed(begun);
            if is_aborted(&error) { rolled_back() } else { answered(error, &self.client.host()) }
        })
    }

    /// What has to be sent before anything else: what undoes a statement that failed, savepoints.
    pub(super) fn take_untold(&self) -> Vec<Step<'static>> {
        let mut transaction = self.transaction.borrow_mut();
        let undo = std::mem::take(&mut transaction.failed).then_some(UNDO);
        undo.into_iter().chain(transaction.untold.drain(..)).map(Step::Script).collect()
    }

    /// Sends something within a transaction. Where the connection ends, so does the transaction, and nothing of it was done.
    pub(super) fn within(&self, steps: &[Step<'_>]) -> Result<Vec<Answer>> {
        self.check_not_lost()?;
        let mut all = self.take_untold();
        let untold = all.len();
        all.extend_from_slice(steps);
        let sent = self.client.go_on(&all).map_err(|lost| self.lose_transaction(lost.why()));
        sent.map(|mut answers| answers.split_off(untold))
    }

    fn first(&self, answers: Vec<Answer>) -> Result<Vec<Row>> {
        let answer = answers.into_iter().next().unwrap_or_else(|| Ok(Vec::new()));
        answer.map_err(|error| answered(error, &self.client.host()))
    }

    /// A statement as the server gets it.
    pub(super) fn expanded(&self, sql: &str) -> Rc<str> {
        self.texts.of(sql, &self.schema)
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

/// Steps as one transaction of their own.
pub(super) fn framed<'a>(begin: &[Step<'a>], steps: &[Step<'a>]) -> Vec<Step<'a>> {
    framed_by(begin, steps, "COMMIT")
}

fn framed_by<'a>(begin: &[Step<'a>], steps: &[Step<'a>], end: &'a str) -> Vec<Step<'a>> {
    let mut framed = begin.to_vec();
    framed.extend_from_slice(steps);
    framed.push(Step::Script(end));
    framed
}

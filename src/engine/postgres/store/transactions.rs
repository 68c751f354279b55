//! Transactions, as callers begin and end them.
//!
//! One that is to write takes the board's lock alone from the start, as `BEGIN IMMEDIATE` promises: between its reads and its writes nobody
//! else writes. Calls outside transactions share that lock (`conversation.rs`), so they don't wait for each other.

use super::Store;
use super::call::Call;
use super::state::Transaction;
use crate::engine::Control;
use crate::engine::postgres::client::error_codes::{answered, is_aborted, outcome_unknown, unavailable};
use crate::engine::postgres::client::value::Value;
use crate::engine::postgres::client::{Lost, Step};
use crate::error::{Error, Result};

/// The caller's savepoints; one of the same name hides those before it.
const SAVEPOINT: &str = "SAVEPOINT visual_db";
const RELEASE: &str = "RELEASE visual_db";
const ROLLBACK_TO: &str = "ROLLBACK TO visual_db";

/// What begins a transaction and takes the lock.
pub(super) struct Begin {
    script: String,
    lock: Option<String>,
    call: [Value<'static>; 1],
}

impl Begin {
    /// Begins one that takes no lock.
    pub(super) fn of(script: String) -> Self {
        Self { script, lock: None, call: [Value::Integer(0)] }
    }

    /// The steps that are sent.
    pub(super) fn steps(&self) -> Vec<Step<'_>> {
        let lock = self.lock.as_deref().map(|lock| Step::Statement(lock, &self.call));
        std::iter::once(Step::Script(&self.script)).chain(lock).collect()
    }
}

impl Store {
    /// Whether a transaction is open.
    pub(super) fn is_within(&self) -> bool {
        self.transaction.borrow().is_open
    }

    /// Forgets the transaction, if there was one: it is over.
    pub(super) fn forget_transaction(&self) {
        self.transaction.take();
    }

    /// Notes that the server has none any more: it rolled all of it back.
    pub(super) fn lose_transaction(&self, why: &str) -> Error {
        let why = format!("{why}; the transaction was undone");
        self.transaction.borrow_mut().lost = Some(why.clone());
        unavailable(&self.client.host(), &why)
    }

    /// Refuses calls in a transaction that is lost: they would not be part of anything.
    pub(super) fn check_not_lost(&self) -> Result<()> {
        match &self.transaction.borrow().lost {
            Some(why) => Err(unavailable(&self.client.host(), why)),
            None => Ok(()),
        }
    }

    /// Begins a transaction that writes, beside others or alone; the first row that it puts into the log has the call's number.
    pub(super) fn begin_writing(&self, alone: bool, call: Call) -> String {
        format!(
            "BEGIN ISOLATION LEVEL READ COMMITTED; SELECT pg_catalog.set_config('lock_timeout', '{}ms', true), \
             pg_catalog.pg_advisory_xact_lock{}({}), pg_catalog.set_config('visual_db.call', '{}', true)",
            self.client.timeout().as_millis().max(1),
            if alone { "" } else { "_shared" },
            self.lock,
            call.0
        )
    }

    /// The same for a transaction that is one trip. On a session of the client's own the lock is a prepared statement, and the settings
    /// were made when the session began.
    pub(super) fn begin_and_lock(&self, alone: bool, call: Call) -> Begin {
        let number = [Value::Text(call.0.to_string().into())];
        if !self.client.is_own_session() {
            return Begin { script: self.begin_writing(alone, call), lock: None, call: number };
        }
        let shared = if alone { "" } else { "_shared" };
        let lock = format!(
            "SELECT pg_catalog.pg_advisory_xact_lock{shared}({}), pg_catalog.set_config('visual_db.call', $1, true)",
            self.lock
        );
        Begin { script: "BEGIN".into(), lock: Some(lock), call: number }
    }

    /// Makes several calls one: all or nothing.
    pub(super) fn all_or_nothing<T>(&self, calls: impl FnOnce() -> Result<T>) -> Result<T> {
        let within = self.is_within();
        self.step(if within { Control::Savepoint } else { Control::BeginImmediate })?;
        let made = calls();
        let (end, undo) =
            if within { (Control::Release, Control::RollbackTo) } else { (Control::Commit, Control::Rollback) };
        match made {
            Ok(made) => self.step(end).map(|()| made),
            Err(error) => {
                // The first failure is the one to be reported; where the connection is gone, so is all of it.
                _ = self.step(undo);
                if within {
                    _ = self.step(Control::Release);
                }
                Err(error)
            }
        }
    }

    /// Makes calls and undoes what they did, in a transaction of its own.
    pub(super) fn undone<T>(&self, calls: impl FnOnce() -> Result<T>) -> Result<T> {
        self.step(Control::BeginImmediate)?;
        let made = calls();
        self.step(Control::Rollback)?;
        made
    }

    /// Takes a step of a transaction.
    pub(super) fn step(&self, control: Control) -> Result<()> {
        let within = self.is_within();
        match control {
            Control::Begin | Control::BeginDeferred | Control::BeginImmediate | Control::BeginExclusive if within => {
                Err(misused("cannot start a transaction within a transaction"))
            }
            // As on a file: a write in it is refused, not its beginning.
            Control::Begin | Control::BeginDeferred | Control::BeginImmediate | Control::BeginExclusive
                if self.readonly =>
            {
                self.begin("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", Call::default())
            }
            // Nobody else writes meanwhile: a read that is followed by a write can't fail because of others.
            Control::Begin | Control::BeginDeferred | Control::BeginImmediate | Control::BeginExclusive => {
                let call = Call::new();
                self.begin(&self.begin_writing(true, call), call)
            }
            _ if !within => Err(misused(match control {
                Control::Commit => "cannot commit - no transaction is active",
                Control::Rollback => "cannot rollback - no transaction is active",
                _ => "no such savepoint: visual-db",
            })),
            Control::Commit => self.commit(),
            Control::Rollback => self.rollback(),
            Control::Savepoint => self.tell_with_the_next(SAVEPOINT),
            // What was lost with the transaction needs no undoing.
            Control::Release | Control::RollbackTo if self.check_not_lost().is_err() => Ok(()),
            Control::Release => self.tell_with_the_next(RELEASE),
            Control::RollbackTo => self.tell_with_the_next(ROLLBACK_TO),
        }
    }

    fn begin(&self, sql: &str, call: Call) -> Result<()> {
        // Nothing was done on a connection that gave no answer.
        let answers = self.say_until_answered(&[Step::Script(sql)])?;
        *self.transaction.borrow_mut() = Transaction { is_open: true, call, ..Transaction::default() };
        for answer in answers {
            if let Err(error) = answer {
                let failed = answered(error, &self.client.host());
                // It may have begun before it failed.
                self.rollback()?;
                return Err(failed);
            }
        }
        Ok(())
    }

    /// COMMIT of a transaction in which something has failed rolls it back without an error: so a statement before it, in the same trip,
    /// is refused then.
    fn commit(&self) -> Result<()> {
        if let Err(lost) = self.check_not_lost() {
            self.forget_transaction();
            return Err(lost);
        }
        let mut steps = self.take_untold();
        steps.extend([Step::Statement("SELECT 1", &[]), Step::Script("COMMIT")]);
        let sent = self.client.go_on(&steps);
        if let Err(Lost::Gone) = sent {
            let lost = self.lose_transaction(Lost::Gone.why());
            self.forget_transaction();
            return Err(lost);
        }
        let call = self.transaction.take().call;
        let host = self.client.host();
        let answers = match sent {
            Ok(answers) => answers,
            // A call of which the log says nothing may have been made all the same.
            Err(lost) => match self.outcome_of(call, lost, &mut self.patience()) {
                Ok(made) if made.is_empty() => return Err(outcome_unknown(&host, "the log has nothing of it")),
                told => return told.map(drop),
            },
        };
        for answer in answers {
            answer.map_err(|error| if is_aborted(&error) { rolled_back() } else { answered(error, &host) })?;
        }
        Ok(())
    }

    fn rollback(&self) -> Result<()> {
        if self.check_not_lost().is_err() {
            self.forget_transaction();
            return Ok(());
        }
        let sent = self.client.go_on(&[Step::Script("ROLLBACK")]);
        self.forget_transaction();
        let host = self.client.host();
        match sent {
            Ok(answers) => {
                answers.into_iter().try_for_each(|answer| answer.map(|_| ()).map_err(|error| answered(error, &host)))
            }
            // The server rolls back with the connection.
            Err(_) => Ok(()),
        }
    }

    /// Has the server told of a savepoint with whatever is sent next, so that it takes no trip.
    fn tell_with_the_next(&self, what: &'static str) -> Result<()> {
        self.check_not_lost()?;
        let untold = &mut self.transaction.borrow_mut().untold;
        // Nothing was sent between the two, so there is nothing to undo or to release.
        match (untold.last(), what) {
            (Some(&SAVEPOINT), ROLLBACK_TO) => {}
            (Some(&SAVEPOINT), RELEASE) => drop(untold.pop()),
            _ => untold.push(what),
        }
        Ok(())
    }
}

/// SQLite's error for a statement that makes no sense now.
fn misused(message: &str) -> Error {
    Error::Engine {
        code: "SQLITE_ERROR".into(),
        number: rusqlite::ffi::SQLITE_ERROR,
        message: message.into(),
        source: None,
    }
}

/// SQLite's error for a transaction that a failure in it has rolled back.
pub(super) fn rolled_back() -> Error {
    let number = rusqlite::ffi::SQLITE_ABORT_ROLLBACK;
    let message = "abort due to ROLLBACK".into();
    Error::Engine { code: "SQLITE_ABORT_ROLLBACK".into(), number, message, source: None }
}

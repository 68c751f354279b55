//! Calls of several steps, all or nothing: what they read decides what they write.
//!
//! | step | what is sent at once |
//! |---|---|
//! | the first that asks | `BEGIN` and the board's lock, or `SAVEPOINT`; the questions |
//! | each further one that asks | what is to be written; the questions |
//! | the end | what is to be written; `COMMIT`, or `RELEASE` |
//!
//! So a call that asks once is two trips, and one that only writes is one. Where it fails all of it is undone; within a transaction of
//! the caller's the next trip does that, and the transaction goes on. Where the connection is lost outside of one, the whole call is made again
//! (`again.rs`).

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use tokio_postgres::Row;

use super::Store;
use super::again::Patience;
use super::call::Call;
use super::conversation::{RELEASE, SAVEPOINT, SIGN};
use super::transactions::Begin;
use crate::engine::postgres::client::error_codes::{answered, outcome_unknown};
use crate::engine::postgres::client::value::Value;
use crate::engine::postgres::client::{Answer, Lost, Step};
use crate::error::{Error, Result};

/// A statement that is to be sent with the next step.
type Later = (Rc<str>, Vec<Value<'static>>);

/// A call that is under way.
pub(super) struct Work<'s> {
    pub store: &'s Store,
    number: Call,
    /// Begins it, outside of a transaction of the caller's.
    begin: Begin,
    /// Is sent behind that.
    first: Rc<str>,
    begun: Cell<bool>,
    wrote: Cell<bool>,
    /// Whether the log says nothing of what it writes.
    is_silent: Cell<bool>,
    /// Set where the connection was lost, and nothing of it was done.
    lost: Cell<Option<Lost>>,
    later: RefCell<Vec<Later>>,
}

impl Store {
    /// Makes a call of several steps. `first` are statements without values that are sent before all others. Returned with the call's value
    /// are the rows of what it wrote last.
    pub(super) fn atomically<T>(
        &self,
        first: &str,
        call: impl FnMut(&Work<'_>) -> Result<T>,
    ) -> Result<(T, Vec<Vec<Row>>)> {
        self.begun_by(|number| self.begin_and_lock(false, number), first, call)
    }

    /// The same without the board's lock: what it writes is no part of the board, and does no harm a second time.
    pub(super) fn beside_others<T>(&self, call: impl FnMut(&Work<'_>) -> Result<T>) -> Result<(T, Vec<Vec<Row>>)> {
        self.begun_by(|_| Begin::of(self.begin_reading()), "", call)
    }

    fn begun_by<T>(
        &self,
        begin: impl Fn(Call) -> Begin,
        first: &str,
        mut call: impl FnMut(&Work<'_>) -> Result<T>,
    ) -> Result<(T, Vec<Vec<Row>>)> {
        self.check_open()?;
        self.check_writable()?;
        self.refuse_to_gather()?;
        let (number, mut patience) = (Call::new(), self.patience());
        loop {
            let work = Work {
                store: self,
                number,
                begin: begin(number),
                first: self.expanded(first),
                begun: Cell::default(),
                wrote: Cell::default(),
                is_silent: Cell::default(),
                lost: Cell::default(),
                later: RefCell::default(),
            };
            let made = call(&work).and_then(|made| Ok((made, work.end(&mut patience)?)));
            if made.is_err() {
                work.undo();
            }
            match work.lost.take() {
                Some(lost) if made.is_err() && patience.allows(&lost) => {}
                _ => return made,
            }
        }
    }
}

impl Work<'_> {
    /// Writes something with the next step.
    pub fn later(&self, sql: &str, values: Vec<Value<'static>>) {
        self.later.borrow_mut().push((self.store.expanded(sql), values));
    }

    /// Asks several things at once: the rows of each.
    pub fn ask(&self, asked: &[(&str, &[Value<'_>])]) -> Result<Vec<Vec<Row>>> {
        let texts: Vec<Rc<str>> = asked.iter().map(|(sql, _)| self.store.expanded(sql)).collect();
        let asked: Vec<Step<'_>> =
            texts.iter().zip(asked).map(|(sql, (_, values))| Step::Statement(sql, values)).collect();
        let mut rows = self.send(&asked)?.map_err(|lost| self.undone(lost))?;
        let from = rows.len() - asked.len();
        Ok(rows.split_off(from))
    }

    /// Says that the log has nothing of what it writes: whether that was done can't be seen there.
    pub fn is_not_in_the_log(&self) {
        self.is_silent.set(true);
    }

    /// The error where nothing was done, unless the call is made again.
    fn undone(&self, lost: Lost) -> Error {
        let told = self.store.told_of(&lost);
        self.lost.set(Some(lost));
        told
    }

    fn end(&self, patience: &mut Patience) -> Result<Vec<Vec<Row>>> {
        let writes = !self.later.borrow().is_empty();
        if !writes && !self.begun.get() {
            return Ok(Vec::new());
        }
        let wrote = writes || self.wrote.get();
        let end = if self.store.is_within() { Step::Script(RELEASE) } else { Step::Script("COMMIT") };
        match self.send(&[end])? {
            Ok(mut rows) => {
                rows.pop();
                // It is over: nothing is left to be undone.
                self.begun.set(false);
                Ok(rows)
            }
            Err(lost) if wrote && lost.is_unsure() => {
                let rows = self.store.outcome_of(self.number, lost, patience)?;
                match rows.is_empty() {
                    false => Ok(vec![rows]),
                    true if self.is_silent.get() => {
                        Err(outcome_unknown(&self.store.client.host(), "the log says nothing of such a change"))
                    }
                    true => Err(self.undone(Lost::Gone)),
                }
            }
            Err(lost) => Err(self.undone(lost)),
        }
    }

    /// Sends what is to be written, and `steps`: the rows of all that, or how the connection was lost.
    fn send(&self, steps: &[Step<'_>]) -> Result<Result<Vec<Vec<Row>>, Lost>> {
        let store = self.store;
        let (within, begins) = (store.is_within(), !self.begun.replace(true));
        let later = self.later.take();
        self.wrote.set(self.wrote.get() || !later.is_empty());
        let signature = begins.then(|| store.signature()).flatten();
        let mut all = Vec::with_capacity(4 + later.len() + steps.len());
        if begins {
            if within {
                all.push(Step::Script(SAVEPOINT));
            } else {
                all.extend(self.begin.steps());
            }
            all.extend(signature.as_ref().map(|values| Step::Statement(SIGN, values)));
            if !self.first.is_empty() {
                all.push(Step::Script(&self.first));
            }
        }
        let before = all.len();
        all.extend(later.iter().map(|(sql, values)| Step::Statement(sql, values)));
        all.extend_from_slice(steps);
        let answers: Vec<Answer> = if within {
            let sent = store.within(&all);
            // What is lost with the connection is rolled back already.
            self.begun.set(sent.is_ok());
            sent?
        } else {
            let sent = if begins { store.say_first(&all) } else { store.client.go_on(&all) };
            self.begun.set(sent.is_ok());
            match sent {
                Ok(answers) => answers,
                Err(lost) => return Ok(Err(lost)),
            }
        };
        let mut rows = Vec::with_capacity(answers.len());
        for answer in answers {
            rows.push(answer.map_err(|error| answered(error, &store.client.host()))?);
        }
        Ok(Ok(rows.split_off(before)))
    }

    /// Undoes what was begun. Within a transaction of the caller's, the next trip does.
    fn undo(&self) {
        if !self.begun.replace(false) {
            return;
        }
        if self.store.is_within() {
            self.store.transaction.borrow_mut().failed = true;
        } else {
            self.store.give_up();
        }
    }
}

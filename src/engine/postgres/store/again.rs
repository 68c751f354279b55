//! What is sent again, within `timeout`, where a connection gave no answer: on another one, to whichever host takes writes by then.
//!
//! A read does no harm a second time. A write has a number, and so has the first row that it puts into the log
//! (`schema/postgres/0003_changes.up.sql`). Before the write is sent again, the board's lock is taken alone, so that whatever came before
//! has ended, and the log is asked for that number:
//!
//! | the log has it | what is sent at once |
//! |---|---|
//! | no | the write, and `COMMIT`. An answer that is late makes it no second time: the number is unique |
//! | yes | something that is written, so that its `COMMIT` waits for the synchronous standby as the first one's should have; what reads the answer |
//!
//! Where a write had no number, or the caller began its transaction, the caller gets the error: nobody knows what else his `fn` did.

use std::time::{Duration, Instant};

use tokio_postgres::Row;

use super::Store;
use super::call::Call;
use super::conversation::framed;
use crate::engine::postgres::client::error_codes::{UNAVAILABLE, answered, reason, unavailable};
use crate::engine::postgres::client::{Answer, Lost, Step};
use crate::error::{Error, Result};

/// Whether the log has the call's number. A run that was made had its worktree, its zone and its parent, and was started as usual: hence
/// four times true.
const IS_MADE: &str = "SELECT true, true, true, true FROM {s}.changes WHERE call = $1";
/// Its commit waits for the standby as well. Nobody reads it.
const WRITE_SOMETHING: &str = "SELECT pg_catalog.pg_logical_emit_message(true, 'visual_db', '')";

/// How long to wait before sending again for the second time, and at most each time.
const FIRST_PAUSE: Duration = Duration::from_millis(5);
const LONGEST_PAUSE: Duration = Duration::from_millis(200);

/// How long sending is tried.
pub(super) struct Patience {
    until: Instant,
    pause: Duration,
}

impl Patience {
    /// Whether there is time to try again, and trying may help. It waits a little before, but not the first time.
    pub fn allows(&mut self, lost: &Lost) -> bool {
        if !lost.may_pass() || Instant::now() + self.pause >= self.until {
            return false;
        }
        std::thread::sleep(self.pause);
        self.pause = (self.pause * 2).clamp(FIRST_PAUSE, LONGEST_PAUSE);
        true
    }
}

impl Store {
    /// As long as `timeout`.
    pub(super) fn patience(&self) -> Patience {
        Patience { until: Instant::now() + self.client.timeout(), pause: Duration::ZERO }
    }

    /// Sends what does no harm a second time.
    pub(super) fn say_until_answered(&self, steps: &[Step<'_>]) -> Result<Vec<Answer>> {
        let mut patience = self.patience();
        loop {
            match self.say(steps) {
                Err(lost) if patience.allows(&lost) => {}
                said => return said.map_err(|lost| lost.unavailable(&self.client.host())),
            }
        }
    }

    /// Sends a write that is one trip, under this number: the answers to its steps and to `COMMIT`. Where it was made before it is sent
    /// again, the steps of `instead` answer in their place.
    pub(super) fn say_once(
        &self,
        alone: bool,
        call: Call,
        steps: &[Step<'_>],
        instead: &[Step<'_>],
    ) -> Result<Vec<Answer>> {
        let begin = self.begin_and_lock(alone, call);
        let begin = begin.steps();
        let mut lost = match self.say(&framed(&begin, steps)) {
            Ok(answers) => return self.behind(answers, begin.len()),
            Err(lost) => lost,
        };
        let (mut patience, mut is_unsure) = (self.patience(), lost.is_unsure());
        loop {
            if !patience.allows(&lost) {
                return Err(self.told(lost, is_unsure));
            }
            let said = self.begin_again(call).and_then(|made| match made {
                Some(_) => {
                    self.go_on(&[&[Step::Script(WRITE_SOMETHING)], instead].concat()).map(|answers| (answers, 1))
                }
                None => self.go_on(steps).map(|answers| (answers, 0)),
            });
            match said {
                Ok((answers, before)) => return self.behind(answers, before),
                Err(again) => lost = again,
            }
            is_unsure |= lost.is_unsure();
        }
    }

    /// What became of a call whose `COMMIT` had no answer: rows where it was made, and none where it was not.
    pub(super) fn outcome_of(&self, call: Call, mut lost: Lost, patience: &mut Patience) -> Result<Vec<Row>> {
        loop {
            if !patience.allows(&lost) {
                return Err(self.told(lost, true));
            }
            let said = self.begin_again(call).and_then(|made| {
                if let Some(rows) = made {
                    return self.go_on(&[Step::Script(WRITE_SOMETHING)]).map(|_| rows);
                }
                self.give_up();
                Ok(Vec::new())
            });
            match said {
                Ok(rows) => return Ok(rows),
                Err(again) => lost = again,
            }
        }
    }

    /// The error of a call of which nothing was done.
    pub(super) fn told_of(&self, lost: &Lost) -> Error {
        match lost {
            Lost::Unsent(error, _) => Error::Coded { code: UNAVAILABLE, message: error.message().into() },
            lost => unavailable(&self.client.host(), lost.why()),
        }
    }

    fn told(&self, lost: Lost, is_unsure: bool) -> Error {
        let host = self.client.host();
        if is_unsure { lost.outcome_unknown(&host) } else { lost.unavailable(&host) }
    }

    /// Begins another transaction, alone: rows where the call was made.
    fn begin_again(&self, call: Call) -> Result<Option<Vec<Row>>, Lost> {
        let (begin, is_made) = (self.begin_writing(true, call), self.expanded(IS_MADE));
        let number = [call.0.into()];
        let answers = self.say_first(&[Step::Script(&begin), Step::Statement(&is_made, &number)])?;
        let mut rows = Vec::new();
        for answer in answers {
            match answer {
                Ok(came) => rows = came,
                Err(error) => {
                    self.give_up();
                    return Err(Lost::Silent(reason(&error)));
                }
            }
        }
        Ok(Some(rows).filter(|rows| !rows.is_empty()))
    }

    fn go_on(&self, steps: &[Step<'_>]) -> Result<Vec<Answer>, Lost> {
        self.client.go_on(&framed(&[], steps))
    }

    /// The answers behind the beginning, which may have failed itself.
    fn behind(&self, answers: Vec<Answer>, before: usize) -> Result<Vec<Answer>> {
        let mut answers = answers.into_iter();
        for answer in answers.by_ref().take(before) {
            answer.map_err(|error| answered(error, &self.client.host()))?;
        }
        Ok(answers.collect())
    }
}

//! What a call's outcome depends on.

use super::lease::Lease;
use super::moment::Moment;
use super::status::{End, Status};

/// The facts of a run that decide, as they are stored: its prompt and its result are not among them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Run {
    /// Where it is in its life.
    pub state: State,
    /// The token of its last claim; 0 before the first one. It only ever grows.
    pub token: i64,
    /// How many attempts that count have begun.
    pub attempt: u32,
    /// How many attempts may begin.
    pub max_attempts: u32,
    /// How long an attempt may be worked on, in milliseconds.
    pub timeout_ms: Option<i64>,
    /// When the first attempt that counts began, by the wall clock.
    pub started_at: Option<i64>,
    /// When somebody asked its worker to stop, by the wall clock.
    pub cancel_requested_at: Option<i64>,
    /// How long earlier claims worked on this attempt, in milliseconds of the monotonic clock, for the timeout.
    pub worked_ms: i64,
    /// How long all claims worked on all attempts, in milliseconds of the wall clock, for people.
    pub duration_ms: i64,
    /// The tokens that have finished an attempt, in their order; at most one for each attempt.
    pub settled: Vec<i64>,
}

/// Where a run is, with what exists only then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// It waits for a worker.
    Queued {
        /// It can't be claimed before this, by the wall clock. `None`: it can, even if that clock is set back.
        not_before: Option<i64>,
        /// Whether a person has answered: then it is first in line, and the next claim goes on with the same attempt.
        answered: bool,
    },
    /// A worker holds it.
    Running {
        /// When it was claimed.
        since: Moment,
        /// For how long it is held.
        lease: Lease,
        /// Whether it goes on with an attempt after a person's answer.
        answered: bool,
    },
    /// It waits for a person. It holds no lease, and no limit counts it.
    Waiting,
    /// It has ended.
    Ended {
        /// How.
        end: End,
        /// When, by the wall clock.
        at: i64,
    },
}

/// What is given for a new run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct New {
    /// When it may be claimed, by the wall clock; `None` is at once.
    pub available_at: Option<i64>,
    /// How many attempts it has: [`MAX_ATTEMPTS`](super::MAX_ATTEMPTS).
    pub max_attempts: u32,
    /// How long an attempt may be worked on: [`TIMEOUT_MS`](super::TIMEOUT_MS).
    pub timeout_ms: Option<i64>,
}

impl Run {
    /// A new run, queued.
    #[must_use]
    pub fn new(new: New, now: Moment) -> Self {
        Self {
            state: State::Queued { not_before: new.available_at.filter(|at| *at > now.wall_ms), answered: false },
            token: 0,
            attempt: 0,
            max_attempts: new.max_attempts.max(1),
            timeout_ms: new.timeout_ms,
            started_at: None,
            cancel_requested_at: None,
            worked_ms: 0,
            duration_ms: 0,
            settled: Vec::new(),
        }
    }

    /// Its status.
    #[must_use]
    pub const fn status(&self) -> Status {
        match self.state {
            State::Queued { .. } => Status::Queued,
            State::Running { .. } => Status::Running,
            State::Waiting => Status::Waiting,
            State::Ended { end, .. } => Status::Ended(end),
        }
    }

    /// Whether another attempt may follow this one: one is left, and nobody wants the run to stop.
    #[must_use]
    pub const fn may_try_again(&self) -> bool {
        self.attempt < self.max_attempts && self.cancel_requested_at.is_none()
    }

    /// How long the attempt has been worked on at a moment, in milliseconds. Waiting for a person doesn't count.
    #[must_use]
    pub fn worked_ms_at(&self, at: Moment) -> i64 {
        match self.state {
            State::Running { since, .. } => self.worked_ms.saturating_add(at.since(since)),
            _ => self.worked_ms,
        }
    }

    /// How long it has been worked on at a moment, for people, in milliseconds.
    #[must_use]
    pub fn duration_ms_at(&self, at: Moment) -> i64 {
        match self.state {
            State::Running { since, .. } => {
                self.duration_ms.saturating_add(at.wall_ms.saturating_sub(since.wall_ms).max(0))
            }
            _ => self.duration_ms,
        }
    }
}

/// What `enqueueRun` makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Enqueued {
    /// A new run.
    New(Run),
    /// Nothing: a run that has the same idempotency key is still open, and is the answer.
    Found,
}

/// What `enqueueRun` makes; `same_key` is the last run with its idempotency key, if there is one.
#[must_use]
pub fn enqueue(same_key: Option<&Run>, new: New, now: Moment) -> Enqueued {
    if same_key.is_some_and(|run| run.status().is_open()) { Enqueued::Found } else { Enqueued::New(Run::new(new, now)) }
}

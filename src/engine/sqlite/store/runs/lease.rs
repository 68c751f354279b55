//! A row of the table `leases`: who holds a run.

use super::row::Row;
use crate::engine::sqlite::driver::Statement;
use crate::model::run::{Boot, Lease, Moment, Run, State};

#[derive(Debug, Clone)]
pub(super) struct Held {
    pub run: i64,
    pub token: i64,
    /// When the run was claimed. The lease's deadline goes by the clock of the same boot, or of a later one.
    pub since: Moment,
    pub lease: Lease,
    attempt: u32,
    answered: bool,
    started_at: i64,
    worked_ms: i64,
    pub cancel_requested_at: Option<i64>,
    pub cancel_reason: Option<String>,
    pub worker_id: String,
}

impl Held {
    pub fn read(statement: &Statement) -> Self {
        let mut row = Row::of(statement);
        let (run, token) = (row.integer(), row.integer());
        let (lease, since) = clocks(&mut row);
        Self {
            run,
            token,
            since,
            lease,
            attempt: row.integer().clamp(0, u32::MAX.into()) as u32,
            answered: row.integer() != 0,
            started_at: row.integer(),
            worked_ms: row.integer(),
            cancel_requested_at: row.integer_or_null(),
            cancel_reason: row.text_or_null(),
            worker_id: row.text(),
        }
    }

    /// The run, as far as it decides about its lease.
    pub fn life(&self) -> Run {
        Run {
            state: State::Running { since: self.since, lease: self.lease, answered: self.answered },
            token: self.token,
            attempt: self.attempt,
            max_attempts: u32::MAX,
            timeout_ms: None,
            started_at: Some(self.started_at),
            cancel_requested_at: self.cancel_requested_at,
            worked_ms: self.worked_ms,
            duration_ms: 0,
            settled: Vec::new(),
        }
    }
}

/// The lease and the moment of the claim, from `boot` to `claimed_at`.
pub(super) fn clocks(row: &mut Row<'_>) -> (Lease, Moment) {
    let boot = Boot(row.integer());
    let deadline = Moment { boot, monotonic_ms: row.integer(), wall_ms: row.integer() };
    let lease = Lease { deadline, length_ms: row.integer() };
    let claimed = row.integer_or_null();
    let since = Moment {
        boot: claimed.map_or(Boot::UNKNOWN, |_| boot),
        monotonic_ms: claimed.unwrap_or_default(),
        wall_ms: row.integer(),
    };
    (lease, since)
}

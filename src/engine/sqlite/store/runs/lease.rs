//! Who holds which run: the table `leases`, a row a run at work.

use super::record::Record;
use super::row::Row;
use super::sql::Sql;
use crate::engine::sqlite::driver::{Bind, Statement};
use crate::engine::sqlite::store::Store;
use crate::error::Result;
use crate::model::run::{Boot, Lease, Moment, Run, State};

/// A row of `leases`.
#[derive(Debug, Clone)]
pub(super) struct Held {
    pub run: i64,
    pub token: i64,
    /// The claim, and the deadline that goes by the same boot's clock, or by a later one's.
    pub since: Moment,
    pub lease: Lease,
    attempt: u32,
    answered: bool,
    started_at: i64,
    worked_ms: i64,
    pub cancel_requested_at: Option<i64>,
    cancel_reason: Option<String>,
    pub worker_id: String,
}

impl Held {
    fn read(statement: &Statement) -> Self {
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

    /// What of the run decides about its lease alone.
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

    /// Says so in the run.
    pub fn hold(self, record: &mut Record) {
        let Run { max_attempts, timeout_ms, duration_ms, .. } = record.life;
        let settled = std::mem::take(&mut record.life.settled);
        record.life = Run { max_attempts, timeout_ms, duration_ms, settled, ..self.life() };
        record.cancel_reason = self.cancel_reason;
        record.worker_before = record.worker_id.replace(self.worker_id);
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

impl Store {
    /// Who holds a run; `None` where nobody does.
    pub(super) fn held(&self, id: &str) -> Result<Option<Held>> {
        self.first(Sql::Lease, &[Bind::Text(id)], Held::read)
    }

    /// Writes that a worker holds a run, as its life says.
    pub(super) fn lend(&self, record: &Record) -> Result<()> {
        let life = &record.life;
        let State::Running { since, lease, answered } = life.state else { return Ok(()) };
        let deadline = lease.deadline;
        self.write_run(
            Sql::Lend,
            &[
                Bind::Text(&record.id),
                Bind::Integer(record.key),
                Bind::Integer(life.token),
                Bind::Text(&record.zone_id),
                Bind::Text(&record.worktree_id),
                Bind::Text(&record.agent_type),
                Bind::Integer(deadline.boot.0),
                Bind::Integer(deadline.monotonic_ms),
                Bind::Integer(deadline.wall_ms),
                Bind::Integer(lease.length_ms),
                Bind::Integer(since.monotonic_ms),
                Bind::Integer(since.wall_ms),
                life.timeout_ms.map(|most| most.saturating_sub(life.worked_ms)).into(),
                Bind::Integer(life.attempt.into()),
                Bind::Integer(answered.into()),
                life.started_at.into(),
                Bind::Integer(life.worked_ms),
                record.worker_id.as_deref().into(),
            ],
        )
        .map(drop)
    }

    /// Writes that a lease lasts as long as the run's life says.
    pub(super) fn lengthen(&self, id: &str, life: &Run) -> Result<()> {
        let State::Running { since, lease, .. } = life.state else { return Ok(()) };
        let Moment { boot, monotonic_ms, wall_ms } = lease.deadline;
        // A claim of an earlier boot is known by the wall clock only.
        let claimed = Some(since.monotonic_ms).filter(|_| since.boot == boot);
        self.write_run(
            Sql::Lengthen,
            &[
                Bind::Text(id),
                Bind::Integer(boot.0),
                Bind::Integer(monotonic_ms),
                Bind::Integer(wall_ms),
                Bind::Integer(lease.length_ms),
                claimed.into(),
            ],
        )
        .map(drop)
    }
}

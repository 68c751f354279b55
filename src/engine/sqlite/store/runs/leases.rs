//! Who holds which run: the table `leases`, a row a run at work.

use super::lease::Held;
use super::sql::Sql;
use crate::engine::run::record::Record;
use crate::engine::sqlite::driver::Bind;
use crate::engine::sqlite::store::Store;
use crate::error::Result;
use crate::model::run::{Moment, Run, State};

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
        let left_ms = life.timeout_ms.map(|most| most.saturating_sub(life.worked_ms));
        let over = left_ms.map(|left| since.monotonic_ms.saturating_add(left).saturating_add(1));
        let sound_to = over.map_or(deadline.monotonic_ms, |over| over.min(deadline.monotonic_ms));
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
                left_ms.into(),
                Bind::Integer(life.attempt.into()),
                Bind::Integer(answered.into()),
                life.started_at.into(),
                Bind::Integer(life.worked_ms),
                record.worker_id.as_deref().into(),
                Bind::Integer(sound_to),
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

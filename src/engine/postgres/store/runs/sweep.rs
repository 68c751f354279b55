//! Runs whose lease or time ran out: their worker is silent, or takes too long.

use super::clock::{NOW, moment};
use super::columns::{FROM, columns, read};
use super::load::Held;
use crate::engine::Asked;
use crate::engine::postgres::client::value::{cell, integer, text_of};
use crate::engine::postgres::store::Store;
use crate::engine::postgres::store::work::Work;
use crate::engine::run::answers::Answers;
use crate::engine::run::record::{Record, Said};
use crate::error::Result;
use crate::model::run::{Call, Effect, Moment, State, apply};

/// How many runs a sweep locks at once.
const AT_ONCE: usize = 200;

/// Runs whose lease may have run out for so long, or their time.
const OVER: &str = "SELECT id FROM {s}.runs WHERE status = 'running' AND (deadline + $1 <= {now} OR (sound_to < deadline AND sound_to <= {now})) \
     ORDER BY key";

/// What comes first by the caller's clock: a run's time, the end of the period of a budget that is spent. And how long the lease or time
/// that runs out first still lasts by the server's.
const NEXT: &str = "SELECT least((SELECT min(not_before) FROM {s}.runs WHERE status = 'queued' AND not_before IS NOT NULL), \
     (SELECT min(resets_at) FROM {s}.budgets WHERE spent_micros >= limit_micros)), \
     (SELECT min(sound_to) FROM {s}.runs WHERE status = 'running') - {now}";

fn with_now(sql: &str) -> String {
    sql.replace("{now}", NOW)
}

impl Work<'_> {
    /// Takes these runs away where their lease or time ran out: how many were.
    pub(super) fn sweep_these(&self, ids: &[String], now: Moment) -> Result<usize> {
        let mut gone = 0;
        for ids in ids.chunks(AT_ONCE) {
            let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
            let (held, now) = self.hold(&ids, now.wall_ms)?;
            for held in held {
                gone += usize::from(self.sweep_one(held, false, 0, now)?.is_some());
            }
        }
        Ok(gone)
    }

    /// Takes a run away if its lease or its time ran out; `None` where neither did.
    fn sweep_one(&self, mut held: Held, alive: bool, grace_ms: i64, now: Moment) -> Result<Option<Record>> {
        let record = &mut held.record;
        let to = apply(&record.id, Some(&record.life), &Call::Sweep { alive, grace_ms }, now)?;
        let effect = to.effect;
        if !matches!(effect, Effect::None | Effect::Lengthened) {
            // What an earlier attempt said is not about this one.
            record.said = Said::default();
        }
        self.settle(&mut held, to, None, now.wall_ms);
        Ok(matches!(effect, Effect::Requeued | Effect::Ended { .. }).then_some(held.record))
    }
}

impl Store {
    /// Takes away all such runs, up to `most`. Where `asked` says which claims were asked about, a lease that ran out counts only for
    /// those.
    pub(super) fn sweep(
        &self,
        grace_ms: i64,
        asked: Option<&[Asked]>,
        wall_ms: i64,
        most: usize,
    ) -> Result<Vec<Record>> {
        let answers = Answers::of(asked);
        self.check_writable()?;
        // Whether they still are is decided once they are held.
        let rows = self.read(&with_now(OVER), &[grace_ms.into()])?;
        let over: Vec<String> = rows.iter().filter_map(|row| text_of(row, 0)).collect();
        let (swept, _) = self.atomically("", |work| {
            let mut swept = Vec::new();
            for ids in over.chunks(AT_ONCE) {
                let ids: Vec<&str> = ids.iter().map(String::as_str).take(most - swept.len()).collect();
                let (held, now) = work.hold(&ids, wall_ms)?;
                for held in held {
                    let (alive, grace_ms) = answers.about(&held.record.id, held.record.life.token, grace_ms);
                    swept.extend(work.sweep_one(held, alive, grace_ms, now)?);
                }
                if swept.len() >= most {
                    break;
                }
            }
            Ok(swept)
        })?;
        Ok(swept)
    }

    /// Runs whose lease ran out at least `grace_ms` ago, in the order of their ids from behind `after` on; at most `most`.
    pub(super) fn out_of_lease(&self, grace_ms: i64, after: &str, wall_ms: i64, most: i64) -> Result<Vec<Record>> {
        let sql = format!(
            "SELECT {}, {NOW} FROM {FROM} WHERE r.status = 'running' AND r.deadline + $1 <= {NOW} AND r.id > $2 ORDER BY r.id LIMIT $3",
            columns(true)
        );
        let rows = self.read(&sql, &[grace_ms.into(), after.into(), most.into()])?;
        let ran_out = |row: &tokio_postgres::Row| {
            let (found, reader) = read(row);
            let now = moment(reader.integer(), wall_ms);
            found.map(|found| found.record).filter(
                |record| matches!(record.life.state, State::Running { lease, .. } if lease.ran_out(now, grace_ms)),
            )
        };
        Ok(rows.iter().filter_map(ran_out).collect())
    }

    /// In how many milliseconds a run may become claimable by itself.
    pub(super) fn next_due(&self, wall_ms: i64) -> Result<Option<i64>> {
        let Some(row) = self.read_one(&with_now(NEXT), &[])? else { return Ok(None) };
        let due = cell(&row, 0).map(|cell| cell.integer().saturating_sub(wall_ms));
        let left = cell(&row, 1).map(|_| integer(&row, 1));
        Ok([due, left].into_iter().flatten().min().map(|due| due.max(0)))
    }
}

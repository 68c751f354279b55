//! Who takes runs, and what that makes of one.

use super::record::Record;
use crate::error::Result;
use crate::model::execution;
use crate::model::run::{Call, Effect, Moment, Transition, apply};

/// By how much at most a token is larger than the one before: by 2^20, for which 2^53 has room 2^33 times.
const TOKENS: u64 = 1 << 20;

/// What a worker takes.
pub struct Taker<'a> {
    /// Who it is.
    pub worker: &'a str,
    /// For how long it will hold them.
    pub lease_ms: i64,
    /// Of one of these zones; `None` is of any.
    pub zones: Option<&'a [String]>,
    /// For one of these agents.
    pub agents: Option<&'a [String]>,
    /// Whether an earlier part of the same call has taken away what ran out of its lease.
    pub goes_on: bool,
}

impl Taker<'_> {
    /// How many tokens a claim skips. A board that was restored knows nothing of the claims made since its backup, whose workers may be
    /// alive: their tokens must not be given to anybody else now. So each token is larger by a random number.
    #[must_use]
    pub fn skipped() -> i64 {
        (execution::random() % TOKENS) as i64
    }

    /// What it makes of a run to take it; `None` where it can't be taken.
    ///
    /// # Errors
    /// The model's.
    pub fn claims(&self, record: &mut Record, now: Moment) -> Result<Option<Transition>> {
        let claim = Call::Claim { lease_ms: self.lease_ms };
        record.life.token = record.life.token.saturating_add(Self::skipped());
        let to = apply(&record.id, Some(&record.life), &claim, now)?;
        if to.effect != Effect::Claimed {
            return Ok(None);
        }
        record.worker_before = record.worker_id.replace(self.worker.to_owned());
        Ok(Some(to))
    }
}

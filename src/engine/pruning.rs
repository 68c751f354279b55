//! What engines share about pruning: how much time a call has left, how much it does in a step, and how long a turn lasts.

use std::time::{Duration, Instant};

use crate::engine::Pruned;

/// A process that prunes says so again before this time is over, in milliseconds.
pub const TURN_MS: i64 = 60_000;
/// After this many milliseconds a round starts from the first run again: one that the last has passed may have ended since.
pub const ROUND_MS: i64 = 86_400_000;
/// About how many bytes a run takes without its texts: its rows, and its part of all indexes.
pub const OF_RUN: i64 = 750;

/// About how long a step is to take, or half of what the call may. The shorter it is, the more often the same pages of the
/// history's indexes are written.
const STEP: Duration = Duration::from_millis(20);
/// The same where others write, too: about how long the system lets a process run on a busy machine. A process that is
/// preempted in a step holds the lock for as long as all the others run.
const IN_COMPANY: Duration = Duration::from_millis(2);

/// How much is done in a step, as the last ones have shown.
#[derive(Debug, Clone, Copy)]
pub struct Sizes {
    /// How many runs are checked.
    runs: i64,
    /// How many pages are given back.
    pages: i64,
}

impl Default for Sizes {
    fn default() -> Self {
        Self { runs: 32, pages: 64 }
    }
}

/// What a step is of.
#[derive(Debug, Clone, Copy)]
pub enum Of {
    /// Runs.
    Runs,
    /// Pages of a file.
    Pages,
}

impl Of {
    /// The fewest and the most. Fewer cost more: a busy machine preempts short steps, too, so that by the clock none is short enough.
    const fn bounds(self) -> (i64, i64) {
        match self {
            Self::Runs => (32, 1_024),
            Self::Pages => (64, 1_024),
        }
    }
}

/// A call of `prune`.
pub struct Work {
    until: Instant,
    budget: Duration,
    /// The time of the call, in milliseconds.
    pub now: i64,
    /// How much is done in a step.
    pub sizes: Sizes,
    /// What was done.
    pub done: Pruned,
}

impl Work {
    /// One that may take `budget_ms`.
    #[must_use]
    pub fn begin(now: i64, budget_ms: f64, sizes: Sizes) -> Self {
        let budget = Duration::from_micros((budget_ms * 1_000.0) as u64);
        Self { until: Instant::now() + budget, budget, now, sizes, done: Pruned::default() }
    }

    /// Whether its time is over: there is more to do then.
    pub fn is_over(&mut self) -> bool {
        self.done.more = Instant::now() >= self.until;
        self.done.more
    }

    /// This call is to do no more, and there is more to do.
    pub fn stop(&mut self) {
        self.done.more = true;
        self.until = Instant::now();
    }

    /// How much is done in the next step.
    pub fn size(&mut self, of: Of) -> &mut i64 {
        match of {
            Of::Runs => &mut self.sizes.runs,
            Of::Pages => &mut self.sizes.pages,
        }
    }

    /// A step took this long: where that is longer than wanted the next one does less, where it is shorter, more.
    pub fn took(&mut self, of: Of, took: Duration, in_company: bool) {
        let step = if in_company { IN_COMPANY } else { STEP }.min(self.budget / 2);
        let (fewest, most) = of.bounds();
        let size = self.size(of);
        if took > step * 3 / 2 {
            *size = (*size / 2).max(fewest);
        } else if took < step / 2 {
            *size = (*size * 2).min(most);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sizes(in_company: bool, a_run: Duration) -> i64 {
        let mut work = Work::begin(0, 1_000.0, Sizes::default());
        for _ in 0..10 {
            let took = a_run * u32::try_from(*work.size(Of::Runs)).unwrap();
            work.took(Of::Runs, took, in_company);
        }
        *work.size(Of::Runs)
    }

    #[test]
    fn a_step_is_short_where_others_write_and_as_long_as_is_cheapest_where_nobody_does() {
        let run = Duration::from_micros(50);
        assert_eq!((sizes(false, run), sizes(true, run)), (256, 32));
        // However slow or fast it is.
        assert_eq!((sizes(true, run * 100), sizes(false, run / 1_000)), (32, 1_024));
    }
}

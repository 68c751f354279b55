//! A call of `prune`: how much time it has left, and how many runs it looks at in a step.

use std::time::{Duration, Instant};

use crate::engine::Pruned;

/// A step is to take about so long, or half of what the call may: longer ones are of fewer runs next time, shorter ones of more.
/// The shorter, the more often the same pages of the history's indexes are written.
const STEP: Duration = Duration::from_millis(20);
const FEWEST: i64 = 32;
const MOST: i64 = 1_024;
/// A call of `prune`.
pub(super) struct Work {
    pub until: Instant,
    /// How long a step is to take.
    step: Duration,
    pub now: i64,
    /// How many runs are looked at in a step.
    pub size: i64,
    pub done: Pruned,
}

impl Work {
    pub fn begin(now: i64, budget_ms: f64, size: i64) -> Self {
        let budget = Duration::from_micros((budget_ms * 1_000.0) as u64);
        let (until, step) = (Instant::now() + budget, STEP.min(budget / 2));
        Self { until, step, now, size: size.clamp(FEWEST, MOST), done: Pruned::default() }
    }

    pub fn is_over(&mut self) -> bool {
        self.done.more = Instant::now() >= self.until;
        self.done.more
    }

    /// This call is to do no more, and there is more to do.
    pub fn stop(&mut self) {
        self.done.more = true;
        self.until = Instant::now();
    }

    pub fn took(&mut self, since: Instant) {
        let took = since.elapsed();
        if took > self.step * 3 / 2 {
            self.size = (self.size / 2).max(FEWEST);
        } else if took < self.step / 2 {
            self.size = (self.size * 2).min(MOST);
        }
    }
}

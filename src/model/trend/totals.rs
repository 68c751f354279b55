//! Runs that have ended, added up: how many, how they ended, how long they took, what they used.

use super::histogram::{Histogram, slot};

/// What is added up of a run that has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// When, in milliseconds.
    pub at: i64,
    /// How.
    pub how: How,
    /// How long it took, where that is known.
    pub duration_ms: Option<i64>,
    /// What it used, where that is known: tokens in, tokens out, millionths.
    pub used: [Option<i64>; 3],
}

/// How a run ended, as trends distinguish it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// As it was meant to.
    Succeeded,
    /// It failed.
    Failed,
    /// It was cancelled, took too long, or was lost.
    Otherwise,
}

/// An amount that some runs know: how many, and the sum.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Known {
    /// How many runs know it.
    pub by: u64,
    /// The sum. No number of runs can overflow it.
    pub sum: u128,
}

impl Known {
    fn add(&mut self, amount: i64) {
        self.by = self.by.wrapping_add(1);
        self.sum = self.sum.wrapping_add(amount.max(0) as u128);
    }

    fn take(&mut self, amount: i64) {
        self.by = self.by.saturating_sub(1);
        self.sum = self.sum.saturating_sub(amount.max(0) as u128);
    }

    fn join(&mut self, other: Self) {
        self.by = self.by.wrapping_add(other.by);
        self.sum = self.sum.wrapping_add(other.sum);
    }

    fn leave(&mut self, other: Self) {
        self.by = self.by.saturating_sub(other.by);
        self.sum = self.sum.saturating_sub(other.sum);
    }

    /// The sum; `None` where no run knows it.
    #[must_use]
    pub fn known(&self) -> Option<f64> {
        (self.by > 0).then_some(self.sum as f64)
    }
}

/// What runs come to.
#[derive(Debug, Clone, Default)]
pub struct Totals {
    /// How many in all, how many succeeded, how many failed.
    pub runs: [u64; 3],
    /// The durations, where they are known.
    pub lengths: Histogram,
    /// The sum of these.
    pub took: u128,
    /// The longest of these.
    pub longest: u64,
    /// What they used: tokens in, tokens out, millionths.
    pub used: [Known; 3],
}

impl Totals {
    /// Adds a run.
    pub fn add(&mut self, run: &Ended) {
        for (count, more) in self.runs.iter_mut().zip(run.counts()) {
            *count = count.wrapping_add(more.into());
        }
        if let Some(length) = run.length() {
            self.add_length(length);
        }
        for (of, amount) in self.used.iter_mut().zip(run.used) {
            if let Some(amount) = amount {
                of.add(amount);
            }
        }
    }

    /// Adds the duration of a run.
    pub fn add_length(&mut self, length: u64) {
        self.lengths.add(slot(length), 1);
        self.took = self.took.wrapping_add(length.into());
        self.longest = self.longest.max(length);
    }

    /// Takes away a run that was added before; `true` where it may have been the longest, and that has to be found again.
    pub fn take(&mut self, run: &Ended) -> bool {
        for (count, less) in self.runs.iter_mut().zip(run.counts()) {
            *count = count.saturating_sub(less.into());
        }
        for (of, amount) in self.used.iter_mut().zip(run.used) {
            if let Some(amount) = amount {
                of.take(amount);
            }
        }
        let Some(length) = run.length() else { return false };
        self.lengths.take(slot(length), 1);
        self.took = self.took.saturating_sub(length.into());
        if self.lengths.slots().next().is_none() {
            self.longest = 0;
            return false;
        }
        length >= self.longest
    }

    /// Adds others.
    pub fn join(&mut self, other: &Self) {
        for (count, more) in self.runs.iter_mut().zip(other.runs) {
            *count = count.wrapping_add(more);
        }
        for (slot, count) in other.lengths.slots() {
            self.lengths.add(slot, count);
        }
        self.took = self.took.wrapping_add(other.took);
        self.longest = self.longest.max(other.longest);
        for (of, more) in self.used.iter_mut().zip(other.used) {
            of.join(more);
        }
    }

    /// Takes away others that were added before; the longest stays.
    pub fn leave(&mut self, other: &Self) {
        for (count, less) in self.runs.iter_mut().zip(other.runs) {
            *count = count.saturating_sub(less);
        }
        for (slot, count) in other.lengths.slots() {
            self.lengths.take(slot, count);
        }
        self.took = self.took.saturating_sub(other.took);
        for (of, less) in self.used.iter_mut().zip(other.used) {
            of.leave(less);
        }
    }

    /// Whether nothing is left.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.runs[0] == 0
    }

    /// The mean duration; `None` where none is known. `percentile.rs` has the percentiles.
    #[must_use]
    pub fn mean_duration(&self) -> Option<f64> {
        let count = self.lengths.count();
        (count > 0).then(|| self.took as f64 / count as f64)
    }
}

impl Ended {
    fn counts(&self) -> [bool; 3] {
        [true, self.how == How::Succeeded, self.how == How::Failed]
    }

    /// Its duration: not negative, even if a clock was set back.
    #[must_use]
    pub fn length(&self) -> Option<u64> {
        self.duration_ms.map(|length| length.max(0) as u64)
    }
}

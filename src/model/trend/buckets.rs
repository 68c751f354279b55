//! Buckets of time by the clocks of a time zone. The caller gives that zone's offsets: only the runtime knows time zones.

use crate::model::period::Period;

const HOUR: i64 = 3_600_000;
const HOURS_OF_WEEK: i64 = 168;

/// How long buckets are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bucket {
    /// A period of local time.
    Of(Period),
    /// An hour of the week, of all weeks together.
    HourOfWeek,
}

impl Bucket {
    /// All of them, in the order in which callers know them.
    pub const ALL: [Self; 5] = [
        Self::Of(Period::Hour),
        Self::Of(Period::Day),
        Self::Of(Period::Week),
        Self::Of(Period::Month),
        Self::HourOfWeek,
    ];

    /// The period that is stepped by, and how many of them there are without a `since`.
    const fn steps(self) -> (Period, i64) {
        match self {
            Self::Of(period) => (period, Self::usual(period)),
            Self::HourOfWeek => (Period::Week, 12),
        }
    }

    const fn usual(period: Period) -> i64 {
        match period {
            Period::Hour => 24,
            Period::Day => 30,
            Period::Week | Period::Month => 12,
        }
    }
}

/// The times that are asked for, each if it is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    /// The first millisecond.
    pub since: Option<i64>,
    /// The millisecond behind the last.
    pub until: Option<i64>,
    /// The time now: without an `until`, its bucket is the last.
    pub now: i64,
}

/// How far the clocks of a time zone are ahead of UTC, each offset from a time on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offsets(Vec<(i64, i64)>);

impl Offsets {
    /// Pairs of time and offset, in their order. The first offset also holds before its time.
    #[must_use]
    pub fn new(mut of: Vec<(i64, i64)>) -> Self {
        if of.is_empty() {
            of.push((0, 0));
        }
        of[0].0 = i64::MIN;
        Self(of)
    }

    /// The spans with one offset, beginning with that of a time: from, to, offset.
    fn spans(&self, from: i64) -> impl Iterator<Item = (i64, i64, i64)> {
        let first = self.0.partition_point(|(start, _)| *start <= from) - 1;
        (first..self.0.len()).map(|nth| {
            let (start, offset) = self.0[nth];
            (start, self.0.get(nth + 1).map_or(i64::MAX, |next| next.0), offset)
        })
    }

    fn local(&self, time: i64) -> i64 {
        self.spans(time).next().map_or(time, |(.., offset)| time.saturating_add(offset))
    }

    /// When the clocks show this time, or a later one, for the first time.
    fn first(&self, local: i64) -> i64 {
        // No clock is two days off.
        for (start, end, offset) in self.spans(local.saturating_sub(48 * HOUR)) {
            if local < end.saturating_add(offset) || end == i64::MAX {
                return (local - offset).max(start);
            }
        }
        local
    }
}

/// Buckets of time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Buckets {
    /// When each begins; for hours of the week, which hour it is, counted from Monday at 0.
    pub starts: Vec<i64>,
    /// Stretches of time, in their order: when each begins, and its bucket. It ends where the next one begins.
    pub stretches: Vec<(i64, usize)>,
    /// The first millisecond that is asked for.
    pub from: i64,
    /// The millisecond behind the last.
    pub to: i64,
}

impl Buckets {
    /// The buckets that are asked for; `None` where they are more than `most` stretches of time.
    #[must_use]
    pub fn new(bucket: Bucket, offsets: &Offsets, range: Range, most: usize) -> Option<Self> {
        let (period, usual) = bucket.steps();
        let begins = |number| offsets.first(period.start(number));
        // The period of a time: it has begun even where the clocks were set back to before its beginning.
        let number_at = |time: i64| {
            let number = period.number(offsets.local(time));
            if begins(number + 1) <= time { number + 1 } else { number }
        };
        let until = range.until.unwrap_or(range.now);
        let last = if range.until.is_some() { until.saturating_sub(1) } else { until };
        let from = range.since.unwrap_or_else(|| begins(number_at(last) + 1 - usual));
        let hours = matches!(bucket, Bucket::HourOfWeek | Bucket::Of(Period::Hour));
        let first = if hours { offsets.hour_of(from).0 } else { begins(number_at(from)) };
        let to =
            range.until.unwrap_or_else(|| if hours { offsets.hour_of(until).1 } else { begins(number_at(until) + 1) });
        let mut found = Self { from, to, ..Self::default() };
        if bucket == Bucket::HourOfWeek {
            found.starts = (0..HOURS_OF_WEEK).collect();
        }
        let mut at = first;
        while at < to {
            if found.stretches.len() >= most {
                return None;
            }
            let next = if hours { offsets.hour_of(at).1 } else { begins(number_at(at) + 1) };
            let slot = if bucket == Bucket::HourOfWeek {
                // 1970 began on a Thursday.
                (offsets.local(at).div_euclid(HOUR) + 72).rem_euclid(HOURS_OF_WEEK) as usize
            } else {
                found.starts.push(at);
                found.starts.len() - 1
            };
            found.stretches.push((at, slot));
            if next <= at {
                break;
            }
            at = next;
        }
        Some(found)
    }

    /// Whether all stretches begin and end where days of UTC do.
    #[must_use]
    pub fn are_of_days(&self) -> bool {
        let mut edges = self.stretches.iter().map(|(start, _)| *start).chain([self.from, self.to]);
        edges.all(|edge| edge.rem_euclid(24 * HOUR) == 0)
    }

    /// The bucket that a time is in.
    #[must_use]
    pub fn of(&self, time: i64) -> Option<usize> {
        if !(self.from..self.to).contains(&time) {
            return None;
        }
        let behind = self.stretches.partition_point(|(start, _)| *start <= time);
        self.stretches.get(behind.checked_sub(1)?).map(|(_, slot)| *slot)
    }
}

impl Offsets {
    /// The hour of a time, from and to: where the clocks change within an hour, another one begins.
    fn hour_of(&self, time: i64) -> (i64, i64) {
        let Some((start, end, offset)) = self.spans(time).next() else { return (time, time) };
        let hour = (time + offset).div_euclid(HOUR) * HOUR - offset;
        (hour.max(start), (hour + HOUR).min(end))
    }
}

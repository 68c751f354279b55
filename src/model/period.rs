//! The periods of UTC that points in time fall into.

use super::time::{DAY, HOUR, civil, days};

/// What is counted through without a gap: two times have the same number where they fall into the same period of UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// From minute 0.
    Hour,
    /// From midnight.
    Day,
    /// From Monday.
    Week,
    /// From the first.
    Month,
}

impl Period {
    /// The number of the period that a time falls into.
    #[must_use]
    pub fn number(self, milliseconds: i64) -> i64 {
        let day = milliseconds.div_euclid(DAY);
        match self {
            Self::Hour => milliseconds.div_euclid(HOUR),
            Self::Day => day,
            // 1970 began on a Thursday.
            Self::Week => (day + 3).div_euclid(7),
            Self::Month => {
                let (year, month, _) = civil(day);
                year * 12 + month
            }
        }
    }

    /// When the period of a number begins: `number`, backwards.
    #[must_use]
    pub fn start(self, number: i64) -> i64 {
        match self {
            Self::Hour => number * HOUR,
            Self::Day => number * DAY,
            Self::Week => (number * 7 - 3) * DAY,
            Self::Month => days((number - 1).div_euclid(12), (number - 1).rem_euclid(12) + 1, 1) * DAY,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::time::parse;

    #[test]
    fn a_period_is_from_its_start_to_the_next_one() {
        for period in [Period::Hour, Period::Day, Period::Week, Period::Month] {
            for time in (-62_167_219_200_000..253_402_300_800_000).step_by((297 * DAY + 7 * HOUR + 1) as usize) {
                let number = period.number(time);
                assert!((period.start(number)..period.start(number + 1)).contains(&time), "{period:?} {time}");
            }
        }
    }

    #[test]
    fn periods_change_where_utc_says_so() {
        let number = |period: Period, text| period.number(parse(text).unwrap());
        for (period, last, first) in [
            (Period::Hour, "2026-03-01T22:59:59.999Z", "2026-03-01T23:00:00.000Z"),
            (Period::Day, "2024-02-28T23:59:59.999Z", "2024-02-29T00:00:00.000Z"),
            // A Sunday and a Monday, before 1970 and in the middle of a month.
            (Period::Week, "1969-12-28T23:59:59.999Z", "1969-12-29T00:00:00.000Z"),
            (Period::Week, "2026-11-22T23:59:59.999Z", "2026-11-23T00:00:00.000Z"),
            (Period::Month, "2025-12-31T23:59:59.999Z", "2026-01-01T00:00:00.000Z"),
        ] {
            assert_eq!(number(period, last) + 1, number(period, first), "{first}");
        }
        // One week, though the year changes in it.
        assert_eq!(number(Period::Week, "2025-12-29T00:00:00.000Z"), number(Period::Week, "2026-01-04T23:59:59.999Z"));
    }
}

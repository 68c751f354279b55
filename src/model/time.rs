//! The one calendar: points in time as the contract writes them (ISO 8601 in UTC with milliseconds), and as others may have written
//! them.

use std::time::{SystemTime, UNIX_EPOCH};

/// JavaScript's range of time values, in milliseconds around 1970 (ECMAScript, time values).
const MAX_MILLISECONDS: f64 = 8.64e15;
/// The first time that JavaScript can represent.
pub const FIRST: i64 = -(MAX_MILLISECONDS as i64);
/// The time of what has no readable one: before all others.
pub const NONE: i64 = FIRST - 1;

pub(super) const HOUR: i64 = 3_600_000;
pub(super) const DAY: i64 = 24 * HOUR;

/// The system's time, in milliseconds since 1970, for code without a call from JavaScript.
#[must_use]
pub fn now() -> i64 {
    of(SystemTime::now())
}

/// The same as text.
#[must_use]
pub fn iso_now() -> String {
    iso(now() as f64)
}

/// A time of the system, such as a file's, in milliseconds since 1970. One before 1970 counts as 1970.
#[must_use]
pub fn of(time: SystemTime) -> i64 {
    time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as i64)
}

/// `Date.prototype.toISOString` of a time in milliseconds since 1970. A value that is no time counts as 1970.
#[must_use]
pub fn iso(milliseconds: f64) -> String {
    let time = if milliseconds.abs() <= MAX_MILLISECONDS { milliseconds.trunc() as i64 } else { 0 };
    let (year, month, day) = civil(time.div_euclid(DAY));
    let rest = time.rem_euclid(DAY);
    let (hour, minute, second, milli) = (rest / HOUR, rest / 60_000 % 60, rest / 1000 % 60, rest % 1000);
    let mut text = String::with_capacity("+275760-09-13T00:00:00.000Z".len());
    if !(0..=9999).contains(&year) {
        text.push(if year < 0 { '-' } else { '+' });
        push_pair(&mut text, year.abs() / 10_000);
    }
    push_pair(&mut text, year.abs() / 100);
    push_pair(&mut text, year.abs());
    for (mark, number) in [("-", month), ("-", day), ("T", hour), (":", minute), (":", second), (".", milli / 10)] {
        text.push_str(mark);
        push_pair(&mut text, number);
    }
    let last = (milli % 10) as usize;
    text.push_str(&"0Z1Z2Z3Z4Z5Z6Z7Z8Z9Z"[2 * last..2 * last + 2]);
    text
}

/// The last two digits of a number that isn't negative. Every write and each row of a list has a time: digit by digit an `iso` took
/// half as long again, with `format!` many times as long.
fn push_pair(text: &mut String, number: i64) {
    let pair = (number % 100) as usize;
    text.push_str(&PAIRS[2 * pair..2 * pair + 2]);
}

const PAIRS: &str = "00010203040506070809101112131415161718192021222324252627282930313233343536373839404142434445464748495051525354555657585960616263646566676869\
                     707172737475767778798081828384858687888990919293949596979899";

/// The time for which `iso` gives this text, in the years 0 to 9999; `None` for any other text.
#[must_use]
pub fn parse(text: &str) -> Option<i64> {
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<i64>().ok();
    let date = days(number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let minutes = number(11, 13)? * 60 + number(14, 16)?;
    let time = date * DAY + minutes * 60_000 + number(17, 19)? * 1000 + number(20, 23)?;
    // Exactly one text stands for a time: no 30th of February, no 24 o'clock, no other separators.
    (iso(time as f64) == text).then_some(time)
}

/// A time as any program may have written it: ISO 8601 with a `T` or a space, with or without seconds and their fractions. Without an
/// offset it is in UTC, as in SQLite. `None` for anything else.
#[must_use]
pub fn read(text: &str) -> Option<i64> {
    if let Some(time) = parse(text) {
        return Some(time);
    }
    let digits = |from: usize, to: usize| {
        let part = text.get(from..to)?;
        part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse::<i64>().ok())?
    };
    let is = |at: usize, marks: &str| text.get(at..=at).is_some_and(|mark| marks.contains(mark));
    let date = (digits(0, 4)?, digits(5, 7)?, digits(8, 10)?);
    let day = days(date.0, date.1, date.2);
    if !is(4, "-") || !is(7, "-") || civil(day) != date {
        return None;
    }
    if text.len() == 10 {
        return Some(day * DAY);
    }
    let (hour, minute) = (digits(11, 13)?, digits(14, 16)?);
    let mut at = 16;
    let mut rest = 0;
    if is(16, ":") {
        rest = digits(17, 19).filter(|second| *second < 60)? * 1000;
        at = 19;
        if is(19, ".") {
            let fraction = text.get(20..)?.bytes().take_while(u8::is_ascii_digit).count();
            let shown = digits(20, 20 + fraction.min(3)).filter(|_| fraction > 0)?;
            rest += shown * 10_i64.pow(3 - fraction.min(3) as u32);
            at += 1 + fraction;
        }
    }
    let offset = match text.get(at..)? {
        "" | "Z" => 0,
        behind if behind.len() == 6 && is(at, "+-") && is(at + 3, ":") => {
            let minutes = digits(at + 1, at + 3)? * 60 + digits(at + 4, at + 6)?;
            if is(at, "-") { -minutes } else { minutes }
        }
        _ => return None,
    };
    let fits = is(10, "T ") && is(13, ":") && hour < 24 && minute < 60;
    fits.then_some(day * DAY + (hour * 60 + minute - offset) * 60_000 + rest)
}

/// When something was, as any program may have written it; before every other time where nobody can read that.
#[must_use]
pub fn made(text: &str) -> i64 {
    read(text).unwrap_or(NONE)
}

/// No text of this time, or of a later one, comes before this in the order of texts, whoever wrote it: with a space instead of the
/// `T` a text is before all others of its day, and no time zone is more than twelve hours behind UTC.
#[must_use]
pub fn earliest_text(time: i64) -> String {
    let day = iso(time.saturating_sub(DAY / 2).max(FIRST) as f64);
    if time < FIRST { String::new() } else { day.split('T').next().unwrap_or_default().to_owned() }
}

/// The date of a day counted from 1970-01-01 in the proleptic Gregorian calendar.
///
/// Counts in eras of 400 years that begin on March 1st, so that the leap day is the last of its year
/// (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
pub(super) fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// The day of a date: the inverse of `civil`.
pub(super) fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = 365 * year_of_era + year_of_era / 4 - year_of_era / 100 + day_of_year;
    year.div_euclid(400) * 146_097 + day_of_era - 719_468
}

#[cfg(test)]
mod tests {
    use super::{DAY, FIRST, HOUR, NONE, civil, days, earliest_text, iso, made, parse, read};

    #[test]
    fn writes_what_to_iso_string_writes() {
        for (milliseconds, text) in [
            (0.0, "1970-01-01T00:00:00.000Z"),
            (-1.0, "1969-12-31T23:59:59.999Z"),
            (951_782_400_000.0, "2000-02-29T00:00:00.000Z"),
            (1_795_377_715_679.0, "2026-11-22T20:01:55.679Z"),
            (8.64e15, "+275760-09-13T00:00:00.000Z"),
            (-8.64e15, "-271821-04-20T00:00:00.000Z"),
            (f64::NAN, "1970-01-01T00:00:00.000Z"),
        ] {
            assert_eq!(iso(milliseconds), text);
        }
    }

    #[test]
    fn reads_what_it_writes_and_nothing_else() {
        // The years 0 to 9999, in steps that meet every hour of the day and every day of the month.
        for time in (-62_167_219_200_000..253_402_300_800_000).step_by((31 * DAY + 7 * HOUR + 1) as usize) {
            assert_eq!(parse(&iso(time as f64)), Some(time));
        }
        for text in [
            "",
            "2026-02-29T00:00:00.000Z",
            "2026-13-01T00:00:00.000Z",
            "2026-01-01T24:00:00.000Z",
            "2026-01-01 00:00:00.000Z",
            "2026-01-01T00:00:00Z",
            "2026-01-01T00:00:00.000+01:00",
            "+275760-09-13T00:00:00.000Z",
            "2026-01-0\u{661}T00:00:00.000Z",
            "+026-01-01T00:00:00.000Z",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn reads_what_others_write() {
        let time = parse("2026-05-06T07:08:09.000Z").unwrap();
        for (text, behind) in [
            ("2026-05-06T07:08:09.000Z", 0),
            ("2026-05-06 07:08:09", 0),
            ("2026-05-06T07:08:09Z", 0),
            ("2026-05-06T07:08:09.25Z", 250),
            ("2026-05-06 07:08:09.123456", 123),
            ("2026-05-06T09:08:09+02:00", 0),
            ("2026-05-06T01:38:09.5-05:30", 500),
            ("2026-05-06 07:08", -9_000),
            ("2026-05-06", -(7 * HOUR + 8 * 60_000 + 9_000)),
        ] {
            assert_eq!(read(text), Some(time + behind), "{text}");
        }
        for text in [
            "",
            "long ago",
            "2026-02-30",
            "2026-05-06T24:00",
            "2026-05-06T07:60",
            "2026-05-06T07:08:09.",
            "2026-05-06T07:08x",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(read("2026-05-06T07:08:09+2:00"), None);
        assert_eq!(read("2026-05-0\u{661}"), None);
        assert_eq!([made("2026-05-06 07:08:09"), made("long ago")], [time, NONE]);
    }

    #[test]
    fn no_text_of_a_time_is_before_the_earliest() {
        let time = parse("2026-05-06T07:08:09.000Z").unwrap();
        let texts = [
            "2026-05-06T07:08:09.000Z",
            "2026-05-06 07:08:09",
            "2026-05-05T19:08:09-12:00",
            "2026-05-05 19:08-12:00",
            "2026-05-07",
            "2026-05-06T07:08:09+00:00",
        ];
        for text in texts {
            assert!(earliest_text(time.min(made(text))).as_str() <= text, "{text}");
        }
        assert_eq!(earliest_text(time), "2026-05-05");
        // Texts of the years 0 to 9999 begin with a digit, which comes after both signs.
        for time in [NONE, FIRST, i64::MIN, parse("9999-12-31T23:59:59.999Z").unwrap() + DAY] {
            assert!(earliest_text(time).as_str() < "0000", "{time}");
        }
    }

    #[test]
    fn every_day_has_one_date_and_the_day_after_is_the_next_day() {
        for day in days(1599, 12, 31)..=days(2401, 1, 1) {
            let (year, month, date) = civil(day);
            assert_eq!(days(year, month, date), day);
            let next = civil(day + 1);
            assert!(
                next == (year, month, date + 1) || (next.2 == 1 && (28..=31).contains(&date)),
                "{year}-{month}-{date}"
            );
        }
    }
}

//! Days as they are stored, and buckets where clocks are changed.

use super::day::{self, DAY, Plan, QUARTER, Stored, place};
use super::*;
use crate::model::period::Period;
use crate::model::random::Random;
use crate::model::time;

const HOUR: i64 = 4 * QUARTER;

fn any_run(random: &mut Random) -> Ended {
    let mut some = |below| (random.below(3) > 0).then(|| random.below(below));
    let (duration_ms, used) = (some(5_000_000), [some(9_000), some(i64::MAX), some(70)]);
    let how = random.of(&[How::Succeeded, How::Failed, How::Otherwise]);
    Ended { at: random.below(DAY), how, duration_ms, used }
}

/// Counts, sums, and so on of each quarter.
fn told(day: &Day) -> String {
    day.quarters().map(tell).collect()
}

fn tell((quarter, of): (u8, &Totals)) -> String {
    let lengths: Vec<_> = of.lengths.slots().collect();
    format!("{quarter} {:?} {} {} {:?} {lengths:?}\n", of.runs, of.took, of.longest, of.used)
}

#[test]
fn a_day_is_read_as_it_was_written() {
    let mut random = Random(11);
    for count in [0, 1, 5, 700] {
        let mut day = Day::default();
        (0..count).for_each(|_| day.add(&any_run(&mut random)));
        assert_eq!(told(&Day::read(&day.bytes().1).unwrap()), told(&day));
    }
}

#[test]
fn what_is_taken_was_never_there_but_for_the_longest() {
    let mut random = Random(12);
    let (mut day, mut other) = (Day::default(), Day::default());
    let runs: Vec<Ended> = (0..500).map(|_| any_run(&mut random)).collect();
    for run in &runs {
        day.add(run);
    }
    for run in &runs[..400] {
        if day.take(run) {
            let rest = runs.iter().filter(|other| place(other.at) == place(run.at));
            day.of(place(run.at).1).unwrap().longest = rest.filter_map(Ended::length).max().unwrap();
        }
    }
    for run in &runs[400..] {
        other.add(run);
    }
    assert_eq!(day.quarters().count(), other.quarters().count());
    for ((quarter, of), (same, right)) in day.quarters().zip(other.quarters()) {
        assert_eq!((quarter, of.runs, of.took, of.used), (same, right.runs, right.took, right.used));
        assert!(of.lengths.slots().eq(right.lengths.slots()));
        assert!(of.longest >= right.longest);
    }
    for run in &runs[400..] {
        day.take(run);
    }
    assert_eq!(told(&day), "");
}

#[test]
fn what_is_no_day_is_refused_and_never_a_panic() {
    let mut random = Random(13);
    let mut day = Day::default();
    (0..50).for_each(|_| day.add(&any_run(&mut random)));
    let (_, whole) = day.bytes();
    let short =
        [&[][..], &[2], &[1, 96, 5, 0, 0, 1, 1, 0], &[1, 0, 9, 0, 0, 1, 1, 0], &[1, 0, 8, 5, 1, 1, 1, 0, 5, 1, 0xff]];
    for bytes in short {
        assert!(Day::read(bytes).is_none(), "{bytes:?}");
    }
    for _ in 0..20_000 {
        let mut bytes = whole.clone();
        for _ in 0..=random.below(3) {
            let at = random.below(bytes.len() as i64) as usize;
            bytes[at] = random.next() as u8;
        }
        bytes.truncate(random.below(bytes.len() as i64 + 1) as usize);
        drop(Day::read(&bytes));
    }
}

impl day::Into for [Totals; 2] {
    fn totals(&mut self, at: usize) -> &mut Totals {
        &mut self[at]
    }
}

#[test]
fn a_day_is_added_to_where_its_quarters_go_whether_by_the_whole_or_one_by_one() {
    let mut random = Random(14);
    for count in [1, 3, 60, 400] {
        let mut day = Day::default();
        (0..count).for_each(|_| day.add(&any_run(&mut random)));
        let (whole, quarters) = day.bytes();
        for from in [0, 1, 8, 30, 48, 49, 70, 92, 95, 96] {
            for without in [0..0, 3..4, 90..96, 0..60] {
                let plan = Plan::new(|quarter| (!without.contains(&quarter)).then(|| usize::from(quarter >= from)));
                let (mut one, mut other) = (<[Totals; 2]>::default(), <[Totals; 2]>::default());
                day.add_to(&plan, &mut one);
                Stored { whole: &whole, quarters: &quarters }.add_to(&plan, &mut other).unwrap();
                for (of, right) in other.iter().zip(&one) {
                    assert_eq!(tell((0, of)), tell((0, right)), "{from} {without:?}");
                }
            }
        }
    }
}

fn at(text: &str) -> i64 {
    time::parse(&format!("{text}:00.000Z")).unwrap()
}

fn buckets(bucket: Bucket, offsets: &[(i64, i64)], since: &str, until: &str) -> Buckets {
    let range = Range { since: Some(at(since)), until: Some(at(until)), now: 0 };
    Buckets::new(bucket, &Offsets::new(offsets.to_vec()), range, 10_000).unwrap()
}

/// When each begins, in hours from the first.
fn hours(of: &Buckets) -> Vec<f64> {
    of.starts.iter().map(|start| (start - of.starts[0]) as f64 / HOUR as f64).collect()
}

#[test]
fn days_where_clocks_are_changed_have_23_and_25_hours() {
    let berlin = [(0, HOUR), (at("2026-03-29T01:00"), 2 * HOUR), (at("2026-10-25T01:00"), HOUR)];
    let spring = buckets(Bucket::Of(Period::Day), &berlin, "2026-03-27T23:00", "2026-03-30T22:00");
    assert_eq!(hours(&spring), [0.0, 24.0, 47.0]);
    let autumn = buckets(Bucket::Of(Period::Day), &berlin, "2026-10-23T22:00", "2026-10-26T23:00");
    assert_eq!(hours(&autumn), [0.0, 24.0, 49.0]);
    let of_day = buckets(Bucket::Of(Period::Hour), &berlin, "2026-03-28T23:00", "2026-03-29T22:00");
    assert_eq!(of_day.starts.len(), 23);
    let months = buckets(Bucket::Of(Period::Month), &berlin, "2026-02-28T23:00", "2026-04-30T22:00");
    assert_eq!(hours(&months), [0.0, 743.0]);
    let weeks = buckets(Bucket::Of(Period::Week), &berlin, "2026-03-25T12:00", "2026-03-31T12:00");
    assert_eq!(weeks.starts, [at("2026-03-22T23:00"), at("2026-03-29T22:00")]);
}

#[test]
fn half_an_hour_more_is_a_bucket_of_its_own_and_every_time_is_in_one() {
    let (winter, summer) = (21 * HOUR / 2, 11 * HOUR);
    let lord_howe = [(0, winter), (at("2026-10-03T15:30"), summer), (at("2027-04-03T15:00"), winter)];
    let of = buckets(Bucket::Of(Period::Hour), &lord_howe, "2027-04-03T13:00", "2027-04-03T17:30");
    assert_eq!(hours(&of), [0.0, 1.0, 2.0, 2.5, 3.5]);
    let of = buckets(Bucket::Of(Period::Hour), &lord_howe, "2026-10-03T14:30", "2026-10-03T17:00");
    assert_eq!(hours(&of), [0.0, 1.0, 1.5]);
    let of = buckets(Bucket::HourOfWeek, &lord_howe, "2026-09-01T00:00", "2026-10-15T00:00");
    assert_eq!(of.starts.len(), 168);
    assert!(
        (at("2026-09-01T00:00")..at("2026-10-15T00:00")).step_by(QUARTER as usize).all(|time| of.of(time).is_some())
    );
    // That Sunday the clocks never showed 2 o'clock, but half past two at once.
    assert_eq!(of.of(at("2026-10-03T15:30")), Some(6 * 24 + 2));
}

#[test]
fn a_day_begins_once_whatever_clocks_do_at_midnight() {
    // Forward over midnight; back over midnight; a day that was left out.
    let midnight = at("2026-05-02T00:00");
    for (offset, then, hours_each) in [(0, HOUR, [0.0, 24.0, 47.0]), (0, -HOUR, [0.0, 25.0, 49.0])] {
        let offsets = [(0, offset), (midnight, then)];
        let of = buckets(Bucket::Of(Period::Day), &offsets, "2026-05-01T00:00", "2026-05-03T20:00");
        assert_eq!(hours(&of), hours_each, "{then}");
    }
    let offsets = [(0, -10 * HOUR), (at("2011-12-30T10:00"), 14 * HOUR)];
    let of = buckets(Bucket::Of(Period::Day), &offsets, "2011-12-29T10:00", "2012-01-01T09:00");
    assert_eq!(hours(&of), [0.0, 24.0, 48.0]);
}

#[test]
fn without_times_buckets_are_whole_and_now_is_in_the_last() {
    let kathmandu = Offsets::new(vec![(0, 23 * QUARTER)]);
    let now = at("2026-05-06T07:08");
    let range = Range { since: None, until: None, now };
    for (bucket, count) in Bucket::ALL.into_iter().zip([24, 30, 12, 12, 168]) {
        let of = Buckets::new(bucket, &kathmandu, range, 10_000).unwrap();
        assert_eq!(of.starts.len(), count, "{bucket:?}");
        assert_eq!((of.from, of.from.rem_euclid(QUARTER)), (of.stretches[0].0, 0));
        assert!(of.of(now).is_some() && of.of(of.to - 1).is_some() && of.of(of.to).is_none());
    }
    assert_eq!(Buckets::new(Bucket::ALL[0], &kathmandu, range, 5), None);
}

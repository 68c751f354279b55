//! The series of a trend, as they are added up bucket by bucket, and how they are told.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::TrendFilter;
use crate::error::Result;
use crate::model::Field;
use crate::model::percentile::{OF_TRENDS, of_durations};
use crate::model::trend::day::{DAY, Into, Plan, QUARTER, Stored};
use crate::model::trend::{Buckets, Day, Ended, Totals};

/// How many rows an answer has at most: nobody reads more.
const MOST: usize = 500_000;

/// How many stretches of time it has at most.
const MOST_STRETCHES: usize = 200_000;

/// The buckets that are asked for.
///
/// # Errors
/// A `RangeError` where there are too many for anybody to read.
pub fn buckets_of(asked: &TrendFilter<'_>) -> Result<Buckets> {
    Buckets::new(asked.bucket, &asked.offsets, asked.range, MOST_STRETCHES).ok_or_else(|| {
        Field::new("getTrend", "since").out_of_range(&format!("within {MOST_STRETCHES} buckets of until"), "more")
    })
}

/// What the series of an archived worktree is known by, so that a later worktree of its id has another series.
#[must_use]
pub fn archived_name(key: i64) -> String {
    format!("\u{1}{key}")
}

/// What is added up, by bucket.
#[derive(Default)]
struct Sums(Vec<Option<Box<Totals>>>);

impl Into for Sums {
    fn totals(&mut self, at: usize) -> &mut Totals {
        if self.0.len() <= at {
            self.0.resize_with(at + 1, || None);
        }
        self.0[at].get_or_insert_default()
    }
}

/// A day of a series: as it is stored, or as it is now.
pub enum OfDay<'a> {
    /// Bytes that somebody has kept.
    Stored(Stored<'a>),
    /// The day that replaces them.
    Changed(&'a Day),
}

/// All series.
pub struct Series<'a> {
    /// The buckets that they are added up by.
    pub buckets: &'a Buckets,
    /// Quarters of an hour that are in two buckets, or only half in what is asked for: their runs are added one by one.
    pub cut: BTreeSet<i64>,
    /// By the name that a series is known by: its key, and what it comes to.
    all: BTreeMap<String, (Option<String>, Sums)>,
}

impl<'a> Series<'a> {
    /// None yet.
    #[must_use]
    pub fn new(buckets: &'a Buckets) -> Self {
        let edges = buckets.stretches.iter().map(|(start, _)| *start).chain([buckets.from, buckets.to]);
        let cut = edges.filter(|edge| edge.rem_euclid(QUARTER) != 0).map(|edge| edge.div_euclid(QUARTER) * QUARTER);
        Self { buckets, cut: cut.collect(), all: BTreeMap::new() }
    }

    /// Whether there is a series of this name.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.all.contains_key(name)
    }

    /// Makes a series, which may stay empty, where there is none of this name.
    ///
    /// # Errors
    /// A `RangeError` where there are more rows than anybody reads.
    pub fn begin(&mut self, name: &str, key: Option<String>) -> Result<()> {
        if self.has(name) {
            return Ok(());
        }
        self.all.insert(name.to_owned(), (key, Sums::default()));
        let rows = self.all.len().saturating_mul(self.buckets.starts.len());
        if rows > MOST {
            let got = format!("{} series of {} buckets", self.all.len(), self.buckets.starts.len());
            let must = format!("such that there are at most {MOST} rows");
            return Err(Field::new("getTrend", "bucket").out_of_range(&must, got));
        }
        Ok(())
    }

    /// Where the quarters of a day go. `whole`: also those that are cut, to the bucket in which they begin.
    #[must_use]
    pub fn plan(&self, day: i64, whole: bool) -> Plan {
        let start = day.saturating_mul(DAY);
        let is_cut = |quarter: i64| !whole && self.cut.contains(&quarter);
        Plan::new(|quarter| {
            let at = start + i64::from(quarter) * QUARTER;
            if is_cut(at) { None } else { self.buckets.of(at) }
        })
    }

    /// Adds a day to a series; `None` where its bytes aren't those of a day.
    #[must_use]
    pub fn add_day(&mut self, name: &str, plan: &Plan, day: &OfDay<'_>) -> Option<()> {
        let Some((_, sums)) = self.all.get_mut(name) else { return Some(()) };
        match day {
            OfDay::Stored(stored) => stored.add_to(plan, sums),
            OfDay::Changed(day) => {
                day.add_to(plan, sums);
                Some(())
            }
        }
    }

    /// Adds a run to a series.
    pub fn add(&mut self, name: &str, run: &Ended) {
        if let (Some(slot), Some((_, sums))) = (self.buckets.of(run.at), self.all.get_mut(name)) {
            sums.totals(slot).add(run);
        }
    }

    /// Adds what runs of a bucket come to.
    pub fn join(&mut self, name: &str, bucket: usize, totals: &Totals) {
        if let Some((_, sums)) = self.all.get_mut(name) {
            sums.totals(bucket).join(totals);
        }
    }

    /// As JSON.
    #[must_use]
    pub fn told(&self) -> String {
        let mut text = String::from("{\"starts\":[");
        list(&mut text, self.buckets.starts.iter().map(|start| Some(*start as f64)));
        text.push_str("],\"series\":[");
        // By key; those with the same key, by name.
        let mut all: Vec<_> = self.all.iter().collect();
        all.sort_by(|one, other| (&one.1.0, one.0).cmp(&(&other.1.0, other.0)));
        for (nth, (_, (key, sums))) in all.into_iter().enumerate() {
            let key = serde_json::to_string(key).unwrap_or_else(|_| "null".into());
            let comma = if nth == 0 { "" } else { "," };
            // Writing into a text can't fail.
            let _ = write!(text, "{comma}{{\"key\":{key},\"values\":[");
            let told = sums.0.iter().enumerate().filter_map(|(slot, totals)| Some((slot, totals.as_ref()?)));
            list(&mut text, told.flat_map(|(slot, totals)| values(slot, totals)));
            text.push_str("]}");
        }
        text.push_str("]}");
        text
    }
}

fn values(slot: usize, totals: &Totals) -> impl Iterator<Item = Option<f64>> {
    let [runs, succeeded, failed] = totals.runs.map(|count| Some(count as f64));
    let told = totals.mean_duration().zip(of_durations(totals, OF_TRENDS));
    let durations = told.map_or([None; 5], |(mean, [p50, p90, p99])| {
        [mean, p50 as f64, p90 as f64, p99 as f64, totals.longest as f64].map(Some)
    });
    let counts = [Some(slot as f64), runs, succeeded, failed];
    counts.into_iter().chain(durations).chain(totals.used.map(|of| of.known()))
}

fn list(text: &mut String, numbers: impl Iterator<Item = Option<f64>>) {
    for (nth, number) in numbers.enumerate() {
        if nth > 0 {
            text.push(',');
        }
        let _ = match number {
            // Most are whole, and those are faster to write as integers.
            Some(number) if number.fract() == 0.0 && number.abs() < 9e15 => write!(text, "{}", number as i64),
            Some(number) => write!(text, "{number}"),
            None => write!(text, "null"),
        };
    }
}

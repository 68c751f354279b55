//! Trends: what rollups say, where what is asked for is of one dimension; else what the history says run by run.

use std::collections::{BTreeSet, HashMap};

use rusqlite::ffi;

use super::apart::{Apart, dimension};
use super::asked::Asked;
use super::ended::Wanted;
use super::line::{archived_key, archived_name};
use super::rollups::{DayOf, Dimension};
use super::sql::Sql;
use super::tail::Tail;
use crate::engine::series::{OfDay, Series, buckets_of};
use crate::engine::sqlite::driver::{Bind, Statement};
use crate::engine::sqlite::store::{Store, archive};
use crate::engine::{By, TrendFilter, Trends};
use crate::error::{Error, Result};
use crate::model::trend::day::{self, Plan, QUARTER, Stored};
use crate::model::trend::{Buckets, Day};
use crate::rows::Batch;

impl Trends for Store {
    fn trend(&self, asked: &TrendFilter<'_>, batch: &mut Batch) -> Result<()> {
        let buckets = buckets_of(asked)?;
        let read = || {
            self.in_snapshot(|| {
                let _busy = self.connection.enter();
                self.read_trend(asked, &buckets)
            })
        };
        let text = match read() {
            Err(Error::Engine { number: ffi::SQLITE_CORRUPT, .. }) if self.may_fold() => {
                self.atomically(|| self.write_run(Sql::Forget, &[]))?;
                self.fold_runs()?;
                read()?
            }
            read => read?,
        };
        batch.push_text(text.as_bytes());
        batch.end_row();
        Ok(())
    }
}

impl Store {
    fn read_trend(&self, trend: &TrendFilter<'_>, buckets: &Buckets) -> Result<String> {
        self.read_tail()?;
        let mut tail = self.history.tail.borrow_mut();
        if let Err(error) = self.tell_rollups(&mut tail) {
            *tail = Tail::default();
            return Err(error);
        }
        if tail.rollups.damaged {
            *tail = Tail::default();
            return Err(damaged());
        }
        let tail = &*tail;
        let asked = self.asked(&trend.runs)?;
        let branches = if trend.by == Some(By::Branch) { self.branches()? } else { HashMap::new() };
        let apart = Apart { by: trend.by, model: trend.runs.model, branches };
        let mut series = Series::new(buckets);
        for (name, key) in self.named(&asked, trend.by)? {
            series.begin(&name, key)?;
        }
        if buckets.from < buckets.to {
            match dimension(&asked, trend.by) {
                Some((dimension, keys)) => {
                    self.add_days(dimension, keys.as_deref(), &apart, tail, &mut series)?;
                    for quarter in series.cut.clone() {
                        let (from, to) = (quarter.max(buckets.from), (quarter + QUARTER).min(buckets.to) - 1);
                        self.add_runs(&asked, from, to, &apart, tail, &mut series)?;
                    }
                }
                None => self.add_runs(&asked, buckets.from, buckets.to - 1, &apart, tail, &mut series)?,
            }
        }
        Ok(series.told())
    }

    /// The series that exist whether they have runs or not: what each is known by, and what it is called.
    fn named(&self, asked: &Asked<'_>, by: Option<By>) -> Result<Vec<(String, Option<String>)>> {
        let filter = asked.filter;
        let names = match by {
            None => return Ok(vec![(String::new(), None)]),
            Some(By::Zone) => filter.zones.clone().unwrap_or_default(),
            Some(By::Agent) => filter.agents.clone().unwrap_or_default(),
            Some(By::Model) => filter.model.into_iter().collect(),
            Some(By::Branch) => filter.branch.into_iter().collect(),
            Some(By::Worktree) => {
                let named = |id: &&str| {
                    let known = self.archived_worktree(id)?.map_or_else(|| (*id).to_owned(), archived_name);
                    Ok((known, Some((*id).to_owned())))
                };
                return filter.worktrees.iter().flatten().map(named).collect();
            }
        };
        Ok(names.into_iter().map(|name| (name.to_owned(), Some(name.to_owned()))).collect())
    }

    /// What the series that is known by this name is called.
    fn called(&self, name: &str, by: Option<By>) -> Result<Option<String>> {
        let archived = if by == Some(By::Worktree) { archived_key(name) } else { None };
        match archived {
            Some(key) => self.first(Sql::ArchivedId, &[Bind::Integer(key)], |row| row.text(0)),
            None => Ok(by.map(|_| name.to_owned())),
        }
    }

    fn begin(&self, series: &mut Series<'_>, name: &str, by: Option<By>) -> Result<()> {
        if series.has(name) { Ok(()) } else { series.begin(name, self.called(name, by)?) }
    }

    fn branches(&self) -> Result<HashMap<String, String>> {
        let mut branches = HashMap::new();
        self.each_row(Sql::Branches, &[], |row| {
            branches.insert(row.text(0), row.text(1));
            Ok(true)
        })?;
        if self.version >= archive::VERSION {
            self.each_row(Sql::ArchivedBranches, &[], |row| {
                branches.insert(archived_name(row.integer(0)), row.text(1));
                Ok(true)
            })?;
        }
        Ok(branches)
    }

    /// Adds what rollups have: of some keys of a dimension, or of each.
    fn add_days(
        &self,
        dimension: Dimension,
        keys: Option<&[&str]>,
        apart: &Apart<'_>,
        tail: &Tail,
        series: &mut Series<'_>,
    ) -> Result<()> {
        let (first, last) = (day::place(series.buckets.from).0, day::place(series.buckets.to - 1).0);
        let between = [Bind::Integer(first), Bind::Integer(last)];
        // Where buckets are whole days of UTC nobody needs the quarters.
        let with_quarters = Bind::Integer((!series.buckets.are_of_days()).into());
        let is_there = self.version >= super::VERSION;
        let is_pruned = is_there && self.finds(Sql::AnyKept, &[])?;
        let tables = [(Sql::OneRollup, Sql::Rollups, false), (Sql::OneKept, Sql::AllKept, true)];
        let counts = |kept: bool| if kept { is_pruned } else { is_there && !tail.is_all() };
        for (one, each, kept) in tables.into_iter().filter(|(.., kept)| counts(*kept)) {
            let is_changed = |key: &str, day| {
                !kept && tail.rollups.days.contains_key(&DayOf { dimension, day, key: key.to_owned() })
            };
            let mut plan = (i64::MIN, series.plan(first, kept));
            let mut add = |of: &str, day: i64, stored: Stored<'_>| {
                let Some(name) = apart.series(of) else { return Ok(()) };
                if plan.0 != day {
                    plan = (day, series.plan(day, kept));
                }
                self.add_day(series, name, apart.by, &plan.1, &OfDay::Stored(stored))
            };
            match keys {
                Some(keys) if dimension != Dimension::All => {
                    let days = self.days(&between)?;
                    for key in keys {
                        for day in days.iter().filter(|day| !is_changed(key, **day)) {
                            let of = [dimension.bind(), Bind::Integer(*day), Bind::Text(key), with_quarters];
                            self.first(one, &of, |row| with_stored(row, 0, |stored| add(key, *day, stored)))?
                                .unwrap_or(Ok(()))?;
                        }
                    }
                }
                _ => self.each_row(each, &[dimension.bind(), between[0], between[1], with_quarters], |row| {
                    let day = row.integer(0);
                    row.with_text(1, |key| {
                        if is_changed(key, day) { Ok(()) } else { with_stored(row, 2, |stored| add(key, day, stored)) }
                    })?;
                    Ok(true)
                })?,
            }
        }
        for (of, day) in &tail.rollups.days {
            let is_asked = of.dimension == dimension && (first..=last).contains(&of.day);
            if is_asked
                && keys.is_none_or(|keys| keys.contains(&of.key.as_str()))
                && let Some(name) = apart.series(&of.key)
            {
                let plan = series.plan(of.day, false);
                self.add_day(series, name, apart.by, &plan, &OfDay::Changed(day))?;
            }
        }
        Ok(())
    }

    /// Adds a day to a series, which begins with it if any run of it is asked for.
    fn add_day(&self, series: &mut Series<'_>, name: &str, by: Option<By>, plan: &Plan, day: &OfDay<'_>) -> Result<()> {
        if !series.has(name) {
            let any = |day: &Day| day.quarters().any(|(quarter, _)| plan.takes(quarter));
            let has_any = match day {
                OfDay::Stored(_) if plan.is_whole() => true,
                OfDay::Stored(Stored { quarters, .. }) => any(&Day::read(quarters).ok_or_else(damaged)?),
                OfDay::Changed(day) => any(day),
            };
            if !has_any {
                return Ok(());
            }
            self.begin(series, name, by)?;
        }
        series.add_day(name, plan, day).ok_or_else(damaged)
    }

    /// The days on which there is anything.
    fn days(&self, between: &[Bind<'_>]) -> Result<BTreeSet<i64>> {
        let mut days = BTreeSet::new();
        self.each_row(Sql::Days, between, |row| {
            days.insert(row.integer(0));
            Ok(true)
        })?;
        Ok(days)
    }

    /// Adds, one by one, the runs that ended from one time to another, both included.
    fn add_runs(
        &self,
        asked: &Asked<'_>,
        from: i64,
        to: i64,
        apart: &Apart<'_>,
        tail: &Tail,
        series: &mut Series<'_>,
    ) -> Result<()> {
        let with_models = apart.by == Some(By::Model) || apart.model.is_some();
        let wanted = Wanted { from, to, with_models };
        let mut added = Ok(());
        let takes = |row: &Statement| asked.takes_row(self, row);
        self.each_ended(&wanted, Some(tail), &takes, &mut |line| {
            if added.is_ok() && asked.takes_line(line) {
                added = apart.each(line, |name, ended| {
                    self.begin(series, name, apart.by)?;
                    series.add(name, ended);
                    Ok(())
                });
            }
        })?;
        added
    }
}

/// Lends a day as a row has it in two columns.
fn with_stored<T>(row: &Statement, column: usize, take: impl FnOnce(Stored<'_>) -> T) -> T {
    row.with_blob(column, |whole| row.with_blob(column + 1, |quarters| take(Stored { whole, quarters })))
}

/// The error where somebody else wrote into the rollups.
fn damaged() -> Error {
    Error::Engine {
        code: "SQLITE_CORRUPT".into(),
        number: ffi::SQLITE_CORRUPT,
        message: "what is kept of how runs went is not what this package writes; a trend or a list of runs on a connection that may \
                  write rebuilds it"
            .into(),
        source: None,
    }
}

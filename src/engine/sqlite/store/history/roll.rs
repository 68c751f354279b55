//! Adding runs to the rollups of their series, and taking them away, in the tables and in the tail.

use super::ended::Wanted;
use super::line::{Line, Place, Used};
use super::rollups::{DayOf, Dimension, Of, Rollups, Turn};
use super::sql::Sql;
use super::tail::Tail;
use crate::engine::dimension::{Whose, series};
use crate::engine::sqlite::driver::Bind;
use crate::engine::sqlite::store::Store;
use crate::error::Result;
use crate::model::trend::Ended;
use crate::model::trend::day::{self, Day, QUARTER};

impl Line {
    /// The series that it belongs to, with what it adds to each.
    fn series(&self, ended: &Ended) -> Vec<(Dimension, &str, Ended)> {
        let whose = Whose { zone: &self.zone_id, agent: &self.agent_type, worktree: &self.worktree_id };
        series(ended, whose, self.models.iter().map(|used| (used.model.as_str(), used.amounts)))
    }

    /// Whether it is of a series.
    fn is_of(&self, of: &DayOf) -> bool {
        match of.dimension {
            Dimension::All => true,
            Dimension::Zone => self.zone_id == of.key,
            Dimension::Agent => self.agent_type == of.key,
            Dimension::Worktree => self.worktree_id == of.key,
            Dimension::Model => self.models.iter().any(|used| used.model == of.key),
        }
    }
}

impl Store {
    /// Adds a run to its series, or takes it away.
    pub(super) fn roll(&self, rollups: &mut Rollups, line: &Line, turn: Turn) -> Result<()> {
        let Some(ended) = line.ended() else { return Ok(()) };
        let (day, quarter) = day::place(ended.at);
        for (dimension, key, ended) in line.series(&ended) {
            let of = DayOf { dimension, day, key: key.to_owned() };
            let Some(changed) = self.day_of(rollups, &of)? else { continue };
            match turn {
                Turn::On => {
                    changed.add(&ended);
                    if !rollups.lost.is_empty() {
                        let place = (of, quarter);
                        let is_longest = |lost: &u64| ended.length().is_some_and(|length| length >= *lost);
                        if rollups.lost.get(&place).is_some_and(is_longest) {
                            rollups.lost.remove(&place);
                        }
                    }
                }
                Turn::Off => {
                    if changed.take(&ended) {
                        rollups.lost.insert((of, quarter), ended.length().unwrap_or_default());
                    }
                }
            }
        }
        Ok(())
    }

    /// Adds all that a day has.
    pub(super) fn join_day(&self, rollups: &mut Rollups, of: &DayOf, more: &Day) -> Result<()> {
        if let Some(day) = self.day_of(rollups, of)? {
            day.join(more);
        }
        Ok(())
    }

    /// A day, to be changed.
    fn day_of<'a>(&self, rollups: &'a mut Rollups, of: &DayOf) -> Result<Option<&'a mut Day>> {
        if !rollups.days.contains_key(of) {
            let found = self.rollup(rollups.of, of)?;
            rollups.damaged |= found.is_none();
            rollups.days.insert(of.clone(), found.unwrap_or_default());
        }
        Ok(rollups.days.get_mut(of))
    }

    /// What the table has of a day; `None` where it is damaged: not as we write it.
    fn rollup(&self, table: Of, of: &DayOf) -> Result<Option<Day>> {
        let sql = match table {
            Of::History => Sql::Rollup,
            Of::Pruned => Sql::Kept,
            Of::Nothing => return Ok(Some(Day::default())),
        };
        let found = self.first(sql, &of.values(), |row| row.with_blob(0, Day::read))?;
        Ok(found.unwrap_or_else(|| Some(Day::default())))
    }

    /// Writes what was changed; `false` where any of it was damaged, and all has to be rebuilt.
    pub(super) fn write_rollups(&self, rollups: &mut Rollups) -> Result<bool> {
        self.find_longest(rollups, None)?;
        let [put, remove] = match rollups.of {
            Of::Pruned => [Sql::PutKept, Sql::RemoveKept],
            Of::History | Of::Nothing => [Sql::PutRollup, Sql::RemoveRollup],
        };
        for (of, day) in &rollups.days {
            let [dimension, number, key] = of.values();
            if day.quarters().next().is_none() {
                self.write_run(remove, &[dimension, number, key])?;
            } else {
                let (whole, quarters) = day.bytes();
                self.write_run(put, &[dimension, number, key, Bind::Blob(&whole), Bind::Blob(&quarters)])?;
            }
        }
        Ok(!rollups.damaged)
    }

    /// Finds the longest run again, where it was taken away: in the tables, and in the tail.
    pub(super) fn find_longest(&self, rollups: &mut Rollups, tail: Option<&Tail>) -> Result<()> {
        for (of, quarter) in std::mem::take(&mut rollups.lost).into_keys() {
            let from = of.day * day::DAY + i64::from(quarter) * QUARTER;
            let mut longest = 0;
            let asked = Wanted { from, to: from + QUARTER - 1, with_models: of.dimension == Dimension::Model };
            self.each_ended(&asked, tail, &|_| Ok(true), &mut |line| {
                if line.is_of(&of) {
                    longest = longest.max(line.ended().and_then(|ended| ended.length()).unwrap_or_default());
                }
            })?;
            if let Some(totals) = rollups.days.get_mut(&of).and_then(|day| day.of(quarter)) {
                totals.longest = longest;
            }
        }
        Ok(())
    }

    /// Adds to a tail's rollups what came to it since they were told last. Where that fails, the tail has to be read again.
    pub(super) fn tell_rollups(&self, tail: &mut Tail) -> Result<()> {
        let (untold, mut rollups) = (std::mem::take(&mut tail.untold), std::mem::take(&mut tail.rollups));
        if !tail.is_all() {
            for place in untold.hidden {
                if let Some(line) = self.line_at(place)? {
                    self.roll(&mut rollups, &line, Turn::Off)?;
                }
            }
        }
        for (id, before) in untold.before {
            if let Some(before) = before {
                self.roll(&mut rollups, &before, Turn::Off)?;
            }
            if let Some(Some(line)) = tail.lines.get(&id) {
                self.roll(&mut rollups, line, Turn::On)?;
            }
        }
        self.find_longest(&mut rollups, Some(tail))?;
        tail.rollups = rollups;
        Ok(())
    }

    /// The run that the tables have at a position, with the models that it used.
    pub(super) fn line_at(&self, place: Place) -> Result<Option<Line>> {
        let at = [place.at, place.key].map(Bind::Integer);
        let found = self.first(Sql::At, &at, Line::read_whole)?;
        found.map(|line| self.with_models(line)).transpose()
    }

    pub(super) fn with_models(&self, mut line: Line) -> Result<Line> {
        let at = [line.place.at, line.place.key].map(Bind::Integer);
        self.each_row(Sql::ModelsAt, &at, |row| {
            line.models.push(Used::read(row));
            Ok(true)
        })?;
        Ok(line)
    }
}

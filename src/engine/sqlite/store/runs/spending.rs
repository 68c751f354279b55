//! The calls about usage, budgets and limits.

use super::sql::Sql;
use crate::engine::run::arguments::{AMOUNTS, argument, event, run_limit};
use crate::engine::run::budgets::push_budget;
use crate::engine::run::cells::{self, push_limit};
use crate::engine::sqlite::driver::Bind;
use crate::engine::sqlite::store::Store;
use crate::engine::{BudgetKey, Period, Spending};
use crate::error::Result;
use crate::model::{Field, Given, RUN, rules};
use crate::rows::Batch;

impl Spending for Store {
    fn record_usage(&self, given: &[Given<'_>], now: f64, batch: &mut Batch) -> Result<()> {
        self.check_runs()?;
        let id = rules::id(Field::new("recordUsage", "id"), argument(given, 0))?;
        let event = event(given)?;
        let now = now as i64;
        let usage = self.atomically(|| {
            let find = || {
                self.first(Sql::UsageOf, &[Bind::Text(id)], |row| {
                    (row.integer(0), [row.text(1), row.text(2), row.text(3)], row.integer(4) != 0)
                })
            };
            let of = match find()? {
                None if self.note_execution(id)? => find()?,
                of => of,
            };
            let not_found = || RUN.not_found(Field::new("recordUsage", "id"), argument(given, 0));
            let (key, of, has_ended) = of.ok_or_else(not_found)?;
            let (counted, usage) = self.count_event(key, &event, AMOUNTS, has_ended)?;
            if counted {
                if let Some(micros) = event.amounts.cost_micros.filter(|micros| *micros > 0) {
                    // What is spent now has to count for the period that is now.
                    self.current_budgets(now)?;
                    self.spend(micros, [&of[0], &of[1], &of[2]], now)?;
                }
                // A worktree has a cost once one was reported, be it 0.
                if let Some(micros) = event.amounts.cost_micros
                    && self.version > super::VERSION
                {
                    match if has_ended { self.archive_of_run(key, id)? } else { None } {
                        Some(archived) => self.add_archived_cost(archived, micros)?,
                        None => {
                            self.write_run(Sql::AddCost, &[Bind::Text(&of[1]), Bind::Integer(micros)])?;
                        }
                    }
                }
                self.log_usage(id, [&of[0], &of[1], &of[2]], &usage, now)?;
            }
            Ok(usage)
        })?;
        cells::usage(batch, &usage);
        batch.end_row();
        Ok(())
    }

    fn set_budget(
        &self,
        budget: BudgetKey<'_>,
        time_zone: &str,
        limit_micros: Option<i64>,
        period: Period,
        now: f64,
    ) -> Result<()> {
        self.check_runs()?;
        self.atomically(|| self.write_budget(budget, time_zone, limit_micros, period, now as i64))
    }

    fn renew_budget(&self, budget: BudgetKey<'_>, period: Period) -> Result<()> {
        self.check_runs()?;
        self.atomically(|| self.begin_period(budget, period))
    }

    fn list_budgets(&self, batch: &mut Batch) -> Result<()> {
        self.check_runs()?;
        for budget in self.budgets()? {
            push_budget(batch, &budget);
            batch.end_row();
        }
        Ok(())
    }

    fn spent_since(&self, budget: BudgetKey<'_>, start: i64) -> Result<i64> {
        self.check_runs()?;
        self.spent_from(budget, start)
    }

    fn set_run_limit(&self, given: &[Given<'_>], now: f64) -> Result<()> {
        self.check_runs()?;
        let (zone, agent, most) = run_limit(given, |_, _| Ok(()))?;
        self.atomically(|| self.set_limit(zone, agent, most, now as i64))
    }

    fn list_run_limits(&self, batch: &mut Batch) -> Result<()> {
        self.check_runs()?;
        let limits = self.in_snapshot(|| self.limits_now())?;
        for limit in limits {
            push_limit(batch, &limit);
        }
        Ok(())
    }
}

impl Store {
    /// Makes a row for the usage or the metadata of an execution that was only recorded; `false` where there is none with this
    /// id.
    pub(super) fn note_execution(&self, id: &str) -> Result<bool> {
        let Some(record) = self.load_anything(id)? else { return Ok(false) };
        let values = [Bind::Text(id), Bind::Integer(record.created_at)];
        let is_noted = self.write_run(Sql::NoteExecution, &values)?.0 > 0;
        self.write_run(Sql::Floor, &[])?;
        Ok(is_noted)
    }
}

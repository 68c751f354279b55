//! The calls of those who want something done.

use rusqlite::ffi;

use super::VERSION;
use super::sql::Sql;
use crate::engine::run::arguments::said_text;
use crate::engine::run::cells::push_one;
use crate::engine::run::places::{There, check_places};
use crate::engine::run::record::Record;
use crate::engine::sqlite::driver::{Bind, clock};
use crate::engine::sqlite::store::Store;
use crate::engine::{RunFilter, Runs, RunsAfter};
use crate::error::{Error, Result};
use crate::model::run::{Call, Enqueued, Moment, Run, State, Wanted, apply, enqueue};
use crate::model::{Field, Given, rules};
use crate::rows::Batch;

impl Runs for Store {
    fn enqueue_run(&self, method: &'static str, given: &[Given<'_>], now: f64, batch: &mut Batch) -> Result<()> {
        self.check_runs()?;
        let wanted = Wanted::given(method, given, None, 0)?;
        let now = clock::moment(now as i64);
        let in_steps = || self.atomically(|| self.enqueue(method, &wanted, None, now, true));
        let is_more = wanted.idempotency_key.is_some() || wanted.parent_run_id.is_some();
        let record = if is_more || wanted.available_at.is_some_and(|at| at > now.wall_ms) {
            in_steps()?
        } else {
            // Mostly one statement is all of it.
            match self.alone(|| self.enqueue(method, &wanted, None, now, false)) {
                Err(error) if is_in_the_way(&error) => in_steps()?,
                made => made?,
            }
        };
        push_one(batch, Some(&record));
        Ok(())
    }

    fn retry_run(&self, given: &[Given<'_>], now: f64, batch: &mut Batch) -> Result<()> {
        self.check_runs()?;
        let method = "retryRun";
        let id = rules::id(Field::new(method, "id"), given.first().copied().unwrap_or(Given::Undefined))?;
        let changes = given.get(1..).unwrap_or_default();
        let now = clock::moment(now as i64);
        let record = self.atomically(|| {
            let before = self.load_anything(id)?;
            apply(id, before.as_ref().map(|record| &record.life), &Call::Retry, now)?;
            let wanted = Wanted::given(method, changes, before.as_ref().map(Record::wanted_again), 1)?;
            self.enqueue(method, &wanted, Some(id), now, true)
        })?;
        push_one(batch, Some(&record));
        Ok(())
    }

    fn cancel_run(&self, id: Given<'_>, reason: Given<'_>, now: f64, batch: &mut Batch) -> Result<()> {
        let reason = rules::string(Field::new("cancelRun", "reason").behind(1), reason)?;
        self.transition(id, &Call::Cancel, now, batch, |record| {
            if let Some(reason) = reason {
                record.cancel_reason.get_or_insert(reason.to_owned());
            }
        })
    }

    fn answer_run(&self, id: Given<'_>, answer: Given<'_>, now: f64, batch: &mut Batch) -> Result<()> {
        let text = said_text(Field::new("answerRun", "answer").behind(1), answer)?;
        self.transition(id, &Call::Answer, now, batch, |record| record.answer = Some(text.to_owned()))
    }

    fn get_run(&self, id: Given<'_>, batch: &mut Batch) -> Result<()> {
        self.connection.check_idle()?;
        let Some(id) = rules::lookup(Field::new("getRun", "id"), id)? else { return Ok(()) };
        self.in_snapshot(|| {
            let _busy = self.connection.enter();
            let record = if self.version >= VERSION { self.load(id)? } else { None };
            if record.as_ref().is_some_and(|record| record.key > 0) {
                push_one(batch, record.as_ref());
                return Ok(());
            }
            if self.push_execution_of(Bind::Text(id), batch)? {
                batch.end_row();
            }
            Ok(())
        })
    }

    fn fold_history(&self) -> Result<()> {
        self.connection.check_idle()?;
        self.fold_runs()
    }

    fn list_runs(&self, filter: &RunFilter<'_>, after: RunsAfter, most: usize, batch: &mut Batch) -> Result<()> {
        self.connection.check_idle()?;
        self.runs_behind(filter, after, most, batch)
    }
}

impl Store {
    /// Makes a run within a transaction of another call, and appends its row.
    pub(in crate::engine::sqlite::store) fn want(
        &self,
        method: &'static str,
        wanted: &Wanted<'_>,
        wall_ms: i64,
        batch: &mut Batch,
    ) -> Result<()> {
        let record = self.enqueue(method, wanted, None, clock::moment(wall_ms), true)?;
        push_one(batch, Some(&record));
        Ok(())
    }

    /// Makes a run, or finds the open one with its idempotency key. It takes more than one statement only `in_steps`, in a
    /// transaction.
    pub(super) fn enqueue(
        &self,
        method: &'static str,
        wanted: &Wanted<'_>,
        retry_of: Option<&str>,
        now: Moment,
        in_steps: bool,
    ) -> Result<Record> {
        let same = wanted
            .idempotency_key
            .as_deref()
            .map_or(Ok(None), |key| self.first(Sql::SameKey, &[Bind::Text(key)], |row| row.text(0)))?;
        let same = same.map_or(Ok(None), |id| self.load(&id))?;
        match (enqueue(same.as_ref().map(|record| &record.life), wanted.life(), now), same) {
            (Enqueued::Found, Some(record)) => Ok(record),
            (Enqueued::New(life), _) => self.make(method, wanted, retry_of, life, now, in_steps),
            // Without a run nothing can be found.
            (Enqueued::Found, None) => self.make(method, wanted, retry_of, Run::new(wanted.life(), now), now, in_steps),
        }
    }

    fn make(
        &self,
        method: &'static str,
        wanted: &Wanted<'_>,
        retry_of: Option<&str>,
        life: Run,
        now: Moment,
        in_steps: bool,
    ) -> Result<Record> {
        let nth = usize::from(retry_of.is_some());
        if wanted.parent_run_id.is_some() {
            self.check_places(method, wanted, nth)?;
        }
        let mut record = Record::new(wanted, retry_of, self.actor().as_deref(), life, now.wall_ms);
        let mut made = self.insert(&record);
        if in_steps && made.as_ref().is_err_and(is_in_the_way) {
            self.make_way(&record)?;
            made = self.insert(&record);
        }
        if matches!(made, Err(Error::Engine { number: ffi::SQLITE_CONSTRAINT_NOTNULL, .. })) {
            self.check_places(method, wanted, nth)?;
        }
        record.key = made?;
        if matches!(record.life.state, State::Queued { not_before: Some(_), .. }) {
            self.put(&record)?;
            self.log_made(&record, now.wall_ms)?;
        }
        Ok(record)
    }

    /// Inserts a new run, which is queued if it may be claimed at once; returns its key.
    fn insert(&self, record: &Record) -> Result<i64> {
        let Run { max_attempts, timeout_ms, .. } = record.life;
        let values = [
            Bind::Text(&record.id),
            Bind::Text(&record.zone_id),
            Bind::Text(&record.worktree_id),
            Bind::Text(&record.agent_type),
            Bind::Integer(record.priority),
            Bind::Integer(record.available_at),
            Bind::Integer(record.created_at),
            Bind::Integer(max_attempts.into()),
            timeout_ms.into(),
            record.idempotency_key.as_deref().into(),
            record.parent_run_id.as_deref().into(),
            record.retry_of.as_deref().into(),
            record.metadata.as_deref().into(),
            record.by.as_deref().into(),
            record.prompt.as_deref().into(),
        ];
        self.write_run(Sql::Insert, &values).map(|(_, key)| key)
    }

    /// Refuses a zone, a worktree or a parent that isn't there.
    fn check_places(&self, method: &'static str, wanted: &Wanted<'_>, nth: usize) -> Result<()> {
        let places = [Bind::Text(&wanted.zone_id), Bind::Text(&wanted.worktree_id)];
        let found = self.first(Sql::Places, &places, |row| [0, 1].map(|column| !row.is_null(column)))?;
        let [zone, worktree] = found.unwrap_or_default();
        let parent = match wanted.parent_run_id.as_deref() {
            Some(parent) => self.first(Sql::Known, &[Bind::Text(parent)], |row| row.integer(0))? == Some(1),
            None => true,
        };
        check_places(method, wanted, nth, There { worktree, zone, parent })
    }

    /// Applies a call of somebody who doesn't hold the run; `say` adds what else the call says.
    fn transition(
        &self,
        id: Given<'_>,
        call: &Call,
        now: f64,
        batch: &mut Batch,
        say: impl FnOnce(&mut Record),
    ) -> Result<()> {
        self.check_runs()?;
        let id = rules::id(Field::new(call.method(), "id"), id)?;
        let now = clock::moment(now as i64);
        let record = self.atomically(|| {
            let found = self.load_anything(id)?;
            self.apply_to(id, found, call, None, now, say)
        })?;
        push_one(batch, record.as_ref());
        Ok(())
    }
}

/// Whether a new run was refused because it is more urgent than the first of its lane, which has to go behind it.
const fn is_in_the_way(error: &Error) -> bool {
    matches!(error, Error::Engine { number: ffi::SQLITE_CONSTRAINT_CHECK, .. })
}
